import type { Fact } from '../../core/domain/count/fact.ts'
import { factsOfTicket, type TicketFacts } from '../../core/domain/count/facts-of-ticket.ts'
import { NO_CALENDAR } from '../../core/domain/day-type.ts'
import type { ClockContext, ClockName, ClockReading } from '../../core/domain/ticket/clock-reading.ts'
import { readClocks } from '../../core/domain/ticket/clocks/read.ts'
import { type CustomerHistory, NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { type ClockLimits, DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'
import { aRegionTree, SHANGHAI } from './builders.ts'

const TREE = aRegionTree()

/** A reading written by hand: natural time, no pauses, a limit in ms from `startAt` on. */
export function aReading(
  clock: ClockName,
  at: Instant,
  facts: { startAt: Instant; limit: number; stoppedAt?: Instant | null; subject?: string },
): ClockReading {
  const { startAt, limit, stoppedAt = null, subject = '' } = facts
  const netElapsed = Math.max(stoppedAt ?? at, startAt) - startAt
  return {
    clock,
    subject,
    startAt,
    stoppedAt,
    limit,
    netElapsed,
    deadlineAt: startAt + limit,
    rolledDeadlineAt: null,
    running: stoppedAt === null,
    isOverdue: netElapsed > limit,
    limitReason: 'standard',
    isCalendarMissing: false,
    resumesByItselfAt: null,
  }
}

const contextOf = (limits: Partial<ClockLimits>, customer: Partial<CustomerHistory>): ClockContext => ({
  limits: { ...DEFAULT_CLOCK_LIMITS, ...limits },
  calendar: NO_CALENDAR,
  zone: SHANGHAI,
  customer: { ...NO_HISTORY, ...customer },
})

/** Every clock of the ticket, by the default limits. */
export const clocksOf = (ticket: Ticket, at: Instant): readonly ClockReading[] => readClocks(ticket, contextOf({}, {}), at)

const HANDLING: ReadonlySet<ClockName> = new Set(['C_HANDLE', 'C_HANDLE_RAW'])

export interface FactsSpec {
  readonly at: Instant
  /** Besides those of the handling, or instead of them where the same clock is among them. */
  readonly readings?: readonly ClockReading[]
  readonly customer?: Partial<CustomerHistory>
  readonly limits?: Partial<ClockLimits>
}

/** What a ticket counts for at an instant, by the default limits and the clocks of its handling alone, but for those given. */
export function factsAt(ticket: Ticket, { at, readings = [], customer = {}, limits = {} }: FactsSpec): TicketFacts {
  const context = contextOf(limits, customer)
  const handling = readClocks(ticket, context, at).filter(({ clock }) => HANDLING.has(clock) && readings.every((given) => given.clock !== clock))
  return factsOfTicket({ ...context, ticket, readings: [...handling, ...readings], at, tree: TREE })
}

/** What a ticket counts for at an instant by all its clocks. */
export const allFactsAt = (ticket: Ticket, at: Instant): TicketFacts => factsAt(ticket, { at, readings: clocksOf(ticket, at) })

/** The facts of one base. */
export const ofBase = (facts: readonly Fact[], base: Fact['base']): readonly Fact[] => facts.filter((fact) => fact.base === base)
