import type { RiskParameters, Thresholds } from './reading.ts'
import type { Level } from '../vocabulary.ts'

/** Middle value; the mean of the two middle ones for an even count. NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** Median absolute deviation from the median. NaN for an empty list. */
export function mad(values: readonly number[]): number {
  const middle = median(values)
  return median(values.map((value) => Math.abs(value - middle)))
}

/** The same quantity in the same clock window of the past; usable windows only (core/domain/risk/baseline.ts). */
export interface BaselineValues {
  /** t−7 d, t−14 d, … */
  readonly weeks: readonly number[]
  /** t−3 d … t−9 d: used where `weeks` are too few. */
  readonly days: readonly number[]
}

/** What MR-02 says of one count. Without a baseline there is no level, no z and no r: only MR-01 works (domain.md 5.3.1). */
export type SurgeVerdict =
  | {
      readonly why: 'surge'
      readonly level: Level
      readonly values: readonly number[]
      readonly basis: 'weeks' | 'days'
      readonly baseline: number
      readonly sigma: number
      readonly z: number
      readonly r: number
    }
  | { readonly why: 'no_baseline'; readonly level: 0; readonly usable: number }

const reaches = (value: number, thresholds: Thresholds, index: number): boolean => {
  const threshold = thresholds[index]
  return threshold !== null && threshold !== undefined && value >= threshold
}

/**
 * The highest baseline against which `x` tickets can have a colour, −Infinity where they can have none: what is usual need not be looked at further once more than half of its
 * values lie above it.
 */
function highestBaseline(x: number, { z, x: least, r }: RiskParameters['surge']): number {
  const bounds = ([0, 1, 2, 3] as const).map((index) => {
    const [zLeast, rLeast] = [z[index], r[index]]
    if (zLeast === null || rLeast === null || !reaches(x, least, index)) return Number.NEGATIVE_INFINITY
    // σ is at least the root of the baseline, or 1 below 1.
    const root = (Math.sqrt(zLeast * zLeast + 4 * x) - zLeast) / 2
    const byZ = zLeast <= 0 ? Number.POSITIVE_INFINITY : root >= 1 ? root * root : x - zLeast
    const byR = rLeast <= 0 ? Number.POSITIVE_INFINITY : x >= rLeast ? x / rLeast : Number.NEGATIVE_INFINITY
    return Math.min(byZ, byR)
  })
  // A little more than what the sums say, for what rounding takes.
  return Math.max(...bounds) + 1e-6
}

/**
 * What is usual of `x` tickets in these usable windows of the past, read only as far as it takes to see that against it they have no colour (null), or that there is too little
 * to go by (null).
 */
export function usualUnder<W extends { readonly basis: 'weeks' | 'days' }>(x: number, windows: readonly W[], parameters: RiskParameters['surge'], countIn: (window: W) => number): BaselineValues | null {
  const weeks = windows.filter(({ basis }) => basis === 'weeks')
  const basis = weeks.length >= parameters.minValues ? 'weeks' : 'days'
  const chosen = basis === 'weeks' ? weeks : windows.filter((window) => window.basis === 'days')
  if (chosen.length < parameters.minValues || chosen.length === 0) return null
  const highest = highestBaseline(x, parameters)
  const values: number[] = []
  let above = 0
  for (const window of chosen) {
    const value = countIn(window)
    if (value > highest) above += 1
    if (above * 2 > chosen.length) return null
    values.push(value)
  }
  return basis === 'weeks' ? { weeks: values, days: [] } : { weeks: [], days: values }
}

/** Judges `x` tickets against the baseline exactly as domain.md 5.3.1: a level needs all three of z, x and r. */
export function judgeSurge(x: number, past: BaselineValues, parameters: RiskParameters['surge']): SurgeVerdict {
  const basis = past.weeks.length >= parameters.minValues ? 'weeks' : 'days'
  const values = past[basis]
  if (values.length < parameters.minValues || values.length === 0)
    return { why: 'no_baseline', level: 0, usable: Math.max(past.weeks.length, past.days.length) }
  const baseline = median(values)
  const sigma = Math.max(1.4826 * mad(values), Math.sqrt(Math.max(baseline, 1)))
  const z = (x - baseline) / sigma
  const r = x / Math.max(baseline, 1)
  const isTrue = (index: number) => reaches(z, parameters.z, index) && reaches(x, parameters.x, index) && reaches(r, parameters.r, index)
  const level = ([4, 3, 2, 1] as const).find((candidate) => isTrue(candidate - 1)) ?? 0
  return { why: 'surge', level, values, basis, baseline, sigma, z, r }
}
