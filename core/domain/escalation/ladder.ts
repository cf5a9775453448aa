import type { Instant } from '../time.ts'
import type { LadderChannel, Role, Severity } from '../vocabulary.ts'

/** Whom a step calls: everybody with `role` whose region is the alert's ancestor-or-self at `at` (resolved when the step fires). */
export interface RelationTarget {
  readonly role: Role
  readonly at: 'city' | 'province' | 'group'
}

export interface LadderStep {
  /** Minutes after T (opening or upgrade), not after the last step (domain.md 7.2). */
  readonly afterMinutes: number
  readonly targets: readonly RelationTarget[]
  readonly channels: readonly LadderChannel[]
}

export interface Ladder {
  readonly ackMinutes: number | null
  readonly handleMinutes: number
  readonly steps: readonly LadderStep[]
}

/** Versioned data: one ladder per colour and alert kind. */
export interface LadderSet {
  readonly version: number
  readonly risk: Readonly<Record<Severity, Ladder>>
  readonly abnormal: Readonly<Record<Severity, Ladder>>
}

/** A running escalation as stored: one per alert and colour. */
export interface EscalationRun {
  readonly startedAt: Instant
  readonly severity: Severity
  readonly nextStep: number
}

export type EscalationDecision =
  | { readonly kind: 'fire'; readonly step: number; readonly late: number; readonly nextDueAt: Instant | null }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'stop'; readonly why: 'acknowledged' | 'not_live' | 'exhausted' }
