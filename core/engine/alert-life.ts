import { Temporal } from 'temporal-polyfill'
import type { Actor, Alert, MoveRequest, TransitionResult } from '../domain/alert/alert.ts'
import { lowerColour } from '../domain/alert/guards.ts'
import { transition } from '../domain/alert/transition.ts'
import { ladderOf, withDeadlines } from '../domain/escalation/deadlines.ts'
import { stepDueAt } from '../domain/escalation/decide-escalation.ts'
import type { EscalationRun, LadderSet } from '../domain/escalation/ladder.ts'
import { planRun } from '../domain/escalation/plan-run.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertKind, AlertState, Severity } from '../domain/vocabulary.ts'
import { findOpenTwin, insertAlerts, lockAlert, updateAlert, updateProposal } from '../store/alert-store.ts'
import { recheckSuppressed } from '../store/case-store.ts'
import { insertRun, loadRun, retimeRun, stopRun } from '../store/escalation-store.ts'
import { cancelWaiting } from '../store/outbox-store.ts'
import { insertTransition, loadUserName } from '../store/transition-store.ts'
import { publishCards } from './alert-card.ts'
import type { EngineTx } from './context.ts'
import { loadLadders } from './settings.ts'

/** What is needed to raise an alert; everything else follows from settings and the ladder. */
export interface AlertSpec {
  readonly kind: AlertKind
  readonly ruleId: string
  readonly severity: Severity
  readonly ticketKey: string | null
  readonly regionCode: string
  readonly facts: Readonly<Record<string, unknown>>
  /** Stamped on the alert: the parameters in force and their version (invariant 10). */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly ruleVersion: number
  /** Logical opening instant (the tick, or the exact timer instant), from which the ladder's T counts. */
  readonly openedAt: Instant
  /** A case that suppresses this alert: recorded, pages nobody (domain.md 4.1-6). */
  readonly suppressedBy: string | null
  /** First line of its history: the numbers that fired it; the rule's id when left out. */
  readonly reason?: string
}

function newAlert(etx: EngineTx, spec: AlertSpec, ladders: LadderSet): Omit<Alert, 'id'> {
  const node = etx.engine.tree.get(spec.regionCode)
  if (node === undefined) throw new Error(`region ${spec.regionCode} is not in the tree: no alert can be raised there`)
  const { kind, ruleId, ruleVersion, severity, ticketKey, regionCode, facts, openedAt, suppressedBy } = spec
  const raised: Alert = {
    id: '',
    kind,
    ruleId,
    ruleVersion,
    ladderVersion: ladders.version,
    ticketKey,
    regionCode,
    regionPath: node.path,
    severity,
    state: suppressedBy === null ? 'open' : 'suppressed',
    facts,
    openedAt,
    severitySince: openedAt,
    ackedAt: null,
    ackedBy: null,
    ackedSeverity: null,
    ackDueAt: null,
    handleDueAt: null,
    mitigatedAt: null,
    endedAt: null,
    relapseCount: 0,
    suppressedBy,
    mergedInto: null,
    proposedSeverity: null,
    handlers: [],
    approvals: [],
    version: 1,
  }
  return withDeadlines(null, raised, ladders, openedAt)
}

const firstDueAt = (ladders: LadderSet, alert: Omit<Alert, 'id'>, startedAt: Instant): Instant | null =>
  stepDueAt({ startedAt, severity: alert.severity, nextStep: 0 }, ladderOf(ladders, alert), alert, 0)

/** Raises many alerts in two statements, each with its `open` transition, its ladder run (unless suppressed) and its feed row; in the order given. */
export async function openAlerts(etx: EngineTx, specs: readonly AlertSpec[]): Promise<Alert[]> {
  if (specs.length === 0) return []
  const ladders = etx.settings.ladders.body
  const alerts = specs.map((spec) => newAlert(etx, spec, ladders))
  const ids = await insertAlerts(
    etx.tx,
    alerts.map((alert, index) => {
      const province = etx.engine.tree.atLevel(alert.regionCode, 'province')
      return {
        alert,
        parameters: specs[index]?.parameters ?? {},
        provinceCode: province?.level === 'province' ? province.code : null,
        runDueAt: alert.state === 'open' ? firstDueAt(ladders, alert, alert.severitySince) : null,
        reason: specs[index]?.reason ?? alert.ruleId,
      }
    }),
  )
  await publishCards(etx, ids)
  if (alerts.some((alert) => alert.state === 'open')) etx.bells.add('escalate')
  return alerts.map((alert, index) => ({ ...alert, id: ids[index] ?? '' }))
}

/** Raises an alert with its `open` transition, its ladder run (unless suppressed) and its feed row, in this transaction. */
export async function openAlert(etx: EngineTx, spec: AlertSpec): Promise<Alert> {
  const [alert] = await openAlerts(etx, [spec])
  if (alert === undefined) throw new Error('an alert was asked for and none was raised')
  return alert
}

/** The ladders that a running alert started with, whatever is in force now (invariant 10). */
export const laddersOf = (etx: EngineTx, version: number): Promise<LadderSet> | LadderSet =>
  etx.settings.ladders.version === version ? etx.settings.ladders.body : loadLadders(etx.tx, version)

async function startRun(etx: EngineTx, alert: Alert, ladders: LadderSet): Promise<void> {
  await stopRun(etx.tx, alert.id, etx.now, 'restarted')
  await cancelWaiting(etx.tx, alert.id, 'restarted')
  await insertRun(etx.tx, alert.id, alert.severity, alert.ladderVersion, alert.severitySince, firstDueAt(ladders, alert, alert.severitySince))
  etx.bells.add('escalate')
}

async function retime(etx: EngineTx, alert: Alert, ladders: LadderSet): Promise<void> {
  const run = await loadRun(etx.tx, alert.id)
  if (run === undefined) return
  const lowered: EscalationRun = { ...run, severity: alert.severity }
  await retimeRun(etx.tx, run.id, alert.severity, stepDueAt(lowered, ladderOf(ladders, alert), alert, run.nextStep))
}

async function applyRun(etx: EngineTx, before: Alert, after: Alert, ladders: LadderSet): Promise<void> {
  const plan = planRun(before, after)
  switch (plan.kind) {
    case 'start':
      return startRun(etx, after, ladders)
    case 'retime':
      return retime(etx, after, ladders)
    case 'stop':
      await stopRun(etx.tx, after.id, etx.now, plan.why)
      // Acknowledge wins: what has not been handed to a provider by now never will be (invariant 9).
      return cancelWaiting(etx.tx, after.id, plan.why === 'acknowledged' ? 'acknowledged' : after.state)
    case 'keep':
      return
  }
}

function detailOf(before: Alert, after: Alert, request: MoveRequest, actor: Actor): Record<string, unknown> {
  return {
    ...(request.move === 'approve_downgrade' && actor.kind === 'user' ? { role: actor.role, approves: lowerColour({ alert: before, request }) } : {}),
    ...(request.move === 'propose_downgrade' ? { proposes: after.proposedSeverity } : {}),
    ...(request.caseId === undefined ? {} : { caseId: request.caseId }),
    ...(after.ackDueAt === before.ackDueAt ? {} : { ackDueAt: after.ackDueAt }),
    ...(after.handleDueAt === before.handleDueAt ? {} : { handleDueAt: after.handleDueAt }),
  }
}

async function store(etx: EngineTx, before: Alert, after: Alert, request: MoveRequest, actor: Actor, client: string): Promise<void> {
  const { tx, now } = etx
  const isChanged = after.version !== before.version
  if (isChanged && !(await updateAlert(tx, after, before.version))) throw new Error(`alert ${after.id} changed under its lock`)
  if (after.proposedSeverity !== before.proposedSeverity) await updateProposal(tx, after.id, after.proposedSeverity)
  const detail = detailOf(before, after, request, actor)
  await insertTransition(tx, {
    alertId: after.id,
    at: now,
    actor,
    move: request.move,
    from: before,
    to: after,
    reason: request.reason,
    detail,
    client,
  })
  etx.feed.add({ topic: 'timeline', regionCode: after.regionCode, regionPath: after.regionPath, payload: { alertId: after.id } })
}

/** The refusal with the first person's name in the place of his id. */
async function named(etx: EngineTx, refusal: Extract<TransitionResult, { ok: false }>): Promise<TransitionResult> {
  if (refusal.by === undefined) return refusal
  const name = (await loadUserName(etx.tx, refusal.by)) ?? refusal.by
  const since = refusal.at === undefined ? '' : ` at ${Temporal.Instant.fromEpochMilliseconds(refusal.at).toString()}`
  return { ...refusal, by: name, detail: `already acknowledged by ${name}${since}` }
}

const SPEAKS: readonly AlertState[] = ['open', 'acknowledged', 'handling']

/** A case that ends or is mitigated no longer speaks for its tickets: those whose alerts it suppressed are judged again (domain.md 4.1-6, 7.1). */
async function releaseTickets(etx: EngineTx, before: Alert, after: Alert): Promise<void> {
  if (after.kind !== 'risk' || !SPEAKS.includes(before.state) || SPEAKS.includes(after.state)) return
  if ((await recheckSuppressed(etx.tx, after.id, etx.now)) > 0) etx.bells.add('timers')
}

const UNKNOWN: TransitionResult = { ok: false, code: 'out_of_scope', detail: 'there is no such alert in your scope' }

/**
 * Makes one move on one alert under its row lock: transition row, ladder, outbox and feed row, in this transaction; or says why not.
 * An unknown id is refused like one out of scope. `client` says from where: `desk`, `wall`, `api`, `engine`.
 */
export async function moveAlert(etx: EngineTx, alertId: string, request: MoveRequest, actor: Actor, client: string): Promise<TransitionResult> {
  const before = /^\d{1,18}$/.test(alertId) ? await lockAlert(etx.tx, alertId) : undefined
  if (before === undefined) return UNKNOWN
  const result = transition(before, request, actor, etx.now)
  if (!result.ok) return named(etx, result)
  const twin = request.move === 'reopen_alert' ? await findOpenTwin(etx.tx, alertId) : null
  if (twin !== null) return { ok: false, code: 'illegal_move', detail: `alert ${twin} is open for the same rule and ticket` }
  const ladders = await laddersOf(etx, before.ladderVersion)
  const after = result.alert === before ? before : withDeadlines(before, result.alert, ladders, etx.now)
  await store(etx, before, after, request, actor, client)
  if (after !== before) {
    await applyRun(etx, before, after, ladders)
    await releaseTickets(etx, before, after)
    await publishCards(etx, [after.id])
  }
  return { ...result, alert: after }
}
