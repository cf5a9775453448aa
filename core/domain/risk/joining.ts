import { overlaps } from '../region.ts'
import { HOUR, type Instant, MINUTE } from '../time.ts'
import { mayRelapse } from './judge-case.ts'
import { isJoined, type Matter } from './matter.ts'
import { PlacedMatters } from './placed-matters.ts'
import type { RiskParameters } from './reading.ts'

/** What joining needs to know of a live case. */
export interface JoinableCase {
  readonly matter: Matter
  readonly regionPath: string
  readonly openedAt: Instant
  readonly lastTrueAt: Instant
  /** Null unless the case is mitigated. */
  readonly mitigatedAt: Instant | null
}

/**
 * Whether a finding at `tickAt` belongs to a case (domain.md 5.1 Joining): same phenomenon or the product it belongs to, one region within the other, windows
 * overlapping or at most `joinGapHours` apart. A mitigated case takes it in only as a relapse (domain.md 7.1).
 */
export function mayJoin(held: JoinableCase, matter: Matter, regionPath: string, tickAt: Instant, parameters: RiskParameters): boolean {
  if (!isJoined(held.matter, matter, parameters) || !overlaps(held.regionPath, regionPath)) return false
  if (held.mitigatedAt !== null) return mayRelapse(held.mitigatedAt, tickAt, parameters)
  return tickAt - parameters.windowMinutes * MINUTE - held.lastTrueAt <= parameters.joinGapHours * HOUR
}

/** Order in which cases take a finding in: those not mitigated first, then the oldest. */
export function byJoinOrder(a: JoinableCase, b: JoinableCase): number {
  return Number(a.mitigatedAt !== null) - Number(b.mitigatedAt !== null) || a.openedAt - b.openedAt
}

/** Findings of one tick that no live case takes in, as the cases that they open: those that belong together open one. */
export function groupFresh<F extends { readonly matter: Matter; readonly regionPath: string }>(findings: readonly F[], parameters: Pick<RiskParameters, 'outage'>): F[][] {
  interface Group {
    grownAt: number
    readonly places: number[]
  }
  const groupOf: Group[] = []
  const placed = new PlacedMatters<number>(parameters)
  for (const [place, finding] of findings.entries()) {
    const mine = [...new Set(placed.near(finding.matter, finding.regionPath).map((other) => groupOf[other] as Group))].sort((a, b) => a.grownAt - b.grownAt)
    const [into = { grownAt: place, places: [] }, ...others] = mine
    const added = [...others.flatMap(({ places }) => places), place]
    into.places.push(...added)
    into.grownAt = place
    for (const one of added) groupOf[one] = into
    placed.add(place, [finding])
  }
  const groups = [...new Set(groupOf)].sort((a, b) => a.grownAt - b.grownAt)
  return groups.map(({ places }) => places.map((place) => findings[place] as F))
}
