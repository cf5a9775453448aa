import type { EscalationRun } from '../escalation/ladder.ts'
import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import { type Alert, isAnswered, isAsking, needsAck } from './alert.ts'

/** One of a ticket's alerts, as far as the ticket's level and pages go. */
export type TicketAlert = Pick<Alert, 'id' | 'state' | 'severity' | 'ackedSeverity' | 'severitySince' | 'ackDueAt'>

/** The ladder that runs for one of a ticket's alerts. */
export type TicketRun = EscalationRun & { readonly alertId: string }

/** The alerts of one ticket at a moment, and the ladders that run for them. */
export interface TicketStanding {
  readonly alerts: readonly TicketAlert[]
  readonly runs: readonly TicketRun[]
}

/** What is to be done about the ladder of one of a ticket's alerts. */
export type TicketRunPlan =
  /**
   * The ticket's level rose: a page. `ackDueAt` is the shorter remaining time of this acknowledgement and one still owed (domain.md 4.4); `mayRun`:
   * a ladder of the alert's former colour is replaced.
   */
  | { readonly kind: 'start'; readonly alertId: string; readonly ackDueAt: Instant | null; readonly mayRun: boolean }
  /** The level did not rise: what `from` was doing goes on for this alert; null where what carried the ticket was answered. No step is taken anew. */
  | { readonly kind: 'take_over'; readonly alertId: string; readonly from: TicketRun | null }
  /** The colour of what carries the ticket changed and the level did not rise: the same ladder goes on with the present colour's times. */
  | { readonly kind: 'retime'; readonly alertId: string }
  | { readonly kind: 'stop'; readonly alertId: string; readonly why: 'acknowledged' | 'not_live' | 'covered' }
  /** From now on people are paged for this alert by another one of its ticket; for its history. */
  | { readonly kind: 'cover'; readonly alertId: string; readonly by: string }

/** The ticket's level: its highest alert that concerns people, 0 where there is none (domain.md 4.1-3). */
export const ticketLevel = (alerts: readonly Pick<Alert, 'state' | 'severity'>[]): Severity | 0 =>
  alerts.reduce<Severity | 0>((highest, alert) => (isAsking(alert) && alert.severity > highest ? alert.severity : highest), 0)

const byAge = (a: TicketAlert, b: TicketAlert) => a.severitySince - b.severitySince || Number(BigInt(a.id) - BigInt(b.id))

/**
 * The alert that carries the ticket: by it people are paged. The highest; of equals the one whose ladder runs, then one that a person has
 * answered, then the one that has had its colour longest, so that an equal alert that joins changes nothing. Null where none concerns people.
 */
export function carrierOf<A extends TicketAlert>(alerts: readonly A[], running: ReadonlySet<string>): A | null {
  const level = ticketLevel(alerts)
  const highest = alerts.filter((alert) => isAsking(alert) && alert.severity === level)
  const rank = (alert: A) => (running.has(alert.id) ? 0 : isAnswered(alert) ? 1 : 2)
  return highest.toSorted((a, b) => rank(a) - rank(b) || byAge(a, b))[0] ?? null
}

const earlier = (a: Instant | null, b: Instant | null): Instant | null => (a === null || b === null ? (a ?? b) : Math.min(a, b))

function whyStopped(alert: TicketAlert | undefined): 'acknowledged' | 'not_live' | 'covered' {
  if (alert === undefined || !isAsking(alert)) return 'not_live'
  return isAnswered(alert) ? 'acknowledged' : 'covered'
}

/** What the ladder of the alert that carries the ticket does, where it is still to be answered; null: it goes on as it is. */
function planCarrier(before: TicketStanding, carrier: TicketAlert, hasRisen: boolean): TicketRunPlan | null {
  const formerly = carrierOf(before.alerts, new Set(before.runs.map(({ alertId }) => alertId)))
  const own = before.runs.find(({ alertId }) => alertId === carrier.id)
  if (hasRisen) {
    const owed = formerly !== null && formerly.id !== carrier.id && needsAck(formerly) ? formerly.ackDueAt : null
    return { kind: 'start', alertId: carrier.id, ackDueAt: earlier(carrier.ackDueAt, owed), mayRun: own !== undefined }
  }
  if (own === undefined)
    return { kind: 'take_over', alertId: carrier.id, from: before.runs.find(({ alertId }) => alertId === formerly?.id) ?? null }
  return carrier.severity !== own.severity ? { kind: 'retime', alertId: carrier.id } : null
}

/**
 * What a change of a ticket's alerts means for its pages (domain.md 4.1-3, 4.4): one ladder runs, for the alert that carries the ticket, as long as
 * that is to be answered. It starts, and pages, when the ticket's level rises; where the level stays or falls, another alert takes over
 * what ran, steps taken included, so that nothing is paged twice and nothing owed is lost. The order of the alerts does not matter.
 */
export function planTicketRuns(before: TicketStanding, after: readonly TicketAlert[]): TicketRunPlan[] {
  const running = new Set(before.runs.map(({ alertId }) => alertId))
  const carrier = carrierOf(after, running)
  const isOwed = carrier !== null && needsAck(carrier)
  const hasRisen = ticketLevel(after) > ticketLevel(before.alerts)
  const own = isOwed ? planCarrier(before, carrier, hasRisen) : null
  const stops = before.runs
    .filter(({ alertId }) => !isOwed || alertId !== carrier.id)
    .map(({ alertId }): TicketRunPlan => ({ kind: 'stop', alertId, why: whyStopped(after.find(({ id }) => id === alertId)) }))
  const asked = new Set(before.alerts.filter(needsAck).map(({ id }) => id))
  const covers = after
    .filter((alert) => needsAck(alert) && alert.id !== carrier?.id && (running.has(alert.id) || !asked.has(alert.id)))
    .map(({ id }): TicketRunPlan => ({ kind: 'cover', alertId: id, by: carrier?.id ?? id }))
  return [...stops, ...(own === null ? [] : [own]), ...covers]
}

/**
 * The other alerts of the ticket that an acknowledgement of `alert` answers with it: those that wait for one and are no higher. By the
 * card of the ticket, which stands for its highest alert, that is all of them.
 */
export const answeredWith = <A extends TicketAlert>(alert: TicketAlert, alerts: readonly A[]): A[] =>
  alerts.filter((other) => other.id !== alert.id && needsAck(other) && other.severity <= alert.severity)
