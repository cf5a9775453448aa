import { Type } from 'typebox'
import { RuleChange, RulesAnswer, type RuleShown } from '../../core/contract/rules.ts'
import { may } from '../../core/domain/access.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { isWithin } from '../../core/domain/region.ts'
import { changeRule, viewRules } from '../../core/engine/abnormal-rules.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'

const tags = ['configuration']
const valuesOf = ({ isOn, parameters }: RuleShown) => ({ isOn, ...Object.fromEntries(parameters.map(({ name, value }) => [name, value])) })

/** The rules by which tickets are abnormal: the same for the whole deployment, without any customer's data. */
export function ruleRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/abnormal-rules', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '异常工单规则目录 / Rules for abnormal tickets', description: '每条规则的含义、参数与当前取值。 / What each rule means, its parameters and the values in force.',
      response: answers({ 200: RulesAnswer }, 401, 403),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const mayChange = principal.kind === 'user' && may(principal.role, 'manage_rules') && isWithin(engine.tree.root.path, principal.scope.path)
    return viewRules((await engine.settings(clock.now())).abnormal, mayChange)
  })

  api.put('/abnormal-rules/:id', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改一条规则 / Change a rule',
      description: '成为配置 abnormal 的新版本，立即生效；未结工单随即重新判定，已有预警保留其所用参数。规则对全网生效，须由根区域的人员更改。 / The next version of the configuration, in force at once; open tickets are judged again, alerts that stand keep their parameters. It holds for everybody, so only people of the root region may change it.',
      params: Type.Object({ id: Type.String({ maxLength: 12 }) }),
      body: RuleChange,
      response: answers({ 200: RulesAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    if (user.region.code !== engine.tree.root.code) {
      throw new Refusal(403, 'whole_tree_only', '规则对全网生效，须由根区域的人员更改', 'The rules hold for everybody: only people of the root region may change them')
    }
    const rule = ABNORMAL_RULES.find(({ id }) => id === request.params.id)
    if (rule === undefined) throw refusals.notFound()
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeRule(tx, rule, request.body, { author: actorOf(user), now: clock.now() })
      if ('faults' in changed) {
        const [fault = ''] = changed.faults
        const [field = '', expected = ''] = fault.split(/: (.*)/su)
        throw new Refusal(400, 'bad_rule', `规则参数不合规：${fault}`, `The parameter does not fit: ${fault}`, { field, expected })
      }
      const { before, after, settings } = changed
      const detail = { version: settings.version, reason: request.body.reason, before: valuesOf(before), after: valuesOf(after) }
      await audit(tx, request, clock, { action: 'rule_changed', subject: rule.id, detail })
      return viewRules(settings, true)
    })
  })
}
