import { Type } from 'typebox'
import { RiskRuleChange, RiskRuleHistory, RiskRulesAnswer } from '../../core/contract/risk-rules.ts'
import { GROUP } from '../../core/domain/abnormal/scopes.ts'
import { changeRiskRule, isRiskSetting, viewRiskHistory, viewRiskRules } from '../../core/engine/risk-rules.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { refusals } from '../errors.ts'
import { answers } from '../openapi.ts'
import { changedScope, ruleReader } from '../rule-scopes.ts'
import { statedReason } from '../stated-reason.ts'
import { badRule, ScopeQuery } from './rules.ts'

const tags = ['configuration']
const params = Type.Object({ id: Type.String({ maxLength: 12, description: 'MR-01 … MR-21，或 common（全部规则共用） / or common: what all rules go by' }) })

function known(id: string): string {
  if (!isRiskSetting(id)) throw refusals.notFound()
  return id
}

/** The rules that open risk cases, their parameters for the group and for each province and their history, without any customer's data. */
export function riskRuleRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps

  api.get('/risk-rules', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '重大风险规则目录 / Rules for risks',
      description: '所选范围内每条规则的含义、是否启用、参数（集团值、本省自定值、生效值、默认值）、最近一次更改；common 为全部规则共用的参数；scope 缺省为本省，根区域人员为集团。 / What each rule means in a scope, whether it is on, its parameters (the group’s, the province’s own, in force, default), and the last change; common is what all rules go by. The scope is the caller’s province, for people of the root region the group.',
      querystring: ScopeQuery, response: answers({ 200: RiskRulesAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const reader = ruleReader(engine, principalOf(request), request.query.scope)
    return viewRiskRules(engine.pool, (await engine.settings(clock.now())).risk, reader, clock.now())
  })

  api.get('/risk-rules/:id/history', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '一条风险规则的历次更改 / The history of a risk rule', description: '由新到旧：版本、何时、何人、为何，何值变为何值。 / Newest first: version, when, who, why, and what became what.',
      params, querystring: ScopeQuery, response: answers({ 200: RiskRuleHistory }, 400, 401, 403, 404),
    },
  }, async (request) => viewRiskHistory(engine.pool, known(request.params.id), ruleReader(engine, principalOf(request), request.query.scope)))

  api.put('/risk-rules/:id', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改一条风险规则 / Change a risk rule',
      description: '成为配置 risk 的新版本，下一节拍生效。与其他规则共用的参数一并改变（sharedWith）。scope 为省时只改该省：可更严（stricter），不得更松；集团值变得更严时，该省随之提高，自定值保留待用。 / The next version of the configuration, in force at the next tick. What other rules go by too changes for them as well (sharedWith). With a province as scope it changes that province only: stricter, never laxer. Where the group becomes stricter than a province, the province goes by the group, and keeps its own value for later.',
      params, body: RiskRuleChange, response: answers({ 200: RiskRulesAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const scope = changedScope(engine, user, request.body.scope)
    const id = known(request.params.id)
    const reason = statedReason(request.body.reason)
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeRiskRule(tx, id, { ...request.body, reason }, { scope, author: actorOf(user), now: clock.now() })
      if ('faults' in changed) throw badRule(changed.faults[0])
      const { before, after, raised, settings } = changed
      const detail = { version: settings.version, reason, before, after, ...(scope === GROUP ? {} : { scope }), ...(raised.length === 0 ? {} : { raised }) }
      await audit(tx, request, clock, { action: 'risk_rule_changed', subject: id, detail })
      return viewRiskRules(tx, settings, ruleReader(engine, user, scope ?? engine.tree.root.code), clock.now())
    })
  })
}
