import type { Instant } from '../time.ts'
import type { TicketState } from '../vocabulary.ts'

/** A stretch of time; `to` null means it has not ended. */
export interface Span {
  readonly from: Instant
  readonly to: Instant | null
}

/** How a stay with a unit ended (domain.md 1.1 `leg`). `recalled` makes the leg void; `closed`: the ticket ended under it. */
export type LegFinish = 'replied' | 'returned' | 'transferred' | 'reassigned' | 'recalled' | 'closed'

/** One stay of the ticket with one unit, with its own clock (domain.md 1.1, 3.6 C_CLAIM, C_DEPT, C_REVIEW). */
export interface Leg {
  /** As the source names it; `#<event id>` where it names none. */
  readonly legId: string
  readonly unitId: string | null
  /** A helper leg leaves the main leg open. */
  readonly isAssist: boolean
  /** Dispatched or transferred to the unit. */
  readonly receivedAt: Instant
  /** The claim that stands: a release takes it away. */
  readonly claimedAt: Instant | null
  /** Stops C_CLAIM; a release does not take it away. */
  readonly firstClaimedAt: Instant | null
  readonly handlerId: string | null
  /** Keyed hashes of who claimed it, else of who replied; the coming key too while keys are changed over. Left out where unknown. */
  readonly handlerKeys?: readonly string[]
  /** It reached nobody by name, and the first claim said whose it was. Left out where the dispatch named a unit, or nobody has. */
  readonly isNamedByClaim?: true
  readonly finishedAt: Instant | null
  readonly finish: LegFinish | null
  readonly limitMinutes: number | null
  /** Characters of the reply's text; null while there is no reply (AT-17, AT-23). */
  readonly replyLength: number | null
  /** By what its reply is found to be worded as others are (AT-17); left out without a reply in words, or a handler. */
  readonly replyDigest?: string
  /** The review of its reply. */
  readonly reviewedAt: Instant | null
  readonly review: 'passed' | 'failed' | null
  readonly returnReason: string | null
}

/** A pause of the clocks (domain.md 3.6 Suspension). */
export interface Suspension extends Span {
  readonly reason: string
  readonly approver: string | null
  readonly plannedResumeAt: Instant | null
}

/** A prolongation that was asked for; `grantedMinutes` is what of it counts: one per leg, at most 24 h, asked for before the deadline, no appeals. */
export interface Extension {
  /** The leg open at the request, or null for the ticket as a whole. */
  readonly legId: string | null
  readonly requestedAt: Instant
  readonly answeredAt: Instant | null
  readonly isApproved: boolean
  readonly minutes: number
}

/** A chase of the ticket, valid or not (domain.md 3.7-1): who chased, where, and how the ticket stood then. */
export interface Expedite {
  readonly at: Instant
  readonly by: string
  readonly channel: string
  readonly status: TicketState
}

/** A reply to the customer. A valid one has a record, and where its length is known it is at least 10 s (AT-16). */
export interface CustomerReply {
  readonly at: Instant
  readonly method: string
  readonly recordNo: string | null
  readonly recordSeconds: number | null
  readonly isAgreed: boolean
}

/** One survey; `result` by domain.md 3.7-6 and B.5: null while it is out. */
export interface Survey {
  readonly sentAt: Instant | null
  readonly mode: string
  readonly endedAt: Instant | null
  readonly result: 'satisfied' | 'dissatisfied' | 'no_answer' | 'skipped' | null
  readonly score: number | null
  readonly solved: 'yes' | 'no' | 'unclear' | null
  readonly skipReason: string | null
}

export interface Repair {
  readonly repairNo: string
  readonly cause: string
  readonly openedAt: Instant
  readonly closedAt: Instant | null
  readonly result: string | null
  readonly isSuccess: boolean
}

export interface Refund {
  readonly refundNo: string
  readonly type: string
  readonly amountCents: number
  readonly calculatedCents: number | null
  readonly requestedAt: Instant | null
  readonly approvedAt: Instant | null
  readonly rejectedAt: Instant | null
  readonly paidAt: Instant | null
  readonly auditResult: string | null
  /** Keyed hashes of who first spoke of it, as of a leg's handler (AT-21). Left out where unknown. */
  readonly agentKeys?: readonly string[]
}

/** The latest qualification; a final one stands over a pre-qualification (domain.md 3.4 row 21). */
export interface Qualification {
  readonly at: Instant
  readonly stage: 'pre' | 'final'
  /** Levels 1–5, as far as given. */
  readonly causes: readonly string[]
  readonly liability: string
  readonly isReasonable: boolean | null
  readonly responsibleUnit: string | null
  readonly controlChannel: string | null
  readonly timeoutReason: string | null
}

export interface Supervision {
  readonly level: string
  readonly at: Instant
  readonly dueAt: Instant | null
  readonly answeredAt: Instant | null
}

/** The regulator's side of an appeal (domain.md 3.4 row 32, B.5). Statuses 0–7. */
export interface AppealCourse {
  readonly regulatorCaseNo: string | null
  readonly status: number | null
  readonly stage: string | null
  readonly dueAt: Instant | null
  /** First sending of the company's feedback: a status event after handling began, or the reply of the final leg (C_APPEAL_FEEDBACK). */
  readonly feedbackAt: Instant | null
  /** Statuses 0, 3, 5, 6, 7 (C_APPEAL_CLOSE). */
  readonly closedAt: Instant | null
}

/** A home visit as last agreed (domain.md 3.6 C_APPOINT). A customer's change is a new appointment; the company may move one once. */
export interface Appointment {
  readonly setAt: Instant
  readonly windowStart: Instant | null
  readonly windowEnd: Instant | null
  readonly companyMoves: number
  readonly arrivedAt: Instant | null
  readonly finishedAt: Instant | null
  /** Replaced by a later one before anybody arrived: by whom. */
  readonly replacedBy: 'customer' | 'company' | null
}

export interface Stage {
  readonly stage: string
  readonly enteredAt: Instant
  readonly leftAt: Instant | null
}

/** A completion and, where a reopening withdrew it, when. */
export interface Completion {
  readonly at: Instant
  readonly reopenedAt: Instant | null
}

/** What was marked, at acceptance or later (domain.md 3.4 rows 1 and 31). */
export interface Marks {
  /** 0 none, 1 media, 2 MIIT or provincial administration, 3 other skip-level; −1 unknown. */
  readonly escalationTendency: number
  /** 0–5; −1 not such a ticket. */
  readonly strictestScene: number
  readonly isSensitive: boolean
  readonly isFraud: boolean
  readonly isPortOut: boolean
}

/**
 * Something wrong with the record of a ticket, and the event that shows it: `illegal_transition`, `missing_created`, `created_not_first`,
 * `suspected_duplicate`, `correction_cycle`, `correction_without_target`, `missing_field:<key>`, `wrong_type:<key>`, `unmapped:<key>`.
 */
export interface QualityFlag {
  readonly flag: string
  readonly eventId: string
  /** When the event was received: what may still be out of order is judged only after the reorder delay (domain.md 3.5). */
  readonly receivedAt: Instant
  /** When the event occurred; left out by earlier versions of the fold. */
  readonly occurredAt?: Instant
}
