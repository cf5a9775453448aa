import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import { type Alert, isAnswered, type Move, needsAck } from './alert.ts'

/** `C_ACK` and `C_ALERT_HANDLE` (domain.md 3.6). */
export type LimitClock = 'ack' | 'handle'

/** The limit of one clock of an alert that fell due first, and what became of it: what is published of alerts counts by it (domain.md K-32, K-77). */
export interface AlertLimit {
  readonly clock: LimitClock
  readonly dueAt: Instant
  /** The colour whose limit it is. */
  readonly severity: Severity
  /** When it was acknowledged, or handled: cleared, ended by a person, or a plan entered (domain.md 4.2); null: not yet. */
  readonly metAt: Instant | null
  /** When nobody was asked any more without that; null: still asked, or met. */
  readonly liftedAt: Instant | null
}

/** Moves that end the handling clock by handling (domain.md 4.2): the clear condition is true, a plan is entered, a person ends it. */
const HANDLES: ReadonlySet<Move> = new Set(['handle_start', 'resolve', 'auto_resolve', 'mitigate'])

interface Reading {
  readonly dueAt: Instant | null
  /** Whether it was put anew, or shortened, by this move. */
  readonly isPut: boolean
  readonly isMet: boolean
  readonly isLifted: boolean
}

function readAck(before: Alert | null, after: Alert, move: Move): Reading {
  const asks = needsAck(after)
  const asked = before !== null && needsAck(before)
  const isMet = move === 'ack' && isAnswered(after)
  return { dueAt: after.ackDueAt, isPut: asks && (!asked || after.ackDueAt !== before.ackDueAt), isMet, isLifted: asked && !asks && !isMet }
}

function readHandling(before: Alert | null, after: Alert, move: Move): Reading {
  const wasDue = before?.handleDueAt ?? null
  const ends = wasDue !== null && after.handleDueAt === null
  const isMet = ends && HANDLES.has(move)
  return { dueAt: after.handleDueAt, isPut: after.handleDueAt !== null && after.handleDueAt !== wasDue, isMet, isLifted: ends && !isMet }
}

/**
 * What stands once it is met or has passed: no ladder that goes up starts it again (K-32). A limit of A1 is nobody's to acknowledge or to answer for; the
 * first above it counts.
 */
const isSettled = ({ metAt, dueAt, severity, clock }: AlertLimit, alert: Alert, at: Instant): boolean =>
  (metAt !== null || dueAt <= at) && !(clock === 'handle' && alert.kind === 'abnormal' && severity === 1 && alert.severity > 1)

function limitAfter(
  clock: LimitClock,
  held: AlertLimit | undefined,
  { dueAt, isPut, isMet, isLifted }: Reading,
  after: Alert,
  at: Instant,
): AlertLimit | undefined {
  if (isPut && dueAt !== null && (held === undefined || !isSettled(held, after, at)))
    return { clock, dueAt, severity: after.severity, metAt: null, liftedAt: null }
  if (held === undefined || held.metAt !== null) return held
  if (isMet) return { ...held, metAt: at, liftedAt: null }
  return isLifted && held.liftedAt === null ? { ...held, liftedAt: at } : held
}

/** The limits of an alert after a move at `at`; `before` is null for a new alert. Those that stay are the same objects. */
export function limitsAfter(
  limits: readonly AlertLimit[],
  { before, after, move, at }: { readonly before: Alert | null; readonly after: Alert; readonly move: Move; readonly at: Instant },
): AlertLimit[] {
  const of = (clock: LimitClock) => limits.find((limit) => limit.clock === clock)
  return [
    limitAfter('ack', of('ack'), readAck(before, after, move), after, at),
    limitAfter('handle', of('handle'), readHandling(before, after, move), after, at),
  ].filter((limit) => limit !== undefined)
}
