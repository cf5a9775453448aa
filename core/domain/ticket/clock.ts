import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { Ticket } from './ticket.ts'

/** Limits of domain.md 3.6 / Appendix A that the handling clock needs. All configuration, versioned. */
export interface HandleLimits {
  readonly handleMinutes: number
  readonly handleHighValueMinutes: number
  readonly highValueStar: number
  readonly suspendMaxHours: number
}

export const DEFAULT_HANDLE_LIMITS: HandleLimits = { handleMinutes: 2880, handleHighValueMinutes: 1440, highValueStar: 5, suspendMaxHours: 72 }

/** C_HANDLE read at one instant (domain.md 3.6). */
export interface HandleClock {
  /** Net of suspension (up to its cap) and of closed gaps, ms. */
  readonly netElapsed: number
  readonly limit: number
  /** start + limit + allowed suspension so far + closed gaps; while paused it is the deadline if the pause ended at `at`. */
  readonly deadlineAt: Instant
  readonly running: boolean
  /** Strict: elapsed > limit (domain.md 0.2-6). */
  readonly isOverdue: boolean
  readonly isHighValue: boolean
  /** The next instant at which `running` can change by time alone (the suspension cap), or null. */
  readonly resumesByItselfAt: Instant | null
}

const CLOCKED_KINDS: ReadonlySet<string> = new Set(['complaint', 'enquiry', 'query', 'appeal'])

/** High value or skip-level: the shorter limit applies (domain.md 3.6 "High value wins"). */
export function isHighValue(ticket: Ticket, limits: HandleLimits): boolean {
  return ticket.star >= limits.highValueStar || ticket.isVip || ticket.isKeyPerson || ticket.sourceCategory !== 'province_complaint'
}

interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** Suspended stretches inside [start, end], cut at the total cap: beyond it the clock runs again by itself. */
function allowedSuspensions(ticket: Ticket, end: Instant, capMs: number): { stretches: Stretch[]; capReachedAt: Instant | null } {
  const stretches: Stretch[] = []
  let left = capMs
  for (const span of ticket.suspensions) {
    const to = Math.min(span.to ?? end, end)
    if (to <= span.from) continue
    if (to - span.from > left) {
      if (left > 0) stretches.push({ from: span.from, to: span.from + left })
      return { stretches, capReachedAt: span.from + left }
    }
    stretches.push({ from: span.from, to })
    left -= to - span.from
  }
  return { stretches, capReachedAt: null }
}

const lengthOf = (stretches: readonly Stretch[]) => stretches.reduce((sum, stretch) => sum + (stretch.to - stretch.from), 0)

/**
 * Reads C_HANDLE of a ticket at `at`; null where the clock does not apply (kind, not accepted, voided, merged, cancelled).
 * Start: accepted. Stop: completed. Pause: suspended, at most `suspendMaxHours` in total. Natural time.
 */
export function readHandleClock(ticket: Ticket, limits: HandleLimits, at: Instant): HandleClock | null {
  if (ticket.acceptedAt === null || ticket.voidedAt !== null || ticket.mergedAt !== null || ticket.cancelledAt !== null) return null
  if (!CLOCKED_KINDS.has(ticket.kind)) return null
  const highValue = isHighValue(ticket, limits)
  const configured = (highValue ? limits.handleHighValueMinutes : limits.handleMinutes) * MINUTE
  const limit = ticket.limitMinutesGiven === null ? configured : Math.min(configured, ticket.limitMinutesGiven * MINUTE)
  const end = Math.max(ticket.completedAt ?? at, ticket.acceptedAt)
  const { stretches, capReachedAt } = allowedSuspensions(ticket, end, limits.suspendMaxHours * HOUR)
  const gaps = ticket.closedGaps.map((gap) => ({ from: gap.from, to: Math.min(gap.to ?? end, end) })).filter((gap) => gap.to > gap.from)
  const paused = lengthOf(stretches) + lengthOf(gaps)
  const netElapsed = end - ticket.acceptedAt - paused
  const openSuspension = ticket.completedAt === null && ticket.suspensions.some((span) => span.to === null && span.from <= at)
  const running = ticket.completedAt === null && (!openSuspension || capReachedAt !== null)
  const left = limits.suspendMaxHours * HOUR - lengthOf(stretches)
  return {
    netElapsed,
    limit,
    deadlineAt: ticket.acceptedAt + limit + paused,
    running,
    isOverdue: netElapsed > limit,
    isHighValue: highValue,
    resumesByItselfAt: openSuspension && capReachedAt === null ? end + left : null,
  }
}
