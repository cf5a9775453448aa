import { commonRegion, type Incident, readRestoreClock } from '../notice/incident.ts'
import type { RegionTree } from '../region.ts'
import type { Fact } from './fact.ts'

/**
 * What an incident adds to EVT once it is closed, by its closing: K-69 asks whether it was restored within 2 h of its real start. Counts once,
 * at the lowest node that holds all its regions. Without a start, or restored before it, it is not known to have been in time.
 */
export function factsOfIncident(incident: Incident, tree: RegionTree): readonly Fact<'EVT'>[] {
  const { closedAt, restoredAt, provinceCode, regionCodes, product } = incident
  if (closedAt === null) return []
  const clock = restoredAt === null ? null : readRestoreClock(incident, restoredAt)
  const isInTime = clock !== null && clock.elapsed >= 0 && !clock.isOverdue
  return [
    {
      base: 'EVT',
      at: closedAt,
      regionCode: commonRegion(regionCodes, provinceCode, tree).code,
      kind: 'mass_incident',
      by: product === '' ? {} : { product },
      measures: { incidents_closed: 1, ...(isInTime ? { incidents_restored_2h: 1 } : {}) },
    },
  ]
}
