import type { RuleChange, RuleHistory, RulesAnswer, RuleScopeShown, RuleShown } from '../contract/rules.ts'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES, abnormalFaults, completedAbnormal, valuesFor } from '../domain/abnormal/catalogue.ts'
import { GROUP, isRuleOn, laxFaults, ownOf, type RaisedProvince, raisedProvinces, type RuleScope, withEdit } from '../domain/abnormal/scopes.ts'
import type { RegionTree } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody, lockConfig } from '../store/config-store.ts'
import { recheckOpen, recheckOpenWithin } from '../store/ticket-store.ts'
import type { Versioned } from './context.ts'
import { loadRuleVersions, type RuleVersion, ruleHistory } from './rule-history.ts'
import { LIST_KEPT_MS, saveSettings } from './settings.ts'

/** What a reader may look at of the rules, and where he may change them; the scope he looks at is one of these. */
export interface RuleReader {
  readonly tree: RegionTree
  readonly scopes: readonly RuleScopeShown[]
  readonly scope: RuleScope
}

const codeOf = (scope: RuleScope, tree: RegionTree): string => scope ?? tree.root.code

function shown(rule: AbnormalRule, settings: AbnormalParameters, scope: RuleScope): Omit<RuleShown, 'changed'> {
  const { judge: _, parameters, ...words } = rule
  const [values, group, own] = [valuesFor(rule, settings, scope), valuesFor(rule, settings), ownOf(settings, scope).values[rule.id] ?? {}]
  const numbers = (name: string, usual: number) => ({ group: group[name] ?? usual, own: own[name] ?? null, value: values[name] ?? usual })
  return {
    ...words,
    isOn: isRuleOn(rule, settings, scope),
    isOnInGroup: isRuleOn(rule, settings),
    parameters: parameters.map((one) => ({ ...one, ...numbers(one.name, one.default) })),
  }
}

function lastChange(versions: readonly RuleVersion[], rule: AbnormalRule, { scope, tree }: RuleReader): RuleShown['changed'] {
  const [last] = ruleHistory(versions, rule, scope, tree.root.code)
  if (last === undefined) return null
  const { changes: _, ...changed } = last
  return changed
}

/** The catalogue as it stands in a scope, with who last changed each rule there. */
export async function viewRules(sql: Sql, { version, body }: Versioned<AbnormalParameters>, reader: RuleReader): Promise<RulesAnswer> {
  const versions = await loadRuleVersions(sql)
  const code = codeOf(reader.scope, reader.tree)
  return {
    version,
    scope: code,
    scopes: [...reader.scopes],
    mayChange: reader.scopes.some((one) => one.code === code && one.mayChange),
    items: ABNORMAL_RULES.map((rule) => ({ ...shown(rule, body, reader.scope), changed: lastChange(versions, rule, reader) })),
  }
}

/** Every version at which a rule became another in a scope. */
export async function viewRuleHistory(sql: Sql, rule: AbnormalRule, { scope, tree }: RuleReader): Promise<RuleHistory> {
  return { id: rule.id, scope: codeOf(scope, tree), items: [...ruleHistory(await loadRuleVersions(sql), rule, scope, tree.root.code)] }
}

type ShownNow = Omit<RuleShown, 'changed'>

/** What became of a change: the faults that refused it, or the version that is now in force with what stood before and the provinces raised with the group. */
export type RuleChangeResult =
  | { readonly faults: readonly string[] }
  | { readonly before: ShownNow; readonly after: ShownNow; readonly raised: readonly RaisedProvince[]; readonly settings: Versioned<AbnormalParameters> }

/** Where and by whom a rule is changed. */
export interface RuleChangeBy {
  readonly scope: RuleScope
  readonly tree: RegionTree
  readonly author: string
  readonly now: Instant
}

/**
 * Changes one rule in one scope as the next version of the settings, in force at once, and has the scope's open tickets judged again by it. It is joined to
 * the newest version written, so that of two changes at once neither is lost. Alerts that stand keep the parameters they were raised by.
 */
export async function changeRule(tx: Tx, rule: AbnormalRule, change: RuleChange, { scope, tree, author, now }: RuleChangeBy): Promise<RuleChangeResult> {
  await lockConfig(tx, 'abnormal')
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === 'abnormal')
  const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
  const held = completedAbnormal((await loadConfigBody(tx, 'abnormal', newest.version)) as AbnormalParameters)
  const body = withEdit(held, rule, scope, change)
  const faults = [...abnormalFaults(body), ...laxFaults(held, rule, scope, change)]
  if (faults.length > 0) return { faults }
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(now, ...versions.map((version) => version.effectiveFrom))
  const version = await saveSettings(tx, { kind: 'abnormal', body, author, reason: change.reason, now, effectiveFrom })
  // Not before every process has the new version.
  const from = effectiveFrom + LIST_KEPT_MS
  await (scope === GROUP ? recheckOpen(tx, from) : recheckOpenWithin(tx, from, [tree.get(scope)?.path ?? tree.root.path]))
  return { before: shown(rule, held, scope), after: shown(rule, body, scope), raised: raisedProvinces(held, body, rule), settings: { version, body } }
}
