import { type Alert, isAsking } from '../domain/alert/alert.ts'
import { ladderOf } from '../domain/escalation/deadlines.ts'
import { decideHandlingOver, type HandlingVerdict } from '../domain/escalation/handling.ts'
import { handlingOverInWords } from '../domain/escalation/step-words.ts'
import { loadAlert } from '../store/alert-store.ts'
import { callsForPlan, insertRuns, loadLastStep, lockHandlingOver } from '../store/escalation-store.ts'
import { insertTransitions } from '../store/transition-store.ts'
import { publishMoves } from './alert-card.ts'
import { moveAlert } from './alert-life.ts'
import { laddersOf } from './alert-runs.ts'
import type { EngineTx } from './context.ts'

type Flag = Extract<HandlingVerdict, { kind: 'flag' }>

/** Flags the alert: a run of its own stands for as long as no plan is entered, and calls whom the ladder names. */
async function flag(etx: EngineTx, alert: Alert, verdict: Flag): Promise<void> {
  const startedAt = alert.handleDueAt ?? etx.now
  const { id: alertId, severity, ladderVersion } = alert
  const run = { alertId, severity, ladderVersion, startedAt, nextStep: verdict.callsStep ?? 0, remindedAt: null, purpose: 'handling' as const }
  await insertRuns(etx.tx, [{ ...run, dueAt: verdict.callsStep === null ? null : startedAt }])
  const detail = { kind: 'handling_over', as: verdict.as, dueAt: startedAt }
  const reason = handlingOverInWords(verdict.as)
  await insertTransitions(etx.tx, [{ alertId, at: etx.now, actor: { kind: 'engine' }, move: 'note', from: alert, to: alert, reason, detail, client: 'engine' }])
  await publishMoves(etx, [{ alert, hasChanged: true, hasLine: true }])
}

/**
 * Acts on the alert whose handling limit has been over longest and on which nothing has been done yet: a ticket rises to the next level, a case is
 * flagged and its people, or those who supervise, are called (domain.md 4.2, 7.2). False when there is none. The alert stays locked until the commit.
 */
export async function takeHandlingOver(etx: EngineTx): Promise<boolean> {
  const alertId = await lockHandlingOver(etx.tx, etx.now)
  const alert = alertId === null ? undefined : await loadAlert(etx.tx, alertId)
  if (alert === undefined) return false
  const ladder = ladderOf(await laddersOf(etx, alert.ladderVersion), alert, etx.engine.zone)
  const decided = decideHandlingOver(alert, ladder, await loadLastStep(etx.tx, alert.id, alert.severity), etx.now)
  // A ticket calls its people once, whatever number of its rules is overdue (domain.md 4.1-3).
  const isCalledFor = decided.kind === 'flag' && alert.ticketKey !== null && (await callsForPlan(etx.tx, alert.ticketKey))
  const verdict: HandlingVerdict = isCalledFor ? { ...decided, callsStep: null } : decided
  if (verdict.kind === 'none' || !isAsking(alert)) return false
  if (verdict.kind === 'flag') {
    await flag(etx, alert, verdict)
    return true
  }
  const request = { move: 'upgrade', toSeverity: verdict.toSeverity, because: 'handling_over', reason: handlingOverInWords('raise') } as const
  const result = await moveAlert(etx, alert.id, request, { kind: 'engine' }, 'engine')
  if (!result.ok) throw new Error(`alert ${alert.id} could not rise: ${result.detail}`)
  return true
}
