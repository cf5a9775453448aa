import type { AbnormalParameters, AbnormalVerdict } from '../abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../abnormal/catalogue.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type HandleLimits, readHandleClock } from './clock.ts'
import { isValid, type Ticket } from './ticket.ts'

/** What is true of one ticket at one instant, and when that next changes by time alone. */
export interface TicketJudgement {
  readonly isOverdue: boolean
  /** Null while no clock applies or the clock is paused. */
  readonly deadlineAt: Instant | null
  /** One verdict per rule of the catalogue; level 0 where the rule is not true, with the reason. */
  readonly verdicts: readonly AbnormalVerdict[]
  readonly level: Level
  /** The exact next instant at which any of the above can change without a new event; null: never. */
  readonly nextCheckAt: Instant | null
}

/** Judges a folded ticket at `at` by every rule of the catalogue (domain.md 4.1). */
export function judgeTicket(ticket: Ticket, limits: HandleLimits, parameters: AbnormalParameters, at: Instant): TicketJudgement {
  const clock = isValid(ticket) ? readHandleClock(ticket, limits, at) : null
  const isOpen = clock !== null && ticket.completedAt === null
  const verdicts = ABNORMAL_RULES.map((rule) => rule.judge({ ticket, clock, isOpen, at }, parameters))
  const changes = verdicts.map((verdict) => verdict.nextChangeAt)
  if (isOpen && clock.running && !clock.isOverdue) changes.push(clock.deadlineAt + 1)
  if (isOpen) changes.push(clock.resumesByItselfAt)
  const future = changes.filter((change): change is Instant => change !== null && change > at)
  return {
    isOverdue: isOpen && clock.isOverdue && clock.running,
    deadlineAt: isOpen && clock.running ? clock.deadlineAt : null,
    verdicts,
    level: Math.max(0, ...verdicts.map((verdict) => verdict.level)) as Level,
    nextCheckAt: future.length > 0 ? Math.min(...future) : null,
  }
}
