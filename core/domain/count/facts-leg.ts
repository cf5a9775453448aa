import type { ClockReading } from '../ticket/clock-reading.ts'
import type { Leg } from '../ticket/parts.ts'
import { Counts, type FactScene } from './fact-scene.ts'

/**
 * Whether a stay counts as finished by its unit (domain.md 6.1 LEG, K-28, K-39): replied, returned, or passed on; moved by the dispatcher only
 * once it was claimed, for before that the unit had it as little as a recalled one. Not where the ticket ended under it, which is no answer of
 * the unit. Helpers' stays are left out: they are not dispatched (K-39), and no measure is theirs.
 */
function isFinishedByUnit({ isAssist, finish, firstClaimedAt }: Leg): boolean {
  if (isAssist) return false
  return finish === 'replied' || finish === 'returned' || finish === 'transferred' || (finish === 'reassigned' && firstClaimedAt !== null)
}

const readingOf = (readings: readonly ClockReading[], { legId, receivedAt }: Leg): ClockReading | undefined =>
  readings.find(({ clock, subject, startAt }) => clock === 'C_DEPT' && subject === legId && startAt === receivedAt)

/** `LEG`: each finished stay at its end, for its unit. */
export function addLegs(scene: FactScene): void {
  for (const leg of scene.ticket.legs) {
    if (leg.finishedAt === null || !isFinishedByUnit(leg)) continue
    const reading = readingOf(scene.readings, leg)
    const counts = new Counts<'LEG'>()
      .set('legs', true)
      .set('legs_in_time', reading !== undefined && !reading.isOverdue)
      .set('returned', leg.finish === 'returned')
    scene.add('LEG', leg.finishedAt, counts.measures, { unit: leg.unitId ?? '' })
  }
}
