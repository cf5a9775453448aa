import { Type } from 'typebox'
import { RuleChange, RuleHistory, RulesAnswer, type RuleShown } from '../../core/contract/rules.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import type { AbnormalRule } from '../../core/domain/abnormal/abnormal-rule.ts'
import { GROUP } from '../../core/domain/abnormal/scopes.ts'
import { changeRule, viewRuleHistory, viewRules } from '../../core/engine/abnormal-rules.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { type Refusal, refusals, unfit } from '../errors.ts'
import { answers } from '../openapi.ts'
import { changedScope, ruleReader } from '../rule-scopes.ts'
import { statedReason } from '../stated-reason.ts'

const tags = ['configuration']
const RuleId = Type.Object({ id: Type.String({ maxLength: 12 }) })
/** The place whose rules are asked for. */
export const ScopeQuery = Type.Object({ scope: Type.Optional(Type.String({ maxLength: 12, description: '根区域或省代码 / the root region or a province' })) })
const valuesOf = ({ isOn, parameters }: Pick<RuleShown, 'isOn' | 'parameters'>) => ({ isOn, ...Object.fromEntries(parameters.map(({ name, value }) => [name, value])) })

/** The rule of that id. @throws Refusal 404 where there is none. */
export function ruleOf(id: string): AbnormalRule {
  const rule = ABNORMAL_RULES.find((one) => one.id === id)
  if (rule === undefined) throw refusals.notFound()
  return rule
}

/** A fault in words, `rule.parameter: mend`, as a refusal. */
export const badRule = (fault: string | undefined): Refusal => unfit('bad_rule', '规则参数不合规', 'The parameter does not fit', fault)

function readRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/abnormal-rules', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '异常工单规则目录 / Rules for abnormal tickets',
      description: '所选范围内每条规则的含义、集团值、本省值与生效值，以及最近一次更改；scope 缺省为本省，根区域人员为集团。 / What each rule means in a scope: the group’s values, the province’s own, those in force, and the last change. The scope is the caller’s province, for people of the root region the group.',
      querystring: ScopeQuery, response: answers({ 200: RulesAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const reader = ruleReader(engine, principalOf(request), request.query.scope)
    return viewRules(engine.pool, (await engine.settings(clock.now())).abnormal, reader)
  })

  api.get('/abnormal-rules/:id/history', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '一条规则的历次更改 / The history of a rule',
      description: '由新到旧：版本、何时、何人、为何，生效值由何变为何；本省自定而未改变生效值的，changes 为空。 / Newest first: version, when, who, why, and which values in force became what. A province’s word that changed nothing in force has no changes.',
      params: RuleId, querystring: ScopeQuery, response: answers({ 200: RuleHistory }, 400, 401, 403, 404),
    },
  }, async (request) => viewRuleHistory(engine.pool, ruleOf(request.params.id), ruleReader(engine, principalOf(request), request.query.scope)))
}

/** The rules by which tickets are abnormal, for the group and for each province, without any customer's data. */
export function ruleRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  readRoutes(api, deps)

  api.put('/abnormal-rules/:id', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改一条规则 / Change a rule',
      description: '成为配置 abnormal 的新版本，立即生效；未结工单随即重新判定，已有预警保留其所用参数。scope 为省时只改该省：可更严，不得更松；集团值变得更严时，该省随之提高，自定值保留待用。 / The next version of the configuration, in force at once; open tickets are judged again, alerts that stand keep their parameters. With a province as scope it changes that province only: stricter, never laxer. Where the group becomes stricter than a province, the province goes by the group, and keeps its own value for later.',
      params: RuleId, body: RuleChange, response: answers({ 200: RulesAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const body = { ...request.body, reason: statedReason(request.body.reason) }
    const scope = changedScope(engine, user, body.scope)
    const rule = ruleOf(request.params.id)
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeRule(tx, rule, body, { scope, tree: engine.tree, author: actorOf(user), now: clock.now() })
      if ('faults' in changed) throw badRule(changed.faults[0])
      const { before, after, raised, settings } = changed
      const detail = {
        version: settings.version, reason: body.reason, before: valuesOf(before), after: valuesOf(after),
        ...(scope === GROUP ? {} : { scope }), ...(raised.length === 0 ? {} : { raised }),
      }
      await audit(tx, request, clock, { action: 'rule_changed', subject: rule.id, detail })
      return viewRules(tx, settings, ruleReader(engine, user, scope ?? engine.tree.root.code))
    })
  })
}
