import type { AlertCard, AlertDetail, TicketCard } from '../contract/alerts.ts'
import { checkRefusal } from '../domain/abnormal/check.ts'
import { may } from '../domain/access.ts'
import type { Actor, Alert } from '../domain/alert/alert.ts'
import { allowedMoves } from '../domain/alert/transition.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { CANARY } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { loadCheck } from '../store/alert-check-store.ts'
import { type CardFilter, type CardRow, loadCardRow, loadCardRows, loadCardRowsOf } from '../store/alert-card-store.ts'
import { CLOCKS } from '../domain/ticket/clocks/catalogue.ts'
import { countLinkedTickets, loadDeliveries, loadFacts, loadLinkedTickets, loadReadings } from '../store/alert-detail-store.ts'
import { loadAlert } from '../store/alert-store.ts'
import { loadTransitions } from '../store/transition-store.ts'
import type { EngineTx } from './context.ts'

const TICKETS_SHOWN = 200
const READINGS_SHOWN = 1_000

function toCard({ regionPath: _, rules: _rules, place: _place, ...card }: CardRow): AlertCard {
  return card
}

/** A card with its rules where it stands for a ticket. */
const toTicketCard = (row: CardRow): TicketCard => ({ ...toCard(row), ...(row.rules ? { rules: [...row.rules] } : {}) })

/** The cards of a scope in the order of the desk: next deadline, then colour. Live and ended ones unless the filter says. */
export async function loadCards(sql: Sql, scope: Scope, filter: CardFilter = {}): Promise<TicketCard[]> {
  return (await loadCardRows(sql, scope, filter)).map(toTicketCard)
}

/** The cards of the alerts named, for the engine. */
export async function cardOf(sql: Sql, ids: readonly string[]): Promise<AlertCard[]> {
  return (await loadCardRowsOf(sql, ids)).map(toCard)
}

function addCard(etx: EngineTx, row: CardRow): void {
  etx.feed.add({ topic: 'alert', regionCode: row.regionCode, regionPath: row.regionPath, payload: toCard(row) })
}

/**
 * Puts the cards of these alerts, as they stand now, in line for the feed. To be called again after a change of what a card shows beside
 * the alert itself (a case's counts): a later card of the same alert replaces the earlier one of the transaction. Returns the cards.
 */
export async function publishCards(etx: EngineTx, ids: readonly string[]): Promise<AlertCard[]> {
  if (ids.length === 0) return []
  const rows = await loadCardRowsOf(etx.tx, ids)
  for (const row of rows) addCard(etx, row)
  return rows.map(toCard)
}

/** What of an alert has changed for those who look at it. */
export interface Publication {
  readonly alert: Alert
  /** Its card shows something else than before. */
  readonly hasChanged: boolean
  /** Its timeline has grown; an alert that is new to everybody is told by its card alone. */
  readonly hasLine: boolean
}

/** Puts in line for the feed, alert by alert in the order given, that its timeline has grown and, where it has changed, its card as it stands now. */
export async function publishMoves(etx: EngineTx, moved: readonly Publication[]): Promise<void> {
  const shown = moved.filter(({ alert }) => alert.kind !== CANARY)
  const changed = shown.filter(({ hasChanged }) => hasChanged).map(({ alert }) => alert.id)
  const cards = new Map((changed.length === 0 ? [] : await loadCardRowsOf(etx.tx, changed)).map((row) => [row.id, row]))
  for (const { alert, hasLine } of shown) {
    if (hasLine) etx.feed.add({ topic: 'timeline', regionCode: alert.regionCode, regionPath: alert.regionPath, payload: { alertId: alert.id } })
    const card = cards.get(alert.id)
    if (card !== undefined) addCard(etx, card)
  }
}

/** Who looks at an alert, and when: decides what of it is shown and which moves are offered. */
export interface Viewer {
  readonly actor: Extract<Actor, { kind: 'user' }>
  readonly at: Instant
}

/** What people call a clock, or null where none runs. */
function clockNames(name: string | null): { zh: string; en: string } | null {
  const clock = CLOCKS.find((one) => one.name === name)
  return clock === undefined ? null : { zh: clock.zh, en: clock.en }
}

/**
 * One alert with everything that proves it (domain.md 7.9): facts, history, readings, tickets, deliveries, and the moves that the viewer
 * may make now. Undefined when it is not in the scope. Texts and customer marks only for roles that see tickets (domain.md 2.4).
 */
export async function loadDetail(sql: Sql, scope: Scope, alertId: string, viewer: Viewer): Promise<AlertDetail | undefined> {
  if (!/^\d{1,18}$/.test(alertId)) return undefined
  const row = await loadCardRow(sql, scope, alertId)
  const alert = row === undefined ? undefined : await loadAlert(sql, alertId)
  const facts = await loadFacts(sql, alertId)
  if (row === undefined || alert === undefined || facts === undefined) return undefined
  const seesText = may(viewer.actor.role, 'see_ticket_text')
  const tickets = await loadLinkedTickets(sql, alertId, TICKETS_SHOWN)
  return {
    card: toCard(row),
    ...facts,
    timeline: await loadTransitions(sql, alertId),
    readings: await loadReadings(sql, alertId, READINGS_SHOWN),
    tickets: tickets.map(({ deadlineClock, ...ticket }) => ({
      ...ticket,
      deadlineClock: clockNames(deadlineClock),
      ...(seesText ? {} : { contentText: null, customerShort: null }),
    })),
    ticketTotal: await countLinkedTickets(sql, alertId),
    deliveries: await loadDeliveries(sql, alertId),
    allowedMoves: [...allowedMoves(alert, viewer.actor, viewer.at)],
    check: await loadCheck(sql, alertId),
    mayCheck: checkRefusal(alert, viewer.actor) === null,
  }
}
