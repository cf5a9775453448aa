import { setImmediate as breathe } from 'node:timers/promises'
import type { AbnormalParameters } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { type ReplayedAlert, replayTicket } from '../domain/abnormal/replayed-alerts.ts'
import { abnormalSteps } from '../domain/back-test/plan.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { judgeTicket } from '../domain/ticket/judge.ts'
import { DAY, HOUR, type Instant } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { loadTicketsToReplay, type PageEnd, type ReplayedTickets, type TicketToReplay } from '../store/abnormal-replay-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { keywordBook } from './keywords.ts'
import { loadBetween } from './load-histories.ts'
import { peerBook } from './peers.ts'
import { limitsByAcceptance } from './ticket-limits.ts'
import { unitBook } from './unit-book.ts'

/** What to replay: one abnormal rule with the values of `parameters`, over a subtree. */
export interface AbnormalSpan {
  readonly ruleId: string
  readonly parameters: AbnormalParameters
  readonly path: string
  readonly from: Instant
  readonly to: Instant
}

/** An alert that the rule would have opened in the span. */
export interface AbnormalReplayed extends ReplayedAlert {
  readonly ticketKey: string
  readonly regionPath: string
}

/** So many tickets are read at a time. */
const PAGE = 500
/** A ticket that ended longer before the span has nothing left that could come due in it. */
const AFTERMATH = 30 * DAY

/** Settings under which one rule alone is on, in the group and so in every province. */
function onlyRule(ruleId: string, { scopes = {}, values }: AbnormalParameters): AbnormalParameters {
  const provinces = Object.entries(scopes).map(([code, own]) => [code, { values: own.values, enabledRules: [] }] as const)
  return { values, disabledRules: ABNORMAL_RULES.map(({ id }) => id).filter((id) => id !== ruleId), scopes: Object.fromEntries(provinces) }
}

/** The alerts of a page of tickets; a ticket whose events are past their keeping time has none. */
async function replayPage(etx: EngineTx, tickets: readonly TicketToReplay[], parameters: AbnormalParameters, { from, to }: AbnormalSpan): Promise<AbnormalReplayed[]> {
  const final = tickets.map(({ ticket }) => ticket)
  const events = await loadBetween(etx, new Map(tickets.map(({ ticket, firstEventAt, lastEventAt }) => [ticket.ticketKey, { from: firstEventAt, to: Math.min(lastEventAt, to) }])))
  const units = await unitBook(etx, final)
  const peers = await peerBook(etx, final)
  const keywords = await keywordBook(etx, final, { has: () => true })
  const limitsAt = await limitsByAcceptance(etx.tx, etx.settings.limits)
  const calendar = calendarFrom(etx.settings.calendar.body)
  return tickets.flatMap(({ ticket: { ticketKey, acceptedAt }, customer, regionPath }) => {
    const limits = limitsAt(acceptedAt ?? to)
    const judge: Parameters<typeof replayTicket>[2] = (ticket, at) => {
      const context = { limits, calendar, zone: etx.engine.zone, customer, units, keywords: keywords.of(ticket), ...peers.of(ticket) }
      return judgeTicket(ticket, context, parameters, at)
    }
    const alerts = replayTicket(events.get(ticketKey) ?? [], { reopenWithin: limits.reopenDays * DAY }, judge, to)
    return alerts.filter(({ rings: [first] }) => first !== undefined && first.at >= from).map((alert) => ({ ...alert, ticketKey, regionPath }))
  })
}

/**
 * Replays one abnormal rule over the stored history, ticket by ticket, by the folding, judging and reconciling of the present, in transactions that can write
 * nothing (docs/adr/0022). Nobody acts in it; what other tickets say is that known now.
 */
export async function replayAbnormalRule(engine: Engine, span: AbnormalSpan, onProgress: (done: number, total: number) => void | Promise<void> = () => undefined): Promise<AbnormalReplayed[]> {
  const { ruleId, path, from, to } = span
  const parameters = onlyRule(ruleId, span.parameters)
  const settings = await engine.settings(to)
  const total = abnormalSteps(span)
  const alerts: AbnormalReplayed[] = []
  // Its alerts are kept when it is over: a transaction may be tried again.
  const page = (asked: ReplayedTickets, after: PageEnd | null) =>
    inTransaction(engine.pool, async (tx) => {
      const tickets = await loadTicketsToReplay(tx, asked, after, PAGE)
      const etx: EngineTx = { engine, tx, settings, now: to, feed: new FeedBuffer(), bells: new Set() }
      const last = tickets.length < PAGE ? undefined : tickets.at(-1)?.ticket
      const end: PageEnd | null = last === undefined ? null : { acceptedAt: last.acceptedAt as Instant, ticketKey: last.ticketKey }
      return { raised: await replayPage(etx, tickets, parameters, span), end }
    }, { readOnly: true } as const)
  const lively = from - AFTERMATH
  for (const asked of [{ path, from: 0, to: from, lively }, { path, from, to, lively }]) {
    let after: PageEnd | null = null
    do {
      const { raised, end }: Awaited<ReturnType<typeof page>> = await page(asked, after)
      alerts.push(...raised)
      after = end
      await onProgress(Math.max(0, Math.floor(((after?.acceptedAt ?? asked.to) - from) / HOUR) + 1), total)
      // Everything else in the process has its turn.
      await breathe()
    } while (after !== null)
  }
  return alerts
}
