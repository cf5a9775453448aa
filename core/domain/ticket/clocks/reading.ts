import { HOUR, type Instant, MINUTE } from '../../time.ts'
import type { ClockContext, ClockName, ClockReading, LimitReason } from '../clock-reading.ts'
import type { Extension } from '../parts.ts'
import type { Ticket } from '../ticket.ts'
import { after, endOfNaturalDay, isCalendarMissing, NATURAL, rollForward, type TimeKind, worked } from '../worked-time.ts'
import { NO_PAUSES, type Pause, pausedBetween, pausesOf, type TicketPauses } from './pauses.ts'

/** A ticket about to be read, with what several of its clocks need. */
export interface Scene {
  readonly ticket: Ticket
  readonly context: ClockContext
  readonly at: Instant
  readonly acceptedAt: Instant
  /** Its standing completion, cancellation or merging: ends every clock that runs on the handling. */
  readonly endAt: Instant | null
  readonly pauses: TicketPauses
}

/** The ticket as a scene, or null where it has no clocks: not accepted, voided, a test. */
export function sceneOf(ticket: Ticket, context: ClockContext, at: Instant): Scene | null {
  const { acceptedAt } = ticket
  if (acceptedAt === null || ticket.voidedAt !== null || ticket.isTest) return null
  const endAt = ticket.completedAt ?? ticket.cancelledAt ?? ticket.mergedAt
  return { ticket, context, at, acceptedAt, endAt, pauses: pausesOf(ticket, acceptedAt, context.limits.suspendMaxHours * HOUR) }
}

/** The earliest of some instants; null where there is none. */
export function earliest(...instants: readonly (Instant | null | undefined)[]): Instant | null {
  let first: Instant | null = null
  for (const instant of instants) if (instant !== null && instant !== undefined && (first === null || instant < first)) first = instant
  return first
}

/** One clock on its way to a reading. Left out: the ticket as subject, natural time, no pauses, the standard limit. */
export interface Run {
  readonly clock: ClockName
  readonly subject?: string
  readonly startAt: Instant
  readonly stoppedAt: Instant | null
  readonly kind?: TimeKind
  readonly pauses?: readonly Pause[]
  readonly reason?: LimitReason
}

/** The next instant at which one of the pauses begins or ends, or null. */
function nextChange(pauses: readonly Pause[], at: Instant): Instant | null {
  let next = Number.POSITIVE_INFINITY
  for (const pause of pauses) {
    if (pause.from > at) next = Math.min(next, pause.from)
    if (pause.to > at) next = Math.min(next, pause.to)
  }
  return Number.isFinite(next) ? next : null
}

const isPaused = (pauses: readonly Pause[], at: Instant): boolean => pauses.some((pause) => pause.from <= at && at < pause.to)

function reading(at: Instant, run: Run, deadline: (paused: number) => Instant, limit: number | null): ClockReading {
  const { clock, subject = '', startAt, stoppedAt, kind = NATURAL, pauses = NO_PAUSES, reason = 'standard' } = run
  const end = Math.max(stoppedAt ?? at, startAt)
  const paused = pauses.length === 0 ? 0 : pausedBetween(kind, pauses, startAt, end)
  const deadlineAt = deadline(paused)
  const isStopped = stoppedAt !== null
  return {
    clock,
    subject,
    startAt,
    stoppedAt,
    limit,
    netElapsed: worked(kind, startAt, end) - paused,
    deadlineAt,
    rolledDeadlineAt: null,
    running: !isStopped && !isPaused(pauses, at),
    // The same as "used up more than the limit", save that a window's deadline at its end is passed before the next window opens.
    isOverdue: end > deadlineAt,
    limitReason: reason,
    isCalendarMissing: false,
    resumesByItselfAt: isStopped || pauses.length === 0 ? null : nextChange(pauses, at),
  }
}

/** A clock with a limit, ms of its kind of time: deadline = start + limit + pauses so far (domain.md 3.6). */
export function limited(at: Instant, run: Run, limit: number): ClockReading {
  return reading(at, run, (paused) => after(run.kind ?? NATURAL, run.startAt, limit + paused), limit)
}

/** A clock whose deadline is a date; pauses so far move it. */
export function dated(at: Instant, run: Run, deadlineAt: Instant): ClockReading {
  return reading(at, { reason: 'by_date', ...run }, (paused) => deadlineAt + paused, null)
}

/**
 * A clock of so many natural days, or of a date given by another that is earlier. The second date is the end of the next workday where the
 * last day is a day off; `rollForwardIfHoliday` makes it the deadline. A date that was given is never moved.
 */
export function naturalDays({ at, context }: Scene, run: Run, days: number, given: Instant | null = null): ClockReading {
  const plain = endOfNaturalDay(run.startAt, days, context)
  if (given !== null && given < plain) return dated(at, run, given)
  const rolled = rollForward(plain, context)
  const isMoved = rolled !== plain
  const read = dated(at, run, isMoved && context.limits.rollForwardIfHoliday ? rolled : plain)
  return { ...read, rolledDeadlineAt: isMoved ? rolled : null, isCalendarMissing: isCalendarMissing(plain - 1, rolled, context) }
}

/** What prolongations are asked about: one clock, and which requests are its own. */
export interface Prolonged {
  readonly startAt: Instant
  readonly limit: number
  readonly kind: TimeKind
  readonly pauses: readonly Pause[]
  /** The leg whose requests count, or undefined for those of all legs and of the ticket as a whole. */
  readonly legId?: string
}

/**
 * The prolongation that counts at `scene.at`, ms: approved by then, at most so many a leg, each at most `extensionMaxHours`, asked for before
 * the deadline as it stood at the request, and none for appeals (domain.md 3.6 Extension).
 */
export function prolongation({ ticket, context, at }: Scene, clock: Prolonged): number {
  if (ticket.extensions.length === 0 || ticket.kind === 'appeal') return 0
  const { extensionsPerLeg, extensionMaxHours } = context.limits
  const used = new Map<string | null, number>()
  let sum = 0
  for (const extension of [...ticket.extensions].sort((a, b) => a.requestedAt - b.requestedAt)) {
    const count = used.get(extension.legId) ?? 0
    if (!counts(extension, at) || count >= extensionsPerLeg) continue
    if (clock.legId !== undefined && clock.legId !== extension.legId) continue
    const paused = pausedBetween(clock.kind, clock.pauses, clock.startAt, extension.requestedAt)
    if (extension.requestedAt >= after(clock.kind, clock.startAt, clock.limit + sum + paused)) continue
    used.set(extension.legId, count + 1)
    sum += Math.min(extension.minutes * MINUTE, extensionMaxHours * HOUR)
  }
  return sum
}

const counts = ({ isApproved, answeredAt, minutes }: Extension, at: Instant): boolean =>
  isApproved && minutes > 0 && (answeredAt === null || answeredAt <= at)
