import type { Contribution } from '../domain/count/contribution.ts'
import { contributions, countingPhenomenon, countingRegion, differenceOf } from '../domain/count/contributions.ts'
import type { HandleLimits } from '../domain/ticket/clock.ts'
import { foldTicket } from '../domain/ticket/fold.ts'
import { judgeTicket } from '../domain/ticket/judge.ts'
import { closedAt, isValid, type Ticket, type TicketEvent } from '../domain/ticket/ticket.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { loadKnownAlerts, loadLinkedCases } from '../store/abnormal-store.ts'
import { addToCells } from '../store/cell-store.ts'
import { loadEventsOfTickets } from '../store/event-store.ts'
import { addToGauges } from '../store/gauge-store.ts'
import { type ProvinceFeed, touchProvinceFeeds } from '../store/province-feed-store.ts'
import { insertTickets, lockTickets, type TicketMemory, type TicketRow, updateTickets } from '../store/ticket-store.ts'
import type { EngineTx } from './context.ts'
import { readCounted, writeCounted } from './counted.ts'
import { countQuality, earliest, judgeQuality, type TicketQuality } from './quality-tickets.ts'
import { type AlertPlan, type DatedJudgement, planAlerts, settleAlerts } from './settle-alerts.ts'
import { limitsByAcceptance } from './ticket-limits.ts'

/** A stretch of time that holds events. */
export interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** A ticket folded and judged, before anything is written. */
export interface FoldedTicket {
  readonly ticket: Ticket
  readonly memory: TicketMemory | null
  readonly stretch: Stretch
  readonly limits: HandleLimits
  /** In time order; the last one is as of now. */
  readonly judgements: readonly DatedJudgement[]
  readonly provinceFeed: ProvinceFeed
}

const widen = (a: Stretch | null, b: Stretch | null): Stretch | null =>
  a === null || b === null ? (a ?? b) : { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) }

const stretchOf = (memory: TicketMemory | undefined): Stretch | null =>
  memory?.firstEventAt == null || memory.lastEventAt === null ? null : { from: memory.firstEventAt, to: memory.lastEventAt }

/** Reading widths: tickets whose events lie in one such stretch are read together, so that an old ticket does not open every chunk for all. */
const READ_SPAN = 28 * DAY

/** All events of tickets, by key. */
export type Histories = ReadonlyMap<string, readonly TicketEvent[]>

async function loadHistories(etx: EngineTx, stretches: ReadonlyMap<string, Stretch>): Promise<Histories> {
  const bySpan = new Map<number, { keys: string[]; stretch: Stretch }>()
  for (const [key, stretch] of stretches) {
    const span = Math.floor(stretch.from / READ_SPAN)
    const group = bySpan.get(span)
    if (group === undefined) bySpan.set(span, { keys: [key], stretch })
    else {
      group.keys.push(key)
      group.stretch = widen(group.stretch, stretch) as Stretch
    }
  }
  const histories = new Map<string, TicketEvent[]>()
  for (const { keys, stretch } of bySpan.values()) {
    for (const event of await loadEventsOfTickets(etx.tx, keys, stretch.from, stretch.to)) {
      const list = histories.get(event.ticketKey)
      if (list === undefined) histories.set(event.ticketKey, [event])
      else list.push(event)
    }
  }
  return histories
}

/** More steps than a ticket's rules have instants; a rule that set its next check to no later one would otherwise never end. */
const MOST_STEPS = 100

/**
 * Judges a ticket as of now. Where its own time had come before now (a worker that was late), also at each such instant, with the facts
 * known now: what became due while nobody looked opens with its exact instant, and what late facts disprove does not open at all.
 */
function judgeThrough(ticket: Ticket, limits: HandleLimits, etx: EngineTx, dueAt: Instant | null): DatedJudgement[] {
  const judgements: DatedJudgement[] = []
  const judge = (at: Instant) => {
    const judgement = judgeTicket(ticket, limits, etx.settings.abnormal.body, at)
    judgements.push({ at, judgement })
    return judgement.nextCheckAt
  }
  for (let at = dueAt; at !== null && at < etx.now && judgements.length < MOST_STEPS; ) at = judge(at)
  judge(etx.now)
  return judgements
}

function heardOf(events: readonly TicketEvent[], provinceCode: string): ProvinceFeed {
  let [first, last, received] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { occurredAt, receivedAt } of events) {
    first = Math.min(first, occurredAt)
    last = Math.max(last, occurredAt)
    received = Math.max(received, receivedAt)
  }
  return { provinceCode, firstOccurredAt: first, lastOccurredAt: last, lastReceivedAt: received }
}

function rowOf(etx: EngineTx, folded: FoldedTicket, level: number, quality: TicketQuality): TicketRow {
  const { ticket, limits, stretch, judgements } = folded
  const { tree, zone } = etx.engine
  const { judgement } = judgements.at(-1) as DatedJudgement
  const regionCode = countingRegion(ticket, tree).finest
  return {
    ticket,
    regionCode,
    regionPath: tree.get(regionCode)?.path ?? tree.root.path,
    phenomenon: countingPhenomenon(ticket),
    isValid: isValid(ticket),
    closedAt: closedAt(ticket),
    deadlineAt: judgement.deadlineAt,
    isOverdue: judgement.isOverdue,
    level,
    nextCheckAt: earliest(judgement.nextCheckAt, quality.nextCheckAt),
    quality: quality.text,
    counted: writeCounted(contributions({ ticket, isOverdue: judgement.isOverdue, limits, tree, zone })),
    firstEventAt: stretch.from,
    lastEventAt: stretch.to,
  }
}

/** Writes the difference between what tickets were counted as and what they count as now. */
async function count(etx: EngineTx, folded: readonly FoldedTicket[], rows: readonly TicketRow[]): Promise<void> {
  const before: Contribution[] = []
  const after: Contribution[] = []
  rows.forEach((row, index) => {
    const counted = folded[index]?.memory?.counted ?? '[]'
    if (counted === row.counted) return
    before.push(...readCounted(counted))
    after.push(...readCounted(row.counted))
  })
  const changes = differenceOf(before, after)
  await addToCells(
    etx.tx,
    changes.filter(({ binAt }) => binAt !== 0),
  )
  await addToGauges(
    etx.tx,
    changes.filter(({ binAt }) => binAt === 0),
  )
  if (changes.length > 0) etx.bells.add('figures')
}

function feedsOf(folded: readonly FoldedTicket[]): ProvinceFeed[] {
  const byProvince = new Map<string, ProvinceFeed>()
  for (const { provinceFeed: feed } of folded) {
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

async function foldAll(etx: EngineTx, ticketKeys: readonly string[], choice: FoldChoice): Promise<FoldedTicket[]> {
  const { found = new Map<string, Stretch>(), given = null } = choice
  const memories = new Map((await lockTickets(etx.tx, ticketKeys)).map((memory) => [memory.ticketKey, memory]))
  const stretches = new Map<string, Stretch>()
  for (const key of ticketKeys) {
    const stretch = widen(stretchOf(memories.get(key)), found.get(key) ?? null)
    if (stretch !== null) stretches.set(key, stretch)
  }
  const histories = given ?? (await loadHistories(etx, stretches))
  const limitsAt = await limitsByAcceptance(etx.tx, etx.settings.limits)
  return [...histories].map(([key, events]) => {
    const memory = memories.get(key) ?? null
    const ticket = foldTicket(events)
    const limits = limitsAt(ticket.acceptedAt ?? etx.now)
    const judgements = judgeThrough(ticket, limits, etx, memory?.nextCheckAt ?? null)
    return { ticket, memory, stretch: stretches.get(key) as Stretch, limits, judgements, provinceFeed: heardOf(events, ticket.provinceCode) }
  })
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
    const regionCode = countingRegion(ticket, etx.engine.tree).finest
    if (!isFiring.has(ticketKey)) return { ticketKey, regionCode, steps: [], level: 0 }
    return planAlerts({ ticketKey, regionCode }, judgements, known.get(ticketKey) ?? [], cases.get(ticketKey) ?? null)
  })
}

/**
 * Brings tickets in line with their events as of `etx.now`, in this transaction: fold, judgement, alerts, counting cells and gauges by
 * difference, feed of the province. The one way for new events, for timers and for repairs; doing it again changes nothing.
 *
 * Two workers on one ticket stay exact: the row lock comes before the events are read, so the second sees all that the first counted.
 * Everybody locks in one order (tickets by key, new tickets, alerts, cells, gauges, provinces, feed), the hot rows last.
 * @throws TicketAppeared for the second of two that make one new ticket at the same time.
 */
export async function foldTickets(etx: EngineTx, ticketKeys: readonly string[], choice: FoldChoice = {}): Promise<number> {
  const keys = [...new Set(ticketKeys)].sort()
  const folded = await foldAll(etx, keys, choice)
  const plans = await planAll(etx, folded)
  const qualities = await judgeQuality(etx, folded)
  const rows = folded.map((item, index) => rowOf(etx, item, plans[index]?.level ?? 0, qualities[index] as TicketQuality))
  const fresh = rows.filter((_row, index) => folded[index]?.memory === null)
  if ((await insertTickets(etx.tx, fresh, etx.now)) < fresh.length) throw new TicketAppeared()
  await updateTickets(
    etx.tx,
    rows.filter((_row, index) => folded[index]?.memory !== null),
    etx.now,
  )
  await settleAlerts(etx, plans)
  await count(etx, folded, rows)
  await countQuality(etx, folded, qualities)
  await touchProvinceFeeds(etx.tx, feedsOf(folded))
  return folded.length
}
