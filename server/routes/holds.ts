import { Type } from 'typebox'
import { Hold, HoldBody, RetentionReport } from '../../core/contract/holds.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { findHoldPlace, insertHold, liftHold, listHolds } from '../../core/store/hold-store.ts'
import { listRetentionRuns, lockRetention } from '../../core/store/retention-run-store.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, type Api, type ApiDeps } from '../api.ts'
import { refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'

const tags = ['keeping']
const manage = { access: { user: 'manage_holds' } } as const
const see = { access: { user: 'see_holds' } } as const
const flag = Type.Union([Type.Literal('live'), Type.Literal('all')], { default: 'live' })

/** Litigation holds, and the reports of the deletion that they stop (domain.md 8.3). */
export function holdRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const { pool } = engine

  api.get('/holds', {
    config: see,
    schema: {
      tags, summary: '诉讼保全列表 / Litigation holds', description: '从新到旧；用 before 翻页；state=all 含已解除。 / Newest first; page on with before; state=all takes lifted ones in.',
      querystring: Type.Object({ state: flag, before: Type.Optional(NumberId), limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }) }),
      response: answers({ 200: Type.Object({ items: Type.Array(Hold) }) }, 400, 401, 403),
    },
  }, async (request) => {
    const { state, before, limit } = request.query
    return { items: await listHolds(pool, principalOf(request).scope, { all: state === 'all', beforeId: before ?? null, limit }) }
  })

  api.post('/holds', {
    config: manage,
    schema: {
      tags, summary: '设置诉讼保全 / Set a litigation hold',
      description: '答 201 之后，该工单的事件、正文与预警，或该案的预警、流转与关联工单，不再被删除；同一对象可因不同事由多次设置，逐条解除。 / '
        + 'From the 201 on nothing of it is deleted: events, text and alerts of a ticket; alert, record and linked tickets of a case. One subject may be held for several reasons, each lifted by itself.',
      body: HoldBody, response: answers({ 201: Hold }, 400, 401, 403, 404),
    },
  }, async (request, reply) => {
    const principal = principalOf(request)
    const { subjectKind, subjectId, reason } = request.body
    const hold = await inTransaction(pool, async (tx) => {
      await lockRetention(tx)
      const regionPath = await findHoldPlace(tx, principal.scope, subjectKind, subjectId)
      if (regionPath === null) throw refusals.notFound()
      const made = await insertHold(tx, { subjectKind, subjectId, regionPath, reason: maskText(reason), by: actorOf(principal) }, clock.now())
      await audit(tx, request, clock, { action: 'hold_set', subject: `${subjectKind} ${subjectId}`, regionPath, detail: { hold: made.id } })
      return made
    })
    return reply.code(201).send(hold)
  })

  api.delete('/holds/:id', {
    config: manage,
    schema: {
      tags, summary: '解除诉讼保全 / Lift a litigation hold', description: '已解除的再次解除不变。 / Lifting a lifted one changes nothing.',
      params: Type.Object({ id: NumberId }), response: answers({ 200: Hold }, 400, 401, 403, 404),
    },
  }, async (request) => inTransaction(pool, async (tx) => {
    const principal = principalOf(request)
    const lifted = await liftHold(tx, principal.scope, request.params.id, actorOf(principal), clock.now())
    if (lifted === null) throw refusals.notFound()
    const { hold, isLifted } = lifted
    if (isLifted) await audit(tx, request, clock, { action: 'hold_lifted', subject: `${hold.subjectKind} ${hold.subjectId}`, detail: { hold: hold.id } })
    return hold
  }))

  api.get('/retention-runs', {
    config: see,
    schema: {
      tags, summary: '到期删除报告 / Reports of deletion',
      description: '按日，从新到旧；为全系统之数，只有集团范围可见，其他范围得空列表。 / By day, newest first; they count the whole deployment: only the root of the tree sees them, others get an empty list.',
      querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 400, default: 31 }) }),
      response: answers({ 200: Type.Object({ items: Type.Array(RetentionReport) }) }, 400, 401, 403),
    },
  }, async (request) => ({ items: await listRetentionRuns(pool, principalOf(request).scope, request.query.limit) }))
}
