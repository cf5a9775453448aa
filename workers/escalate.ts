import type { Alert } from '../core/domain/alert/alert.ts'
import { carrierOf } from '../core/domain/alert/ticket-level.ts'
import { ladderOf } from '../core/domain/escalation/deadlines.ts'
import { decideEscalation } from '../core/domain/escalation/decide-escalation.ts'
import type { EscalationDecision, Ladder } from '../core/domain/escalation/ladder.ts'
import { callingOrder, type Holder, type Position, reach } from '../core/domain/escalation/position.ts'
import { coveredInWords, stepInWords, vacancyInWords } from '../core/domain/escalation/step-words.ts'
import type { Instant } from '../core/domain/time.ts'
import { publishCards, publishMoves } from '../core/engine/alert-card.ts'
import { laddersOf } from '../core/engine/alert-runs.ts'
import type { Engine, EngineTx } from '../core/engine/context.ts'
import { inEngineTransaction } from '../core/engine/transaction.ts'
import { failPoint } from '../core/platform/fail-point.ts'
import { loadAlert, loadTicketStanding, type StandingAlert } from '../core/store/alert-store.ts'
import { advanceRun, insertStep, lockDueRun, type StoredRun, stopRuns } from '../core/store/escalation-store.ts'
import { insertDeliveries } from '../core/store/outbox-store.ts'
import { insertTransitions, type NewTransition } from '../core/store/transition-store.ts'
import { findHolders } from '../core/store/user-target-store.ts'
import { findWebhooksFor } from '../core/store/webhook-store.ts'
import { type Called, deliveriesOf } from './step-deliveries.ts'

type Firing = Extract<EscalationDecision, { kind: 'fire' }>

/** `takers`: who answered the alert, or another of its ticket. */
async function findCalled(etx: EngineTx, alert: Alert, ladder: Ladder, step: number, takers: ReadonlySet<string | null>): Promise<Called> {
  const order = callingOrder(ladder, step, alert.regionCode, etx.engine.tree)
  const reached = reach(
    order,
    await findHolders(
      etx.tx,
      order.flatMap((calling) => calling.positions),
    ),
  )
  // Whoever took the lower colour is not paged again, unless it is orange or red by now (domain.md 7.2).
  const holders = alert.severity >= 3 ? reached.holders : reached.holders.filter((holder) => !takers.has(holder.userId))
  const webhooks = ladder.steps[step]?.channels.includes('webhook') ? await findWebhooksFor(etx.tx, alert.regionPath) : []
  return { ...reached, holders, webhooks }
}

const placeOf = ({ role, regionCode }: Position) => ({ role, regionCode })
const personOf = (holder: Holder) => ({ ...placeOf(holder), userId: holder.userId, name: holder.name })

function noteOf(etx: EngineTx, alert: Alert, reason: string, detail: Record<string, unknown>): NewTransition {
  return { alertId: alert.id, at: etx.now, actor: { kind: 'engine' }, move: 'note', from: alert, to: alert, reason, detail, client: 'engine' }
}

async function writeNotes(etx: EngineTx, alert: Alert, firing: Firing, dueAt: Instant, called: Called): Promise<void> {
  const { step, late } = firing
  const told = called.holders.map(personOf)
  const { via, holders, vacant } = called
  const webhooks = called.webhooks.length
  const fired = noteOf(etx, alert, stepInWords({ step, lateMs: late, via, holders, webhooks }), {
    kind: 'step',
    step,
    dueAt,
    firedAt: etx.now,
    lateMs: late,
    via,
    told,
    webhooks,
  })
  const unfilled = { kind: 'config', step, via, vacant: vacant.map(placeOf) }
  const vacancy = vacant.length === 0 ? [] : [noteOf(etx, alert, vacancyInWords(vacant, etx.engine.tree), unfilled)]
  await insertTransitions(etx.tx, [fired, ...vacancy])
}

/** One fact, one transaction: the step as fired, its deliveries, its notes, the next due time (invariant 6). */
async function fireStep(
  etx: EngineTx,
  run: StoredRun,
  alert: Alert,
  ladder: Ladder,
  firing: Firing,
  takers: ReadonlySet<string | null>,
): Promise<void> {
  const { step } = firing
  const planned = ladder.steps[step]
  if (planned === undefined) throw new Error(`ladder version ${run.ladderVersion} has no step ${step}`)
  const dueAt = etx.now - firing.late
  const called = await findCalled(etx, alert, ladder, step, takers)
  const targets = { via: called.via, told: called.holders.map(personOf), vacant: called.vacant.map(placeOf), webhooks: called.webhooks }
  await insertStep(etx.tx, { runId: run.id, step, dueAt, firedAt: etx.now, targets })
  await failPoint('escalate.step_written')
  await advanceRun(etx.tx, run.id, step + 1, firing.nextDueAt)
  await failPoint('escalate.run_advanced')
  const [card] = await publishCards(etx, [alert.id])
  if (card === undefined) throw new Error(`alert ${alert.id} has no card`)
  const deliveries = deliveriesOf(etx, alert, card, planned, step, called)
  await insertDeliveries(etx.tx, { alertId: alert.id, runId: run.id, step, dueAt: etx.now }, deliveries, etx.now)
  await failPoint('escalate.deliveries_written')
  await writeNotes(etx, alert, firing, dueAt, called)
  await failPoint('escalate.notes_written')
  etx.feed.add({ topic: 'timeline', regionCode: alert.regionCode, regionPath: alert.regionPath, payload: { alertId: alert.id } })
  if (deliveries.length > 0) etx.bells.add('notify')
}

/** The alert that carries the run's ticket where that is another one: what runs since before a ticket had one ladder stops (domain.md 4.1-3). */
function carrierBeside(alert: Alert, standing: readonly StandingAlert[]): string | null {
  const carrier = carrierOf(standing, new Set(standing.filter(({ isRunning }) => isRunning).map(({ id }) => id)))
  return carrier === null || carrier.id === alert.id ? null : carrier.id
}

async function stopCovered(etx: EngineTx, alert: Alert, by: string): Promise<void> {
  await stopRuns(etx.tx, [{ alertId: alert.id, at: etx.now, why: 'covered' }])
  await insertTransitions(etx.tx, [noteOf(etx, alert, coveredInWords(by), { kind: 'covered', coveredBy: by })])
  await publishMoves(etx, [{ alert, hasChanged: true, hasLine: true }])
}

/** Takes what is due of one run; false when nothing is. */
async function takeStep(etx: EngineTx): Promise<boolean> {
  const run = await lockDueRun(etx.tx, etx.now)
  if (run === undefined) return false
  await failPoint('escalate.locked')
  const alert = await loadAlert(etx.tx, run.alertId)
  if (alert === undefined) throw new Error(`escalation ${run.id} has no alert`)
  const standing = alert.ticketKey === null ? [] : await loadTicketStanding(etx.tx, alert.id)
  const carrier = carrierBeside(alert, standing)
  if (carrier !== null) {
    await stopCovered(etx, alert, carrier)
    return true
  }
  const ladder = ladderOf(await laddersOf(etx, run.ladderVersion), alert)
  const decision = decideEscalation(run, ladder, alert, etx.now)
  switch (decision.kind) {
    case 'fire':
      await fireStep(etx, run, alert, ladder, decision, new Set([alert, ...standing].map(({ ackedBy }) => ackedBy)))
      break
    case 'wait':
      await advanceRun(etx.tx, run.id, run.nextStep, decision.until)
      break
    case 'stop':
      await stopRuns(etx.tx, [{ alertId: run.alertId, at: etx.now, why: decision.why }])
      break
  }
  return true
}

/**
 * Takes every step that is due at `now`, each in a transaction of its own, the longest due first, at most `limit`; returns how many runs were
 * looked at. Several workers may run it at once: nobody takes a step twice (invariants 6 and 8). When the limit is reached the bell rings again.
 */
export async function runEscalate(engine: Engine, now: Instant, { limit = 200 }: { readonly limit?: number } = {}): Promise<number> {
  let taken = 0
  while (taken < limit && (await inEngineTransaction(engine, now, takeStep))) {
    taken += 1
    await failPoint('escalate.committed')
  }
  if (taken === limit) engine.ring('escalate')
  return taken
}
