import { type Alert, isAsking } from '../domain/alert/alert.ts'
import type { TicketRun } from '../domain/alert/ticket-level.ts'
import { ladderOf } from '../domain/escalation/deadlines.ts'
import { runDueAt, stepDueAt } from '../domain/escalation/decide-escalation.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import { planRun } from '../domain/escalation/plan-run.ts'
import { type Withdrawal, withdrawn } from '../domain/notification/decide-send.ts'
import { written } from '../domain/notification/outcome.ts'
import type { Instant } from '../domain/time.ts'
import { insertRuns, loadRuns, loadUncalledSteps, retimeRuns, type RunEnd, stopHandling, stopRuns } from '../store/escalation-store.ts'
import { type AlertWithdrawal, cancelWaiting } from '../store/outbox-store.ts'
import { failPoint } from '../platform/fail-point.ts'
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
export const firstDueAt = ({ engine }: EngineTx, ladders: LadderSet, alert: Omit<Alert, 'id'>, startedAt: Instant): Instant | null =>
  stepDueAt({ startedAt }, ladderOf(ladders, alert, engine.zone), alert, 0)

/** What becomes of the ladder of one alert. */
export type RunChange = {
  readonly alertId: string
  readonly at: Instant
} & (
  | { readonly kind: 'stop'; readonly why: string; readonly withdrawal: Withdrawal }
  /** The present colour's ladder from its first step, in the place of one that may run. */
  | { readonly kind: 'start'; readonly alert: Alert; readonly ladders: LadderSet; readonly mayRun: boolean }
  /** The ladder that ran for another alert of the ticket goes on for this one. */
  | { readonly kind: 'take_over'; readonly alert: Alert; readonly ladders: LadderSet; readonly from: TicketRun | null }
  | { readonly kind: 'retime'; readonly alert: Alert; readonly ladders: LadderSet }
)

/** What a move of a case means for its ladder; the ladders of tickets are one for each ticket (core/engine/ticket-book.ts). */
export function changeOfMove({ before, after, at, ladders }: MovedAlert): RunChange[] {
  const plan = planRun(before, after)
  const { id: alertId, state } = after
  if (plan.kind === 'keep') return []
  if (plan.kind === 'start') return [{ kind: 'start', alertId, at, alert: after, ladders, mayRun: true }]
  if (plan.kind === 'retime') return [{ kind: 'retime', alertId, at, alert: after, ladders }]
  return [{ kind: 'stop', alertId, at, why: plan.why, withdrawal: plan.why === 'acknowledged' ? plan.why : state }]
}

/** Acknowledge wins: what has not been handed to a provider by now never will be (invariant 9). */
async function stop(etx: EngineTx, changes: readonly RunChange[]): Promise<void> {
  const ends = changes.flatMap((change): (RunEnd & AlertWithdrawal)[] => {
    if (change.kind === 'start' && change.mayRun) return [{ alertId: change.alertId, at: change.at, why: 'restarted', withdrawal: 'restarted' }]
    return change.kind === 'stop' ? [change] : []
  })
  await stopRuns(etx.tx, ends)
  await failPoint('alert.run_stopped')
  await cancelWaiting(etx.tx, ends)
  await failPoint('alert.waiting_cancelled')
}

/** The step that a run taken over goes on with: what was fired and still waited when its alert ended was never called, and is due again. */
const stepOf = (from: TicketRun | null, uncalled: ReadonlyMap<string, number>): number =>
  from === null ? 1 : Math.min(from.nextStep, uncalled.get(from.alertId) ?? from.nextStep)

async function start(etx: EngineTx, changes: readonly RunChange[], uncalled: ReadonlyMap<string, number>): Promise<void> {
  const runs = changes.flatMap((change) => {
    if (change.kind !== 'start' && change.kind !== 'take_over') return []
    const { alert, ladders } = change
    const { id: alertId, severity, ladderVersion, severitySince } = alert
    const from = change.kind === 'start' ? null : change.from
    const startedAt = from?.startedAt ?? severitySince
    const nextStep = change.kind === 'start' ? 0 : stepOf(from, uncalled)
    const run = { startedAt, severity, nextStep, remindedAt: from?.remindedAt ?? null }
    const dueAt = runDueAt(run, ladderOf(ladders, alert, etx.engine.zone), alert)
    return [{ ...run, alertId, ladderVersion, dueAt, purpose: 'answer' as const }]
  })
  await insertRuns(etx.tx, runs)
  await failPoint('alert.run_started')
  if (runs.length > 0) etx.bells.add('escalate')
}

async function retime(etx: EngineTx, changes: readonly RunChange[]): Promise<void> {
  const alerts = new Map(changes.flatMap((change) => (change.kind === 'retime' ? [[change.alertId, change]] : [])))
  const runs = await loadRuns(etx.tx, [...alerts.keys()])
  const retimed = runs.flatMap((run) => {
    const change = alerts.get(run.alertId)
    if (change === undefined) return []
    const { alert, ladders } = change
    const { severity } = alert
    return [{ id: run.id, severity, dueAt: runDueAt({ ...run, severity }, ladderOf(ladders, alert, etx.engine.zone), alert) }]
  })
  await retimeRuns(etx.tx, retimed)
}

/** Stops, starts, passes on and retimes ladders, in the order given, and takes back what waits of those that stopped; each alert at most once. */
export async function applyRuns(etx: EngineTx, changes: readonly RunChange[]): Promise<void> {
  const takenOver = changes.flatMap((change) => (change.kind === 'take_over' && change.from !== null ? [change.from.alertId] : []))
  const uncalled = await loadUncalledSteps(etx.tx, takenOver)
  await stop(etx, changes)
  await start(etx, changes, uncalled)
  await retime(etx, changes)
}

/** A plan, or the end of the alert, ends what followed when its handling limit had passed; what of that still waits is not sent. */
export async function endHandling(etx: EngineTx, moves: readonly Pick<MovedAlert, 'before' | 'after' | 'at'>[]): Promise<void> {
  const ends = moves.filter(({ before, after }) => before.handleDueAt !== null && (after.handleDueAt === null || !isAsking(after)))
  await stopHandling(
    etx.tx,
    ends.map(({ after: { id: alertId, state }, at }) => ({ alertId, at, why: 'handled', outcome: written(withdrawn(state).uncalled) })),
  )
}
