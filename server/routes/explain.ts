import { Type } from 'typebox'
import { Explanation } from '../../core/contract/explain.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import type { Instant } from '../../core/domain/time.ts'
import { explanationOfRisk, explanationOfTicket } from '../../core/engine/explanation.ts'
import { principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'

const TICKET = 'ticket:'

/** The instant asked for, past or present. */
function pastInstant(given: string | undefined, now: Instant): Instant {
  const at = given === undefined ? now : instantOf('at', given)
  if (at <= now) return at
  throw new Refusal(400, 'bad_instant', '时刻在将来', 'The instant lies ahead', { field: 'at', expected: '不晚于现在 / not later than now', mend: '更正 at / mend at' })
}

const badScope = (isTicketRule: boolean) =>
  new Refusal(400, 'bad_scope', '范围与规则不符', 'The scope does not fit the rule', {
    field: 'scope', expected: isTicketRule ? 'ticket:省:源系统:工单号 / ticket:province:source:number' : '区域代码 / a region code', mend: isTicketRule ? 'AT 规则按工单解释 / AT rules are explained by ticket' : 'MR 规则按区域解释 / MR rules are explained by region',
  })

/** Why a rule fired at an instant, or did not. */
export function explainRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/explain', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '为何触发或未触发 / Why a rule fired, or did not',
      description: '任一规则、范围、过去时刻：数值、基线、各色所需、距下一色差多少、如何解除、所用参数版本、涉及工单。MR 规则 scope 为区域代码（可加 phenomenon），AT 规则为 ticket:工单键。按现在所知重算，不写入任何数据。 / For any rule, scope and instant of the past: the numbers, the baseline, what each colour needs, what is missing to the next, what would clear it, the parameter version, the tickets. The scope of MR rules is a region (with a phenomenon, where one is meant), that of AT rules ticket:KEY. Computed from what is known now; nothing is written.',
      querystring: Type.Object({
        rule: Type.String({ minLength: 1, maxLength: 12, description: 'MR-01, AT-02, …' }),
        scope: Type.String({ minLength: 1, maxLength: 310, description: '区域代码或 ticket:工单键 / a region code or ticket:KEY' }),
        at: Type.Optional(Type.String({ minLength: 1, maxLength: 40, description: 'RFC 3339；缺省为现在 / now when left out' })),
        phenomenon: Type.Optional(Type.String({ maxLength: 100, description: '二级现象；缺省为该范围内全部 / second-level phenomenon; all of the scope when left out' })),
      }),
      response: answers({ 200: Explanation }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { rule: id, scope, at: given, phenomenon = null } = request.query
    const at = pastInstant(given, clock.now())
    const risk = RISK_RULES.find((one) => one.id === id)
    const abnormal = ABNORMAL_RULES.find((one) => one.id === id)
    if (risk === undefined && abnormal === undefined) {
      throw new Refusal(400, 'unknown_rule', '没有这条规则', 'There is no such rule', { field: 'rule', expected: [...RISK_RULES, ...ABNORMAL_RULES].map((one) => one.id).join(', '), mend: '更正 rule / mend rule' })
    }
    if (scope.startsWith(TICKET) !== (abnormal !== undefined)) throw badScope(abnormal !== undefined)
    if (risk !== undefined) return explanationOfRisk(engine, risk, { node: regionInScope(engine, principal, scope), at, phenomenon })
    if (abnormal === undefined) throw badScope(true)
    const told = await explanationOfTicket(engine, principal.scope, abnormal, scope.slice(TICKET.length), at)
    if (told === undefined) throw refusals.notFound()
    return told
  })
}
