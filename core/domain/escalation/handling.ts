import { type Alert, isAnswered, isAsking } from '../alert/alert.ts'
import { type Instant, MINUTE } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import { slotAfter } from './decide-escalation.ts'
import type { EscalationRun, Ladder, LadderStep } from './ladder.ts'

type Handled = Pick<Alert, 'state' | 'severity' | 'ackedSeverity' | 'handleDueAt'>

/** Whether the handling limit has passed without a plan: somebody has taken the alert, or it is one that needs no acknowledgement (domain.md 4.2, 7.2). */
export function isHandlingOver(alert: Handled, ladder: Pick<Ladder, 'ackMinutes'>, now: Instant): boolean {
  if (alert.handleDueAt === null || alert.handleDueAt > now) return false
  return isAsking(alert) && (isAnswered(alert) || ladder.ackMinutes === null)
}

/** What follows when the handling limit is over. */
export type HandlingVerdict =
  | { readonly kind: 'none' }
  /** A ticket that is not handled becomes the next level's (domain.md 4.2). */
  | { readonly kind: 'raise'; readonly toSeverity: Severity }
  /** It is flagged, and whoever `callsStep` names is called; null: nobody. */
  | { readonly kind: 'flag'; readonly as: 'stalled' | 'next_step' | 'supervised'; readonly callsStep: number | null }

/**
 * What an alert whose handling limit has passed comes to. `lastStep`: the last step of its ladder that was taken, null for none; "the next step" is the one
 * after it, and the last of all where there is none after.
 */
export function decideHandlingOver(alert: Handled, ladder: Ladder, lastStep: number | null, now: Instant): HandlingVerdict {
  if (!isHandlingOver(alert, ladder, now)) return { kind: 'none' }
  const over = ladder.handlingOver
  if (over.kind === 'raise' && alert.severity < 4) return { kind: 'raise', toSeverity: (alert.severity + 1) as Severity }
  if (over.kind === 'supervised') return { kind: 'flag', as: 'supervised', callsStep: ladder.steps.length }
  if (over.kind === 'next_step') return { kind: 'flag', as: 'next_step', callsStep: Math.min((lastStep ?? -1) + 1, ladder.steps.length - 1) }
  return { kind: 'flag', as: 'stalled', callsStep: null }
}

/** Whom the run of a handling limit calls: a step of the ladder, or, past its last, those who supervise; undefined when that is nobody. */
export function handlingStepOf({ steps, handlingOver }: Ladder, step: number): LadderStep | undefined {
  if (step < steps.length) return steps[step]
  return handlingOver.kind === 'supervised' ? { afterMinutes: 0, targets: handlingOver.targets, channels: handlingOver.channels } : undefined
}

export type HandlingDecision =
  | { readonly kind: 'fire'; readonly dueAt: Instant; readonly nextDueAt: Instant | null }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'stop'; readonly why: 'handled' | 'exhausted' }

/**
 * What the run of a passed handling limit does at `now`: it calls at once (`startedAt` is when the limit was over) and, where supervision is told again
 * every so often, at each such slot until there is a plan; of slots that passed unseen only the latest counts (domain.md 4.2, A4: every 2 h).
 */
export function decideHandling(run: EscalationRun, ladder: Ladder, alert: Handled, now: Instant): HandlingDecision {
  if (!isHandlingOver(alert, ladder, now)) return { kind: 'stop', why: 'handled' }
  const every = ladder.handlingOver.kind === 'supervised' ? ladder.handlingOver.everyMinutes : null
  if (run.remindedAt === null) return { kind: 'fire', dueAt: run.startedAt, nextDueAt: every === null ? null : slotAfter(run.startedAt, every, now) }
  if (every === null) return { kind: 'stop', why: 'exhausted' }
  const due = slotAfter(run.startedAt, every, run.remindedAt)
  if (due > now) return { kind: 'wait', until: due }
  const latest = run.startedAt + Math.floor((now - run.startedAt) / (every * MINUTE)) * every * MINUTE
  return { kind: 'fire', dueAt: latest, nextDueAt: latest + every * MINUTE }
}
