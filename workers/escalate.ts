import type { Alert } from '../core/domain/alert/alert.ts'
import { carrierOf } from '../core/domain/alert/ticket-level.ts'
import { ladderOf } from '../core/domain/escalation/deadlines.ts'
import { decideEscalation } from '../core/domain/escalation/decide-escalation.ts'
import { decideHandling, handlingStepOf } from '../core/domain/escalation/handling.ts'
import { type EscalationDecision, type Ladder, ladderForOwners, ladderForTicket, type LadderStep } from '../core/domain/escalation/ladder.ts'
import { type Calling, callingOrder, type Holder, type Position, positionsOf, reach } from '../core/domain/escalation/position.ts'
import { coveredInWords, stepInWords, vacancyInWords } from '../core/domain/escalation/step-words.ts'
import { isUrgent } from '../core/domain/notification/send-limit.ts'
import { type Instant, MINUTE } from '../core/domain/time.ts'
import { CANARY } from '../core/domain/vocabulary.ts'
import { publishCards, publishMoves } from '../core/engine/alert-card.ts'
import { laddersOf } from '../core/engine/alert-runs.ts'
import { canaryPages } from '../core/engine/canary.ts'
import type { Engine, EngineTx } from '../core/engine/context.ts'
import { takeHandlingOver } from '../core/engine/handling.ts'
import { findOnCall } from '../core/engine/on-call.ts'
import { hideIfQuiet, wakeOne } from '../core/engine/quiet-windows.ts'
import { tellVacancies } from '../core/engine/roster-gaps.ts'
import { inEngineTransaction } from '../core/engine/transaction.ts'
import { failPoint } from '../core/platform/fail-point.ts'
import { loadAlert, loadTicketStanding, type StandingAlert } from '../core/store/alert-store.ts'
import { loadCalled } from '../core/store/handover-store.ts'
import { advanceRun, endHandover, insertStep, loadRound, lockDueRun, stopHandling, type StoredRun, stopRuns } from '../core/store/escalation-store.ts'
import { insertDeliveries } from '../core/store/outbox-store.ts'
import { isSkipLevelTicket } from '../core/store/ticket-store.ts'
import { insertTransitions, type NewTransition } from '../core/store/transition-store.ts'
import { findWebhooksFor } from '../core/store/webhook-store.ts'
import { type Called, deliveriesOf } from '../core/engine/step-deliveries.ts'

/** One call of a run: which step, for what, whom it may reach in which order, and where the run stands after it. */
interface RunCall {
  readonly step: number
  /** 0 for the step itself. */
  readonly round: number
  readonly as: 'step' | 'reminder' | 'handling' | 'handover'
  readonly channels: LadderStep['channels']
  readonly order: readonly Calling[]
  /** Users who are left out: they have answered a lower colour, or were called a moment ago. */
  readonly without: ReadonlySet<string | null>
  readonly callsEndpoints: boolean
  readonly dueAt: Instant
  readonly next: Pick<StoredRun, 'nextStep' | 'remindedAt' | 'dueAt'>
}

async function findCalled(etx: EngineTx, alert: Alert, { order, without, channels, callsEndpoints }: RunCall): Promise<Called> {
  const holders = await findOnCall(
    etx.tx,
    order.flatMap((calling) => calling.positions),
    { zone: etx.engine.zone, calendar: etx.settings.calendar.body },
    etx.now,
  )
  const reached = reach(order, holders)
  await tellVacancies(etx, reached)
  const webhooks = callsEndpoints && channels.includes('webhook') ? await findWebhooksFor(etx.tx, alert.regionPath) : []
  return { ...reached, holders: reached.holders.filter((holder) => !without.has(holder.userId)), webhooks }
}

const placeOf = ({ role, regionCode }: Position) => ({ role, regionCode })
const personOf = (holder: Holder) => ({ ...placeOf(holder), userId: holder.userId, name: holder.name, why: holder.why })

function noteOf(etx: EngineTx, alert: Alert, reason: string, detail: Record<string, unknown>): NewTransition {
  return { alertId: alert.id, at: etx.now, actor: { kind: 'engine' }, move: 'note', from: alert, to: alert, reason, detail, client: 'engine' }
}

async function writeNotes(etx: EngineTx, alert: Alert, call: RunCall, called: Called): Promise<void> {
  const { step, round, dueAt } = call
  const lateMs = etx.now - dueAt
  const told = called.holders.map(personOf)
  const { via, holders, vacant } = called
  const webhooks = called.webhooks.length
  const as = call.as === 'step' ? {} : { as: call.as }
  const fired = noteOf(etx, alert, stepInWords({ step, lateMs, via, holders, webhooks, ...as }), {
    kind: call.as,
    step,
    round,
    dueAt,
    firedAt: etx.now,
    lateMs,
    via,
    told,
    webhooks,
  })
  const unfilled = { kind: 'config', step, via, vacant: vacant.map(placeOf) }
  // What is vacant was told with the step: a reminder does not say it again.
  const isVacancy = vacant.length > 0 && call.as !== 'reminder'
  const vacancy = isVacancy ? [noteOf(etx, alert, vacancyInWords(vacant, etx.engine.tree), unfilled)] : []
  await insertTransitions(etx.tx, [fired, ...vacancy])
}

/** One fact, one transaction: the call as made, its deliveries, its notes, the next due time (invariant 6). */
async function makeCall(etx: EngineTx, run: StoredRun, alert: Alert, call: RunCall): Promise<void> {
  const { step, round, dueAt } = call
  const called = await findCalled(etx, alert, call)
  const targets = { via: called.via, told: called.holders.map(personOf), vacant: called.vacant.map(placeOf), webhooks: called.webhooks }
  // Written down already: the run stood behind its record, and nobody is called twice.
  if (!(await insertStep(etx.tx, { runId: run.id, step, round, dueAt, firedAt: etx.now, targets }))) return advanceRun(etx.tx, run.id, call.next)
  await failPoint('escalate.step_written')
  await advanceRun(etx.tx, run.id, call.next)
  await failPoint('escalate.run_advanced')
  const [card] = await publishCards(etx, [alert.id])
  if (card === undefined && alert.kind !== CANARY) throw new Error(`alert ${alert.id} has no card`)
  const deliveries = card === undefined ? await canaryPages(etx, alert.id, step) : await deliveriesOf(etx, alert, card, call, called)
  await insertDeliveries(etx.tx, { alertId: alert.id, runId: run.id, step, round, dueAt: etx.now, isUrgent: isUrgent(alert.severity) }, deliveries, etx.now)
  await failPoint('escalate.deliveries_written')
  if (call.as === 'step' || deliveries.length > 0) await writeNotes(etx, alert, call, called)
  await failPoint('escalate.notes_written')
  if (card !== undefined) etx.feed.add({ topic: 'timeline', regionCode: alert.regionCode, regionPath: alert.regionPath, payload: { alertId: alert.id } })
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

/** A person or endpoint that a step called this short before a reminder is not reminded of it. */
const JUST_NOW = MINUTE

/** What the run makes of its decision: a call, or where it stands without one. */
async function callOf(etx: EngineTx, run: StoredRun, alert: Alert, ladder: Ladder, decision: Exclude<EscalationDecision, { kind: 'stop' | 'wait' }>): Promise<RunCall> {
  const { tree } = etx.engine
  if (decision.kind === 'fire') {
    const { step, late, nextDueAt } = decision
    const standing = await loadTicketStanding(etx.tx, alert.id)
    // Whoever took the lower colour is not paged again, unless it is orange or red by now (domain.md 7.2).
    const without = new Set<string | null>(alert.severity >= 3 ? [] : [alert, ...standing].map(({ ackedBy }) => ackedBy))
    const next = { nextStep: step + 1, remindedAt: run.remindedAt, dueAt: nextDueAt }
    const channels = ladder.steps[step]?.channels ?? []
    return { step, round: 0, as: 'step', channels, order: callingOrder(ladder, step, alert.regionCode, tree), without, callsEndpoints: true, dueAt: etx.now - late, next }
  }
  const { step, dueAt, nextDueAt } = decision
  const { round, justCalled, hasJustFired } = await loadRound(etx.tx, run.id, etx.now - JUST_NOW)
  const targets = ladder.steps.slice(0, step + 1).flatMap((planned) => planned.targets)
  const order: Calling[] = [{ via: 'step', positions: positionsOf(targets, alert.regionCode, tree) }]
  const next = { nextStep: run.nextStep, remindedAt: dueAt, dueAt: nextDueAt }
  return { step, round, as: 'reminder', channels: ladder.reminder?.channels ?? [], order, without: new Set(justCalled), callsEndpoints: !hasJustFired, dueAt, next }
}

/** At a change of shift whoever comes on is told at once of what the steps so far have called for; the ladder's own times stay (domain.md 7.6, S-12). */
async function tellIncoming(etx: EngineTx, run: StoredRun, alert: Alert, ladder: Ladder, dueAt: Instant | null): Promise<void> {
  const step = run.nextStep - 1
  const { round } = await loadRound(etx.tx, run.id, etx.now)
  const targets = ladder.steps.slice(0, step + 1).flatMap((planned) => planned.targets)
  const order: Calling[] = [{ via: 'step', positions: positionsOf(targets, alert.regionCode, etx.engine.tree) }]
  const without = new Set(await loadCalled(etx.tx, run.id))
  const next = { nextStep: run.nextStep, remindedAt: run.remindedAt, dueAt }
  await endHandover(etx.tx, run.id)
  await makeCall(etx, run, alert, { step, round, as: 'handover', channels: ladder.steps[step]?.channels ?? [], order, without, callsEndpoints: false, dueAt: run.handoverAt ?? etx.now, next })
}

/** What a run that asks for an answer does. */
async function takeAnswerRun(etx: EngineTx, run: StoredRun, alert: Alert, ladder: Ladder): Promise<void> {
  const decision = decideEscalation(run, ladder, alert, etx.now)
  const isAtRest = decision.kind === 'wait' || (decision.kind === 'stop' && decision.why === 'exhausted')
  if (run.handoverAt !== null && run.handoverAt <= etx.now && isAtRest) return tellIncoming(etx, run, alert, ladder, decision.kind === 'wait' ? decision.until : null)
  if (decision.kind === 'stop') return stopRuns(etx.tx, [{ alertId: run.alertId, at: etx.now, why: decision.why }])
  if (decision.kind === 'wait') return advanceRun(etx.tx, run.id, { ...run, dueAt: decision.until })
  return makeCall(etx, run, alert, await callOf(etx, run, alert, ladder, decision))
}

/** What a run whose handling limit has passed does: it calls for a plan. */
async function takeHandlingRun(etx: EngineTx, run: StoredRun, alert: Alert, ladder: Ladder): Promise<void> {
  const decision = decideHandling(run, ladder, alert, etx.now)
  const planned = handlingStepOf(ladder, run.nextStep)
  if (decision.kind === 'stop') return stopHandling(etx.tx, [{ alertId: run.alertId, at: etx.now, why: decision.why, outcome: '' }])
  if (decision.kind === 'wait' || planned === undefined) return advanceRun(etx.tx, run.id, { ...run, dueAt: decision.kind === 'wait' ? decision.until : null })
  const { tree } = etx.engine
  const isStep = run.nextStep < ladder.steps.length
  const own: Calling = { via: 'step', positions: positionsOf(planned.targets, alert.regionCode, tree) }
  const order = isStep ? callingOrder(ladder, run.nextStep, alert.regionCode, tree) : [own, ...callingOrder(ladder, ladder.steps.length, alert.regionCode, tree)]
  const { round } = await loadRound(etx.tx, run.id, etx.now)
  const next = { nextStep: run.nextStep, remindedAt: decision.dueAt, dueAt: decision.nextDueAt }
  await makeCall(etx, run, alert, { step: run.nextStep, round, as: 'handling', channels: planned.channels, order, without: new Set(), callsEndpoints: true, dueAt: decision.dueAt, next })
}

/** Runs that cannot be taken just now, and the one being taken. */
interface Pass {
  readonly stuck: string[]
  runId: string | null
  fault: unknown
}

/** Takes what is due of one run; false when nothing is. */
async function takeStep(etx: EngineTx, pass: Pass): Promise<boolean> {
  pass.runId = null
  const run = await lockDueRun(etx.tx, etx.now, pass.stuck)
  if (run === undefined) return false
  pass.runId = run.id
  await failPoint('escalate.locked')
  const alert = await loadAlert(etx.tx, run.alertId)
  if (alert === undefined) throw new Error(`escalation ${run.id} has no alert`)
  const carrier = alert.ticketKey === null || run.purpose === 'handling' ? null : carrierBeside(alert, await loadTicketStanding(etx.tx, alert.id))
  if (carrier !== null) {
    await stopCovered(etx, alert, carrier)
    return true
  }
  if (run.purpose === 'answer' && (await hideIfQuiet(etx, alert))) return true
  const isSkipLevel = alert.ticketKey !== null && (await isSkipLevelTicket(etx.tx, alert.ticketKey))
  const ladder = ladderForOwners(ladderForTicket(ladderOf(await laddersOf(etx, run.ladderVersion), alert, etx.engine.zone), isSkipLevel), alert.facts)
  await (run.purpose === 'answer' ? takeAnswerRun : takeHandlingRun)(etx, run, alert, ladder)
  return true
}

/** One run that cannot be taken must not keep the others waiting: it is passed over until the next call of the duty. */
async function takeOrPass(engine: Engine, now: Instant, pass: Pass): Promise<boolean> {
  try {
    const isTaken = await inEngineTransaction(engine, now, (etx) => takeStep(etx, pass))
    if (isTaken) await failPoint('escalate.committed')
    return isTaken
  } catch (error) {
    if (pass.runId === null) throw error
    engine.log.error({ err: error, runId: pass.runId }, 'a ladder could not be taken further')
    pass.stuck.push(pass.runId)
    pass.fault ??= error
    return true
  }
}

/**
 * Wakes what windows no longer hide, acts on every handling limit that has passed by `now`, then takes every step and reminder that is due, each in a transaction of its own, the longest due
 * first, at most `limit`; returns how many limits and runs were looked at. Several workers may run it at once: nobody takes a step twice (invariants 6 and 8). When the limit is reached the bell rings again.
 * @throws what the first ladder that could not be taken failed with, after all others were
 */
export async function runEscalate(engine: Engine, now: Instant, { limit = 200 }: { readonly limit?: number } = {}): Promise<number> {
  let taken = 0
  while (taken < limit && (await inEngineTransaction(engine, now, wakeOne))) taken += 1
  while (taken < limit && (await inEngineTransaction(engine, now, takeHandlingOver))) taken += 1
  const pass: Pass = { stuck: [], runId: null, fault: null }
  while (taken < limit && (await takeOrPass(engine, now, pass))) taken += 1
  if (taken === limit) engine.ring('escalate')
  if (pass.fault !== null) throw pass.fault
  return taken
}
