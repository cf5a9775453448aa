import type { RiskParameterShown, RiskRuleChange, RiskRuleHistory, RiskRuleShown, RiskRulesAnswer } from '../contract/risk-rules.ts'
import { RISK_RULES, riskRule } from '../domain/risk/catalogue.ts'
import { COMMON_PARAMETERS, defaultAt, isRiskRuleOn, parametersOf, type RiskParameter, riskFaults, switched, valueAt, withValue } from '../domain/risk/parameters.ts'
import { completedRisk, type RiskParameters } from '../domain/risk/reading.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody, loadConfigRecords, lockConfig } from '../store/config-store.ts'
import type { Versioned } from './context.ts'
import { saveSettings } from './settings.ts'

/** The id under which what all rules go by is read and changed. */
export const COMMON = 'common'

/** Versions that are looked through; older ones stand in the table of configuration. */
const MOST_VERSIONS = 500

type HistoryEntry = RiskRuleHistory['items'][number]

/** Whether there is a risk rule of that id, or it is {@link COMMON}. */
export const isRiskSetting = (id: string): boolean => id === COMMON || riskRule(id) !== undefined

const listOf = (id: string): readonly RiskParameter[] => (id === COMMON ? COMMON_PARAMETERS : parametersOf(id))

const shownParameter = (id: string, settings: RiskParameters, { path, kind, least, most, names, rules }: RiskParameter): RiskParameterShown => ({
  path, kind, least, most, names: names === null ? null : [...names], value: valueAt(settings, path), default: defaultAt(path), sharedWith: rules.filter((other) => other !== id),
})

/** What a rule stands at, by path, its switch included. */
const standing = (id: string, settings: RiskParameters): Readonly<Record<string, unknown>> => ({
  ...(id === COMMON ? {} : { isOn: isRiskRuleOn(id, settings) }),
  ...Object.fromEntries(listOf(id).map(({ path }) => [path, valueAt(settings, path)])),
})

type Versions = readonly { readonly version: number; readonly effectiveFrom: Instant; readonly author: string; readonly reason: string; readonly settings: RiskParameters }[]

async function loadVersions(sql: Sql): Promise<Versions> {
  const records = await loadConfigRecords(sql, 'risk', MOST_VERSIONS)
  return records.map(({ version, effectiveFrom, author, reason, body }) => ({ version, effectiveFrom, author, reason, settings: completedRisk(body) }))
}

/** At which versions a rule became another, newest first, with what became what. */
function historyOf(versions: Versions, id: string): HistoryEntry[] {
  const entries: HistoryEntry[] = []
  versions.forEach(({ version, effectiveFrom: at, author, reason, settings }, index) => {
    const before = versions[index - 1]?.settings
    if (before === undefined) return
    const [was, is] = [standing(id, before), standing(id, settings)]
    const changes = Object.keys(is).flatMap((path) => (JSON.stringify(was[path]) === JSON.stringify(is[path]) ? [] : [{ path, from: was[path], to: is[path] }]))
    if (changes.length > 0) entries.push({ version, at, author, reason, changes })
  })
  return entries.reverse()
}

function shown(id: string, settings: RiskParameters, versions: Versions): RiskRuleShown {
  const rule = riskRule(id)
  const [last] = historyOf(versions, id)
  return {
    id,
    nameZh: rule?.nameZh ?? '全部规则',
    nameEn: rule?.nameEn ?? 'All rules',
    meaningZh: rule?.meaningZh ?? '判定节拍、统计窗口、并案与降级保持等，所有规则共用。',
    meaningEn: rule?.meaningEn ?? 'Tick, window, joining and hold-down: what all rules go by.',
    isOn: id === COMMON ? null : isRiskRuleOn(id, settings),
    parameters: listOf(id).map((parameter) => shownParameter(id, settings, parameter)),
    changed: last === undefined ? null : { version: last.version, at: last.at, author: last.author, reason: last.reason },
  }
}

/** The catalogue of the risk rules as it stands, with who last changed each. */
export async function viewRiskRules(sql: Sql, { version, body }: Versioned<RiskParameters>, mayChange: boolean): Promise<RiskRulesAnswer> {
  const versions = await loadVersions(sql)
  return { version, mayChange, items: [COMMON, ...RISK_RULES.map(({ id }) => id)].map((id) => shown(id, body, versions)) }
}

/** Every version at which a rule became another. */
export async function viewRiskHistory(sql: Sql, id: string): Promise<RiskRuleHistory> {
  return { id, items: historyOf(await loadVersions(sql), id) }
}

/** What became of a change: the faults that refused it as `path: mend`, or what stood before and the version now in force. */
export type RiskChangeResult =
  | { readonly faults: readonly string[] }
  | { readonly before: Readonly<Record<string, unknown>>; readonly after: Readonly<Record<string, unknown>>; readonly settings: Versioned<RiskParameters> }

function changedBody(id: string, { isOn, values = {} }: RiskRuleChange, held: RiskParameters): { readonly body: RiskParameters } | { readonly faults: readonly string[] } {
  const known = new Set(listOf(id).map(({ path }) => path))
  const unknown = Object.keys(values).filter((path) => !known.has(path))
  if (unknown.length > 0) return { faults: unknown.map((path) => `${path}: 不是 ${id} 的参数，有 ${[...known].join('、')} / no parameter of ${id}; there are ${[...known].join(', ')}`) }
  if (isOn !== undefined && id === COMMON) return { faults: ['isOn: 只有规则可以开关 / only rules are switched'] }
  const set = Object.entries(values).reduce((settings, [path, value]) => withValue(settings, path, value ?? defaultAt(path)), held)
  const body = isOn === undefined ? set : switched(id, isOn, set)
  const faults = riskFaults(body)
  return faults.length > 0 ? { faults } : { body }
}

/**
 * Changes one rule, or what all go by, as the next version of the settings, in force at the next tick; cases that stand keep what they were stamped with and are judged on by the new
 * values. It is joined to the newest version written, so that of two changes at once neither is lost.
 */
export async function changeRiskRule(tx: Tx, id: string, change: RiskRuleChange, { author, now }: { readonly author: string; readonly now: Instant }): Promise<RiskChangeResult> {
  await lockConfig(tx, 'risk')
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === 'risk')
  const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
  const held = completedRisk(await loadConfigBody(tx, 'risk', newest.version))
  const changed = changedBody(id, change, held)
  if ('faults' in changed) return changed
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(now, ...versions.map((version) => version.effectiveFrom))
  const version = await saveSettings(tx, { kind: 'risk', body: changed.body, author, reason: change.reason, now, effectiveFrom })
  return { before: standing(id, held), after: standing(id, changed.body), settings: { version, body: changed.body } }
}
