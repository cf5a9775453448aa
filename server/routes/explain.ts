import { Type } from 'typebox'
import { Explanation } from '../../core/contract/explain.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { explainRisk, explainTicket } from '../../core/engine/explain.ts'
import { principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'

const OF_TICKET = 'ticket:'

const badScope = (expected: string) =>
  new Refusal(400, 'bad_scope', '范围与规则不符', 'The scope does not fit the rule', { field: 'scope', expected, mend: 'AT 规则用 ticket:工单键，MR 规则用区域代码 / ticket:<key> for AT rules, a region code for MR rules' })
const noRule = () => new Refusal(400, 'unknown_rule', '没有这条规则', 'There is no such rule', { field: 'rule', expected: 'AT-01 … AT-30, MR-01 … MR-21', mend: '更正 rule / mend rule' })

/** Why a rule was true of a scope at an instant of the past, or why not. */
export function explainRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/explain', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '为何预警、为何没有 / Why, and why not',
      description: '任一规则、任一范围、过去任一时刻：数值、基线、阈值、当时参数、还差多少升级、怎样才解除。以现在所知的事实重判，不写入任何数据。 / For any rule, scope and instant of the past: value, baseline, thresholds, the parameters then, what the next level lacks, what ends it. Judged anew by the facts known now; nothing is written.',
      querystring: Type.Object({
        rule: Type.String({ pattern: '^(AT|MR)-[0-9]{2}$', description: '规则编号 / id of the rule' }),
        scope: Type.Optional(Type.String({ minLength: 1, maxLength: 260, description: 'MR：区域代码，默认您的区域；AT：ticket:工单键 / MR: a region code, your own by default; AT: ticket:<key of the ticket>' })),
        at: Type.Optional(Type.String({ minLength: 20, maxLength: 40, description: 'RFC 3339；缺省为现在 / now when left out' })),
        matter: Type.Optional(Type.String({ maxLength: 120, description: '只看此事项，例如二级现象 / this matter only, such as a second-level phenomenon' })),
      }),
      response: answers({ 200: Explanation }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { rule, scope, at, matter = null } = request.query
    const now = clock.now()
    const question = { ruleId: rule, at: Math.min(at === undefined ? now : instantOf('at', at), now), matter, now, scope: principal.scope }
    if (rule.startsWith('AT-')) {
      if (scope?.startsWith(OF_TICKET) !== true) throw badScope('ticket:<key>')
      const found = await explainTicket(engine, scope.slice(OF_TICKET.length), question)
      if (found === undefined) throw ABNORMAL_RULES.some(({ id }) => id === rule) ? refusals.notFound() : noRule()
      return found
    }
    if (scope?.startsWith(OF_TICKET) === true) throw badScope('区域代码 / a region code')
    const node = scope === undefined ? principal.region : regionInScope(engine, principal, scope)
    const found = await explainRisk(engine, node, question)
    if (found === undefined) throw noRule()
    return found
  })
}
