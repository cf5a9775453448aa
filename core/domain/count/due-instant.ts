import type { ClockName, ClockReading } from '../ticket/clock-reading.ts'
import type { Pause } from '../ticket/clocks/pauses.ts'
import type { Instant } from '../time.ts'

/** Clocks that stand still with the handling, in natural time (domain.md 3.6). */
const PAUSED_WITH_HANDLING: ReadonlySet<ClockName> = new Set(['C_FIRST', 'C_HANDLE', 'C_FAULT_REPAIR', 'C_FAULT_HARD', 'C_PROVISION'])

/**
 * The last instant at which no more than so much natural time outside the pauses has gone by since `startAt`: a pause that begins just as the
 * limit is used up belongs to it, for until its end nothing is late. Pauses are sorted and free of overlaps.
 */
function afterPauses(startAt: Instant, limit: number, pauses: readonly Pause[]): Instant {
  let due = startAt + limit
  for (const { from, to } of pauses) {
    if (to <= startAt) continue
    if (from > due) break
    due += to - Math.max(from, startAt)
  }
  return due
}

/**
 * The instant after which a clock is late: Infinity while a pause without an end is before it. Unlike the deadline of the reading it does not
 * move when the ticket is suspended after it was passed, so that what is counted by it stays where it is.
 */
export function dueInstant(reading: ClockReading, pauses: readonly Pause[], at: Instant): Instant {
  const { clock, startAt, stoppedAt, netElapsed, deadlineAt } = reading
  if (pauses.length === 0 || !PAUSED_WITH_HANDLING.has(clock)) return deadlineAt
  const end = Math.max(stoppedAt ?? at, startAt)
  // Limit and prolongations, also where the limit is a date: what is left until the deadline, and what is used up.
  const limit = deadlineAt - end + netElapsed
  if (stoppedAt === null) return afterPauses(startAt, limit, pauses)
  const before = pauses.filter(({ from }) => from < stoppedAt).map(({ from, to }) => ({ from, to: Math.min(to, stoppedAt) }))
  return afterPauses(startAt, limit, before)
}
