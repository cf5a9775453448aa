import type { RuleTrial } from '../domain/abnormal/trial.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { countingRegion } from '../domain/count/fact-scene.ts'
import { countingPhenomenon } from '../domain/count/fact-values.ts'
import { factsOfTicket, type TicketFacts } from '../domain/count/facts-of-ticket.ts'
import { type KeywordFacts, keywordFactsOf } from '../domain/keyword/ticket-keywords.ts'
import { type TextFacts, textFactsOf } from '../domain/near-duplicate/text-facts.ts'
import { keyCustomerMarks } from '../domain/risk/ticket-marks.ts'
import type { ClockContext } from '../domain/ticket/clock-reading.ts'
import { earliest } from '../domain/ticket/clocks/reading.ts'
import type { PeerFact } from '../domain/peer/peer-fact.ts'
import { kinFactsOf, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import { judgeTicket } from '../domain/ticket/judge.ts'
import { closedAt, isValid, type Ticket, type TicketEvent } from '../domain/ticket/ticket.ts'
import type { UnitBook } from '../domain/ticket/unit-book.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { loadKnownAlerts, loadLinkedCases } from '../store/abnormal-store.ts'
import { type HeardFeed, touchProvinceFeeds } from '../store/province-feed-store.ts'
import { insertTickets, lockTickets, type TicketRow, updateTickets } from '../store/ticket-store.ts'
import type { EngineTx } from './context.ts'
import { differenceOfTexts, writeFacts } from './counted.ts'
import { type KeywordBook, keywordBook } from './keywords.ts'
import { noteKin } from './kin.ts'
import { type FoldedState, foldStates, type Histories, type RulesAt, type Stretch } from './load-histories.ts'
import { noteTexts } from './note-texts.ts'
import { notePeers, peerBook, peersOf } from './peers.ts'
import { countQuality, judgeQuality, type TicketQuality } from './quality-tickets.ts'
import { recordFacts } from './record-facts.ts'
import { type ChangedTicket, noteRestatements } from './restate.ts'
import { type AlertPlan, type DatedJudgement, planAlerts, settleAlerts } from './settle-alerts.ts'
import { limitsByAcceptance } from './ticket-limits.ts'
import { recordTrials, runningTrials } from './trials.ts'
import { unitBook } from './unit-book.ts'

/** A ticket folded and judged, before anything is written. */
export interface FoldedTicket extends FoldedState {
  readonly ticket: Ticket
  readonly context: ClockContext & { readonly units: UnitBook }
  /** In time order; the last one is as of now. */
  readonly judgements: readonly DatedJudgement[]
  /** What it counts for, as of the last judgement. */
  readonly counts: TicketFacts
  /** What its text was before; null: nothing that counts. */
  readonly textBefore: TextFacts | null
  /** The same for the words looked for in it. */
  readonly wordsBefore: KeywordFacts | null
  /** What other tickets are judged by, before and now. */
  readonly peersBefore: readonly PeerFact[]
  readonly peersAfter: readonly PeerFact[]
}

/** More steps than a ticket's rules have instants; a rule that set its next check to no later one would otherwise never end. */
const MOST_STEPS = 100

/**
 * Judges a ticket as of now. Where its own time had come before now (a worker that was late), also at each such instant, with the facts
 * known now: what became due while nobody looked opens with its exact instant, and what late facts disprove does not open at all.
 */
function judgeThrough(ticket: Ticket, context: ClockContext, { settings, now }: EngineTx, trials: readonly RuleTrial[], dueAt: Instant | null): DatedJudgement[] {
  const judgements: DatedJudgement[] = []
  const judge = (at: Instant) => {
    const judgement = judgeTicket(ticket, context, settings.abnormal.body, at, trials)
    judgements.push({ at, judgement })
    return judgement.nextCheckAt
  }
  for (let at = dueAt; at !== null && at < now && judgements.length < MOST_STEPS; ) at = judge(at)
  judge(now)
  return judgements
}

function heardOf({ ticket: { provinceCode }, read }: FoldedTicket): HeardFeed | null {
  if (read.length === 0) return null
  let [first, last, received, heard] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const { occurredAt, receivedAt } of read) {
    first = Math.min(first, occurredAt)
    last = Math.max(last, occurredAt)
    received = Math.max(received, receivedAt)
    heard = Math.min(heard, receivedAt)
  }
  return { provinceCode, firstOccurredAt: first, lastOccurredAt: last, lastReceivedAt: received, firstReceivedAt: heard }
}

function rowOf(etx: EngineTx, folded: FoldedTicket, level: number, quality: TicketQuality): TicketRow {
  const { ticket, state, context, stretch, judgements, counts } = folded
  const { tree } = etx.engine
  const { judgement } = judgements.at(-1) as DatedJudgement
  const regionCode = countingRegion(ticket, tree)
  const city = tree.atLevel(regionCode, 'city')?.code ?? regionCode
  return {
    state,
    customer: context.customer,
    kinFacts: kinFactsOf(ticket, city),
    regionCode,
    regionPath: tree.get(regionCode)?.path ?? tree.root.path,
    phenomenon: countingPhenomenon(ticket),
    isValid: isValid(ticket),
    keyCustomer: keyCustomerMarks(ticket, context),
    closedAt: closedAt(ticket),
    deadlineAt: judgement.effective?.deadlineAt ?? null,
    deadlineClock: judgement.effective?.clock ?? null,
    isOverdue: judgement.isOverdue,
    level,
    nextCheckAt: earliest(judgement.nextCheckAt, counts.changesAt, quality.nextCheckAt),
    quality: quality.text,
    counted: writeFacts(counts.facts),
    firstEventAt: stretch.from,
    lastEventAt: stretch.to,
  }
}

/** The events that this fold has taken in for the first time: those in the stretch that called for it. None for a timer or for the sake of its kin. */
function newEvents({ ticketKey, memory, state, read }: FoldedTicket, found: ReadonlyMap<string, Stretch>): readonly TicketEvent[] {
  const stretch = found.get(ticketKey)
  if (stretch === undefined) return []
  // Gone on with, the fold is the same object; folded anew it tells by its number of events whether there is a new one.
  const isAsBefore = memory !== null && memory.state.ticket !== state.ticket && memory.state.ticket.eventCount === state.ticket.eventCount
  return isAsBefore ? [] : read.filter(({ occurredAt }) => occurredAt >= stretch.from && occurredAt <= stretch.to)
}

/** Records the difference between what tickets were counted as and what they count as now, and logs what of it restates the past. */
async function count(etx: EngineTx, folded: readonly FoldedTicket[], rows: readonly TicketRow[], found: ReadonlyMap<string, Stretch>): Promise<void> {
  const changed: ChangedTicket[] = []
  rows.forEach((row, index) => {
    const one = folded[index] as FoldedTicket
    const counted = one.memory?.counted ?? '[]'
    if (counted === row.counted) return
    const { ticketKey, provinceCode } = one.ticket
    const restatementId = one.memory?.restatementId ?? null
    const events = () => newEvents(one, found)
    changed.push({ ticketKey, provinceCode, restatementId, isFirst: counted === '[]', ...differenceOfTexts(counted, row.counted), events })
  })
  await noteRestatements(etx, changed)
  const facts = (side: 'lost' | 'gained') => changed.flatMap((one) => one[side])
  await recordFacts(etx, facts('lost'), facts('gained'))
}

function feedsOf(folded: readonly FoldedTicket[]): HeardFeed[] {
  const byProvince = new Map<string, HeardFeed>()
  for (const feed of folded.map(heardOf)) {
    if (feed === null) continue
    const held = byProvince.get(feed.provinceCode)
    byProvince.set(
      feed.provinceCode,
      held === undefined
        ? feed
        : {
            provinceCode: feed.provinceCode,
            firstOccurredAt: Math.min(held.firstOccurredAt, feed.firstOccurredAt),
            lastOccurredAt: Math.max(held.lastOccurredAt, feed.lastOccurredAt),
            lastReceivedAt: Math.max(held.lastReceivedAt, feed.lastReceivedAt),
            firstReceivedAt: Math.min(held.firstReceivedAt, feed.firstReceivedAt),
          },
    )
  }
  return [...byProvince.values()]
}

/**
 * Somebody else made one of these tickets between our look and our write, and has committed it: the whole transaction has to run again, and
 * finds its row. Whoever is told this waits for nobody, so somebody always gets on.
 */
export class TicketAppeared extends Error {
  override readonly name = 'TicketAppeared'
}

export interface FoldChoice {
  /** Where the events that call for it lie; events outside of it and of a ticket's known stretch have their own call coming. */
  readonly found?: ReadonlyMap<string, Stretch>
  /** The whole histories, where the caller holds them already (new tickets only); else they are read. */
  readonly given?: Histories | null
}

const NONE_FOUND: ReadonlyMap<string, Stretch> = new Map()

async function foldAll(etx: EngineTx, ticketKeys: readonly string[], trials: readonly RuleTrial[], choice: FoldChoice): Promise<{ folded: FoldedTicket[]; keywords: KeywordBook }> {
  const { found = NONE_FOUND, given = null } = choice
  const memories = new Map((await lockTickets(etx.tx, ticketKeys)).map((memory) => [memory.ticketKey, memory]))
  // Read before the fold goes on: it uses the stored ticket up.
  const texts = new Map([...memories].map(([key, { state }]) => [key, textFactsOf(state.ticket)]))
  const words = new Map([...memories].map(([key, { state }]) => [key, keywordFactsOf(state.ticket)]))
  const peersBefore = new Map([...memories].map(([key, { state, judgedAt }]) => [key, peersOf(etx.engine, state.ticket, judgedAt)]))
  const limitsAt = await limitsByAcceptance(etx.tx, etx.settings.limits)
  const calendar = calendarFrom(etx.settings.calendar.body)
  const rulesAt: RulesAt = (acceptedAt) => ({ reopenWithin: limitsAt(acceptedAt).reopenDays * DAY })
  const states = await foldStates(etx, ticketKeys, memories, { found, given, rulesAt })
  const tickets = states.map(({ state }) => state.ticket)
  const units = await unitBook(etx, tickets)
  const keywords = await keywordBook(etx, tickets, memories)
  const peers = await peerBook(etx, tickets)
  const folded = states.map((folded) => {
    const { ticket } = folded.state
    const limits = limitsAt(ticket.acceptedAt ?? etx.now)
    const context = { limits, calendar, zone: etx.engine.zone, customer: folded.memory?.customer ?? NO_HISTORY, units, keywords: keywords.of(ticket), ...peers.of(ticket) }
    const judgements = judgeThrough(ticket, context, etx, trials, folded.memory?.nextCheckAt ?? null)
    const { readings } = (judgements.at(-1) as DatedJudgement).judgement
    const counts = factsOfTicket({ ticket, readings, ...context, at: etx.now, tree: etx.engine.tree })
    const { ticketKey } = folded
    return {
      ...{ ...folded, ticket, context, judgements, counts, textBefore: texts.get(ticketKey) ?? null, wordsBefore: words.get(ticketKey) ?? null },
      ...{ peersBefore: peersBefore.get(ticketKey) ?? [], peersAfter: peers.factsOf(ticket) },
    }
  })
  return { folded, keywords }
}

/** Only what fires, or has fired, needs a look at the alerts; most tickets do neither. */
async function planAll(etx: EngineTx, folded: readonly FoldedTicket[]): Promise<AlertPlan[]> {
  const known = await loadKnownAlerts(
    etx.tx,
    folded.filter(({ memory }) => memory !== null).map(({ ticket }) => ticket.ticketKey),
  )
  const firing = folded.filter(({ ticket, judgements }) => known.has(ticket.ticketKey) || judgements.some(({ judgement }) => judgement.level > 0))
  const cases = await loadLinkedCases(
    etx.tx,
    firing.map(({ ticket }) => ticket.ticketKey),
  )
  const isFiring = new Set(firing.map(({ ticket }) => ticket.ticketKey))
  return folded.map(({ ticket, judgements }) => {
    const { ticketKey } = ticket
    const regionCode = countingRegion(ticket, etx.engine.tree)
    if (!isFiring.has(ticketKey)) return { ticketKey, regionCode, steps: [], level: 0 }
    return planAlerts({ ticketKey, regionCode }, judgements, known.get(ticketKey) ?? [], cases.get(ticketKey) ?? null)
  })
}

/**
 * Brings tickets in line with their events as of `etx.now`, in this transaction: fold, judgement, alerts, the facts they count as by
 * difference, feed of the province. The one way for new events, for timers and for repairs; doing it again changes nothing.
 *
 * Two workers on one ticket stay exact: the row lock comes before the events are read, so the second sees all that the first counted.
 * Everybody locks in one order (tickets by key, new tickets, alerts, provinces, feed), the hot rows last.
 * @throws TicketAppeared for the second of two that make one new ticket at the same time.
 */
export async function foldTickets(etx: EngineTx, ticketKeys: readonly string[], choice: FoldChoice = {}): Promise<number> {
  const keys = [...new Set(ticketKeys)].sort()
  const trials = await runningTrials(etx.tx, etx.now)
  const { folded, keywords } = await foldAll(etx, keys, trials, choice)
  const plans = await planAll(etx, folded)
  const qualities = judgeQuality(etx, folded)
  const rows = folded.map((item, index) => rowOf(etx, item, plans[index]?.level ?? 0, qualities[index] as TicketQuality))
  const fresh = rows.filter((_row, index) => folded[index]?.memory === null)
  if ((await insertTickets(etx.tx, fresh, etx.now)) < fresh.length) throw new TicketAppeared()
  await updateTickets(
    etx.tx,
    rows.filter((_row, index) => folded[index]?.memory !== null),
    etx.now,
  )
  await noteKin(
    etx.tx,
    rows.map((row, index) => ({ ticketKey: row.state.ticket.ticketKey, facts: row.kinFacts, before: folded[index]?.memory?.kinText ?? null })),
  )
  await notePeers(etx.tx, folded)
  await noteTexts(
    etx.tx,
    folded.map(({ ticketKey, ticket, textBefore }) => ({ ticketKey, before: textBefore, after: textFactsOf(ticket) })),
  )
  await keywords.note(
    etx,
    folded.map(({ ticket, wordsBefore }) => ({ ticket, before: wordsBefore })),
  )
  await settleAlerts(etx, plans)
  await recordTrials(etx.tx, folded, trials)
  await count(etx, folded, rows, choice.found ?? NONE_FOUND)
  await countQuality(etx, folded, qualities)
  await touchProvinceFeeds(etx.tx, feedsOf(folded))
  return folded.length
}
