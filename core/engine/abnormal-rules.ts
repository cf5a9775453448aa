import type { RuleChange, RulesAnswer, RuleShown } from '../contract/rules.ts'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES, abnormalFaults, completedAbnormal, valuesFor } from '../domain/abnormal/catalogue.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody, lockConfig } from '../store/config-store.ts'
import { recheckOpen } from '../store/ticket-store.ts'
import type { Versioned } from './context.ts'
import { LIST_KEPT_MS, saveSettings } from './settings.ts'

function shown(rule: AbnormalRule, settings: AbnormalParameters): RuleShown {
  const { judge: _, parameters, ...words } = rule
  const values = valuesFor(rule, settings)
  return { ...words, isOn: !settings.disabledRules.includes(rule.id), parameters: parameters.map((one) => ({ ...one, value: values[one.name] ?? one.default })) }
}

/** The catalogue with the values in force. */
export const viewRules = ({ version, body }: Versioned<AbnormalParameters>, mayChange: boolean): RulesAnswer => ({
  version,
  mayChange,
  items: ABNORMAL_RULES.map((rule) => shown(rule, body)),
})

/** The same settings with one rule changed; a value that is the default again is no longer kept apart. */
function withChange(settings: AbnormalParameters, rule: AbnormalRule, { isOn, values = {} }: RuleChange): AbnormalParameters {
  const all = { ...settings.values[rule.id], ...values }
  const own = Object.fromEntries(Object.entries(all).filter(([name, value]) => rule.parameters.find((one) => one.name === name)?.default !== value))
  const { [rule.id]: _, ...others } = settings.values
  const disabled = settings.disabledRules.filter((id) => id !== rule.id || isOn === undefined)
  return { values: Object.keys(own).length === 0 ? others : { ...others, [rule.id]: own }, disabledRules: isOn === false ? [...new Set([...disabled, rule.id])] : disabled }
}

/** What became of a change: the faults that refused it, or the version that is now in force with what stood before. */
export type RuleChanged =
  | { readonly faults: readonly string[] }
  | { readonly before: RuleShown; readonly after: RuleShown; readonly settings: Versioned<AbnormalParameters> }

/**
 * Changes one rule as the next version of the settings, in force at once, and has open tickets judged again by it. It is joined to the newest version
 * written, so that of two changes at once neither is lost. Alerts that stand keep the parameters they were raised by.
 */
export async function changeRule(tx: Tx, rule: AbnormalRule, change: RuleChange, by: { readonly author: string; readonly now: Instant }): Promise<RuleChanged> {
  await lockConfig(tx, 'abnormal')
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === 'abnormal')
  const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
  const held = completedAbnormal((await loadConfigBody(tx, 'abnormal', newest.version)) as AbnormalParameters)
  const body = withChange(held, rule, change)
  const faults = abnormalFaults(body)
  if (faults.length > 0) return { faults }
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(by.now, ...versions.map((version) => version.effectiveFrom))
  const version = await saveSettings(tx, { kind: 'abnormal', body, author: by.author, reason: change.reason, now: by.now, effectiveFrom })
  // Not before every process has the new version.
  await recheckOpen(tx, effectiveFrom + LIST_KEPT_MS)
  return { before: shown(rule, held), after: shown(rule, body), settings: { version, body } }
}
