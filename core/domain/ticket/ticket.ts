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
  readonly star: number
  readonly isVip: boolean
  readonly isKeyPerson: boolean
  readonly isTest: boolean
  readonly contentText: string
  /** Null until `created` has arrived: such a ticket counts nowhere and no rule judges it. */
  readonly acceptedAt: Instant | null
  readonly firstDispatchedAt: Instant | null
  readonly claimedAt: Instant | null
  readonly repliedAt: Instant | null
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
  /** `illegal_transition`, `missing_created`, …; with the event that caused it. */
  readonly qualityFlags: readonly { readonly flag: string; readonly eventId: string }[]
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
