import type { Instant } from '../time.ts'
import type { AlertKind, AlertState, CANARY, Role, Severity } from '../vocabulary.ts'

/** One firing of a rule for one subject (a ticket), or a RiskCase; both live by the same transition table (domain.md 7.1). */
export interface Alert {
  readonly id: string
  readonly kind: AlertKind | typeof CANARY
  /** AT-xx, or the MR-xx that opened the case. */
  readonly ruleId: string
  readonly ruleVersion: number
  readonly ladderVersion: number
  readonly ticketKey: string | null
  readonly regionCode: string
  readonly regionPath: string
  readonly severity: Severity
  readonly state: AlertState
  readonly facts: Readonly<Record<string, unknown>>
  readonly openedAt: Instant
  /** T of the present colour's ladder: the opening, or the last upgrade (domain.md 7.2). */
  readonly severitySince: Instant
  readonly ackedAt: Instant | null
  readonly ackedBy: string | null
  /** The colour that was answered; an upgrade above it asks again. */
  readonly ackedSeverity: Severity | null
  readonly ackDueAt: Instant | null
  readonly handleDueAt: Instant | null
  readonly mitigatedAt: Instant | null
  readonly endedAt: Instant | null
  readonly relapseCount: number
  /** Late data showed that it had been true; it began mitigated (domain.md 7.4). */
  readonly isLateDetected: boolean
  /** The case that suppresses it (`suppressed`), or null. */
  readonly suppressedBy: string | null
  /** The window of announced work, or the silence, that suppresses it, or null. */
  readonly quietBy: string | null
  /** The case that it went into (`merged`), or null. */
  readonly mergedInto: string | null
  /** The lower colour that the engine proposes for an orange or red case; waits for a person (domain.md 5.1). */
  readonly proposedSeverity: Severity | null
  /** Users who acknowledged, handled or resolved it: they may not close it when orange or red (domain.md 2.4). */
  readonly handlers: readonly string[]
  /** Approvals given so far to lower the present colour; red needs two roles (domain.md 7.5). */
  readonly approvals: readonly Approval[]
  /** A review of it is to be signed before it is closed (domain.md 7.1, 7.7). */
  readonly isReviewOwed: boolean
  /** Raised by one with every change; optimistic lock. */
  readonly version: number
}

/** One role's consent to lower an orange or red colour. */
export interface Approval {
  readonly userId: string
  readonly role: Role
  readonly toSeverity: Severity
}

const ASKING: ReadonlySet<AlertState> = new Set(['open', 'acknowledged', 'handling'])

/** Whether the present colour has been answered by a person; an upgrade above the answered colour asks again. */
export const isAnswered = (alert: Pick<Alert, 'severity' | 'ackedSeverity'>): boolean =>
  alert.ackedSeverity !== null && alert.ackedSeverity >= alert.severity

/** Whether the state is one in which an alert concerns people, answered or not. */
export const isAsking = (alert: Pick<Alert, 'state'>): boolean => ASKING.has(alert.state)

/** Whether somebody still has to acknowledge: the state asks for people and the present colour has no answer. */
export const needsAck = (alert: Pick<Alert, 'state' | 'severity' | 'ackedSeverity'>): boolean => isAsking(alert) && !isAnswered(alert)

/** Whether it is to be told once, though it asks nobody: late data showed it, and nobody has taken it up. */
export const isToldOnce = (alert: Pick<Alert, 'state' | 'isLateDetected'>): boolean => alert.isLateDetected && alert.state === 'mitigated'

export const MOVES = [
  'ack',
  'handle_start',
  'resolve',
  'close',
  'reopen_alert',
  'mark_false_positive',
  'note',
  'upgrade',
  'downgrade',
  'approve_downgrade',
  'mitigate',
  'relapse',
  'suppress',
  'unsuppress',
  'merge',
  'retract',
  'auto_resolve',
  'propose_downgrade',
  'refuse_downgrade',
  'split',
  'absorb',
  'open',
] as const
/** A change of an alert's life; `open` is the raising itself and no move that can be asked for. */
export type Move = (typeof MOVES)[number]

/** Who makes the move: a person with a role and scope, or the engine. */
export type Actor =
  | { readonly kind: 'user'; readonly userId: string; readonly name: string; readonly role: Role; readonly regionPath: string }
  | { readonly kind: 'engine' }

export interface MoveRequest {
  readonly move: Move
  /** What a person states, or which fact made the engine move; stored with the transition. */
  readonly reason: string
  /** For upgrade, downgrade, approve_downgrade, propose_downgrade and relapse; the lowering moves take the next colour down when it is left out. */
  readonly toSeverity?: Severity
  /** The window that suppresses this alert (`suppress`). */
  readonly windowId?: string
  /** The case that suppresses this alert (`suppress`) or that it goes into (`merge`). */
  readonly caseId?: string
  /** Why the engine raises it although no fact has changed: its handling limit is over (domain.md 4.2); the next colour has a limit of its own. */
  readonly because?: 'handling_over'
  /** What of the ticket makes the engine raise or lower it: once a person has ended the alert, the same fires no more (domain.md 4.1-5). */
  readonly cause?: string
  /** The case that goes into this one (`absorb`), as it stood before. */
  readonly absorbed?: Alert
}

/** The outcome of asking for a move: the alert as it will be, or why not. Refusals are values, never exceptions. */
export type TransitionResult =
  | { readonly ok: true; readonly alert: Alert; readonly from: AlertState; readonly to: AlertState }
  | {
      readonly ok: false
      readonly code: TransitionRefusal
      /** What stood in the way and what would be possible, in English, for logs and API clients. */
      readonly detail: string
      /** Who was first (`already_acknowledged`): the user's id out of `transition`, the name out of `moveAlert`. */
      readonly by?: string
      readonly at?: Instant
    }

export type TransitionRefusal = 'illegal_move' | 'already_acknowledged' | 'role_may_not' | 'out_of_scope' | 'reason_required' | 'separation_of_duty' | 'review_owed'
