import type { CustomerKeys } from '../protect/customer-key.ts'
import type { Instant } from '../time.ts'
import type { EventType, SourceCategory, TicketKind, TicketState } from '../vocabulary.ts'
import type {
  AppealCourse,
  Appointment,
  Completion,
  CustomerReply,
  Expedite,
  Extension,
  Leg,
  Marks,
  Qualification,
  QualityFlag,
  Refund,
  Repair,
  Span,
  Stage,
  Supervision,
  Survey,
  Suspension,
} from './parts.ts'

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
  /** `calm`, `angry` or empty. */
  readonly emotion: string
  /** Finest region node given at acceptance (or by a correction); the province when nothing finer is known. */
  readonly regionCode: string
  /** `urban`, `rural` or empty. */
  readonly urbanRural: string
  readonly phenomenonL1: string
  /** Empty when the source gave none. */
  readonly phenomenonL2: string
  readonly phenomenonL3: string
  readonly productL1: string
  readonly productL2: string
  /** Codes of who sold the product, and of the hall, agent or salesperson whose doing is disputed (domain.md 1.1); empty where the source says nothing. */
  readonly salesChannel: string
  readonly disputedChannel: string
  /** The customer's age in years or a band of it, as the source writes it; empty where unknown. */
  readonly ageBand: string
  /** Keyed hash; falls back to product number, then contact number, then the ticket itself (domain.md 0.2-7). */
  readonly customerKey: string
  readonly customerKeys: CustomerKeys
  /** 0–7; −1 when the source does not know it (domain.md 8.5: −1 is not 0). */
  readonly star: number
  readonly isVip: boolean
  readonly isKeyPerson: boolean
  readonly marks: Marks
  /** 1 yes, 0 no, −1 unknown (domain.md 1.1 template complaint). */
  readonly isTemplate: number
  readonly isProxy: boolean
  /** Keyed hash of the address that it was filed from; null where the source gives none. */
  readonly sourceAddressKey: string | null
  readonly regulatorCaseNo: string | null
  readonly groupTicketNo: string | null
  /** What the limit of C_HANDLE is chosen by: follows every change that shortens it, and of those that lengthen it only a data steward's. */
  readonly limitBasis: LimitBasis
  /** Limit of C_HANDLE in minutes as given by the source, or null for the configured one. */
  readonly limitMinutesGiven: number | null
  readonly isTest: boolean
  readonly contentText: string
  /** Null until `created` has arrived: such a ticket counts nowhere and no rule judges it. */
  readonly acceptedAt: Instant | null
  readonly firstDispatchedAt: Instant | null
  /** First successful human contact (C_FIRST ■, not counting the customer reply and completion that stop it too). */
  readonly firstContactedAt: Instant | null
  readonly contactFailures: readonly Instant[]
  readonly customerReplies: readonly CustomerReply[]
  /** The last standing completion; a reopening withdraws it. */
  readonly completedAt: Instant | null
  /** All completions, also withdrawn ones, in their order. */
  readonly completions: readonly Completion[]
  /** Result code of the last completion. */
  readonly resultCode: string | null
  readonly isRaiseFinish: boolean
  readonly cancelledAt: Instant | null
  readonly voidedAt: Instant | null
  readonly mergedAt: Instant | null
  readonly archivedAt: Instant | null
  readonly parentTicketKey: string | null
  /** The unit that has the ticket now, and its handler. */
  readonly unitId: string | null
  readonly handlerId: string | null
  /** First-asked responsibility: the unit and person that accepted (domain.md 1.1). */
  readonly firstOwner: { readonly unitId: string | null; readonly actorId: string | null }
  readonly legs: readonly Leg[]
  /** `transferred` and `reassigned` after a claim (domain.md 3.7-4). */
  readonly transferCount: number
  readonly returnCount: number
  readonly redispatchCount: number
  readonly expedites: readonly Expedite[]
  readonly extensions: readonly Extension[]
  readonly suspensions: readonly Suspension[]
  /** Completed → reopened stretches; not counted by the clocks that go on after it (domain.md 3.6 Reopen). */
  readonly closedGaps: readonly Span[]
  readonly reopenCount: number
  readonly interimReplyCount: number
  readonly surveys: readonly Survey[]
  readonly repairs: readonly Repair[]
  readonly refunds: readonly Refund[]
  readonly qualification: Qualification | null
  readonly raisedAt: readonly Instant[]
  /** Since when it stands marked as another matter than the tickets it looks like (AT-28). */
  readonly markedDifferentAt: Instant | null
  /** When its result was first uploaded to the group (AT-30). */
  readonly groupResultAt: Instant | null
  readonly supervisions: readonly Supervision[]
  readonly appeal: AppealCourse | null
  readonly appointments: readonly Appointment[]
  readonly stages: readonly Stage[]
  /** The first clearing that stands; a reopening withdraws it. */
  readonly faultClearedAt: Instant | null
  readonly serviceRestoredAt: Instant | null
  /** The payment that C_RECONNECT runs from. */
  readonly reconnectPaidAt: Instant | null
  readonly incidentId: string | null
  /** A phenomenon, product or cause was corrected after the completion (K-47). */
  readonly isCorrectedLate: boolean
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

/** Skip-level: any source but the province's own, or a channel that counts as such (domain.md 3.1, 3.2). */
export const isSkipLevel = (ticket: Pick<Ticket, 'sourceCategory'>): boolean => ticket.sourceCategory !== 'province_complaint'
