import { codeOfPath, isWithin, type RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type ByHand, takesIn } from './by-hand.ts'
import { byJoinOrder, groupFresh, type JoinableCase } from './joining.ts'
import type { Matter } from './matter.ts'
import { PlacedMatters } from './placed-matters.ts'
import type { RiskParameters } from './reading.ts'
import type { CaseDecision, Finding } from './risk-case.ts'

/** A case that findings may join. */
export interface AssignableCase extends JoinableCase, ByHand {
  readonly regionCode: string
}

/** A case at this tick with the findings that belong to it. */
export interface Standing<C extends AssignableCase> {
  readonly held: C
  readonly findings: Finding[]
  /** Colours of cases that went into this one at this tick. */
  mergedSeverity: Level
}

export interface Assignment<C extends AssignableCase> {
  readonly standing: Map<string, Standing<C>>
  /** Findings that no case takes in, as the cases that they open. */
  readonly fresh: readonly (readonly Finding[])[]
  readonly merges: readonly { readonly from: C; readonly into: C }[]
}

/**
 * Which findings join which live case, which open one, and which cases become one because a finding spans them (domain.md 5.1). `claimed` are those that a case split off by hand
 * has (docs/adr/0023).
 */
export function assign<C extends AssignableCase>(tree: RegionTree, parameters: RiskParameters, tickAt: Instant, live: readonly C[], findings: readonly Finding[], claimed: (held: C) => readonly Finding[] = () => []): Assignment<C> {
  const standing = new Map(live.map((held) => [held.alertId, { held, findings: [...claimed(held)], mergedSeverity: 0 as Level }]))
  const fresh: (Finding & { readonly regionPath: string })[] = []
  const merges = new Map<string, { from: C; into: C }>()
  const placed = new PlacedMatters<C>(parameters)
  for (const held of live) placed.add(held, [held, ...held.claims])
  for (const finding of findings) {
    const path = tree.get(finding.regionCode)?.path ?? ''
    const one = { matter: finding.matter, regionPath: path, ruleIds: finding.readings.map(({ ruleId }) => ruleId) }
    const joinable = placed.near(one.matter, path).filter((held) => !merges.has(held.alertId) && takesIn(held, one, tickAt, parameters)).sort(byJoinOrder)
    const [into, ...others] = joinable
    if (into === undefined) {
      fresh.push({ ...finding, regionPath: path })
      continue
    }
    standing.get(into.alertId)?.findings.push(finding)
    const span = isWithin(into.regionPath, path) ? path : into.regionPath
    for (const from of others) if (from.mitigatedAt === null && isWithin(from.regionPath, span)) merges.set(from.alertId, { from, into })
  }
  return { standing, fresh: groupFresh(fresh, parameters), merges: [...merges.values()] }
}

export const highest = (findings: readonly Finding[]): Level => Math.max(0, ...findings.map((finding) => finding.level)) as Level

/** The widest matter of findings that belong together: that of the product, where there is one. */
export const widestOf = (matters: readonly Matter[]): Matter => matters.find(({ kind }) => kind === 'product') ?? (matters[0] as Matter)

/** The lowest node that holds all their places: findings that belong together lie within each other. */
export const topmost = (tree: RegionTree, findings: readonly Finding[]): Finding =>
  findings.reduce((top, one) => (tree.chain(one.regionCode).length < tree.chain(top.regionCode).length ? one : top))

/** Where a case belongs now: up to a place that spans it, and down to a narrower one only together with a new ladder (an upgrade). */
export function placeOf<C extends AssignableCase>(tree: RegionTree, { held, findings }: Standing<C>, decision: CaseDecision): { regionCode: string; path: string } {
  const paths = findings.map((finding) => tree.get(finding.regionCode)?.path ?? '').sort((a, b) => a.length - b.length)
  const [widest] = paths
  const isWider = widest !== undefined && isWithin(held.regionPath, widest)
  // What a person has merged or split keeps the place that he gave it.
  const isNarrower = widest !== undefined && paths.length === 1 && decision.kind === 'upgrade' && held.claims.length === 0
  const path = isWider || isNarrower ? widest : held.regionPath
  if (path === held.regionPath) return { regionCode: held.regionCode, path }
  return { regionCode: codeOfPath(path) ?? held.regionCode, path }
}
