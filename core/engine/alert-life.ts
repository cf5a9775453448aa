import { Temporal } from 'temporal-polyfill'
import type { Actor, Alert, MoveRequest, TransitionResult } from '../domain/alert/alert.ts'
import { lowerColour } from '../domain/alert/guards.ts'
import { answeredWith } from '../domain/alert/ticket-level.ts'
import { transition } from '../domain/alert/transition.ts'
import { withDeadlines } from '../domain/escalation/deadlines.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertState } from '../domain/vocabulary.ts'
import { findOpenTwin, insertAlerts, loadTicketKeys, lockAlerts, updateAlerts, updateProposal } from '../store/alert-store.ts'
import { recheckSuppressed } from '../store/case-store.ts'
import { failPoint } from '../platform/fail-point.ts'
import { insertTransitions, loadUserName } from '../store/transition-store.ts'
import { recordLimits } from './alert-limits.ts'
import { applyRuns, changeOfMove, endHandling, firstDueAt, type MovedAlert, type RunChange } from './alert-runs.ts'
import type { EngineTx } from './context.ts'
import { noteLateAcknowledgement } from './late-acknowledgement.ts'
import { type AlertSpec, newAlert } from './new-alert.ts'
import { settleReviews } from './review-gate.ts'
import { closeBook, openBook, publish, settlePages, type TicketBook } from './ticket-book.ts'

const isOfTicket = ({ kind, ticketKey }: Pick<Alert, 'kind' | 'ticketKey'>): boolean => kind === 'abnormal' && ticketKey !== null

/**
 * Raises many alerts in a number of statements that does not grow with theirs, each with its `open` transition and its feed row, and the ladders of
 * cases and tickets that they ask for; in the order given. With a `book` that holds their tickets, pages and feed rows wait for {@link closeBook}.
 */
export async function openAlerts(etx: EngineTx, specs: readonly AlertSpec[], book?: TicketBook): Promise<Alert[]> {
  if (specs.length === 0) return []
  const held = book ?? (await openBook(etx, specs.filter(isOfTicket).map(({ ticketKey }) => ticketKey ?? '')))
  const ladders = etx.settings.ladders.body
  const raised = specs.map((spec) => newAlert(etx, spec, ladders))
  const ids = await insertAlerts(
    etx.tx,
    raised.map((alert, index) => {
      const province = etx.engine.tree.atLevel(alert.regionCode, 'province')
      return {
        alert,
        parameters: specs[index]?.parameters ?? {},
        provinceCode: province?.level === 'province' ? province.code : null,
        runDueAt: (alert.state === 'open' && !isOfTicket(alert)) || typeof specs[index]?.late?.together === 'number' ? firstDueAt(etx, ladders, alert, alert.severitySince) : null,
        reason: specs[index]?.reason ?? alert.ruleId,
      }
    }),
  )
  await failPoint('alert.inserted')
  const alerts = raised.map((alert, index) => ({ ...alert, id: ids[index] ?? '' }))
  await recordLimits(etx, alerts.map((after) => ({ before: null, after, move: 'open', at: after.openedAt })))
  for (const alert of alerts) {
    held.note(alert, alert.openedAt)
    held.told.push({ alert, hasChanged: true, hasLine: false })
  }
  if (alerts.some((alert) => alert.state === 'open' || alert.isLateDetected)) etx.bells.add('escalate')
  if (book === undefined) await closeBook(etx, held)
  await failPoint('alert.opened')
  return alerts
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
  /** The alert by whose acknowledgement this one of the same ticket is acknowledged, or null. */
  readonly with: string | null
  readonly result: Extract<TransitionResult, { ok: true }>
}

function detailOf({ before, after, request, with: withAlert }: AllowedMove, actor: Actor): Record<string, unknown> {
  return {
    ...(withAlert === null ? {} : { with: withAlert }),
    ...(request.move === 'approve_downgrade' && actor.kind === 'user' ? { role: actor.role, approves: lowerColour({ alert: before, request }) } : {}),
    ...(request.move === 'propose_downgrade' ? { proposes: after.proposedSeverity } : {}),
    ...(request.caseId === undefined ? {} : { caseId: request.caseId }),
    ...(request.windowId === undefined ? {} : { windowId: request.windowId }),
    ...(request.because === undefined ? {} : { because: request.because }),
    ...(request.cause === undefined ? {} : { cause: request.cause }),
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
  await recordLimits(etx, moves.filter(hasChanged).map(({ before, after, request, at }) => ({ before, after, move: request.move, at })))
  const lines = moves.map((move) => {
    const { before, after, request, at } = move
    const detail = detailOf(move, actor)
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

/** A case that ends or is mitigated no longer speaks for its tickets: those whose alerts it suppressed are judged again (domain.md 4.1-6, 7.1). */
async function releaseTickets(etx: EngineTx, { before, after, at }: MovedAlert): Promise<void> {
  const speaks = (state: AlertState) => ['open', 'acknowledged', 'handling'].includes(state)
  if (after.kind !== 'risk' || !speaks(before.state) || speaks(after.state)) return
  if ((await recheckSuppressed(etx.tx, after.id, at)) > 0) etx.bells.add('timers')
}

const UNKNOWN: Refusal = { ok: false, code: 'out_of_scope', detail: 'there is no such alert in your scope' }

async function decide(etx: EngineTx, before: Alert, ladders: LadderSet, order: MoveOrder, actor: Actor): Promise<AllowedMove | Refusal> {
  const { request, at } = order
  const result = transition(before, request, actor, at)
  if (!result.ok) return named(etx, result)
  const twin = request.move === 'reopen_alert' ? await findOpenTwin(etx.tx, before.id) : null
  if (twin !== null) return { ok: false, code: 'illegal_move', detail: `alert ${twin} is open for the same rule and ticket` }
  const after = result.alert === before ? before : withDeadlines(before, result.alert, ladders, etx.engine.zone, at)
  return { before, after, at, ladders, request, with: null, result: { ...result, alert: after } }
}

/** The alerts of the ticket that a person answers with the one whose card he took (domain.md 4.1-3): same person, same instant, same words. */
async function acknowledgedWith(
  etx: EngineTx,
  book: TicketBook,
  move: AllowedMove,
  actor: Actor,
  held: ReadonlyMap<string, unknown>,
): Promise<AllowedMove[]> {
  if (move.request.move !== 'ack' || !isOfTicket(move.after)) return []
  const moves: AllowedMove[] = []
  // What has an order of its own is answered by that.
  for (const other of answeredWith(move.before, book.alertsOf(move.after.ticketKey)).filter(({ id }) => !held.has(id))) {
    const order = { alertId: other.id, request: move.request, at: move.at }
    const decided = await decide(etx, other, await book.laddersOf(etx, other.ladderVersion), order, actor)
    if ('result' in decided) moves.push({ ...decided, with: move.after.id })
  }
  return moves
}

/** The id as it is stored, or null for what can be none. */
const storedId = (alertId: string): string | null => (/^\d{1,18}$/.test(alertId) ? String(BigInt(alertId)) : null)

/** Locks the alerts of orders and returns them by their ids, each with the ladders that it started with. */
async function hold(etx: EngineTx, orders: readonly MoveOrder[], book: TicketBook): Promise<Map<string, { before: Alert; ladders: LadderSet }>> {
  const ids = orders.map(({ alertId }) => storedId(alertId)).filter((id) => id !== null)
  if (new Set(ids).size < ids.length) throw new RangeError('an alert moves at most once at a time')
  const alerts = ids.length === 0 ? [] : await lockAlerts(etx.tx, ids)
  const ladders = new Map<number, LadderSet>()
  for (const version of new Set(alerts.map(({ ladderVersion }) => ladderVersion))) ladders.set(version, await book.laddersOf(etx, version))
  return new Map(alerts.map((before) => [before.id, { before, ladders: ladders.get(before.ladderVersion) as LadderSet }]))
}

/** The ladders of cases and, once for each of these tickets, of tickets, in the order of the moves. */
async function applyMoves(etx: EngineTx, moves: readonly AllowedMove[], book: TicketBook, keys: readonly string[]): Promise<void> {
  const { changes, told } = await settlePages(etx, book, keys)
  const left = new Map(keys.map((key) => [key, changes.filter(({ alertId }) => book.alertsOf(key).some(({ id }) => id === alertId))]))
  const inOrder = moves.filter(hasChanged).flatMap((move): readonly RunChange[] => {
    if (!isOfTicket(move.after)) return changeOfMove(move)
    const own = left.get(move.after.ticketKey ?? '') ?? []
    left.delete(move.after.ticketKey ?? '')
    return own
  })
  await applyRuns(etx, inOrder)
  book.told.push(...told)
}

/** Decides the orders one after the other; what is allowed is known to the book at once. */
async function decideAll(etx: EngineTx, orders: readonly MoveOrder[], actor: Actor, book: TicketBook) {
  const held = await hold(etx, orders, book)
  const results: TransitionResult[] = []
  const moves: AllowedMove[] = []
  for (const order of orders) {
    const found = held.get(storedId(order.alertId) ?? '')
    const decided = found === undefined ? UNKNOWN : await decide(etx, found.before, found.ladders, order, actor)
    results.push('result' in decided ? decided.result : decided)
    if (!('result' in decided)) continue
    const made = [decided, ...(await acknowledgedWith(etx, book, decided, actor, held))]
    for (const { after, at } of made) book.note(after, at)
    moves.push(...made)
  }
  return { results, moves }
}

/** The tickets of what is to be moved. */
async function ticketsOf(etx: EngineTx, orders: readonly MoveOrder[]): Promise<readonly string[]> {
  const ids = orders.map(({ alertId }) => storedId(alertId)).filter((id) => id !== null)
  return ids.length === 0 ? [] : loadTicketKeys(etx.tx, ids)
}

/**
 * Makes moves on alerts under their row locks, each alert at most once: transition rows, ladders, outbox and feed rows, in this transaction, as if
 * the moves were made one after the other in the order given, at a cost in statements that does not grow with their number; or says of each why
 * not. A refused one costs only itself; an unknown id is refused like one out of scope. Of other alerts a reopening sees what stood before all the
 * moves, a case that ends what stands after them, the pages of a ticket what all the moves made of it. An acknowledgement answers what its alert covers too. `client`
 * says from where: `desk`, `wall`, `api`, `engine`. With a `book` that holds the tickets, their pages and feed rows wait for {@link closeBook}.
 */
export async function moveAlerts(
  etx: EngineTx,
  orders: readonly MoveOrder[],
  actor: Actor,
  client: string,
  book?: TicketBook,
): Promise<TransitionResult[]> {
  if (orders.length === 0) return []
  const held = book ?? (await openBook(etx, await ticketsOf(etx, orders)))
  const { results, moves } = await decideAll(etx, orders, actor, held)
  await store(etx, moves, actor, client)
  await failPoint('alert.moved')
  held.told.push(...moves.map((move) => ({ alert: move.after, hasChanged: hasChanged(move), hasLine: true })))
  await endHandling(etx, moves)
  await applyMoves(etx, moves, held, book === undefined ? held.ticketKeys : [])
  for (const move of moves) await releaseTickets(etx, move)
  await settleReviews(etx, moves)
  if (book === undefined) await publish(etx, held.told)
  return results
}

/** Makes one move on one alert as of `etx.now`; see {@link moveAlerts}. Who acknowledges after another is refused and stands in its history. */
export async function moveAlert(etx: EngineTx, alertId: string, request: MoveRequest, actor: Actor, client: string): Promise<TransitionResult> {
  const [result] = await moveAlerts(etx, [{ alertId, request, at: etx.now }], actor, client)
  if (result === undefined) throw new Error('a move was asked for and none was decided')
  if (!result.ok) await noteLateAcknowledgement(etx, alertId, result, actor, client)
  return result
}
