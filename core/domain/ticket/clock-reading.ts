import type { Calendar } from '../day-type.ts'
import type { TicketKeywords } from '../keyword/ticket-keywords.ts'
import type { TicketPeers } from '../peer/peer-made.ts'
import type { Instant, Zone } from '../time.ts'
import type { CustomerHistory } from './customer-history.ts'
import type { ClockLimits } from './limits.ts'
import type { UnitBook } from './unit-book.ts'

/** The clocks of domain.md 3.6 that run on a ticket (C_OUTAGE_RESTORE runs on an incident, C_ACK and C_ALERT_HANDLE on alerts). */
export const CLOCK_NAMES = [
  'C_DISPATCH',
  'C_CLAIM',
  'C_FIRST',
  'C_HANDLE',
  'C_HANDLE_RAW',
  'C_DEPT',
  'C_REVIEW',
  'C_CUSTOMER_REPLY',
  'C_SURVEY',
  'C_REPAIR_SAT',
  'C_15D',
  'C_APPEAL_CONTACT',
  'C_APPEAL_INTERNAL',
  'C_APPEAL_FEEDBACK',
  'C_APPEAL_CLOSE',
  'C_12345',
  'C_SUPERVISION',
  'C_FAULT_RESPONSE',
  'C_FAULT_FIRST30',
  'C_FAULT_REPAIR',
  'C_FAULT_HARD',
  'C_PROVISION',
  'C_STAGE',
  'C_APPOINT',
  'C_REFUND',
  'C_RECONNECT',
] as const
export type ClockName = (typeof CLOCK_NAMES)[number]

/** Which of several fitting limits set the deadline: the shortest one (domain.md 3.6 "High value wins"). */
export type LimitReason = 'standard' | 'high_value' | 'repeat' | 'given' | 'by_date' | 'end_of_handling'

/** One clock of one ticket read at one instant. */
export interface ClockReading {
  readonly clock: ClockName
  /** What of the ticket it runs on: empty for the ticket, else the leg's id, the refund's, repair's, stage's or the appointment's place in its list. */
  readonly subject: string
  readonly startAt: Instant
  /** When its end event happened; null while it runs or is paused. */
  readonly stoppedAt: Instant | null
  /** Allowed time, ms of the clock's kind of time; null where the deadline is a date. */
  readonly limit: number | null
  /** Time used up by `at` or by its end, ms of the clock's kind of time, pauses taken off. */
  readonly netElapsed: number
  /** As things stand; while paused it is the deadline if the pause ended now. */
  readonly deadlineAt: Instant
  /** The deadline moved to the end of the next workday by `roll_forward_if_holiday`, where that is another one: shown as second date. */
  readonly rolledDeadlineAt: Instant | null
  /** Neither stopped nor paused. Pauses are half-open: at the instant a pause ends, or the suspension cap is reached, the clock runs. */
  readonly running: boolean
  /** Strict: used up more than the limit, or past the deadline (domain.md 0.2-6). */
  readonly isOverdue: boolean
  readonly limitReason: LimitReason
  /** Workdays were counted Monday to Friday, because the calendar says nothing of a year (domain.md 2.5). */
  readonly isCalendarMissing: boolean
  /** The next instant at which `running` changes by time alone: the suspension cap, or a pause dated ahead; null: never. */
  readonly resumesByItselfAt: Instant | null
}

/** What clocks are read by, besides the ticket. */
export interface ClockContext {
  readonly limits: ClockLimits
  readonly calendar: Calendar
  readonly zone: Zone
  readonly customer: CustomerHistory
  /** The units of the ticket's stays; left out where clocks alone are read. */
  readonly units?: UnitBook
  /** What sensitive words the ticket's text holds; left out where clocks alone are read. */
  readonly keywords?: TicketKeywords
  /** What other tickets make of its replies, refunds and flaws; left out where clocks alone are read. */
  readonly peers?: TicketPeers
}
