import type { Alert } from '../domain/alert/alert.ts'
import { needsAck } from '../domain/alert/alert.ts'
import { carrierOf } from '../domain/alert/ticket-level.ts'
import { ladderOf } from '../domain/escalation/deadlines.ts'
import { runDueAt } from '../domain/escalation/decide-escalation.ts'
import { findingInWords, judgeRun, OVERDUE_AFTER, type SelfFinding } from '../domain/escalation/self-audit.ts'
import type { Instant } from '../domain/time.ts'
import { loadTicketStanding, lockAlerts } from '../store/alert-store.ts'
import { advanceRun, insertRuns, loadRuns } from '../store/escalation-store.ts'
import { beat } from '../store/pulse-store.ts'
import { type AuditedRun, findRunless, hasWaiting, insertFinding, loadAudited, lockAudited, reviveRun } from '../store/self-audit-store.ts'
import { insertTransitions } from '../store/transition-store.ts'
import { laddersOf } from './alert-runs.ts'
import type { Engine, EngineTx } from './context.ts'
import { publish } from './ticket-book.ts'
import { inEngineTransaction } from './transaction.ts'

/** Running ladders that one look goes through; the next look goes on behind them. */
const RUNS_AT_ONCE = 4_000
const RUNLESS_AT_ONCE = 200

/** The last ladder that each engine's looks have come to. */
const cameTo = new WeakMap<object, string>()

async function judge(etx: EngineTx, audited: AuditedRun): Promise<SelfFinding | null> {
  const ladders = await laddersOf(etx, audited.ladderVersion)
  return judgeRun(audited, ladderOf(ladders, { ...audited.alert, severitySince: audited.severitySince }, etx.engine.zone), etx.now)
}

async function writeDown(etx: EngineTx, alert: Alert, kind: 'pointer' | 'no_run', nextStep: number, dueAt: Instant): Promise<void> {
  if (!(await insertFinding(etx.tx, alert.id, kind, dueAt, etx.now))) return
  const detail = { kind: 'self_audit', found: kind, dueAt }
  await insertTransitions(etx.tx, [{ alertId: alert.id, at: etx.now, actor: { kind: 'engine' }, move: 'note', from: alert, to: alert, reason: findingInWords(kind, nextStep), detail, client: 'engine' }])
  await publish(etx, [{ alert, hasChanged: true, hasLine: true }])
}

/** Puts a ladder where its record says it stands: from there it goes its usual way, late and saying so. */
async function mendRun(etx: EngineTx, runId: string): Promise<boolean> {
  const audited = await lockAudited(etx.tx, runId)
  const finding = audited === undefined ? null : await judge(etx, audited)
  if (audited === undefined || finding === null) return false
  etx.bells.add('escalate')
  if (finding.kind === 'overdue') return insertFinding(etx.tx, audited.alertId, 'overdue', finding.dueAt, etx.now)
  const [alert] = await lockAlerts(etx.tx, [audited.alertId])
  if (alert === undefined) return false
  await advanceRun(etx.tx, runId, finding)
  await writeDown(etx, alert, 'pointer', finding.nextStep, finding.dueAt ?? etx.now)
  return true
}

/** Starts the ladder of an alert that asks for an answer and has none, or lets the one go on that was ended. */
async function startMissing(etx: EngineTx, alertId: string): Promise<boolean> {
  const [alert] = await lockAlerts(etx.tx, [alertId])
  if (alert === undefined || !needsAck(alert) || (await loadRuns(etx.tx, [alertId])).length > 0) return false
  const standing = alert.ticketKey === null ? [] : await loadTicketStanding(etx.tx, alertId)
  const running = new Set(standing.filter(({ isRunning }) => isRunning).map(({ id }) => id))
  if (running.size > 0 || (standing.length > 0 && carrierOf(standing, running)?.id !== alertId)) return false
  const ladders = await laddersOf(etx, alert.ladderVersion)
  const run = { startedAt: alert.severitySince, severity: alert.severity, nextStep: 0, remindedAt: null }
  const dueAt = runDueAt(run, ladderOf(ladders, alert, etx.engine.zone), alert)
  if (dueAt === null) return false
  await writeDown(etx, alert, 'no_run', 0, dueAt)
  const revived = await reviveRun(etx.tx, alertId, alert.severity, alert.severitySince)
  // What it had fired is not fired again.
  if (revived !== null) await mendRun(etx, revived)
  else await insertRuns(etx.tx, [{ ...run, alertId, ladderVersion: alert.ladderVersion, dueAt, purpose: 'answer' }])
  etx.bells.add('escalate')
  return true
}

/**
 * Compares what should have happened by the ladders and the clock with what is written down, and sees to what has not (research: an auditor that
 * repairs without limit and without looking back only so far); returns how much it found. At most {@link RUNS_AT_ONCE} running ladders a look, in turn.
 */
export async function runSelfAudit(engine: Engine, now: Instant): Promise<number> {
  const after = cameTo.get(engine) ?? '0'
  const runs = await loadAudited(engine.pool, after, RUNS_AT_ONCE)
  cameTo.set(engine, runs.length < RUNS_AT_ONCE ? '0' : (runs.at(-1)?.runId ?? '0'))
  const suspects = await inEngineTransaction(engine, now, async (etx) => {
    const found: string[] = []
    for (const audited of runs) if ((await judge(etx, audited)) !== null) found.push(audited.runId)
    return found
  })
  let findings = 0
  for (const runId of suspects) if (await inEngineTransaction(engine, now, (etx) => mendRun(etx, runId))) findings += 1
  for (const alertId of await findRunless(engine.pool, now - OVERDUE_AFTER, RUNLESS_AT_ONCE)) {
    if (await inEngineTransaction(engine, now, (etx) => startMissing(etx, alertId))) findings += 1
  }
  if (await hasWaiting(engine.pool, now - OVERDUE_AFTER)) engine.ring('notify')
  await beat(engine.pool, 'self-audit', now)
  return findings
}
