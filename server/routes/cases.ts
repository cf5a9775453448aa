import { Type } from 'typebox'
import { AlertDetail } from '../../core/contract/alerts.ts'
import { CaseDetail, LineBody, MeasureBody, MergeBody, MergeCandidates, SplitBody } from '../../core/contract/cases.ts'
import type { TransitionResult } from '../../core/domain/alert/alert.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { loadDetail, type Viewer } from '../../core/engine/alert-card.ts'
import { loadCaseDetail, loadMergeCandidates } from '../../core/engine/case-detail.ts'
import { addMeasure, confirmUsers, finishMeasure, stateLine } from '../../core/engine/case-facts.ts'
import { mergeCases } from '../../core/engine/case-merge.ts'
import { splitCase } from '../../core/engine/case-split.ts'
import type { EngineTx } from '../../core/engine/context.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import type { UserPrincipal } from '../access.ts'
import { userOf, type Api, type ApiDeps } from '../api.ts'
import { refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { actorOfUser, refused } from './alerts.ts'
import { impersonal, notACase, notMerged, notSplit, staleLine } from './case-refusals.ts'

const ConfirmedUsers = Type.Object({
  users: Type.Union([Type.Integer({ minimum: 0, maximum: 2_000_000_000 }), Type.Null()], { description: '已核实的受影响用户数；null 表示撤回 / users confirmed to be affected; null takes it back' }),
  reason: Type.String({ minLength: 1, maxLength: 500, description: '依据 / where the figure comes from' }),
})
const config = { access: { user: 'see_alerts' } } as const
const tags = ['alerts']
const params = Type.Object({ id: NumberId })

/** Numbers in what people write are masked before it is stored (domain.md 8.4). */
const masked = (text: string) => maskText(presentable(text))
/** An id as it is stored: without leading zeros. */
const idOf = (id: string) => String(BigInt(id))

/** What a person made of a case, as an HTTP refusal where it was not made. */
function checked(result: Extract<TransitionResult, { ok: false }> | 'not_a_case' | 'unknown' | 'stale' | 'done'): void {
  if (result === 'done') return
  if (result === 'not_a_case') throw notACase()
  if (result === 'unknown') throw refusals.notFound()
  if (result === 'stale') throw staleLine()
  throw refused(result)
}

async function alertAnswer(etx: EngineTx, user: UserPrincipal, id: string, actor: Viewer['actor']) {
  const detail = await loadDetail(etx.tx, user.scope, id, { actor, at: etx.now })
  if (detail === undefined) throw refusals.notFound()
  return detail
}

async function caseAnswer(etx: EngineTx, user: UserPrincipal, id: string) {
  const detail = await loadCaseDetail(etx.tx, etx.engine.tree, user.scope, id, etx.settings.risk.body.scopeShare)
  if (detail === undefined) throw refusals.notFound()
  if (detail === 'not_a_case') throw notACase()
  return detail
}

/** What people state about risk cases, and what they make of them. */
export function caseRoutes(api: Api, deps: ApiDeps): void {
  readingRoutes(api, deps)
  workRoutes(api, deps)
  handRoutes(api, deps)
}

function readingRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/cases/:id', {
    config,
    schema: {
      tags, summary: '案件 / One case',
      description: '范围（各级区域的工单数与不同客户数）及设在该级的理由（grounds）、规则读数与门限、措施、统一口径。预警本身见 /alerts/:id。 / Scope (tickets and distinct customers by region) and why it sits there (grounds), readings against thresholds, measures, line-to-take. Its alert is /alerts/:id.',
      params, response: answers({ 200: CaseDetail }, 401, 403, 404, 409),
    },
  }, async (request) => {
    const { scopeShare } = (await engine.settings(clock.now())).risk.body
    const detail = await loadCaseDetail(engine.pool, engine.tree, userOf(request).scope, idOf(request.params.id), scopeShare)
    if (detail === undefined) throw refusals.notFound()
    if (detail === 'not_a_case') throw notACase()
    return detail
  })

  api.get('/cases/:id/merge-candidates', {
    config,
    schema: {
      tags, summary: '可并入的案件 / Cases that it may be merged into', description: '按编号、规则、现象、区域查找，至多 50 件。 / Found by number, rule, matter or place; at most 50.',
      params, querystring: Type.Object({ q: Type.String({ maxLength: 100, default: '' }) }), response: answers({ 200: MergeCandidates }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const items = await loadMergeCandidates(engine.pool, userOf(request).scope, idOf(request.params.id), request.query.q)
    if (items === undefined) throw refusals.notFound()
    return { items }
  })
}

function workRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const answer = (request: { params: { id: string } }, user: UserPrincipal, act: (etx: EngineTx, id: string, actor: Viewer['actor']) => Promise<Parameters<typeof checked>[0]>) =>
    inEngineTransaction(engine, clock.now(), async (etx) => {
      const id = idOf(request.params.id)
      checked(await act(etx, id, actorOfUser(user)))
      return caseAnswer(etx, user, id)
    })

  api.put('/cases/:id/confirmed-users', {
    config,
    schema: {
      tags, summary: '填报已核实的用户或人数 / State the confirmed users or persons',
      description: '例如计费核实的错收费用户数（MR-13）、现场核实的人数（MR-10、MR-14）；记入时间线，下一次判定即生效。 / Such as the wrongly charged users that billing has confirmed (MR-13), or persons at the place (MR-10, MR-14): a line of the timeline, judged by at the next tick.',
      params, body: ConfirmedUsers, response: answers({ 200: AlertDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const actor = actorOfUser(user)
    const { users, reason } = request.body
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const result = await confirmUsers(etx, request.params.id, { users, reason: masked(reason) }, actor, 'api')
      if (result === 'not_a_case') throw notACase()
      if (!result.ok) throw refused(result)
      return alertAnswer(etx, user, request.params.id, actor)
    })
  })

  api.post('/cases/:id/measures', {
    config,
    schema: {
      tags, summary: '新增措施 / Add a measure', description: '做什么、由谁、何时前；记入时间线。不得含个人信息。 / What, whose, until when; a line of the timeline. Nothing personal is taken.',
      params, body: MeasureBody, response: answers({ 200: CaseDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const measure = { what: impersonal('what', request.body.what), owner: impersonal('owner', request.body.owner), dueAt: request.body.dueAt }
    return answer(request, userOf(request), (etx, id, actor) => addMeasure(etx, id, measure, actor, 'api'))
  })

  api.put('/cases/:id/measures/:measureId', {
    config,
    schema: {
      tags, summary: '措施完成与否 / Whether a measure is done', description: '记入时间线；重复提交不变。 / A line of the timeline; the same again changes nothing.',
      params: Type.Object({ id: NumberId, measureId: NumberId }), body: Type.Object({ isDone: Type.Boolean() }, { additionalProperties: false }),
      response: answers({ 200: CaseDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const order = { id: idOf(request.params.measureId), isDone: request.body.isDone }
    return answer(request, userOf(request), (etx, id, actor) => finishMeasure(etx, id, order, actor, 'api'))
  })

  api.put('/cases/:id/line', {
    config,
    schema: {
      tags, summary: '统一口径 / Line-to-take', description: '各版本均保留，最新者有效；已有更新的版本时 409。不得含个人信息。 / Every version is kept, the newest holds; 409 where there is a newer one. Nothing personal is taken.',
      params, body: LineBody, response: answers({ 200: CaseDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const line = { version: request.body.version, text: impersonal('text', request.body.text) }
    return answer(request, userOf(request), (etx, id, actor) => stateLine(etx, id, line, actor, 'api'))
  })
}

function handRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.post('/cases/:id/merge', {
    config,
    schema: {
      tags, summary: '并入另一案件 / Merge into another case',
      description: '工单、规则、已核实用户数、措施与较高颜色随之转入；不通知任何人；以后的判定保持为一案。答并入后的案件。 / Tickets, rules, confirmed users, measures and the higher colour go along; nobody is paged; later ticks keep them one. Answers with the case that stays.',
      params, body: MergeBody, response: answers({ 200: AlertDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const actor = actorOfUser(user)
    const order = { fromId: idOf(request.params.id), intoId: idOf(request.body.into), reason: masked(request.body.reason) }
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const result = await mergeCases(etx, order, actor, 'api')
      if (!result.ok) throw notMerged(result)
      return alertAnswer(etx, user, result.intoId, actor)
    })
  })

  api.post('/cases/:id/split', {
    config,
    schema: {
      tags, summary: '拆出一个案件 / Split a case off',
      description: '所选区域、现象、规则或工单成为一个新案件，以后的判定保持分开。按其颜色通知，除非由原案件的确认人拆分。答新案件。 / The chosen regions, phenomena, rules or tickets become a case of their own; later ticks keep them apart. It pages as its colour does, unless whoever acknowledged the old one splits it. Answers with the new case.',
      params, body: SplitBody, response: answers({ 200: AlertDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const actor = actorOfUser(user)
    const order = { ...request.body, caseId: idOf(request.params.id), reason: masked(request.body.reason) }
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const result = await splitCase(etx, order, actor, 'api')
      if (!result.ok) throw notSplit(result)
      return alertAnswer(etx, user, result.newId, actor)
    })
  })
}
