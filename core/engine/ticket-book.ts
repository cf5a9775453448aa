import type { Alert } from '../domain/alert/alert.ts'
import { planTicketRuns, type TicketRunPlan, type TicketStanding } from '../domain/alert/ticket-level.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import { coveredInWords, shorterInWords, takenOverInWords } from '../domain/escalation/step-words.ts'
import { grouped } from '../domain/grouping.ts'
import type { Instant } from '../domain/time.ts'
import { lockTicketAlerts, updateAlerts } from '../store/alert-store.ts'
import { loadRuns } from '../store/escalation-store.ts'
import { insertTransitions, type NewTransition } from '../store/transition-store.ts'
import { type Publication, publishMoves } from './alert-card.ts'
import { applyRuns, laddersOf, type RunChange } from './alert-runs.ts'
import type { EngineTx } from './context.ts'

/** A ticket whose alerts change: as it stood, and as it stands by now. */
interface Page {
  readonly before: TicketStanding
  readonly alerts: Map<string, Alert>
  /** When the last change of it took place. */
  at: Instant
}

/**
 * The tickets whose alerts a transaction changes together, locked, so that people are paged by what all the changes of a moment make of a ticket
 * (domain.md 4.1-3) and not by each of them. What is to be told of the changes is kept until the ladders are settled, because cards show those.
 */
export class TicketBook {
  readonly #pages = new Map<string, Page>()
  readonly #ladders = new Map<number, LadderSet>()
  readonly told: Publication[] = []

  constructor(ticketKeys: readonly string[], alerts: readonly Alert[], runs: TicketStanding['runs'], at: Instant) {
    const ofAlert = new Map(runs.map((run) => [run.alertId, run]))
    const ofTicket = grouped(alerts, ({ ticketKey }) => ticketKey)
    for (const key of ticketKeys) {
      const own = ofTicket.get(key) ?? []
      this.#pages.set(key, {
        before: { alerts: own, runs: own.flatMap(({ id }) => ofAlert.get(id) ?? []) },
        alerts: new Map(own.map((alert) => [alert.id, alert])),
        at,
      })
    }
  }

  /** Takes an alert as it stands since `at`; one that is no ticket's is left out. */
  note(alert: Alert, at: Instant): void {
    const page = alert.kind === 'abnormal' && alert.ticketKey !== null ? this.#pages.get(alert.ticketKey) : undefined
    if (page === undefined) return
    page.alerts.set(alert.id, alert)
    page.at = at
  }

  /** The alerts of a ticket as they stand by now. */
  alertsOf(ticketKey: string | null): readonly Alert[] {
    return [...(this.#pages.get(ticketKey ?? '')?.alerts.values() ?? [])]
  }

  /** What is to be done about the ladders of a ticket. */
  plansOf(ticketKey: string): { readonly at: Instant; readonly plans: readonly TicketRunPlan[] } {
    const page = this.#pages.get(ticketKey)
    if (page === undefined) throw new RangeError(`ticket ${ticketKey} is not held`)
    return { at: page.at, plans: planTicketRuns(page.before, [...page.alerts.values()]) }
  }

  /** The ladders that an alert of this version started with, read once. */
  async laddersOf(etx: EngineTx, version: number): Promise<LadderSet> {
    const ladders = this.#ladders.get(version) ?? (await laddersOf(etx, version))
    this.#ladders.set(version, ladders)
    return ladders
  }

  get ticketKeys(): readonly string[] {
    return [...this.#pages.keys()]
  }
}

/** Locks tickets and their alerts until the transaction ends. */
export async function openBook(etx: EngineTx, ticketKeys: readonly string[]): Promise<TicketBook> {
  const keys = [...new Set(ticketKeys)].sort()
  const alerts = keys.length === 0 ? [] : await lockTicketAlerts(etx.tx, keys)
  const runs = await loadRuns(
    etx.tx,
    alerts.map(({ id }) => id),
  )
  return new TicketBook(keys, alerts, runs, etx.now)
}

/** What the ladders of tickets do, and what of that is told. */
export interface TicketSettlement {
  readonly changes: readonly RunChange[]
  readonly told: readonly Publication[]
}

const wordsOf = (plan: TicketRunPlan): { reason: string; detail: Record<string, unknown> } | null => {
  if (plan.kind === 'cover') return { reason: coveredInWords(plan.by), detail: { kind: 'covered', coveredBy: plan.by } }
  if (plan.kind !== 'take_over') return null
  const from = plan.from?.alertId ?? null
  return { reason: takenOverInWords(from), detail: { kind: 'taken_over', ...(from === null ? {} : { from }) } }
}

function noteOn(alert: Alert, at: Instant, reason: string, detail: Record<string, unknown>): NewTransition {
  return { alertId: alert.id, at, actor: { kind: 'engine' }, move: 'note', from: alert, to: alert, reason, detail, client: 'engine' }
}

function changeOf(plan: TicketRunPlan, alert: Alert, ladders: LadderSet, at: Instant): RunChange[] {
  const alertId = alert.id
  switch (plan.kind) {
    case 'cover':
      return []
    case 'stop':
      return [{ kind: 'stop', alertId, at, why: plan.why, withdrawal: plan.why === 'not_live' ? alert.state : plan.why }]
    case 'start':
      return [{ kind: 'start', alertId, at, alert, ladders, mayRun: plan.mayRun }]
    case 'retime':
      return [{ kind: 'retime', alertId, at, alert, ladders }]
    case 'take_over':
      return [{ kind: 'take_over', alertId, at, alert, ladders, from: plan.from }]
  }
}

/** An alert whose acknowledgement is due sooner than by its own limit, as it then stands. */
const hastened = (alert: Alert, plan: TicketRunPlan): Alert | null =>
  plan.kind === 'start' && plan.ackDueAt !== alert.ackDueAt ? { ...alert, ackDueAt: plan.ackDueAt, version: alert.version + 1 } : null

/** Writes what becomes of the pages of these held tickets to the histories of their alerts, and returns what their ladders are to do. */
export async function settlePages(etx: EngineTx, book: TicketBook, ticketKeys: readonly string[]): Promise<TicketSettlement> {
  const [changes, told, lines, sooner]: [RunChange[], Publication[], NewTransition[], Alert[]] = [[], [], [], []]
  for (const ticketKey of ticketKeys) {
    const { at, plans } = book.plansOf(ticketKey)
    const alerts = new Map(book.alertsOf(ticketKey).map((alert) => [alert.id, alert]))
    for (const plan of plans) {
      const held = alerts.get(plan.alertId)
      if (held === undefined) throw new Error(`alert ${plan.alertId} is none of ticket ${ticketKey}`)
      const hasty = hastened(held, plan)
      const alert = hasty ?? held
      if (hasty !== null) {
        sooner.push(hasty)
        lines.push(noteOn(hasty, at, shorterInWords(), { ackDueAt: hasty.ackDueAt }))
      }
      const words = wordsOf(plan)
      if (words !== null) lines.push(noteOn(alert, at, words.reason, words.detail))
      changes.push(...changeOf(plan, alert, await book.laddersOf(etx, alert.ladderVersion), at))
      told.push({ alert, hasChanged: plan.kind !== 'cover', hasLine: words !== null || hasty !== null })
    }
  }
  const overtaken = await updateAlerts(
    etx.tx,
    sooner.map((after) => ({ after, expectedVersion: after.version - 1 })),
  )
  if (overtaken.length > 0) throw new Error(`alert ${overtaken.join(', ')} changed under its lock`)
  await insertTransitions(etx.tx, lines)
  return { changes, told }
}

/** Does with the ladders of tickets what the changes that the book knows of ask for, and tells of all of them. */
export async function closeBook(etx: EngineTx, book: TicketBook): Promise<void> {
  const { changes, told } = await settlePages(etx, book, book.ticketKeys)
  await applyRuns(etx, changes)
  await publish(etx, [...book.told, ...told])
}

/** An alert that is told of twice is told of once, as it stands at the end. */
export async function publish(etx: EngineTx, told: readonly Publication[]): Promise<void> {
  const once = new Map<string, Publication>()
  for (const one of told) {
    const earlier = once.get(one.alert.id)
    const isNew = earlier?.hasLine === false && earlier.hasChanged
    const [hasChanged, hasLine] = [one.hasChanged || earlier?.hasChanged === true, one.hasLine || earlier?.hasLine === true]
    once.set(one.alert.id, { alert: one.alert, hasChanged, hasLine: hasLine && !isNew })
  }
  await publishMoves(etx, [...once.values()])
}
