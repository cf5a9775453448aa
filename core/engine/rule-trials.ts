import type { RiskTrialStart, RuleTrialResult, RuleTrialShown, RuleTrialStart } from '../contract/rule-trials.ts'
import type { RuleScopeShown } from '../contract/rules.ts'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES, abnormalFaults } from '../domain/abnormal/catalogue.ts'
import { GROUP, type RuleScope, valuesFor } from '../domain/abnormal/scopes.ts'
import type { RegionTree, Scope } from '../domain/region.ts'
import { riskRule } from '../domain/risk/catalogue.ts'
import { parameterFault, parametersOf } from '../domain/risk/parameters.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { isProvincial } from '../domain/risk/scopes.ts'
import { triedValues } from '../domain/risk/trial.ts'
import { DAY, type Instant, type Zone } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { recheckOpen, recheckOpenWithin } from '../store/ticket-store.ts'
import { countRiskTrial, riskTrialByDay, riskTrialByLevel } from '../store/risk-trial-store.ts'
import { countTrial, trialByDay, trialByLevel } from '../store/trial-result-store.ts'
import { insertTrial, listTrials, loadTrial, stopTrial, type TrialRow } from '../store/trial-store.ts'

/** A trial of open end would be a rule that nobody answers for. */
export const LONGEST_TRIAL = 90 * DAY
const MOST_SHOWN = 100

/** Who looks at trials: his places with where he may change, the tree, and when. */
export interface TrialReader {
  readonly tree: RegionTree
  readonly scopes: readonly RuleScopeShown[]
  readonly now: Instant
}

const endOf = ({ endsAt, stoppedAt }: TrialRow): Instant => Math.min(endsAt, stoppedAt ?? endsAt)

function shown(row: TrialRow, { tree, scopes, now }: TrialReader): RuleTrialShown {
  const { id, ruleId, scopeCode, parameters, reason, owner, startedBy, startedAt, endsAt, stoppedBy } = row
  const scope = scopeCode ?? tree.root.code
  const isRunning = endOf(row) > now
  const mayStop = isRunning && scopes.some((one) => one.code === scope && one.mayChange)
  const rule = ABNORMAL_RULES.find((one) => one.id === ruleId) ?? riskRule(ruleId)
  return { id, ruleId, nameZh: rule?.nameZh ?? '', nameEn: rule?.nameEn ?? '', scope, values: { ...parameters }, reason, owner, startedBy, startedAt, endsAt, endedAt: isRunning ? null : endOf(row), stoppedBy, mayStop }
}

/** The newest trials in a reader's places. */
export async function viewTrials(sql: Sql, reader: TrialReader): Promise<RuleTrialShown[]> {
  const places = reader.scopes.map(({ code }) => (code === reader.tree.root.code ? null : code))
  return (await listTrials(sql, places, MOST_SHOWN)).map((row) => shown(row, reader))
}

async function trialFor(sql: Sql, id: string, reader: TrialReader): Promise<TrialRow | undefined> {
  const row = await loadTrial(sql, id)
  return row !== undefined && reader.scopes.some(({ code }) => code === (row.scopeCode ?? reader.tree.root.code)) ? row : undefined
}

/** What a trial has found beside the rule in force, in tickets or places of `scope`; cases within `gapMinutes` of a risk trial's time are one with it, ticks are `tickMinutes` apart. Undefined where the reader may not look at it. */
export async function viewTrial(sql: Sql, id: string, scope: Scope, reader: TrialReader & { readonly zone: Zone; readonly gapMinutes: number; readonly tickMinutes: number }): Promise<RuleTrialResult | undefined> {
  const row = await trialFor(sql, id, reader)
  if (row === undefined) return undefined
  const { tree, now, zone } = reader
  const path = (tree.get(row.scopeCode ?? tree.root.code) ?? tree.root).path
  const asked = { trialId: id, ruleId: row.ruleId, path, from: row.startedAt, to: Math.min(now, endOf(row)) }
  const head = { trial: shown(row, reader), asOf: now }
  if (riskRule(row.ruleId) === undefined) {
    return { ...head, ...(await countTrial(sql, scope, asked)), byLevel: await trialByLevel(sql, scope, asked), byDay: await trialByDay(sql, scope, asked, zone) }
  }
  const question = { ...asked, gapMinutes: reader.gapMinutes, tickMinutes: reader.tickMinutes }
  return { ...head, ...(await countRiskTrial(sql, scope, question)), byLevel: await riskTrialByLevel(sql, scope, question), byDay: await riskTrialByDay(sql, scope, question, zone) }
}

/** Who starts a trial, where and when, and by which settings what is left out is completed. */
export interface TrialStartBy<Settings> {
  readonly scope: RuleScope
  readonly tree: RegionTree
  readonly settings: Settings
  readonly startedBy: string
  readonly now: Instant
}

/** What became of the wish for a trial; its id where it began. */
export type TrialStarted = { readonly faults: readonly string[] } | { readonly isRunning: true } | { readonly id: string }

/** One trial as its reader sees it; undefined where there is none, or not in his places. */
export async function viewOneTrial(sql: Sql, id: string, reader: TrialReader): Promise<RuleTrialShown | undefined> {
  const row = await trialFor(sql, id, reader)
  return row === undefined ? undefined : shown(row, reader)
}

const endFaults = (endsAt: Instant, now: Instant): string[] =>
  endsAt > now && endsAt <= now + LONGEST_TRIAL ? [] : ['endsAt: 应晚于现在且不超过 90 天 / later than now, at most 90 days ahead']

/** Starts a silent trial, with open tickets of its place judged by it at once; values may be laxer than those in force, for they page nobody. */
export async function startTrial(tx: Tx, rule: AbnormalRule, start: RuleTrialStart, { scope, tree, settings, startedBy, now }: TrialStartBy<AbnormalParameters>): Promise<TrialStarted> {
  const { values = {}, reason, owner = startedBy, endsAt } = start
  const faults = abnormalFaults({ values: { [rule.id]: values }, disabledRules: [] })
  faults.push(...endFaults(endsAt, now))
  if (faults.length > 0) return { faults }
  const parameters = { ...valuesFor(rule, settings, scope), ...values }
  const id = await insertTrial(tx, { ruleId: rule.id, scopeCode: scope, parameters, reason, owner, startedBy, startedAt: now, endsAt: Math.floor(endsAt) })
  if (id === null) return { isRunning: true }
  await (scope === GROUP ? recheckOpen(tx, now) : recheckOpenWithin(tx, now, [tree.get(scope)?.path ?? tree.root.path]))
  return { id }
}

function riskStartFaults(ruleId: string, { values = {}, endsAt }: RiskTrialStart, scope: RuleScope, now: Instant): string[] {
  const known = parametersOf(ruleId)
  const faults = Object.entries(values).flatMap(([path, value]) => {
    const parameter = known.find((one) => one.path === path)
    if (parameter === undefined) return [`${path}: 不是 ${ruleId} 的参数 / no parameter of ${ruleId}`]
    if (scope !== GROUP && parameter.stricter === null) return [`${path}: 全网统一，省不得自定 / one for the whole tree: a province has none of its own`]
    const fault = parameterFault(parameter, value)
    return fault === null ? [] : [`${path}: ${fault}`]
  })
  if (scope !== GROUP && !isProvincial(ruleId)) faults.push('scope: 该规则由集团统一设定 / this rule is the group’s')
  return [...faults, ...endFaults(endsAt, now)]
}

/** Starts a silent trial of a risk rule, judged from the next tick on; values may be laxer than those in force, for they page nobody. */
export async function startRiskTrial(tx: Tx, ruleId: string, start: RiskTrialStart, { scope, settings, startedBy, now }: TrialStartBy<RiskParameters>): Promise<TrialStarted> {
  const { values = {}, reason, owner = startedBy, endsAt } = start
  const faults = riskStartFaults(ruleId, start, scope, now)
  if (faults.length > 0) return { faults }
  const parameters = { ...triedValues(ruleId, settings, scope), ...values }
  const id = await insertTrial(tx, { ruleId, scopeCode: scope, parameters, reason, owner, startedBy, startedAt: now, endsAt: Math.floor(endsAt) })
  return id === null ? { isRunning: true } : { id }
}

/** Ends a trial before its date; what it has found stays. */
export async function endTrial(tx: Tx, id: string, by: string, reader: TrialReader): Promise<'stopped' | 'ended_before' | 'unknown' | 'not_yours'> {
  const row = await trialFor(tx, id, reader)
  if (row === undefined) return 'unknown'
  if (!reader.scopes.some(({ code, mayChange }) => mayChange && code === (row.scopeCode ?? reader.tree.root.code))) return 'not_yours'
  return (await stopTrial(tx, id, by, reader.now)) ? 'stopped' : 'ended_before'
}
