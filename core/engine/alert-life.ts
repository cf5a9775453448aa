import { Temporal } from 'temporal-polyfill'
import type { Actor, Alert, MoveRequest, TransitionResult } from '../domain/alert/alert.ts'
import { lowerColour } from '../domain/alert/guards.ts'
import { transition } from '../domain/alert/transition.ts'
import { withDeadlines } from '../domain/escalation/deadlines.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertKind, AlertState, Severity } from '../domain/vocabulary.ts'
import { findOpenTwin, insertAlerts, lockAlerts, updateAlerts, updateProposal } from '../store/alert-store.ts'
import { recheckSuppressed } from '../store/case-store.ts'
import { insertTransitions, loadUserName } from '../store/transition-store.ts'
import { publishCards, publishMoves } from './alert-card.ts'
import { applyRuns, firstDueAt, laddersOf, type MovedAlert } from './alert-runs.ts'
import type { EngineTx } from './context.ts'

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

/** What one alert is to do, and when. */
export interface MoveOrder {
  readonly alertId: string
  readonly request: MoveRequest
  readonly at: Instant
}

type Refusal = Extract<TransitionResult, { ok: false }>

/** A move that the transition table allows, before anything is written. */
interface AllowedMove extends MovedAlert {
  readonly request: MoveRequest
  readonly result: Extract<TransitionResult, { ok: true }>
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

/** A note leaves its alert as it stands. */
const hasChanged = ({ before, after }: MovedAlert): boolean => after !== before

/** Writes what the moves made of the alerts, and a line of history for each. */
async function store(etx: EngineTx, moves: readonly AllowedMove[], actor: Actor, client: string): Promise<void> {
  const changes = moves.filter(hasChanged).map(({ before, after }) => ({ after, expectedVersion: before.version }))
  const overtaken = await updateAlerts(etx.tx, changes)
  if (overtaken.length > 0) throw new Error(`alert ${overtaken.join(', ')} changed under its lock`)
  for (const { before, after } of moves) {
    if (after.proposedSeverity !== before.proposedSeverity) await updateProposal(etx.tx, after.id, after.proposedSeverity)
  }
  const lines = moves.map(({ before, after, request, at }) => {
    const detail = detailOf(before, after, request, actor)
    return { alertId: after.id, at, actor, move: request.move, from: before, to: after, reason: request.reason, detail, client }
  })
  await insertTransitions(etx.tx, lines)
}

/** The refusal with the first person's name in the place of his id. */
async function named(etx: EngineTx, refusal: Refusal): Promise<Refusal> {
  if (refusal.by === undefined) return refusal
  const name = (await loadUserName(etx.tx, refusal.by)) ?? refusal.by
  const since = refusal.at === undefined ? '' : ` at ${Temporal.Instant.fromEpochMilliseconds(refusal.at).toString()}`
  return { ...refusal, by: name, detail: `already acknowledged by ${name}${since}` }
}

const SPEAKS: readonly AlertState[] = ['open', 'acknowledged', 'handling']

/** A case that ends or is mitigated no longer speaks for its tickets: those whose alerts it suppressed are judged again (domain.md 4.1-6, 7.1). */
async function releaseTickets(etx: EngineTx, { before, after, at }: MovedAlert): Promise<void> {
  if (after.kind !== 'risk' || !SPEAKS.includes(before.state) || SPEAKS.includes(after.state)) return
  if ((await recheckSuppressed(etx.tx, after.id, at)) > 0) etx.bells.add('timers')
}

const UNKNOWN: Refusal = { ok: false, code: 'out_of_scope', detail: 'there is no such alert in your scope' }

async function decide(etx: EngineTx, before: Alert, ladders: LadderSet, order: MoveOrder, actor: Actor): Promise<AllowedMove | Refusal> {
  const { request, at } = order
  const result = transition(before, request, actor, at)
  if (!result.ok) return named(etx, result)
  const twin = request.move === 'reopen_alert' ? await findOpenTwin(etx.tx, before.id) : null
  if (twin !== null) return { ok: false, code: 'illegal_move', detail: `alert ${twin} is open for the same rule and ticket` }
  const after = result.alert === before ? before : withDeadlines(before, result.alert, ladders, at)
  return { before, after, at, ladders, request, result: { ...result, alert: after } }
}

/** The id as it is stored, or null for what can be none. */
const storedId = (alertId: string): string | null => (/^\d{1,18}$/.test(alertId) ? String(BigInt(alertId)) : null)

/** Locks the alerts of orders and returns them by their ids, each with the ladders that it started with. */
async function hold(etx: EngineTx, orders: readonly MoveOrder[]): Promise<Map<string, { before: Alert; ladders: LadderSet }>> {
  const ids = orders.map(({ alertId }) => storedId(alertId)).filter((id) => id !== null)
  if (new Set(ids).size < ids.length) throw new RangeError('an alert moves at most once at a time')
  const alerts = ids.length === 0 ? [] : await lockAlerts(etx.tx, ids)
  const ladders = new Map<number, LadderSet>()
  for (const version of new Set(alerts.map(({ ladderVersion }) => ladderVersion))) ladders.set(version, await laddersOf(etx, version))
  return new Map(alerts.map((before) => [before.id, { before, ladders: ladders.get(before.ladderVersion) as LadderSet }]))
}

/**
 * Makes moves on alerts under their row locks, each alert at most once: transition rows, ladders, outbox and feed rows, in this transaction, as if
 * the moves were made one after the other in the order given, at a cost in statements that does not grow with their number; or says of each why
 * not. A refused one costs only itself; an unknown id is refused like one out of scope. Of other alerts a reopening sees what stood before all the
 * moves, a case that ends what stands after them. `client` says from where: `desk`, `wall`, `api`, `engine`.
 */
export async function moveAlerts(etx: EngineTx, orders: readonly MoveOrder[], actor: Actor, client: string): Promise<TransitionResult[]> {
  const held = await hold(etx, orders)
  const results: TransitionResult[] = []
  const moves: AllowedMove[] = []
  for (const order of orders) {
    const found = held.get(storedId(order.alertId) ?? '')
    const decided = found === undefined ? UNKNOWN : await decide(etx, found.before, found.ladders, order, actor)
    if ('result' in decided) moves.push(decided)
    results.push('result' in decided ? decided.result : decided)
  }
  await store(etx, moves, actor, client)
  await applyRuns(etx, moves.filter(hasChanged))
  for (const move of moves) await releaseTickets(etx, move)
  await publishMoves(
    etx,
    moves.map((move) => ({ alert: move.after, hasChanged: hasChanged(move) })),
  )
  return results
}

/** Makes one move on one alert as of `etx.now`; see {@link moveAlerts}. */
export async function moveAlert(etx: EngineTx, alertId: string, request: MoveRequest, actor: Actor, client: string): Promise<TransitionResult> {
  const [result] = await moveAlerts(etx, [{ alertId, request, at: etx.now }], actor, client)
  if (result === undefined) throw new Error('a move was asked for and none was decided')
  return result
}
