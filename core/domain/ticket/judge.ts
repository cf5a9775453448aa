import type { AbnormalParameters, AbnormalVerdict } from '../abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../abnormal/catalogue.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type HandleClock, type HandleLimits, readHandleClockUntil } from './clock.ts'
import type { Ticket } from './ticket.ts'

/** What is true of one ticket at one instant, and when that next changes by time alone. */
export interface TicketJudgement {
  /** Open, running, and over its limit: a suspended ticket is open and not overdue (domain.md K-23), though AT-02 stands. */
  readonly isOverdue: boolean
  /** Null while no clock applies or the clock is paused. */
  readonly deadlineAt: Instant | null
  /** One verdict per rule of the catalogue; level 0 where the rule is not true, with the reason. */
  readonly verdicts: readonly AbnormalVerdict[]
  readonly level: Level
  /** The exact next instant at which any of the above can change without a new event; null: never. */
  readonly nextCheckAt: Instant | null
}

/** The clock that rules judge by: of a completed, cancelled or merged ticket as it stood at that end; none where facts say it never counted. */
function clockFor(ticket: Ticket, limits: HandleLimits, at: Instant, stoppedAt: Instant | null): HandleClock | null {
  if (ticket.voidedAt !== null || ticket.isTest) return null
  return readHandleClockUntil(ticket, limits, at, stoppedAt)
}

/** Judges a folded ticket at `at` by every rule of the catalogue (domain.md 4.1). */
export function judgeTicket(ticket: Ticket, limits: HandleLimits, parameters: AbnormalParameters, at: Instant): TicketJudgement {
  const stoppedAt = ticket.completedAt ?? ticket.cancelledAt ?? ticket.mergedAt
  const clock = clockFor(ticket, limits, at, stoppedAt)
  const isOpen = clock !== null && stoppedAt === null
  const verdicts = ABNORMAL_RULES.filter((rule) => !parameters.disabledRules.includes(rule.id)).map((rule) =>
    rule.judge({ ticket, clock, isOpen, at }, parameters),
  )
  let next = Number.POSITIVE_INFINITY
  const consider = (change: Instant | null) => {
    if (change !== null && change > at && change < next) next = change
  }
  for (const verdict of verdicts) consider(verdict.nextChangeAt)
  if (isOpen && clock.running && !clock.isOverdue) consider(clock.deadlineAt + 1)
  if (isOpen) consider(clock.resumesByItselfAt)
  return {
    isOverdue: isOpen && clock.isOverdue && clock.running,
    deadlineAt: isOpen && clock.running ? clock.deadlineAt : null,
    verdicts,
    level: verdicts.reduce<Level>((level, verdict) => (verdict.level > level ? verdict.level : level), 0),
    nextCheckAt: Number.isFinite(next) ? next : null,
  }
}
