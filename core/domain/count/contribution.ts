import type { Instant } from '../time.ts'

/**
 * What one ticket adds to one counting cell. Cells are kept by difference: contributions(after) − contributions(before), written in
 * the ingest transaction (invariant 3). A cube is one family of cells; adding one is one file in core/domain/count and one line in CUBES.
 */
export interface Contribution {
  readonly cube: CubeName
  /** Start of the bin; 0 for gauges, which count a present state and have no time. */
  readonly binAt: Instant
  readonly regionCode: string
  readonly kind: string
  readonly phenomenon: string
  readonly n: number
}

/**
 * - `accepted_30s`: valid tickets by acceptance, 30-second bins, finest region, kind, phenomenon L2: what risk rules and the wall's curve read.
 * - `accepted_day`, `finished_day`, `finished_in_time_day`: K-01, K-18 on local days, region cut at city level, by phenomenon.
 * - `open_change_day`: +1 on the day of acceptance, −1 on the day of closing (none where both are one day); city level, no phenomenon; its
 *   running sum is OPEN at 24:00 (K-22).
 * - `open_now`, `overdue_now`: gauges of the present state, finest region, no phenomenon; `overdue_now` changes by a timer at the exact
 *   instant (invariant 4).
 *
 * Where the source gave no phenomenon L2 the L1 stands for it. A region that the tree does not know counts at the province, else at the root.
 */
export const CUBES = ['accepted_30s', 'accepted_day', 'finished_day', 'finished_in_time_day', 'open_change_day', 'open_now', 'overdue_now'] as const
export type CubeName = (typeof CUBES)[number]

/** Width of the finest time bin; risk ticks are multiples of it. */
export const FINE_BIN = 30_000
