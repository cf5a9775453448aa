import { Type } from 'typebox'
import { KpiMonthsAnswer } from '../../core/contract/kpi.ts'
import { DecisionAnswer, RestatementsAnswer } from '../../core/contract/restatement.ts'
import { RESTATEMENT_STATES, type RestatementState } from '../../core/domain/count/restatement.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { loadKpiMonths } from '../../core/engine/kpi-months.ts'
import { loadRestatements } from '../../core/engine/restatements.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { decideRestatements } from '../../core/store/restatement-store.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { answers, NumberId } from '../openapi.ts'

/** What changed late, a data steward's word on it, and months that no longer change. */
export function restatementRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/restatements', {
    config: { access: { user: 'see_quarantine' } },
    schema: {
      tags: ['quality'], summary: '修订日志 / Restatement log',
      description: '待确认的在前，其后从新到旧；用 after 翻页。 / Waiting lines first, then newest first; page on with after, the last id seen.',
      querystring: Type.Object({
        state: Type.Optional(Type.Unsafe<RestatementState>({ type: 'string', enum: [...RESTATEMENT_STATES] })),
        after: Type.Optional(NumberId),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      }),
      response: answers({ 200: RestatementsAnswer }, 400, 401, 403),
    },
  }, async (request) => {
    const { state = null, after = null, limit } = request.query
    return loadRestatements(engine, principalOf(request).scope, { state, afterId: after, limit })
  })

  api.post('/restatements/decide', {
    config: { access: { user: 'manage_data' } },
    schema: {
      tags: ['quality'], summary: '确认或驳回修订 / Confirm or reject restatements',
      description: '确认后计入已发布的周期；驳回的始终不计入，列为调整。驳回的还可改为确认。 / Confirmed ones enter the published periods; rejected ones stay out and show as an adjustment, and can still be confirmed.',
      body: Type.Object({
        ids: Type.Array(NumberId, { minItems: 1, maxItems: 500, uniqueItems: true }),
        decision: Type.Unsafe<'confirm' | 'reject'>({ type: 'string', enum: ['confirm', 'reject'] }),
        reason: Type.String({ minLength: 1, maxLength: 300, pattern: '\\S' }),
      }, { additionalProperties: false }),
      response: answers({ 200: DecisionAnswer }, 400, 401, 403),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { ids, decision } = request.body
    const reason = maskText(presentable(request.body.reason)).trim()
    const state = decision === 'confirm' ? 'confirmed' : 'rejected'
    return inTransaction(engine.pool, async (tx) => {
      const decided = await decideRestatements(tx, principal.scope, { ids, state, by: actorOf(principal), reason, now: clock.now() })
      if (decided.length > 0) await audit(tx, request, clock, { action: `restatements_${state}`, subject: `${decided.length} lines`, detail: { ids: decided, reason } })
      const items = ids.map((id) => ({ id, outcome: decided.includes(String(BigInt(id))) ? ('decided' as const) : ('unchanged' as const) }))
      return { decided: decided.length, items }
    })
  })

  api.get('/kpi/months', {
    config: { access: { user: 'see_figures', wall: true } },
    schema: {
      tags: ['figures'], summary: '月指标 / Indicators by month',
      description: '次月第 5 个工作日结束时冻结；其后的变化只列为调整。 / Frozen at the end of the 5th working day of the next month; later changes show as an adjustment only.',
      querystring: Type.Object({
        region: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' })),
        months: Type.Integer({ minimum: 1, maximum: 36, default: 13, description: '月数 / number of months' }),
      }),
      response: answers({ 200: KpiMonthsAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { region, months } = request.query
    const node = region === undefined ? principal.region : regionInScope(engine, principal, region)
    return loadKpiMonths(engine, principal.scope, node.code, months, clock.now())
  })
}
