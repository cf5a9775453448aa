import type { CodeJudgement } from '../dictionary/map-codes.ts'
import type { Dictionary } from '../dictionary/dictionary.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { UnitBook } from '../ticket/unit-book.ts'
import { HOUR, type Instant, MINUTE, SECOND, type Zone } from '../time.ts'
import type { EventType } from '../vocabulary.ts'

/** What happens where a check fails (domain.md 8.2, column "Reaction"). */
export type Reaction = 'quarantine' | 'flag' | 'list' | 'ignore' | 'alert' | 'restatement' | 'alarm' | 'schema'

/** One quality check of domain.md 8.2, as people read it. */
export interface QualityCheck {
  /** `DQ-01` … `DQ-18`. */
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  /** What is checked. */
  readonly whatZh: string
  readonly whatEn: string
  readonly reaction: Reaction
  /** Points of the score that are lost when everything fails; all weights together are 100. */
  readonly weight: number
}

/** How one thing fared in one check. `checked` and `failed` are numbers of facts, not of things: an event with two codes has two. */
export interface Outcome {
  readonly checkId: string
  /** What the fact is about where a check has several: a field, an aspect; empty otherwise. */
  readonly dimension: string
  readonly checked: number
  readonly failed: number
  /** What is wrong, in field names and codes only, words Chinese first (`中文 / English`); empty where nothing is. */
  readonly detail: string
}

export const outcome = (checkId: string, detail: string | null, dimension = ''): Outcome => ({
  checkId,
  dimension,
  checked: 1,
  failed: detail === null ? 0 : 1,
  detail: detail ?? '',
})

/** An event that has been taken in, masked and mapped. */
export interface EventUnderCheck {
  readonly type: EventType
  readonly occurredAt: Instant
  readonly receivedAt: Instant
  readonly payload: Readonly<Record<string, unknown>>
  readonly codes: Pick<CodeJudgement, 'judged' | 'unknown'>
}

export interface EventCheck extends QualityCheck {
  /** Empty where the check does not apply to such an event. */
  readonly judgeEvent: (event: EventUnderCheck) => readonly Outcome[]
}

export interface TicketUnderCheck {
  readonly ticket: Ticket
  /** The standing completion came after its limit; null where no limit applies. */
  readonly isFinishedLate: boolean | null
  readonly dictionary: Dictionary
  readonly units: UnitBook
  readonly now: Instant
  readonly zone: Zone
}

export interface TicketCheck extends QualityCheck {
  /** Empty where the check does not apply to such a ticket. */
  readonly judgeTicket: (subject: TicketUnderCheck) => readonly Outcome[]
}

/** A later arrival is a restatement (domain.md 3.8, DQ-04). */
export const LATENESS_LIMIT = 72 * HOUR
/** Before an event is called out of order, what is missing may still arrive (domain.md 3.5). */
export const REORDER_DELAY = 120 * SECOND
/** A complaint's text of fewer characters says nothing (DQ-09). */
export const SHORTEST_TEXT = 10
/** A refund above this is no refund of the complaint path (DQ-11, AT-21: 500 yuan), in cents. */
export const REFUND_LIMIT_CENTS = 50_000
/** A shorter call was no reply, seconds (AT-16). */
export const SHORTEST_RECORD_SECONDS = 10
/** How far two clocks of one source may differ before times count as out of order. */
export const CLOCK_SLACK = MINUTE
