import { type Alert, isAsking, isToldOnce, needsAck } from '../alert/alert.ts'
import { type Instant, MINUTE } from '../time.ts'
import type { EscalationDecision, EscalationRun, Ladder } from './ladder.ts'

type Asked = Pick<Alert, 'kind' | 'state' | 'severity' | 'ackedSeverity' | 'ackDueAt' | 'isLateDetected'>

/**
 * When a step is due: T + its minutes, T being the opening or the upgrade, never the last step (domain.md 7.2). The step at the ack
 * limit of an abnormal ticket comes earlier when an earlier level's acknowledgement is still owed (4.4: the shorter remaining time).
 * Null when the ladder has no such step.
 */
export function stepDueAt(run: Pick<EscalationRun, 'startedAt'>, ladder: Ladder, alert: Pick<Alert, 'kind' | 'ackDueAt'>, step: number): Instant | null {
  const planned = ladder.steps[step]
  if (planned === undefined) return null
  const dueAt = run.startedAt + planned.afterMinutes * MINUTE
  const isAckStep = planned.afterMinutes === ladder.ackMinutes
  return alert.kind === 'abnormal' && isAckStep && alert.ackDueAt !== null ? Math.min(dueAt, alert.ackDueAt) : dueAt
}

/** The first multiple of `everyMinutes` after `start` that lies after `last` (both instants). */
export function slotAfter(start: Instant, everyMinutes: number, last: Instant): Instant {
  const every = everyMinutes * MINUTE
  return start + (Math.floor(Math.max(0, last - start) / every) + 1) * every
}

/** The latest multiple of `everyMinutes` after `start` that has come by `now`. */
const slotBy = (start: Instant, everyMinutes: number, now: Instant): Instant => start + Math.floor((now - start) / (everyMinutes * MINUTE)) * everyMinutes * MINUTE

/** When the next reminder is due, the last one having been for `remindedAt`; null before the first step, and for ladders that remind nobody. */
export function reminderDueAt({ startedAt, nextStep, remindedAt }: EscalationRun, { reminder }: Ladder): Instant | null {
  return reminder === null || nextStep === 0 ? null : slotAfter(startedAt, reminder.everyMinutes, remindedAt ?? startedAt)
}

/** When a run is to be looked at next: its next step or its next reminder, the earlier; null when neither comes. */
export function runDueAt(run: EscalationRun, ladder: Ladder, alert: Asked): Instant | null {
  const step = stepDueAt(run, ladder, alert, run.nextStep)
  const reminder = isToldOnce(alert) ? null : reminderDueAt(run, ladder)
  return step === null || reminder === null ? (step ?? reminder) : Math.min(step, reminder)
}

/**
 * What a running ladder does at `now`: one call at a time, steps in order, none twice, none skipped. After an outage each overdue step fires
 * at once, one after the other, and then one reminder for the latest slot, not one for each that passed; an answer to the present colour, or the
 * end of the alert, stops it (domain.md 7.1, 7.2; S-12). Of what late data showed the first step fires and no other (7.4).
 */
export function decideEscalation(run: EscalationRun, ladder: Ladder, alert: Asked, now: Instant): EscalationDecision {
  const isFirstOfLate = isToldOnce(alert) && run.nextStep === 0
  if (!needsAck(alert) && !isFirstOfLate) return { kind: 'stop', why: alert.ackedSeverity === null || !isAsking(alert) ? 'not_live' : 'acknowledged' }
  const stepAt = stepDueAt(run, ladder, alert, run.nextStep)
  if (stepAt !== null && stepAt <= now) {
    return { kind: 'fire', step: run.nextStep, late: now - stepAt, nextDueAt: runDueAt({ ...run, nextStep: run.nextStep + 1 }, ladder, alert) }
  }
  const remindAt = reminderDueAt(run, ladder)
  if (remindAt !== null && ladder.reminder !== null && remindAt <= now) {
    const dueAt = slotBy(run.startedAt, ladder.reminder.everyMinutes, now)
    return { kind: 'remind', step: run.nextStep - 1, dueAt, nextDueAt: runDueAt({ ...run, remindedAt: dueAt }, ladder, alert) }
  }
  const until = runDueAt(run, ladder, alert)
  return until === null ? { kind: 'stop', why: 'exhausted' } : { kind: 'wait', until }
}
