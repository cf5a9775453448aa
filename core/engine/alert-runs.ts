import type { Alert } from '../domain/alert/alert.ts'
import { ladderOf } from '../domain/escalation/deadlines.ts'
import { stepDueAt } from '../domain/escalation/decide-escalation.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import { planRun, type RunPlan } from '../domain/escalation/plan-run.ts'
import type { Instant } from '../domain/time.ts'
import { insertRuns, loadRuns, retimeRuns, type RunEnd, stopRuns } from '../store/escalation-store.ts'
import { type AlertWithdrawal, cancelWaiting } from '../store/outbox-store.ts'
import type { EngineTx } from './context.ts'
import { loadLadders } from './settings.ts'

/** An alert before and after a move, with the ladders that it started with. */
export interface MovedAlert {
  readonly before: Alert
  readonly after: Alert
  readonly at: Instant
  readonly ladders: LadderSet
}

/** The ladders that a running alert started with, whatever is in force now (invariant 10). */
export const laddersOf = (etx: EngineTx, version: number): Promise<LadderSet> | LadderSet =>
  etx.settings.ladders.version === version ? etx.settings.ladders.body : loadLadders(etx.tx, version)

/** When the first step of an alert's ladder is due; null when the ladder has none. */
export const firstDueAt = (ladders: LadderSet, alert: Omit<Alert, 'id'>, startedAt: Instant): Instant | null =>
  stepDueAt({ startedAt, severity: alert.severity, nextStep: 0 }, ladderOf(ladders, alert), alert, 0)

type Planned = MovedAlert & { readonly plan: RunPlan }

const isPlanned = (kind: RunPlan['kind']) => (one: Planned) => one.plan.kind === kind

/** Acknowledge wins: what has not been handed to a provider by now never will be (invariant 9). */
async function stop(etx: EngineTx, planned: readonly Planned[]): Promise<void> {
  const ends = planned.flatMap(({ plan, after: { id: alertId, state }, at }): (RunEnd & AlertWithdrawal)[] => {
    if (plan.kind === 'start') return [{ alertId, at, why: 'restarted', withdrawal: 'restarted' }]
    if (plan.kind !== 'stop') return []
    return [{ alertId, at, why: plan.why, withdrawal: plan.why === 'acknowledged' ? plan.why : state }]
  })
  await stopRuns(etx.tx, ends)
  await cancelWaiting(etx.tx, ends)
}

async function start(etx: EngineTx, starting: readonly Planned[]): Promise<void> {
  const runs = starting.map(({ after, ladders }) => ({
    alertId: after.id,
    severity: after.severity,
    ladderVersion: after.ladderVersion,
    startedAt: after.severitySince,
    dueAt: firstDueAt(ladders, after, after.severitySince),
  }))
  await insertRuns(etx.tx, runs)
  if (runs.length > 0) etx.bells.add('escalate')
}

async function retime(etx: EngineTx, falling: readonly Planned[]): Promise<void> {
  const alerts = new Map(falling.map(({ after, ladders }) => [after.id, { after, ladders }]))
  const runs = await loadRuns(etx.tx, [...alerts.keys()])
  const retimed = runs.flatMap((run) => {
    const alert = alerts.get(run.alertId)
    if (alert === undefined) return []
    const { after, ladders } = alert
    const { severity } = after
    return [{ id: run.id, severity, dueAt: stepDueAt({ ...run, severity }, ladderOf(ladders, after), after, run.nextStep) }]
  })
  await retimeRuns(etx.tx, retimed)
}

/** Stops, starts and retimes the ladders of alerts as their moves ask for, and takes back what waits of those that stopped; each alert at most once. */
export async function applyRuns(etx: EngineTx, moved: readonly MovedAlert[]): Promise<void> {
  const planned = moved.map((one): Planned => ({ ...one, plan: planRun(one.before, one.after) }))
  await stop(etx, planned)
  await start(etx, planned.filter(isPlanned('start')))
  await retime(etx, planned.filter(isPlanned('retime')))
}
