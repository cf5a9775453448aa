import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'

/** Four thresholds, blue to red; null where the rule has no such level. */
export type Thresholds = readonly [number | null, number | null, number | null, number | null]

/** Parameters of MR-01 and MR-02 (domain.md 5.2, 5.3.1, Appendix A). All configuration, versioned, stamped on every case. */
export interface RiskParameters {
  readonly tickSeconds: number
  readonly windowMinutes: number
  readonly kinds: readonly string[]
  readonly batch: { readonly enabled: boolean; readonly city: Thresholds; readonly province: Thresholds }
  readonly surge: {
    readonly enabled: boolean
    readonly levels: readonly string[]
    readonly weeks: number
    readonly minValues: number
    readonly z: Thresholds
    readonly x: Thresholds
    readonly r: Thresholds
  }
  readonly scopeShare: number
  readonly joinGapHours: number
  readonly relapseHours: number
  /** Minutes by colour: blue, yellow, orange, red (domain.md 5.1 Downgrade). */
  readonly holdDownMinutes: readonly [number, number, number, number]
}

export const DEFAULT_RISK_PARAMETERS: RiskParameters = {
  tickSeconds: 300,
  windowMinutes: 60,
  kinds: ['complaint'],
  batch: { enabled: true, city: [10, 30, 100, 300], province: [20, 60, 200, 600] },
  surge: {
    enabled: true,
    levels: ['city', 'province', 'group'],
    weeks: 8,
    minValues: 4,
    z: [3, 5, 8, 12],
    x: [8, 20, 60, 200],
    r: [1.5, 2, 3, 5],
  },
  scopeShare: 0.7,
  joinGapHours: 2,
  relapseHours: 2,
  holdDownMinutes: [30, 30, 60, 60],
}

/** One rule read at one node, for one phenomenon, at one tick. */
export interface RiskReading {
  readonly ruleId: 'MR-01' | 'MR-02'
  readonly regionCode: string
  readonly phenomenon: string
  readonly tickAt: Instant
  readonly level: Level
  /** Distinct customers for MR-01, tickets for MR-02, in [tick − window, tick). */
  readonly value: number
  readonly baseline: number | null
  readonly sigma: number | null
  readonly z: number | null
  readonly r: number | null
  /** Why this level and not the next one. */
  readonly reason: RiskReason
}

export type RiskReason =
  | { readonly why: 'threshold'; readonly thresholds: Thresholds }
  | { readonly why: 'surge'; readonly baselineValues: readonly number[]; readonly basis: 'weeks' | 'days' }
  | { readonly why: 'no_baseline'; readonly usable: number }
