import { setImmediate as breathe } from 'node:timers/promises'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { alertsOfCourse, leavesNothing, type ReplayedAlert, replayTicket } from '../domain/abnormal/replayed-alerts.ts'
import { signsOf } from '../domain/abnormal/sign.ts'
import { abnormalSteps } from '../domain/back-test/plan.ts'
import { calendarFrom } from '../domain/calendar.ts'
import type { ClockContext } from '../domain/ticket/clock-reading.ts'
import { judgeRules, steadyCourse } from '../domain/ticket/judge.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { type Acceptances, loadFirstAcceptance, loadTicketsToReplay, type ReplayedTickets, ticketOf, type TicketToReplay } from '../store/abnormal-replay-store.ts'
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
export interface AbnormalReplayed extends Pick<ReplayedAlert, 'rings'> {
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

/** Tickets of a stretch of acceptances, and what they are judged by. */
interface Stretch {
  readonly tickets: readonly TicketToReplay[]
  readonly whole: (one: TicketToReplay, place: number) => Ticket
  readonly contextOf: (ticket: Ticket, one: TicketToReplay) => ClockContext
}

/** What tickets are judged by beside themselves, as far as the rule goes by it; `final`: all of them, where it goes by anything. */
async function contextsOf(etx: EngineTx, final: readonly Ticket[], { reads = [] }: AbnormalRule): Promise<Stretch['contextOf']> {
  const { engine: { zone }, now } = etx
  const units = reads.includes('units') ? { units: await unitBook(etx, final) } : {}
  const peers = reads.includes('peers') ? await peerBook(etx, final) : null
  const keywords = reads.includes('keywords') ? await keywordBook(etx, final, { has: () => true }) : null
  const limitsAt = await limitsByAcceptance(etx.tx, etx.settings.limits)
  const calendar = calendarFrom(etx.settings.calendar.body)
  return (ticket, { customer }) => ({ limits: limitsAt(ticket.acceptedAt ?? now), calendar, zone, customer, ...units, ...(keywords === null ? {} : { keywords: keywords.of(ticket) }), ...peers?.of(ticket) })
}

/** What each of them gives, in order; everything else in the process has its turn between some of them and the next: pages are sent from the same one. */
async function inTurns<T, R>(all: readonly T[], work: (one: T, place: number) => R): Promise<R[]> {
  const results: R[] = []
  for (const [place, one] of all.entries()) {
    if (place % A_TURN === A_TURN - 1) await breathe()
    results.push(work(one, place))
  }
  return results
}

/** What the stored ticket alone says of its alerts, as it stands before `to`; null where its events must tell. */
function alertsByLastFold(ticket: Ticket, isUncorrected: boolean, context: ClockContext, parameters: AbnormalParameters, to: Instant): readonly ReplayedAlert[] | null {
  const course = isUncorrected ? steadyCourse(ticket, context, parameters, to - 1) : null
  if (course !== null) return alertsOfCourse(course, to)
  return leavesNothing(ticket, (one, at) => judgeRules(one, context, parameters, at), to) ? [] : null
}

/** Reads a stretch: its tickets, and beside them what the rule goes by. */
async function readStretch(etx: EngineTx, rule: AbnormalRule, asked: ReplayedTickets, accepted: Acceptances): Promise<Stretch> {
  const tickets = await loadTicketsToReplay(etx.tx, asked, accepted)
  const final = rule.reads === undefined ? [] : tickets.map(ticketOf)
  return { tickets, whole: (one, place) => final[place] ?? ticketOf(one), contextOf: await contextsOf(etx, final, rule) }
}

/** The alerts of a stretch of tickets; a ticket of which only its events could tell has none where they are past their keeping time. */
async function replayStretch(etx: EngineTx, { tickets, whole, contextOf }: Stretch, parameters: AbnormalParameters, { from, to }: AbnormalSpan): Promise<AbnormalReplayed[]> {
  const byLastFold = await inTurns(tickets, (one, place) => {
    if (one.lastEventAt >= to) return null
    const ticket = whole(one, place)
    return alertsByLastFold(ticket, one.isUncorrected, contextOf(ticket, one), parameters, to)
  })
  const concerned = tickets.filter((_one, place) => byLastFold[place] === null)
  const events = await loadBetween(etx, new Map(concerned.map(({ ticketKey, firstEventAt, lastEventAt }) => [ticketKey, { from: firstEventAt, to: Math.min(lastEventAt, to) }])))
  const byEvents = await inTurns(concerned, (one) => {
    const context = contextOf(ticketOf(one), one)
    const rules = { reopenWithin: context.limits.reopenDays * DAY }
    return replayTicket(events.get(one.ticketKey) ?? [], rules, (ticket, at) => judgeRules(ticket, context, parameters, at), to)
  })
  const replayed = new Map(concerned.map((one, place) => [one, byEvents[place] ?? []]))
  const raised: AbnormalReplayed[] = []
  for (const [place, one] of tickets.entries()) {
    for (const { rings } of byLastFold[place] ?? replayed.get(one) ?? []) {
      if ((rings[0]?.at ?? Number.NEGATIVE_INFINITY) >= from) raised.push({ rings, ticketKey: one.ticketKey, regionPath: one.regionPath })
    }
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
 * nothing (docs/adr/0022). Read are tickets that show a sign of the rule, and their events only where the stored ticket itself does not tell what the rule raised.
 * Nobody acts in it; what other tickets say is that known now. `take` gets the alerts of a stretch of acceptances at a time, all of a ticket together.
 */
export async function replayAbnormalRule(
  engine: Engine,
  span: AbnormalSpan,
  take: (alerts: readonly AbnormalReplayed[]) => void,
  onProgress: (done: number, total: number) => void | Promise<void> = () => undefined,
): Promise<void> {
  const { rule, path, from, to } = span
  const parameters = onlyRule(rule.id, span.parameters)
  const settings = await engine.settings(to)
  // What it gives is kept when it is over: a transaction may be tried again.
  const reading = <T>(work: (etx: EngineTx) => Promise<T>): Promise<T> =>
    inTransaction(engine.pool, (tx) => work({ engine, tx, settings, now: to, feed: new FeedBuffer(), bells: new Set() }), { readOnly: true })
  const signs = signsOf(rule, parameters, await reading(({ tx }) => limitsOfEveryVersion(tx, settings.limits)))
  const asked: ReplayedTickets = { path, lively: from - AFTERMATH, until: to, signs }
  const load = (accepted: Acceptances) => reading((etx) => readStretch(etx, rule, asked, accepted))
  const total = abnormalSteps(span)
  let length = 15 * MINUTE
  const first = Math.min((await reading(({ tx }) => loadFirstAcceptance(tx))) ?? from, from)
  for await (const [accepted, stretch] of readAhead(stretchesOf(first, to, () => length), load)) {
    length = pacedBy(stretch.tickets.length, length)
    take(await reading((etx) => replayStretch(etx, stretch, parameters, span)))
    await onProgress(Math.max(0, Math.floor((accepted.to - from) / HOUR) + 1), total)
  }
}
