import type { Fact } from '../../core/domain/count/fact.ts'
import { factsOfTicket, type TicketFacts } from '../../core/domain/count/facts-of-ticket.ts'
import { NO_CALENDAR } from '../../core/domain/day-type.ts'
import { readHandleClockUntil } from '../../core/domain/ticket/clock.ts'
import type { ClockName, ClockReading } from '../../core/domain/ticket/clock-reading.ts'
import { type CustomerHistory, NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { type ClockLimits, DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, type Instant } from '../../core/domain/time.ts'
import { aRegionTree, SHANGHAI } from './builders.ts'

const TREE = aRegionTree()

/** A reading written by hand: natural time, no pauses, a limit in ms from `startAt` on. */
export function aReading(clock: ClockName, at: Instant, facts: { startAt: Instant; limit: number; stoppedAt?: Instant | null; subject?: string }): ClockReading {
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

/** C_HANDLE as the handling clock reads it, and C_HANDLE_RAW of 48 h without its suspensions. */
export function handleReadings(ticket: Ticket, at: Instant): readonly ClockReading[] {
  const stoppedAt = ticket.completedAt ?? ticket.cancelledAt ?? ticket.mergedAt
  const handle = readHandleClockUntil(ticket, DEFAULT_CLOCK_LIMITS, at, stoppedAt)
  const startAt = ticket.acceptedAt
  if (handle === null || startAt === null) return []
  const { limit, netElapsed, deadlineAt, running, isOverdue, resumesByItselfAt } = handle
  const base = aReading('C_HANDLE', at, { startAt, limit, stoppedAt })
  const raw = readHandleClockUntil({ ...ticket, suspensions: [] }, DEFAULT_CLOCK_LIMITS, at, stoppedAt)
  return [
    { ...base, netElapsed, deadlineAt, running, isOverdue, resumesByItselfAt },
    { ...aReading('C_HANDLE_RAW', at, { startAt, limit: 48 * HOUR, stoppedAt }), netElapsed: raw?.netElapsed ?? 0 },
  ]
}

export interface FactsSpec {
  readonly at: Instant
  /** Besides those of the handling, or instead of them where the same clock is among them. */
  readonly readings?: readonly ClockReading[]
  readonly customer?: Partial<CustomerHistory>
  readonly limits?: Partial<ClockLimits>
}

/** What a ticket counts for at an instant, by the default limits. */
export function factsAt(ticket: Ticket, { at, readings = [], customer = {}, limits = {} }: FactsSpec): TicketFacts {
  const others = handleReadings(ticket, at).filter(({ clock }) => readings.every((given) => given.clock !== clock))
  return factsOfTicket({
    ticket,
    readings: [...others, ...readings],
    customer: { ...NO_HISTORY, ...customer },
    limits: { ...DEFAULT_CLOCK_LIMITS, ...limits },
    at,
    tree: TREE,
    zone: SHANGHAI,
    calendar: NO_CALENDAR,
  })
}

/** The facts of one base. */
export const ofBase = (facts: readonly Fact[], base: Fact['base']): readonly Fact[] => facts.filter((fact) => fact.base === base)
