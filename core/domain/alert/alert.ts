import type { Instant } from '../time.ts'
import type { AlertKind, AlertState, Role, Severity } from '../vocabulary.ts'

/** One firing of a rule for one subject (a ticket), or a RiskCase; both live by the same transition table (domain.md 7.1). */
export interface Alert {
  readonly id: string
  readonly kind: AlertKind
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
  readonly suppressedBy: string | null
  /** Raised by one with every change; optimistic lock. */
  readonly version: number
}

export type Move =
  | 'ack' | 'handle_start' | 'resolve' | 'close' | 'reopen_alert' | 'mark_false_positive' | 'note'
  | 'upgrade' | 'downgrade' | 'approve_downgrade' | 'mitigate' | 'relapse' | 'suppress' | 'unsuppress' | 'merge' | 'retract' | 'auto_resolve' | 'propose_downgrade' | 'open'

/** Who makes the move: a person with a role and scope, or the engine. */
export type Actor =
  | { readonly kind: 'user'; readonly userId: string; readonly name: string; readonly role: Role; readonly regionPath: string }
  | { readonly kind: 'engine' }

export interface MoveRequest {
  readonly move: Move
  readonly reason: string
  readonly toSeverity?: Severity
}

/** The outcome of asking for a move: the alert as it will be, or why not. Refusals are values, never exceptions. */
export type TransitionResult =
  | { readonly ok: true; readonly alert: Alert; readonly from: AlertState; readonly to: AlertState }
  | { readonly ok: false; readonly code: TransitionRefusal; readonly detail: string }

export type TransitionRefusal =
  | 'illegal_move'
  | 'already_acknowledged'
  | 'role_may_not'
  | 'out_of_scope'
  | 'reason_required'
  | 'separation_of_duty'
