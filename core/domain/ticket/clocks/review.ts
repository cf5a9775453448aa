import { dayNumber, type Instant, MINUTE, readingOfDay, timeOfDay } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import { dated, earliest, limited, type Scene } from './reading.ts'

/** The noon after the night in which a review would end, or null where it ends by day. The night is half-open: [20:00, 08:00). */
function afterNight(wouldEndAt: Instant, { context }: Scene): Instant | null {
  const { dayShiftStart, dayShiftEnd, reviewNightEnd } = context.limits
  const reading = timeOfDay(wouldEndAt, context.zone)
  const day = dayNumber(wouldEndAt, context.zone)
  if (reading >= dayShiftEnd * MINUTE) return readingOfDay(day + 1, reviewNightEnd * MINUTE, context.zone)
  return reading < dayShiftStart * MINUTE ? readingOfDay(day, reviewNightEnd * MINUTE, context.zone) : null
}

/** C_REVIEW: each reply of a unit, replied → passed or failed, or dispatched anew without; one that would end at night ends at noon after it (domain.md 3.6). */
export function readReviews(scene: Scene, into: ClockReading[]): void {
  const { ticket, context, at, endAt } = scene
  for (const leg of ticket.legs) {
    if (leg.isAssist || leg.finish !== 'replied' || leg.finishedAt === null) continue
    const repliedAt = leg.finishedAt
    const next = ticket.legs.find((other) => !other.isAssist && other.finish !== 'recalled' && other.receivedAt > repliedAt)
    const stoppedAt = earliest(leg.reviewedAt, next?.receivedAt, endAt)
    const run = { clock: 'C_REVIEW', subject: leg.legId, startAt: repliedAt, stoppedAt } as const
    const limit = context.limits.review * MINUTE
    const noon = afterNight(repliedAt + limit, scene)
    into.push(noon === null ? limited(at, run, limit) : dated(at, run, noon))
  }
}
