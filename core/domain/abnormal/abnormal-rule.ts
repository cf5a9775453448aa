import type { ClockContext, ClockName, ClockReading } from '../ticket/clock-reading.ts'
import type { ClockLimits } from '../ticket/limits.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import type { Course } from './course.ts'
import type { Sign } from './sign.ts'

/** What a parameter is counted in. `percent` is of the limit, or of the whole, that the rule speaks of. */
export type ParameterUnit = 'minutes' | 'hours' | 'days' | 'workdays' | 'count' | 'percent' | 'cents'

/** One number that a rule goes by (domain.md 4.3, Appendix A). */
export interface RuleParameter {
  /** Within its rule; `A1` … `A4` where it is the bound of a level. */
  readonly name: string
  readonly unit: ParameterUnit
  readonly default: number
  /** The values that make sense, both ends included. */
  readonly least: number
  readonly most: number
  /** Where a province may go beyond the group: never to the laxer side. */
  readonly stricter: 'lower' | 'higher'
  readonly zh: string
  readonly en: string
}

/** A rule's parameters by name, complete. */
export type ParameterValues = Readonly<Record<string, number>>

/** What a province says of the rules by itself: stricter values, and rules that the group has switched off and it has not. */
export interface ScopeParameters {
  readonly values: Readonly<Record<string, ParameterValues>>
  readonly enabledRules: readonly string[]
}

/** Settings of all abnormal-ticket rules. Configuration, versioned. */
export interface AbnormalParameters {
  /** By rule and parameter: what differs from the catalogue's defaults. */
  readonly values: Readonly<Record<string, ParameterValues>>
  /** Rules switched off: they raise nothing, and what they had raised stays for people to end. */
  readonly disabledRules: readonly string[]
  /** By code of a province: what it has stricter than the group (core/domain/abnormal/scopes.ts); left out where none has. */
  readonly scopes?: Readonly<Record<string, ScopeParameters>>
}

/** A reading of C_HANDLE, whose limit is a length of time. */
export type HandleReading = ClockReading & { readonly limit: number }

/** A ticket at one instant, as every rule sees it. */
export interface TicketView {
  readonly ticket: Ticket
  /** When it was accepted; no rule is asked about a ticket that was not. */
  readonly acceptedAt: Instant
  /** When it was completed, cancelled or merged, as things stand; null while it is open. */
  readonly closedAt: Instant | null
  readonly at: Instant
  /** The readings of one clock at `at`; several where it runs on legs, refunds or appointments. */
  readonly readingsOf: (clock: ClockName) => readonly ClockReading[]
  /** The reading of C_HANDLE; null where it does not apply. */
  readonly handle: HandleReading | null
  /** Limits, calendar, zone and the customer's history. */
  readonly context: ClockContext
}

/** The numbers that decided. `cause` names the causing fact: a rule that was answered fires again only on another (domain.md 4.1-5). */
export type VerdictFacts = Readonly<Record<string, number | string | null>>

/**
 * What a rule says of a ticket at an instant. `cleared` and `absorbed` end an open alert as answered by the facts; `mitigated`: the condition has
 * ended, a person closes it (domain.md 4.1-4); `never_true` means that, with the facts known now, it should not have fired: the alert is retracted (3.8).
 */
export interface AbnormalVerdict {
  readonly ruleId: string
  readonly level: Level
  readonly why: 'true' | 'cleared' | 'absorbed' | 'mitigated' | 'never_true'
  readonly facts: VerdictFacts
  /** The next instant at which this verdict changes by time alone, or null. */
  readonly nextChangeAt: Instant | null
}

/** One abnormal-ticket rule: one file in this folder, one line in catalogue.ts, its test beside. */
export interface AbnormalRule {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  /** One sentence that a duty manager understands. */
  readonly meaningZh: string
  readonly meaningEn: string
  /** What ends it, in words. */
  readonly clearsZh: string
  readonly clearsEn: string
  /** Where definition and numbers come from, as domain.md 4.3 marks them. */
  readonly source: string
  /** While the ticket is linked to an open case the rule's alerts are recorded and page nobody (domain.md 4.1-6). */
  readonly suppressedByCase: boolean
  readonly parameters: readonly RuleParameter[]
  /** Asked only of tickets that count: accepted, neither void nor test. */
  readonly judge: (view: TicketView, values: ParameterValues) => Omit<AbnormalVerdict, 'ruleId'>
  /** What of the context its judge reads beside limits, calendar, zone and the customer's history; left out: nothing. */
  readonly reads?: readonly ('units' | 'keywords' | 'peers')[]
  /** Of which a ticket shows one at least, by all that is known of it, wherever the rule was ever true of it under these values and limits. */
  readonly signs: (values: ParameterValues, limits: ClockLimits) => readonly Sign[]
  /**
   * Of a ticket that was neither corrected nor reopened: its course by all that is known, where that also says when the rule became true as the facts came; null where
   * it does not. Left out: it never does, or nobody has held it to that (docs/adr/0022).
   */
  readonly steadyCourse?: (view: TicketView, values: ParameterValues) => Course | null
}
