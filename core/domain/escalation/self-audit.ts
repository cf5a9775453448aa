import { type Alert, needsAck, isToldOnce } from '../alert/alert.ts'
import type { Instant } from '../time.ts'
import { runDueAt } from './decide-escalation.ts'
import type { EscalationRun, Ladder } from './ladder.ts'

/** How late a call may be before the self-audit says so, ms. */
export const OVERDUE_AFTER = 5_000

/** What a running ladder's record says, beside the ladder's own pointer. */
export interface RecordedRun {
  readonly run: EscalationRun & { readonly dueAt: Instant | null }
  readonly alert: Pick<Alert, 'kind' | 'state' | 'severity' | 'ackedSeverity' | 'ackDueAt' | 'isLateDetected' | 'ticketKey'>
  /** The numbers of the steps that are written down as fired. */
  readonly fired: readonly number[]
  /** The slot of the last reminder that is written down; null where none is. */
  readonly remindedAt: Instant | null
}

/** What should have happened by the ladder and the clock, and has no record; with where the ladder has to stand. */
export type SelfFinding =
  /** The ladder would skip what was never fired, fire again what was, or sleep past its next step or reminder. */
  | { readonly kind: 'pointer'; readonly nextStep: number; readonly remindedAt: Instant | null; readonly dueAt: Instant | null }
  /** It stands right, but nobody has acted for {@link OVERDUE_AFTER}. */
  | { readonly kind: 'overdue'; readonly dueAt: Instant }

function firstUnfired(fired: readonly number[]): number {
  const known = new Set(fired)
  let step = 0
  while (known.has(step)) step += 1
  return step
}

/**
 * What a ladder that runs has missed at `now`, judged by the ladder, the alert and what is written down as fired, not by where the run says it stands; null:
 * nothing (research I1, I2). The run of a ticket may have been taken over from another alert: its earlier steps are not in its own record.
 */
export function judgeRun({ run, alert, fired, remindedAt }: RecordedRun, ladder: Ladder, now: Instant): SelfFinding | null {
  if (!needsAck(alert) && !isToldOnce(alert)) return null
  const isOwn = alert.ticketKey === null
  const nextStep = isOwn ? firstUnfired(fired) : fired.length === 0 ? run.nextStep : Math.max(...fired) + 1
  const reminded = isOwn || remindedAt !== null ? remindedAt : run.remindedAt
  const dueAt = isToldOnce(alert) && nextStep > 0 ? run.dueAt : runDueAt({ ...run, nextStep, remindedAt: reminded }, ladder, alert)
  const sleeps = dueAt !== null && (run.dueAt === null || run.dueAt > dueAt)
  if (nextStep !== run.nextStep || sleeps) return { kind: 'pointer', nextStep, remindedAt: reminded, dueAt }
  return run.dueAt !== null && run.dueAt <= now - OVERDUE_AFTER ? { kind: 'overdue', dueAt: run.dueAt } : null
}

/** One line in both languages for the alert's history. */
export function findingInWords(kind: 'pointer' | 'no_run', nextStep: number): string {
  return kind === 'pointer'
    ? `自检：升级进度与记录不符，已从第 ${nextStep + 1} 步补起 Self-audit: the ladder did not stand where its record says; goes on at step ${nextStep + 1}`
    : '自检：仍待确认而无升级在运行，已使其运行 Self-audit: an answer is owed and no ladder ran; it runs again'
}
