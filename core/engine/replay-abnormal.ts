import { setImmediate as breathe } from 'node:timers/promises'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { leavesNothing, type ReplayedAlert, replayTicket } from '../domain/abnormal/replayed-alerts.ts'
import { type Sign, signsOf } from '../domain/abnormal/sign.ts'
import { abnormalSteps } from '../domain/back-test/plan.ts'
import { calendarFrom } from '../domain/calendar.ts'
import type { ClockContext } from '../domain/ticket/clock-reading.ts'
import { judgeRules } from '../domain/ticket/judge.ts'
import { DAY, HOUR, type Instant } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadFirstAcceptance, loadTicketsToReplay, type PageOfTickets, type ReplayedTickets, type TicketToReplay } from '../store/abnormal-replay-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { keywordBook } from './keywords.ts'
import { loadBetween } from './load-histories.ts'
import { peerBook } from './peers.ts'
import { limitsByAcceptance, limitsOfEveryVersion } from './ticket-limits.ts'
import { readAhead } from './read-ahead.ts'
import { unitBook } from './unit-book.ts'

/** What to replay: one abnormal rule with the values of `parameters`, over a subtree. */
export interface AbnormalSpan {
  readonly rule: AbnormalRule
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

/** So many tickets are read at a time, and of so many hours of acceptances at most. */
const PAGE = 2_000
const STRETCH = 6 * HOUR
/** Of what was accepted before the span little is still of interest. */
const STRETCH_BEFORE = 7 * DAY
/** A ticket that ended longer before the span has nothing left that could come due in it. */
const AFTERMATH = 30 * DAY

/** Settings under which one rule alone is on, in the group and so in every province. */
function onlyRule(ruleId: string, { scopes = {}, values }: AbnormalParameters): AbnormalParameters {
  const provinces = Object.entries(scopes).map(([code, own]) => [code, { values: own.values, enabledRules: [] }] as const)
  return { values, disabledRules: ABNORMAL_RULES.map(({ id }) => id).filter((id) => id !== ruleId), scopes: Object.fromEntries(provinces) }
}

/** What tickets are judged by beside themselves, as far as the rule goes by it. */
async function contextsOf(etx: EngineTx, tickets: readonly TicketToReplay[], signs: readonly Sign[]): Promise<(one: TicketToReplay) => ClockContext> {
  const { engine: { zone }, now } = etx
  const final = tickets.map(({ ticket }) => ticket)
  const units = await unitBook(etx, final)
  const peers = await peerBook(etx, final)
  const keywords = signs.some(({ shows }) => shows?.includes('keywords')) ? await keywordBook(etx, final, { has: () => true }) : null
  const limitsAt = await limitsByAcceptance(etx.tx, etx.settings.limits)
  const calendar = calendarFrom(etx.settings.calendar.body)
  return ({ ticket, customer }) => ({ limits: limitsAt(ticket.acceptedAt ?? now), calendar, zone, customer, units, ...(keywords === null ? {} : { keywords: keywords.of(ticket) }), ...peers.of(ticket) })
}

/** The alerts of a page of tickets; a ticket whose events are past their keeping time has none. */
async function replayPage(etx: EngineTx, tickets: readonly TicketToReplay[], signs: readonly Sign[], parameters: AbnormalParameters, { from, to }: AbnormalSpan): Promise<AbnormalReplayed[]> {
  if (tickets.length === 0) return []
  const contextOf = await contextsOf(etx, tickets, signs)
  const concerned = tickets.flatMap((one) => {
    const context = contextOf(one)
    const isNone = one.lastEventAt < to && leavesNothing(one.ticket, (ticket, at) => judgeRules(ticket, context, parameters, at), to)
    return isNone ? [] : [{ ...one, context }]
  })
  const events = await loadBetween(etx, new Map(concerned.map(({ ticket, firstEventAt, lastEventAt }) => [ticket.ticketKey, { from: firstEventAt, to: Math.min(lastEventAt, to) }])))
  return concerned.flatMap(({ ticket: { ticketKey }, context, regionPath }) => {
    const alerts = replayTicket(events.get(ticketKey) ?? [], { reopenWithin: context.limits.reopenDays * DAY }, (ticket, at) => judgeRules(ticket, context, parameters, at), to)
    return alerts.filter(({ rings: [first] }) => first !== undefined && first.at >= from).map((alert) => ({ ...alert, ticketKey, regionPath }))
  })
}

/** The rest of the hours of a page that was full, else the next hours; null: that was the last. */
function pageAfter({ from, to }: PageOfTickets, tickets: readonly TicketToReplay[], span: AbnormalSpan): PageOfTickets | null {
  const last = tickets.length < PAGE ? undefined : tickets.at(-1)?.ticket
  if (last !== undefined) return { from, to, after: { acceptedAt: last.acceptedAt as Instant, ticketKey: last.ticketKey } }
  return to >= span.to ? null : hoursFrom(to, span)
}

const hoursFrom = (start: Instant, { from, to }: AbnormalSpan): PageOfTickets => ({ from: start, to: start < from ? Math.min(start + STRETCH_BEFORE, from) : Math.min(start + STRETCH, to), after: null })

/**
 * Replays one abnormal rule over the stored history, ticket by ticket, by the folding, judging and reconciling of the present, in transactions that can write
 * nothing (docs/adr/0022). Read are tickets that show a sign of the rule, and their events only where the last word on them is not that the rule was never true.
 * Nobody acts in it; what other tickets say is that known now.
 */
export async function replayAbnormalRule(engine: Engine, span: AbnormalSpan, onProgress: (done: number, total: number) => void | Promise<void> = () => undefined): Promise<AbnormalReplayed[]> {
  const { rule, path, from, to } = span
  const parameters = onlyRule(rule.id, span.parameters)
  const settings = await engine.settings(to)
  // What it gives is kept when it is over: a transaction may be tried again.
  const reading = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inTransaction(engine.pool, work, { readOnly: true })
  const signs = signsOf(rule, parameters, await reading((tx) => limitsOfEveryVersion(tx, settings.limits)))
  const asked: ReplayedTickets = { path, lively: from - AFTERMATH, until: to, signs }
  const load = (page: PageOfTickets) => reading((tx) => loadTicketsToReplay(tx, asked, page, PAGE))
  const total = abnormalSteps(span)
  const alerts: AbnormalReplayed[] = []
  const first = hoursFrom(Math.min((await reading(loadFirstAcceptance)) ?? from, from), span)
  for await (const [page, tickets] of readAhead(first, load, (page, tickets) => pageAfter(page, tickets, span))) {
    const raised = await reading((tx) => replayPage({ engine, tx, settings, now: to, feed: new FeedBuffer(), bells: new Set() }, tickets, signs, parameters, span))
    for (const alert of raised) alerts.push(alert)
    await onProgress(Math.max(0, Math.floor((page.to - from) / HOUR) + 1), total)
    // Everything else in the process has its turn.
    await breathe()
  }
  return alerts
}
