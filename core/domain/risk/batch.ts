import type { Level, RegionLevel } from '../vocabulary.ts'
import { levelReached, type RiskParameters, type Thresholds } from './reading.ts'

/** What MR-01 says of a number of distinct customers. */
export interface BatchVerdict {
  readonly level: Level
  readonly thresholds: Thresholds
}

/** The thresholds of MR-01 at a level of the tree, or null where the rule is not evaluated (domain.md 5.2: city and province). */
export function batchThresholds(regionLevel: RegionLevel, parameters: RiskParameters['batch']): Thresholds | null {
  if (regionLevel === 'city') return parameters.city
  return regionLevel === 'province' ? parameters.province : null
}

/** Judges `x` distinct customers of one phenomenon in the trailing window at a node; null where MR-01 is not evaluated (domain.md 5.2). */
export function judgeBatch(x: number, regionLevel: RegionLevel, parameters: RiskParameters['batch']): BatchVerdict | null {
  const thresholds = batchThresholds(regionLevel, parameters)
  if (thresholds === null) return null
  return { level: levelReached(x, thresholds), thresholds }
}
