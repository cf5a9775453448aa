import type { Actor, Alert, MoveRequest, TransitionResult } from '../domain/alert/alert.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertKind, Severity } from '../domain/vocabulary.ts'
import type { EngineTx } from './context.ts'

/** What is needed to raise an alert; everything else follows from settings and the ladder. */
export interface AlertSpec {
  readonly kind: AlertKind
  readonly ruleId: string
  readonly severity: Severity
  readonly ticketKey: string | null
  readonly regionCode: string
  readonly facts: Readonly<Record<string, unknown>>
  /** Stamped on the alert: the parameters in force and their version (invariant 10). */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly ruleVersion: number
  /** Logical opening instant (the tick, or the exact timer instant), from which the ladder's T counts. */
  readonly openedAt: Instant
  /** A case that suppresses this alert: recorded, pages nobody (domain.md 4.1-6). */
  readonly suppressedBy: string | null
}

/** Raises an alert with its `open` transition, its ladder run (unless suppressed) and its feed row, in this transaction. */
export declare function openAlert(etx: EngineTx, spec: AlertSpec): Promise<Alert>

/** Makes one move on one alert under its row lock: transition row, ladder, outbox and feed row, in this transaction; or says why not. */
export declare function moveAlert(etx: EngineTx, alertId: string, request: MoveRequest, actor: Actor, client: string): Promise<TransitionResult>
