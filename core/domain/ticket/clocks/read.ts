import type { Instant } from '../../time.ts'
import type { ClockContext, ClockName, ClockReading } from '../clock-reading.ts'
import type { Ticket } from '../ticket.ts'
import { CLOCKS_OF_KIND } from './catalogue.ts'
import { sceneOf } from './reading.ts'

const NONE: readonly ClockReading[] = []

/**
 * Every clock of the ticket read at `at`, stopped ones too, in the catalogue's order. None for tickets that were not accepted, voided or are
 * tests; of a cancelled or merged one as they stood at that end.
 */
export function readClocks(ticket: Ticket, context: ClockContext, at: Instant): readonly ClockReading[] {
  const clocks = CLOCKS_OF_KIND.get(ticket.kind)
  const scene = clocks === undefined ? null : sceneOf(ticket, context, at)
  if (clocks === undefined || scene === null) return NONE
  const readings: ClockReading[] = []
  for (const clock of clocks) clock.read(scene, readings)
  return readings
}

/** All readings of one clock: of each leg, refund, repair, stage or appointment one. */
export function readEach(ticket: Ticket, context: ClockContext, at: Instant, name: ClockName): readonly ClockReading[] {
  const clock = CLOCKS_OF_KIND.get(ticket.kind)?.find((one) => one.name === name)
  const scene = clock === undefined ? null : sceneOf(ticket, context, at)
  if (clock === undefined || scene === null) return NONE
  const readings: ClockReading[] = []
  clock.read(scene, readings)
  return readings
}

/** One clock of the ticket: of several subjects the one that has not stopped and is due first, else the last; null where there is none. */
export function readClock(ticket: Ticket, context: ClockContext, at: Instant, name: ClockName): ClockReading | null {
  const readings = readEach(ticket, context, at, name)
  let first: ClockReading | null = null
  for (const reading of readings) if (reading.stoppedAt === null && (first === null || reading.deadlineAt < first.deadlineAt)) first = reading
  return first ?? readings.at(-1) ?? null
}

/** The next instant at which any of the readings starts or stops running, or becomes late, by time alone; null: never. For the timer of a ticket. */
export function nextClockChange(readings: readonly ClockReading[], at: Instant): Instant | null {
  let next: Instant | null = null
  for (const { running, isOverdue, deadlineAt, resumesByItselfAt } of readings) {
    for (const change of [resumesByItselfAt, running && !isOverdue ? deadlineAt + 1 : null]) {
      if (change !== null && change > at && (next === null || change < next)) next = change
    }
  }
  return next
}

/** The deadline that people work to, and the clock that sets it. */
export interface EffectiveDeadline {
  readonly deadlineAt: Instant
  readonly clock: ClockName
  readonly subject: string
}

/**
 * The minimum of all running deadlines (domain.md 3.6). Left out: C_HANDLE_RAW, which only reproduces a figure of the group, and for appeals
 * C_HANDLE, for an appeal is another procedure with clocks of its own, not a faster complaint (0.3-5, S-7). Null where nothing runs.
 */
export function effectiveDeadline(readings: readonly ClockReading[]): EffectiveDeadline | null {
  const isAppeal = readings.some(({ clock }) => clock === 'C_APPEAL_FEEDBACK')
  let first: ClockReading | null = null
  for (const reading of readings) {
    if (!reading.running || reading.clock === 'C_HANDLE_RAW' || (isAppeal && reading.clock === 'C_HANDLE')) continue
    if (first === null || reading.deadlineAt < first.deadlineAt) first = reading
  }
  return first === null ? null : { deadlineAt: first.deadlineAt, clock: first.clock, subject: first.subject }
}
