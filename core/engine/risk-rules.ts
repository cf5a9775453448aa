import type { RiskParameterShown, RiskRuleChange, RiskRuleHistory, RiskRuleShown, RiskRulesAnswer } from '../contract/risk-rules.ts'
import { GROUP, type RuleScope } from '../domain/abnormal/scopes.ts'
import type { RegionTree } from '../domain/region.ts'
import { RISK_RULES, riskRule } from '../domain/risk/catalogue.ts'
import { COMMON_PARAMETERS, defaultAt, isRiskRuleOn, parametersOf, type RiskParameter, riskFaults, valueAt } from '../domain/risk/parameters.ts'
import { completedRisk, type RiskParameters } from '../domain/risk/reading.ts'
import { ownRiskOf, type RaisedRiskProvince, raisedRiskProvinces, riskFor, riskLaxFaults, riskScopeFaults, withRiskEdit } from '../domain/risk/scopes.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { countFlapping } from '../store/case-store.ts'
import { listConfigVersions, loadConfigBody, loadConfigRecords, lockConfig } from '../store/config-store.ts'
import type { RuleReader } from './abnormal-rules.ts'
import type { Versioned } from './context.ts'
import { saveSettings } from './settings.ts'

/** The id under which what all rules go by is read and changed. */
export const COMMON = 'common'

/** Versions that are looked through; older ones stand in the table of configuration. */
const MOST_VERSIONS = 500

type HistoryEntry = RiskRuleHistory['items'][number]

/** How far back a rule is looked at for cases that flapped. */
const TUNING_DAYS = 30

/** Whether there is a risk rule of that id, or it is {@link COMMON}. */
export const isRiskSetting = (id: string): boolean => id === COMMON || riskRule(id) !== undefined

const listOf = (id: string): readonly RiskParameter[] => (id === COMMON ? COMMON_PARAMETERS : parametersOf(id))

const codeOf = (scope: RuleScope, tree: RegionTree): string => scope ?? tree.root.code

const shownParameter = (id: string, settings: RiskParameters, scope: RuleScope, { path, kind, least, most, names, rules, stricter }: RiskParameter): RiskParameterShown => ({
  path, kind, least, most, stricter,
  names: names === null ? null : [...names],
  value: valueAt(riskFor(settings, scope), path),
  group: valueAt(settings, path),
  own: ownRiskOf(settings, scope).values[path] ?? null,
  default: defaultAt(path),
  sharedWith: rules.filter((other) => other !== id),
})

/** What a rule stands at in a scope, by path, its switch included. */
function standing(id: string, settings: RiskParameters, scope: RuleScope): Readonly<Record<string, unknown>> {
  const parameters = riskFor(settings, scope)
  return { ...(id === COMMON ? {} : { isOn: isRiskRuleOn(id, parameters) }), ...Object.fromEntries(listOf(id).map(({ path }) => [path, valueAt(parameters, path)])) }
}

/** What a province says of a rule, in force or not. */
function ownWord(id: string, settings: RiskParameters, scope: RuleScope): string {
  const { values, enabledRules } = ownRiskOf(settings, scope)
  return JSON.stringify([listOf(id).map(({ path }) => values[path] ?? null), enabledRules.includes(id)])
}

type Versions = readonly { readonly version: number; readonly effectiveFrom: Instant; readonly author: string; readonly reason: string; readonly settings: RiskParameters }[]

async function loadVersions(sql: Sql): Promise<Versions> {
  const records = await loadConfigRecords(sql, 'risk', MOST_VERSIONS)
  return records.map(({ version, effectiveFrom, author, reason, body }) => ({ version, effectiveFrom, author, reason, settings: completedRisk(body) }))
}

/** At which versions a rule became another in a scope, newest first, by the group's word or the province's own, with what became what. */
function historyOf(versions: Versions, id: string, { scope, tree }: RuleReader): HistoryEntry[] {
  const entries: HistoryEntry[] = []
  versions.forEach(({ version, effectiveFrom: at, author, reason, settings }, index) => {
    const before = versions[index - 1]?.settings
    if (before === undefined) return
    const [was, is] = [standing(id, before, scope), standing(id, settings, scope)]
    const changes = Object.keys(is).flatMap((path) => (JSON.stringify(was[path]) === JSON.stringify(is[path]) ? [] : [{ path, from: was[path], to: is[path] }]))
    const isOwn = scope !== GROUP && ownWord(id, before, scope) !== ownWord(id, settings, scope)
    if (changes.length > 0 || isOwn) entries.push({ version, at, author, reason, scope: isOwn ? scope : tree.root.code, changes })
  })
  return entries.reverse()
}

function shown(id: string, settings: RiskParameters, versions: Versions, reader: RuleReader, flapping: ReadonlyMap<string, number>): RiskRuleShown {
  const rule = riskRule(id)
  const { scope } = reader
  const [last] = historyOf(versions, id, reader)
  const isOnIn = (place: RuleScope) => (id === COMMON ? null : isRiskRuleOn(id, riskFor(settings, place)))
  return {
    id,
    nameZh: rule?.nameZh ?? '全部规则',
    nameEn: rule?.nameEn ?? 'All rules',
    meaningZh: rule?.meaningZh ?? '判定节拍、统计窗口、并案与降级保持等，所有规则共用。',
    meaningEn: rule?.meaningEn ?? 'Tick, window, joining and hold-down: what all rules go by.',
    isOn: isOnIn(scope),
    isOnInGroup: isOnIn(GROUP),
    isProvincial: listOf(id).some(({ stricter }) => stricter !== null),
    parameters: listOf(id).map((parameter) => shownParameter(id, settings, scope, parameter)),
    changed: last === undefined ? null : { version: last.version, at: last.at, author: last.author, reason: last.reason, scope: last.scope },
    flappingCases: flapping.get(id) ?? 0,
  }
}

/** The catalogue of the risk rules as it stands in a scope, with who last changed each there. */
export async function viewRiskRules(sql: Sql, { version, body }: Versioned<RiskParameters>, reader: RuleReader, now: Instant): Promise<RiskRulesAnswer> {
  const versions = await loadVersions(sql)
  const code = codeOf(reader.scope, reader.tree)
  const flapping = await countFlapping(sql, reader.tree.get(code)?.path ?? reader.tree.root.path, body.flapping, now - TUNING_DAYS * DAY)
  return {
    version,
    scope: code,
    scopes: [...reader.scopes],
    mayChange: reader.scopes.some((one) => one.code === code && one.mayChange),
    items: [COMMON, ...RISK_RULES.map(({ id }) => id)].map((id) => shown(id, body, versions, reader, flapping)),
  }
}

/** Every version at which a rule became another in a scope. */
export async function viewRiskHistory(sql: Sql, id: string, reader: RuleReader): Promise<RiskRuleHistory> {
  return { id, scope: codeOf(reader.scope, reader.tree), items: historyOf(await loadVersions(sql), id, reader) }
}

/** What became of a change: the faults that refused it as `path: mend`, or what stood before, the version now in force and the provinces raised with the group. */
export type RiskChangeResult =
  | { readonly faults: readonly string[] }
  | {
      readonly before: Readonly<Record<string, unknown>>
      readonly after: Readonly<Record<string, unknown>>
      readonly raised: readonly RaisedRiskProvince[]
      readonly settings: Versioned<RiskParameters>
    }

function changedBody(id: string, change: RiskRuleChange, held: RiskParameters, scope: RuleScope): { readonly body: RiskParameters } | { readonly faults: readonly string[] } {
  const known = new Set(listOf(id).map(({ path }) => path))
  const unknown = Object.keys(change.values ?? {}).filter((path) => !known.has(path))
  if (unknown.length > 0) return { faults: unknown.map((path) => `${path}: 不是 ${id} 的参数，有 ${[...known].join('、')} / no parameter of ${id}; there are ${[...known].join(', ')}`) }
  if (change.isOn !== undefined && id === COMMON) return { faults: ['isOn: 只有规则可以开关 / only rules are switched'] }
  const lax = riskLaxFaults(id, change, held, scope)
  if (lax.length > 0) return { faults: lax }
  const body = withRiskEdit(id, change, held, scope)
  // The caller names the path; whose province it is he has said himself.
  const faults = [...riskFaults(body), ...riskScopeFaults(body).map((fault) => (scope !== GROUP && fault.startsWith(`${scope}.`) ? fault.slice(scope.length + 1) : fault))]
  return faults.length > 0 ? { faults } : { body }
}

/** Where and by whom a rule is changed. */
export interface RiskChangeBy {
  readonly scope: RuleScope
  readonly author: string
  readonly now: Instant
}

/**
 * Changes one rule, or what all go by, in one scope as the next version of the settings, in force at the next tick; cases that stand keep what they were stamped with and are judged on by the
 * new values. It is joined to the newest version written, so that of two changes at once neither is lost.
 */
export async function changeRiskRule(tx: Tx, id: string, change: RiskRuleChange, { scope, author, now }: RiskChangeBy): Promise<RiskChangeResult> {
  await lockConfig(tx, 'risk')
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === 'risk')
  const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
  const held = completedRisk(await loadConfigBody(tx, 'risk', newest.version))
  const changed = changedBody(id, change, held, scope)
  if ('faults' in changed) return changed
  const { body } = changed
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(now, ...versions.map((version) => version.effectiveFrom))
  const version = await saveSettings(tx, { kind: 'risk', body, author, reason: change.reason, now, effectiveFrom })
  return { before: standing(id, held, scope), after: standing(id, body, scope), raised: raisedRiskProvinces(held, body), settings: { version, body } }
}
