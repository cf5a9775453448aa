import { setImmediate as breathe } from 'node:timers/promises'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { leavesNothing, type ReplayedAlert, replayTicket } from '../domain/abnormal/replayed-alerts.ts'
import { signsOf } from '../domain/abnormal/sign.ts'
import { abnormalSteps } from '../domain/back-test/plan.ts'
import { calendarFrom } from '../domain/calendar.ts'
import type { ClockContext } from '../domain/ticket/clock-reading.ts'
import { judgeRules } from '../domain/ticket/judge.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { type Acceptances, loadFirstAcceptance, loadTicketsToReplay, type ReplayedTickets, type TicketToReplay } from '../store/abnormal-replay-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { keywordBook } from './keywords.ts'
import { loadBetween } from './load-histories.ts'
import { peerBook } from './peers.ts'
import { limitsByAcceptance, limitsOfEveryVersion } from './ticket-limits.ts'
import { readAhead, stretchesOf } from './read-ahead.ts'
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

/** Stretches of acceptances, and so many tickets of one that are few and many. */
const [SHORTEST, LONGEST] = [5 * MINUTE, DAY / 2]
const [FEW, MANY] = [250, 1_000]
/** So many tickets are judged or replayed without a break: some ms. */
const A_TURN = 50
/** A ticket that ended longer before the span has nothing left that could come due in it. */
const AFTERMATH = 30 * DAY

/** Settings under which one rule alone is on, in the group and so in every province. */
function onlyRule(ruleId: string, { scopes = {}, values }: AbnormalParameters): AbnormalParameters {
  const provinces = Object.entries(scopes).map(([code, own]) => [code, { values: own.values, enabledRules: [] }] as const)
  return { values, disabledRules: ABNORMAL_RULES.map(({ id }) => id).filter((id) => id !== ruleId), scopes: Object.fromEntries(provinces) }
}

/** What tickets are judged by beside themselves, as far as the rule goes by it. */
async function contextsOf(etx: EngineTx, tickets: readonly TicketToReplay[], { reads = [] }: AbnormalRule): Promise<(one: TicketToReplay) => ClockContext> {
  const { engine: { zone }, now } = etx
  const final = tickets.map(({ ticket }) => ticket)
  const units = reads.includes('units') ? { units: await unitBook(etx, final) } : {}
  const peers = reads.includes('peers') ? await peerBook(etx, final) : null
  const keywords = reads.includes('keywords') ? await keywordBook(etx, final, { has: () => true }) : null
  const limitsAt = await limitsByAcceptance(etx.tx, etx.settings.limits)
  const calendar = calendarFrom(etx.settings.calendar.body)
  return ({ ticket, customer }) => ({ limits: limitsAt(ticket.acceptedAt ?? now), calendar, zone, customer, ...units, ...(keywords === null ? {} : { keywords: keywords.of(ticket) }), ...peers?.of(ticket) })
}

/** Each of them in order; everything else in the process has its turn between some of them and the next: pages are sent from the same one. */
async function* inTurns<T>(all: readonly T[]): AsyncGenerator<T> {
  for (const [place, one] of all.entries()) {
    if (place % A_TURN === A_TURN - 1) await breathe()
    yield one
  }
}

/** The alerts of a stretch of tickets; a ticket whose events are past their keeping time has none. */
async function replayStretch(etx: EngineTx, tickets: readonly TicketToReplay[], parameters: AbnormalParameters, { rule, from, to }: AbnormalSpan): Promise<AbnormalReplayed[]> {
  if (tickets.length === 0) return []
  const contextOf = await contextsOf(etx, tickets, rule)
  const concerned: (TicketToReplay & { readonly context: ClockContext })[] = []
  for await (const one of inTurns(tickets)) {
    const context = contextOf(one)
    const isNone = one.lastEventAt < to && leavesNothing(one.ticket, (ticket, at) => judgeRules(ticket, context, parameters, at), to)
    if (!isNone) concerned.push({ ...one, context })
  }
  const events = await loadBetween(etx, new Map(concerned.map(({ ticket, firstEventAt, lastEventAt }) => [ticket.ticketKey, { from: firstEventAt, to: Math.min(lastEventAt, to) }])))
  const raised: AbnormalReplayed[] = []
  for await (const { ticket: { ticketKey }, context, regionPath } of inTurns(concerned)) {
    const alerts = replayTicket(events.get(ticketKey) ?? [], { reopenWithin: context.limits.reopenDays * DAY }, (ticket, at) => judgeRules(ticket, context, parameters, at), to)
    for (const alert of alerts) if ((alert.rings[0]?.at ?? Number.NEGATIVE_INFINITY) >= from) raised.push({ ...alert, ticketKey, regionPath })
  }
  return raised
}

/** How long the next stretch is: shorter where many tickets were concerned, longer where few were. */
function pacedBy(tickets: number, length: number): number {
  if (tickets < FEW) return Math.min(LONGEST, length * 2)
  return tickets > MANY ? Math.max(SHORTEST, length / 2) : length
}

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
  const load = (accepted: Acceptances) => reading((tx) => loadTicketsToReplay(tx, asked, accepted))
  const total = abnormalSteps(span)
  const alerts: AbnormalReplayed[] = []
  let length = 15 * MINUTE
  const first = Math.min((await reading(loadFirstAcceptance)) ?? from, from)
  for await (const [accepted, tickets] of readAhead(stretchesOf(first, to, () => length), load)) {
    length = pacedBy(tickets.length, length)
    const raised = await reading((tx) => replayStretch({ engine, tx, settings, now: to, feed: new FeedBuffer(), bells: new Set() }, tickets, parameters, span))
    for (const alert of raised) alerts.push(alert)
    await onProgress(Math.max(0, Math.floor((accepted.to - from) / HOUR) + 1), total)
  }
  return alerts
}
