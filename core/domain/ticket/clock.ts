import { HOUR, type Instant, MINUTE } from '../time.ts'
import { type ClockLimits, DEFAULT_CLOCK_LIMITS } from './limits.ts'
import { pausedUntil, pausesOf } from './pause.ts'
import type { Ticket } from './ticket.ts'

export type HandleLimits = ClockLimits
export const DEFAULT_HANDLE_LIMITS: HandleLimits = DEFAULT_CLOCK_LIMITS

/** C_HANDLE read at one instant (domain.md 3.6). */
export interface HandleClock {
  /** Net of suspension (up to its cap) and of closed gaps, ms. */
  readonly netElapsed: number
  readonly limit: number
  /** start + limit + allowed suspension so far + closed gaps; while paused it is the deadline if the pause ended at `at`. */
  readonly deadlineAt: Instant
  /** Pauses are half-open: at the instant a pause ends, or the suspension cap is reached, the clock runs. */
  readonly running: boolean
  /** Strict: elapsed > limit (domain.md 0.2-6). A ticket that was overdue before it was suspended stays over its limit. */
  readonly isOverdue: boolean
  readonly isHighValue: boolean
  /** The next instant at which `running` changes by time alone: the suspension cap, or a pause dated ahead; null: never. */
  readonly resumesByItselfAt: Instant | null
}

const CLOCKED_KINDS: ReadonlySet<string> = new Set(['complaint', 'enquiry', 'query', 'appeal'])

/** High value, skip-level or appeal: the shorter limit applies, and keeps applying once started (domain.md 3.1, 3.6 "High value wins"). */
export function isHighValue(ticket: Ticket, limits: HandleLimits): boolean {
  const { star, isVip, isKeyPerson, isSkipLevel, isAppeal } = ticket.limitBasis
  return star >= limits.highValueStar || isVip || isKeyPerson || isSkipLevel || isAppeal
}

/** C_HANDLE's limit in ms: the configured one of the ticket's class, or a shorter one that the source gave. */
export function handleLimit(ticket: Ticket, limits: HandleLimits): number {
  const configured = isHighValue(ticket, limits) ? limits.handleHighValueMinutes : limits.handleMinutes
  return Math.min(configured, ticket.limitMinutesGiven ?? configured) * MINUTE
}

/**
 * Reads C_HANDLE at `at`, or at `stoppedAt` for a ticket that ended then; null where the clock does not apply (kind, not accepted).
 * Start: accepted. Pause: suspended, at most `suspendMaxHours` in total; closed gaps. Natural time.
 */
export function readHandleClockUntil(ticket: Ticket, limits: HandleLimits, at: Instant, stoppedAt: Instant | null): HandleClock | null {
  const startAt = ticket.acceptedAt
  if (startAt === null || !CLOCKED_KINDS.has(ticket.kind)) return null
  const limit = handleLimit(ticket, limits)
  const end = Math.max(stoppedAt ?? at, startAt)
  const pauses = pausesOf(ticket, startAt, limits.suspendMaxHours * HOUR)
  const paused = pausedUntil(pauses, end)
  const netElapsed = end - startAt - paused
  let running = stoppedAt === null
  let changesAt = Number.POSITIVE_INFINITY
  if (running) {
    for (const pause of pauses) {
      if (pause.from <= at && at < pause.to) running = false
      if (pause.from > at) changesAt = Math.min(changesAt, pause.from)
      if (pause.to > at) changesAt = Math.min(changesAt, pause.to)
    }
  }
  return {
    netElapsed,
    limit,
    deadlineAt: startAt + limit + paused,
    running,
    isOverdue: netElapsed > limit,
    isHighValue: isHighValue(ticket, limits),
    resumesByItselfAt: Number.isFinite(changesAt) ? changesAt : null,
  }
}

/** Reads C_HANDLE of a ticket at `at`; stopped by its standing completion; null also for voided, merged and cancelled tickets. */
export function readHandleClock(ticket: Ticket, limits: HandleLimits, at: Instant): HandleClock | null {
  if (ticket.voidedAt !== null || ticket.mergedAt !== null || ticket.cancelledAt !== null) return null
  return readHandleClockUntil(ticket, limits, at, ticket.completedAt)
}
