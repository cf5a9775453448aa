import type { TicketClock, TicketDetail } from '../contract/tickets.ts'
import { ticketLevel } from '../domain/alert/ticket-level.ts'
import { calendarFrom } from '../domain/calendar.ts'
import type { Scope } from '../domain/region.ts'
import type { ClockContext, ClockReading } from '../domain/ticket/clock-reading.ts'
import { CLOCKS } from '../domain/ticket/clocks/catalogue.ts'
import { effectiveDeadline, readClocks } from '../domain/ticket/clocks/read.ts'
import { judgeExpedites } from '../domain/ticket/expedites.ts'
import { closedAt, type Ticket, type TicketEvent } from '../domain/ticket/ticket.ts'
import type { Instant } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadEventsOfTickets } from '../store/event-store.ts'
import { loadReasons, loadScopedTicket, type ReadTicket } from '../store/ticket-detail-store.ts'
import { loadCards } from './alert-card.ts'
import type { Engine } from './context.ts'
import { limitsByAcceptance } from './ticket-limits.ts'

const EVENTS_SHOWN = 200
const ALERTS_SHOWN = 200

function namesOf(clock: string): { zh: string; en: string } {
  const entry = CLOCKS.find(({ name }) => name === clock)
  return { zh: entry?.zh ?? clock, en: entry?.en ?? clock }
}

const clockOf = (reading: ClockReading): TicketClock => ({
  clock: reading.clock,
  name: namesOf(reading.clock),
  subject: reading.subject,
  startAt: reading.startAt,
  stoppedAt: reading.stoppedAt,
  deadlineAt: reading.deadlineAt,
  limitMs: reading.limit,
  netElapsedMs: reading.netElapsed,
  isRunning: reading.running,
  isOverdue: reading.isOverdue,
})

/** The masked number that the ticket is about: the newest one that an event brought. */
function productMaskOf(events: readonly TicketEvent[]): string | null {
  for (const { type, payload } of events) {
    const mask = type === 'created' || type === 'corrected' ? payload['product_no_mask'] : null
    if (typeof mask === 'string' && mask !== '') return mask
  }
  return null
}

function historyOf(ticket: Ticket, context: ClockContext, seesText: boolean): Pick<TicketDetail, 'legs' | 'expedites' | 'suspensions'> {
  const judged = judgeExpedites(ticket, context.limits, context.zone)
  return {
    legs: ticket.legs.map(({ legId, unitId, isAssist, receivedAt, claimedAt, finishedAt, finish }) => {
      return { legId, unitId, isAssist, receivedAt, claimedAt, finishedAt, finish }
    }),
    expedites: ticket.expedites.map(({ at, by }, index) => ({ at, by, isValid: judged[index]?.isValid ?? false })),
    suspensions: ticket.suspensions.map(({ from, to, reason, plannedResumeAt }) => ({ from, to, reason: seesText ? reason : null, plannedResumeAt })),
  }
}

async function alertsOf(tx: Tx, scope: Scope, ticketKey: string): Promise<TicketDetail['alerts']> {
  const cards = await loadCards(tx, scope, { kind: 'abnormal', ticketKey, limit: ALERTS_SHOWN })
  const reasons = new Map((await loadReasons(tx, cards.map(({ id }) => id))).map((reason) => [reason.id, reason]))
  return cards
    .toSorted((a, b) => b.openedAt - a.openedAt || Number(b.id) - Number(a.id))
    .map((card) => ({ card, words: reasons.get(card.id)?.words ?? null, endedAt: reasons.get(card.id)?.endedAt ?? null }))
}

async function contextOf(engine: Engine, tx: Tx, { ticket, customer }: ReadTicket, now: Instant): Promise<ClockContext> {
  const settings = await engine.settings(now)
  const limits = (await limitsByAcceptance(tx, settings.limits))(ticket.acceptedAt ?? now)
  return { limits, calendar: calendarFrom(settings.calendar.body), zone: engine.zone, customer }
}

async function eventsOf(tx: Tx, ticketKey: string, { firstEventAt, lastEventAt }: ReadTicket): Promise<TicketEvent[]> {
  if (firstEventAt === null || lastEventAt === null) return []
  const events = await loadEventsOfTickets(tx, [ticketKey], firstEventAt, lastEventAt)
  return events.sort((a, b) => b.occurredAt - a.occurredAt || b.receivedAt - a.receivedAt || (a.eventId < b.eventId ? 1 : -1))
}

/**
 * One ticket of a scope as it stands at `now`, clocks read at that instant (domain.md 3.6); undefined when it is not in the scope. Text and
 * number only where `seesText` (domain.md 2.4); both are masked since they were taken in.
 */
export function loadTicketDetail(engine: Engine, scope: Scope, ticketKey: string, seesText: boolean, now: Instant): Promise<TicketDetail | undefined> {
  return inTransaction(
    engine.pool,
    async (tx): Promise<TicketDetail | undefined> => {
      const read = await loadScopedTicket(tx, scope, ticketKey)
      if (read === undefined) return undefined
      const { ticket } = read
      const context = await contextOf(engine, tx, read, now)
      const readings = readClocks(ticket, context, now)
      const deadline = effectiveDeadline(readings)
      const events = await eventsOf(tx, ticketKey, read)
      const alerts = await alertsOf(tx, scope, ticketKey)
      const region = engine.tree.get(read.regionCode)
      return {
        ticketKey,
        ticketNo: ticket.ticketNo,
        kind: ticket.kind,
        status: ticket.status,
        regionCode: read.regionCode,
        regionNameZh: region?.nameZh ?? read.regionCode,
        regionNameEn: region?.nameEn ?? read.regionCode,
        phenomenon: read.phenomenon,
        productMask: seesText ? productMaskOf(events) : null,
        contentText: seesText && ticket.contentText !== '' ? ticket.contentText : null,
        acceptedAt: ticket.acceptedAt,
        closedAt: closedAt(ticket) ?? ticket.mergedAt,
        asOf: now,
        level: ticketLevel(alerts.map(({ card }) => ({ state: card.state, severity: card.severity as 1 | 2 | 3 | 4 }))),
        deadline:
          deadline === null ? null : { at: deadline.deadlineAt, clock: deadline.clock, name: namesOf(deadline.clock), subject: deadline.subject },
        clocks: readings.map(clockOf),
        ...historyOf(ticket, context, seesText),
        alerts,
        events: events.slice(0, EVENTS_SHOWN).map(({ eventId, type, occurredAt, receivedAt, unitId }) => ({ eventId, type, occurredAt, receivedAt, unitId })),
        eventTotal: events.length,
      }
    },
    { isolation: 'repeatable read' },
  )
}
