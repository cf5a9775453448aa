import type { Instant } from '../time.ts'
import type { EventType, SourceCategory, TicketKind, TicketState } from '../vocabulary.ts'

/** One ticket event as the engine sees it: already masked and hashed (domain.md 3.3, 8.4). */
export interface TicketEvent {
  /** With `eventId` the identity of the event for ever (invariant 1). */
  readonly sourceSystem: string
  readonly eventId: string
  readonly type: EventType
  /** `province_code:source_system:ticket_id`, unique over all provinces. */
  readonly ticketKey: string
  readonly provinceCode: string
  /** Business time; every clock uses this one. */
  readonly occurredAt: Instant
  readonly receivedAt: Instant
  readonly sourceSeq: number | null
  readonly actorType: string | null
  readonly actorId: string | null
  readonly unitId: string | null
  readonly payload: Readonly<Record<string, unknown>>
  /** This event stands in the place of that one (same source system). */
  readonly correctsEventId: string | null
}

/** A stretch of time; `to` null means it has not ended. */
export interface Span {
  readonly from: Instant
  readonly to: Instant | null
}

/**
 * Something wrong with the record of a ticket, and the event that shows it: `illegal_transition`, `missing_created`, `created_not_first`,
 * `suspected_duplicate`, `correction_cycle`, `correction_without_target`, `missing_field:<key>`, `wrong_type:<key>`.
 */
export interface QualityFlag {
  readonly flag: string
  readonly eventId: string
}

/** The properties of a ticket that make its handling limit the short one (domain.md 3.6 C_HANDLE, "High value wins"). */
export interface LimitBasis {
  readonly star: number
  readonly isVip: boolean
  readonly isKeyPerson: boolean
  readonly isSkipLevel: boolean
  readonly isAppeal: boolean
}

/** Where a ticket stands after the fold of its ordered valid events. Facts only: nothing here depends on the present time. */
export interface Ticket {
  readonly ticketKey: string
  readonly ticketNo: string
  readonly provinceCode: string
  readonly sourceSystem: string
  readonly status: TicketState
  readonly kind: TicketKind
  readonly channel: string
  readonly sourceCategory: SourceCategory
  readonly urgency: string
  /** Finest region node given at acceptance (or by a correction); the province when nothing finer is known. */
  readonly regionCode: string
  readonly phenomenonL1: string
  /** Empty when the source gave none. */
  readonly phenomenonL2: string
  readonly productL1: string
  /** Keyed hash; falls back to product number, then contact number, then the ticket itself (domain.md 0.2-7). */
  readonly customerKey: string
  /** 0–7; −1 when the source does not know it (domain.md 8.5: −1 is not 0). */
  readonly star: number
  readonly isVip: boolean
  readonly isKeyPerson: boolean
  /** What the limit of C_HANDLE is chosen by: follows every change that shortens it, and of those that lengthen it only a data steward's. */
  readonly limitBasis: LimitBasis
  readonly isTest: boolean
  readonly contentText: string
  /** Null until `created` has arrived: such a ticket counts nowhere and no rule judges it. */
  readonly acceptedAt: Instant | null
  readonly firstDispatchedAt: Instant | null
  /** The last legal claim. */
  readonly claimedAt: Instant | null
  /** The last legal reply of a unit. */
  readonly repliedAt: Instant | null
  /** The first reply to the customer, also one that came after completion (S-5). */
  readonly customerRepliedAt: Instant | null
  /** The last standing completion; a reopening withdraws it. */
  readonly completedAt: Instant | null
  readonly cancelledAt: Instant | null
  readonly voidedAt: Instant | null
  readonly mergedAt: Instant | null
  readonly parentTicketKey: string | null
  readonly unitId: string | null
  readonly handlerId: string | null
  readonly expeditedAt: readonly Instant[]
  readonly suspensions: readonly Span[]
  /** Completed → reopened stretches; not counted by C_HANDLE (domain.md 3.6 Reopen). */
  readonly closedGaps: readonly Span[]
  readonly reopenCount: number
  readonly refundApprovedAt: Instant | null
  /** Limit of C_HANDLE in minutes as given by the source, or null for the configured one. */
  readonly limitMinutesGiven: number | null
  readonly qualityFlags: readonly QualityFlag[]
  /** Distinct events on record, those that were replaced by a correction included. */
  readonly eventCount: number
  readonly firstEventAt: Instant
  readonly lastEventAt: Instant
}

/** Voided tickets, test tickets, merged children and tickets without `created` leave every count (domain.md 3.7-8, 6.1). */
export function isValid(ticket: Ticket): boolean {
  return ticket.acceptedAt !== null && ticket.voidedAt === null && ticket.mergedAt === null && !ticket.isTest
}

/** The instant at which the ticket left OPEN for good as things stand, or null while it is open. */
export function closedAt(ticket: Ticket): Instant | null {
  return ticket.completedAt ?? ticket.cancelledAt
}
