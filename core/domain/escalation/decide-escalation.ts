import { type Alert, isAsking, isToldOnce, needsAck } from '../alert/alert.ts'
import { type Instant, MINUTE } from '../time.ts'
import type { EscalationDecision, EscalationRun, Ladder } from './ladder.ts'

type Asked = Pick<Alert, 'kind' | 'state' | 'severity' | 'ackedSeverity' | 'ackDueAt' | 'isLateDetected'>

/**
 * When a step is due: T + its minutes, T being the opening or the upgrade, never the last step (domain.md 7.2). The step at the ack
 * limit of an abnormal ticket comes earlier when an earlier level's acknowledgement is still owed (4.4: the shorter remaining time).
 * Null when the ladder has no such step.
 */
export function stepDueAt(run: EscalationRun, ladder: Ladder, alert: Pick<Alert, 'kind' | 'ackDueAt'>, step: number): Instant | null {
  const planned = ladder.steps[step]
  if (planned === undefined) return null
  const dueAt = run.startedAt + planned.afterMinutes * MINUTE
  const isAckStep = planned.afterMinutes === ladder.ackMinutes
  return alert.kind === 'abnormal' && isAckStep && alert.ackDueAt !== null ? Math.min(dueAt, alert.ackDueAt) : dueAt
}

/**
 * What a running ladder does at `now`: one step per call, in order, none twice, none skipped. After an outage each overdue step fires
 * at once, one call after the other; an answer to the present colour, or the end of the alert, stops it (domain.md 7.1, 7.2; S-12). Of what late data
 * showed the first step fires and no other (7.4).
 */
export function decideEscalation(run: EscalationRun, ladder: Ladder, alert: Asked, now: Instant): EscalationDecision {
  const isFirstOfLate = isToldOnce(alert) && run.nextStep === 0
  if (!needsAck(alert) && !isFirstOfLate) return { kind: 'stop', why: alert.ackedSeverity === null || !isAsking(alert) ? 'not_live' : 'acknowledged' }
  const dueAt = stepDueAt(run, ladder, alert, run.nextStep)
  if (dueAt === null) return { kind: 'stop', why: 'exhausted' }
  if (now < dueAt) return { kind: 'wait', until: dueAt }
  return { kind: 'fire', step: run.nextStep, late: now - dueAt, nextDueAt: stepDueAt(run, ladder, alert, run.nextStep + 1) }
}
