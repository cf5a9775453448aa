import { Type } from 'typebox'
import { RiskRuleChange, RiskRuleHistory, RiskRulesAnswer } from '../../core/contract/risk-rules.ts'
import { may } from '../../core/domain/access.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { changeRiskRule, isRiskSetting, viewRiskHistory, viewRiskRules } from '../../core/engine/risk-rules.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf, type Principal } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'
import { badRule } from './rules.ts'

const tags = ['configuration']
const params = Type.Object({ id: Type.String({ maxLength: 12, description: 'MR-01 … MR-21，或 common（全部规则共用） / or common: what all rules go by' }) })

/** The rules hold for everybody: only people of the root region who keep rules change them. */
const mayChange = ({ engine }: ApiDeps, principal: Principal): boolean =>
  principal.kind === 'user' && may(principal.role, 'manage_rules') && principal.region.code === engine.tree.root.code

function known(id: string): string {
  if (!isRiskSetting(id)) throw refusals.notFound()
  return id
}

/** The rules that open risk cases, their parameters and their history, without any customer's data. */
export function riskRuleRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps

  api.get('/risk-rules', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '重大风险规则目录 / Rules for risks',
      description: '每条规则的含义、是否启用、参数与默认值、最近一次更改；common 为全部规则共用的参数。 / What each rule means, whether it is on, its parameters with their defaults, and the last change; common is what all rules go by.',
      response: answers({ 200: RiskRulesAnswer }, 401, 403),
    },
  }, async (request) => viewRiskRules(engine.pool, (await engine.settings(clock.now())).risk, mayChange(deps, principalOf(request))))

  api.get('/risk-rules/:id/history', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '一条风险规则的历次更改 / The history of a risk rule', description: '由新到旧：版本、何时、何人、为何，何值变为何值。 / Newest first: version, when, who, why, and what became what.',
      params, response: answers({ 200: RiskRuleHistory }, 401, 403, 404),
    },
  }, async (request) => viewRiskHistory(engine.pool, known(request.params.id)))

  api.put('/risk-rules/:id', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改一条风险规则 / Change a risk rule',
      description: '成为配置 risk 的新版本，下一节拍生效；限根区域的规则管理者。与其他规则共用的参数一并改变（sharedWith）。 / The next version of the configuration, in force at the next tick, by people of the root region who keep rules. What other rules go by too changes for them as well (sharedWith).',
      params, body: RiskRuleChange, response: answers({ 200: RiskRulesAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    if (!mayChange(deps, user)) {
      throw new Refusal(403, 'whole_tree_only', '规则对全网生效，须由根区域的人员更改', 'The rules hold for everybody: only people of the root region may change them', { field: 'id' })
    }
    const id = known(request.params.id)
    const reason = maskText(presentable(request.body.reason)).trim()
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeRiskRule(tx, id, { ...request.body, reason }, { author: actorOf(user), now: clock.now() })
      if ('faults' in changed) throw badRule(changed.faults[0] ?? '')
      const { before, after, settings } = changed
      await audit(tx, request, clock, { action: 'risk_rule_changed', subject: id, detail: { version: settings.version, reason, before, after } })
      return viewRiskRules(tx, settings, true)
    })
  })
}
