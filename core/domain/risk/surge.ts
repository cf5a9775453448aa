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
