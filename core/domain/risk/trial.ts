import { GROUP, type RuleScope } from '../abnormal/scopes.ts'
import type { RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import { RISK_RULES } from './catalogue.ts'
import { type Matter, matterKey } from './matter.ts'
import { parametersOf, switched, valueAt, withValue } from './parameters.ts'
import type { RiskParameters, RiskReading } from './reading.ts'
import type { Finding } from './risk-case.ts'
import { riskFor, scopeOfPlace } from './scopes.ts'

/** A risk rule that is evaluated and recorded and pages nobody, with complete values of its own by path, in a place (docs/adr/0016). */
export interface RiskTrial {
  readonly id: string
  readonly ruleId: string
  readonly scope: RuleScope
  readonly values: Readonly<Record<string, unknown>>
}

/** One time that a trial was true of a matter in a place: its highest colour, with the reading by which that was first reached. */
export interface RiskTrialFinding {
  readonly regionCode: string
  readonly matter: Matter
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
  readonly level: Severity
  readonly value: number
  readonly facts: Readonly<Record<string, unknown>>
}

/** The values of a rule in force in a scope, by path: what a trial begins from. */
export const triedValues = (ruleId: string, settings: RiskParameters, scope: RuleScope): Readonly<Record<string, unknown>> =>
  Object.fromEntries(parametersOf(ruleId).map(({ path }) => [path, valueAt(riskFor(settings, scope), path)]))

/**
 * The settings by which a trial judges: its rule alone, by its values. Of the group's trial each province keeps what it says by itself; a province's goes by nothing but its values, which may
 * be laxer than those in force.
 */
export function trialSettings(settings: RiskParameters, { ruleId, scope, values }: RiskTrial): RiskParameters {
  const { scopes: _, ...group } = riskFor(settings, scope)
  const alone = RISK_RULES.reduce<RiskParameters>((held, { id }) => switched(id, id === ruleId, held), group)
  const tried = Object.entries(values).reduce((held, [path, value]) => withValue(held, path, value), alone)
  if (scope !== GROUP || settings.scopes === undefined) return tried
  return { ...tried, scopes: Object.fromEntries(Object.entries(settings.scopes).map(([code, own]) => [code, { values: own.values, enabledRules: [] }])) }
}

/** What a trial has to say of a tick: the findings of its own place. */
export const ofTrial = (findings: readonly Finding[], { scope }: RiskTrial, tree: RegionTree): readonly Finding[] =>
  scope === GROUP ? findings : findings.filter(({ regionCode }) => scopeOfPlace(tree, regionCode) === scope)

const factsOf = ({ regionCode, baseline, sigma, z, r, reason }: RiskReading): Readonly<Record<string, unknown>> => ({ regionCode, baseline, sigma, z, r, reason })

const keyOf = ({ regionCode, matter }: Pick<RiskTrialFinding, 'regionCode' | 'matter'>) => `${regionCode} ${matterKey(matter)}`

/**
 * What is to be stored after a tick: times that go on because they were true within `gapMs` before it, the highest colour kept, and times that begin. `known` are the latest of each matter
 * and place; the same tick again makes the same rows.
 */
export function afterTick(known: readonly RiskTrialFinding[], findings: readonly Finding[], tickAt: Instant, gapMs: number): RiskTrialFinding[] {
  const standing = new Map(known.filter(({ lastTrueAt }) => lastTrueAt >= tickAt - gapMs).map((one) => [keyOf(one), one]))
  return findings.flatMap(({ matter, regionCode, level, readings }) => {
    const [best] = [...readings].sort((a, b) => b.level - a.level)
    if (best === undefined) return []
    const now: RiskTrialFinding = { regionCode, matter, firstTrueAt: tickAt, lastTrueAt: tickAt, level, value: best.value, facts: factsOf(best) }
    const before = standing.get(keyOf(now))
    if (before === undefined) return [now]
    return [level > before.level ? { ...now, firstTrueAt: before.firstTrueAt } : { ...before, lastTrueAt: tickAt }]
  })
}
