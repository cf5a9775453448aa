import { expect } from 'vitest'
import type { ClockContext, ClockName, ClockReading } from '../../core/domain/ticket/clock-reading.ts'
import { readClock, readClocks } from '../../core/domain/ticket/clocks/read.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, type Instant } from '../../core/domain/time.ts'
import { aContext, h } from './clock-tickets.ts'

const CONTEXT = aContext()

/** One clock of a ticket that has it. */
export function read(name: ClockName, ticket: Ticket, when: Instant = h(1), context: ClockContext = CONTEXT): ClockReading {
  const reading = readClock(ticket, context, when, name)
  if (reading === null) throw new Error(`no ${name} on the ticket`)
  return reading
}

/** What of the ticket a clock runs on. */
export const subjects = (name: ClockName, ticket: Ticket, when: Instant = h(1)): string[] =>
  readClocks(ticket, CONTEXT, when)
    .filter(({ clock }) => clock === name)
    .map(({ subject }) => subject)

/** In time just at the limit, late a millisecond after it, both running and stopped then. */
export function expectLimit(
  name: ClockName,
  ticket: Ticket,
  deadlineAt: Instant,
  stopped: (when: Instant) => Partial<Ticket>,
  context: ClockContext = CONTEXT,
): void {
  for (const [when, isOverdue] of [
    [deadlineAt, false],
    [deadlineAt + 1, true],
  ] as const) {
    expect(read(name, ticket, when, context)).toMatchObject({ deadlineAt, isOverdue, running: true, stoppedAt: null })
    const done = read(name, { ...ticket, ...stopped(when) }, deadlineAt + 100 * HOUR, context)
    expect(done).toMatchObject({ isOverdue, running: false, stoppedAt: when })
  }
}
