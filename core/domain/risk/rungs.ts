import { batchThresholds } from './batch.ts'
import type { RiskParameters, RiskReading, Thresholds } from './reading.ts'
import type { RegionLevel } from '../vocabulary.ts'

const NONE: Thresholds = [null, null, null, null]

type Rungs = (parameters: RiskParameters, reading: RiskReading, level: RegionLevel | undefined) => Thresholds | null

/** By rule what its value is compared with, where one number decides its colour. */
const RUNGS: Readonly<Record<string, Rungs>> = {
  'MR-01': ({ batch }, _reading, level) => (level === undefined ? null : batchThresholds(level, batch)),
  'MR-03': ({ template }, { reason }) => (reason.why === 'said' && reason.facts['kind'] === 'appeal' ? template.appeals : template.complaints),
  'MR-12': ({ keyword }) => keyword.fraud,
  'MR-13': ({ billing }, { reason }) => (reason.why === 'said' && 'confirmedUsers' in reason.facts ? billing.confirmed : billing.customers),
  'MR-19': ({ redLine }) => redLine.customers,
  'MR-21': ({ agent }) => agent.customers,
}

/** With which value the next colour is true, and below which the present one is not; null where no single number says so. */
export function rungsAround(reading: RiskReading, parameters: RiskParameters, level: RegionLevel | undefined): { readonly nextLevelAt: number | null; readonly clearsBelow: number | null } {
  const thresholds = RUNGS[reading.ruleId]?.(parameters, reading, level) ?? NONE
  const next = thresholds.find((threshold, place) => place >= reading.level && threshold !== null && threshold > reading.value)
  return { nextLevelAt: next ?? null, clearsBelow: reading.level === 0 ? null : (thresholds[reading.level - 1] ?? null) }
}
