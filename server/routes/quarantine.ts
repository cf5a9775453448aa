import { Type } from 'typebox'
import { IntakeAnswer, QuarantinedItem } from '../../core/contract/events.ts'
import { QuarantineSummary } from '../../core/contract/quality.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { countOpenQuarantine, discardQuarantined, listQuarantine, summariseQuarantine, type QuarantineRow } from '../../core/store/quarantine-store.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, type Api, type ApiDeps } from '../api.ts'
import { answers, NumberId } from '../openapi.ts'

const tags = ['events']

const shown = ({ id, receivedAt, source, provinceCode, item, code, field, expected, mend, state }: QuarantineRow) =>
  ({ id, received_at: receivedAt, source, province_code: provinceCode, item, code, field, expected, mend, state })

/** What was refused, masked, and taking it in again after the reason is gone. */
export function quarantineRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/quarantine', {
    config: { access: { user: 'see_quarantine', apiKey: true } },
    schema: {
      tags, summary: '隔离区 / Quarantine', description: '从新到旧；用 before 翻页；open 为待处理总数。 / Newest first; page on with before; open counts all that wait.',
      querystring: Type.Object({
        state: Type.Optional(Type.Unsafe<'open' | 'replayed' | 'discarded'>({ type: 'string', enum: ['open', 'replayed', 'discarded'] })),
        code: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: '拒收原因 / reason' })),
        province: Type.Optional(Type.String({ minLength: 1, maxLength: 12 })),
        source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        before: Type.Optional(NumberId),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      }),
      response: answers({ 200: Type.Object({ items: Type.Array(QuarantinedItem), open: Type.Integer() }) }, 400, 401, 403),
    },
  }, async (request) => {
    const { state, code, province, source, before, limit } = request.query
    const { scope } = principalOf(request)
    const rows = await listQuarantine(engine.pool, scope, {
      ...(state === undefined ? {} : { state }), ...(code === undefined ? {} : { code }), ...(province === undefined ? {} : { provinceCode: province }),
      ...(source === undefined ? {} : { source }), ...(before === undefined ? {} : { beforeId: before }), limit,
    })
    return { items: rows.map(shown), open: await countOpenQuarantine(engine.pool, scope) }
  })

  api.get('/quarantine/summary', {
    config: { access: { user: 'see_quarantine', apiKey: true } },
    schema: { tags, summary: '隔离区按原因计数 / Quarantine by reason', description: '只计待处理的。 / Those that wait only.', response: answers({ 200: QuarantineSummary }, 401, 403) },
  }, async (request) => ({ items: await summariseQuarantine(engine.pool, principalOf(request).scope) }))

  api.post('/quarantine/discard', {
    config: { access: { user: 'replay_quarantine' } },
    schema: {
      tags, summary: '放弃被拒条目 / Discard refused items', description: '条目保留备查，不再待处理。 / They are kept to be looked up, and wait no more.',
      body: Type.Object({ ids: Type.Array(NumberId, { minItems: 1, maxItems: 500 }) }, { additionalProperties: false }),
      response: answers({ 200: Type.Object({ discarded: Type.Integer() }) }, 400, 401, 403),
    },
  }, async (request) => {
    const principal = principalOf(request)
    return inTransaction(engine.pool, async (tx) => {
      const discarded = await discardQuarantined(tx, principal.scope, request.body.ids, clock.now(), actorOf(principal))
      await audit(tx, request, clock, { action: 'quarantine_discarded', subject: `${discarded} items`, detail: { ids: request.body.ids } })
      return { discarded }
    })
  })

  api.post('/quarantine/replay', {
    config: { access: { user: 'replay_quarantine' } },
    schema: {
      tags, summary: '重放被拒条目 / Replay refused items', description: '按现行规则再次接收；仍不合规的留在隔离区并更新原因。 / Taken in again by the present rules; what still does not fit stays, with its new reason.',
      body: Type.Object({ ids: Type.Array(NumberId, { minItems: 1, maxItems: 500 }) }, { additionalProperties: false }),
      response: answers({ 200: IntakeAnswer }, 400, 401, 403),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const answer = await replayQuarantine(engine, request.body.ids, { scope: principal.scope, now: clock.now(), by: actorOf(principal) })
    await audit(engine.pool, request, clock, { action: 'quarantine_replayed', subject: `${request.body.ids.length} items`, detail: { ids: request.body.ids, accepted: answer.accepted, refused: answer.refused } })
    return answer
  })
}
