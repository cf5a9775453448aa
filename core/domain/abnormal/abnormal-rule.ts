import type { ClockReading } from '../ticket/clock-reading.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'

/** Parameters of the abnormal-ticket rules (domain.md 4.3, Appendix A): minutes or hours by level. Configuration, versioned. */
export interface AbnormalParameters {
  readonly nearTimeoutMinutes: { readonly A1: number; readonly A2: number }
  readonly overdueHours: { readonly A2: number; readonly A3: number; readonly A4: number }
  /** Rules switched off: they raise nothing, and what they had raised stays for people to end. */
  readonly disabledRules: readonly string[]
}

export const DEFAULT_ABNORMAL_PARAMETERS: AbnormalParameters = {
  nearTimeoutMinutes: { A1: 120, A2: 30 },
  overdueHours: { A2: 0, A3: 24, A4: 72 },
  disabledRules: [],
}

/** A reading of C_HANDLE, whose limit is a length of time. */
export type HandleReading = ClockReading & { readonly limit: number }

/** A ticket at one instant, as every rule sees it. */
export interface TicketView {
  readonly ticket: Ticket
  /**
   * C_HANDLE at `at`, or at the ticket's end (completed, cancelled, merged); null where the clock does not apply or the facts say that the
   * ticket never counted (voided, test, not accepted).
   */
  readonly clock: HandleReading | null
  readonly isOpen: boolean
  readonly at: Instant
}

/**
 * What a rule says of a ticket at an instant. `cleared` and `absorbed` end an open alert as answered by the facts;
 * `never_true` means that, with the facts known now, it should not have fired: the alert is retracted (domain.md 3.8, 4.1-4).
 */
export type AbnormalVerdict = {
  readonly ruleId: string
  readonly level: Level
  readonly why: 'true' | 'cleared' | 'absorbed' | 'never_true'
  /** The numbers that decided, for the alert's facts. `cause` names the causing fact: the same rule fires again only on another (domain.md 4.1-5). */
  readonly facts: Readonly<Record<string, number | string | null>>
  /** The next instant at which this verdict changes by time alone, or null. */
  readonly nextChangeAt: Instant | null
}

/** One abnormal-ticket rule: one file in this folder, one line in catalogue.ts, its text in the web dictionary, its test beside. */
export interface AbnormalRule {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  /** One sentence that a duty manager understands. */
  readonly meaningZh: string
  readonly meaningEn: string
  /** While the ticket is linked to an open case the rule's alerts are recorded and page nobody (domain.md 4.1-6). */
  readonly suppressedByCase: boolean
  readonly judge: (view: TicketView, parameters: AbnormalParameters) => AbnormalVerdict
}
