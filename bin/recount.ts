import { type CellChange, type CellPlace, CellSums, type SketchChange } from '../core/domain/count/cell-sums.ts'
import { calendarFrom } from '../core/domain/calendar.ts'
import { factsOfTicket } from '../core/domain/count/facts-of-ticket.ts'
import type { Calendar } from '../core/domain/day-type.ts'
import { readClocks } from '../core/domain/ticket/clocks/read.ts'
import { MOST_KIN } from '../core/domain/ticket/crowd.ts'
import { type CustomerHistory, isSameHistory, NO_HISTORY } from '../core/domain/ticket/customer-history.ts'
import { foldTicket } from '../core/domain/ticket/fold.ts'
import type { ClockLimits } from '../core/domain/ticket/limits.ts'
import type { TicketEvent } from '../core/domain/ticket/ticket.ts'
import { DAY, type Instant } from '../core/domain/time.ts'
import { writeFacts } from '../core/engine/counted.ts'
import type { Engine } from '../core/engine/context.ts'
import { readCustomers } from '../core/engine/kin.ts'
import { peersOf } from '../core/engine/peers.ts'
import { tallyOnce } from '../core/engine/tally.ts'
import { limitsByAcceptance } from '../core/engine/ticket-limits.ts'
import { systemClock } from '../core/platform/clock.ts'
import { inTransaction, type Tx } from '../core/platform/database.ts'
import { addToCells, addToSketches, lockCounts } from '../core/store/cell-store.ts'
import { loadForgottenTickets, loadWaitingTickets, loadWholeHistories, requeueTicket } from '../core/store/event-store.ts'
import { countWrongCrowds, requeueCrowds } from '../core/store/kin-store.ts'
import { loadAggregatesFloor } from '../core/store/retention-run-store.ts'
import { type CountedTicket, loadStoredTickets, setCounted } from '../core/store/ticket-store.ts'
import { cellDifferences, type CountDifference, sketchDifferences } from './recount-cells.ts'
import { type NoticeRecount, recountNotices, repairNotices } from './recount-notices.ts'
import { comparePeerFacts, comparePeerGroups, noPeerFaults, type PeerRecount, repairPeers, wrongPeersOf } from './recount-peers.ts'

export interface RecountReport {
  readonly tickets: number
  /** Cells, and buckets of their sketches, that are stored. */
  readonly cells: number
  /** Cells and buckets that differ; 0 is what must hold (invariant 3). */
  readonly differences: number
  /** Tickets whose stored fold is not the fold of their events, or whose note of what they are counted as is not what they count as. */
  readonly staleTickets: number
  /** Tickets with events that nobody has folded and nobody will: accepted and lost; 0 is what must hold. */
  readonly forgottenTickets: number
  /** Keys whose tickets make them a crowd and that are noted as none, or the other way (docs/adr/0020); 0 is what must hold. */
  readonly wrongCrowds: number
  /** Facts that other tickets are judged by (docs/adr/0040) and what their groups make of them, where they are not as the tickets say; 0 is what must hold. */
  readonly wrongPeers: number
  /** Tickets with events still in line: counted as they were last folded. */
  readonly waitingTickets: number
  /** Incidents, calls, user bases, opinions, shifts and told settings. */
  readonly subjects: number
  /** Of them, those whose stored row is not the fold of their notices, or whose note of what they are counted as is not what they count as. */
  readonly staleSubjects: number
  /** Subjects with notices that nobody has folded and nobody will; 0 is what must hold. */
  readonly forgottenSubjects: number
  /** Corrections that nobody would find from what they correct; 0 is what must hold. */
  readonly lostCorrections: number
  /** Calls missing from the lists of their callers, and entries that no call bears out; 0 is what must hold. */
  readonly wrongCallers: number
  /** Subjects with notices still in line, or tied to one by a correction: counted as they were last folded. */
  readonly waitingSubjects: number
  readonly repaired: boolean
  /** The first of each, for a look. */
  readonly examples: readonly CountDifference[]
  readonly staleExamples: readonly string[]
}

/** How many things a recount found wrong, of every kind. */
export const faultsOf = (report: RecountReport): number =>
  report.differences + report.staleTickets + report.forgottenTickets + report.wrongCrowds + report.wrongPeers + report.staleSubjects + report.forgottenSubjects + report.lostCorrections + report.wrongCallers

export interface RecountChoice {
  readonly repair?: boolean
  /** Told how many tickets are done, page by page. */
  readonly onProgress?: (tickets: number) => void
}

const PAGE = 2_000
const SHOWN = 20
const FORGOTTEN_AT_ONCE = 10_000
/** Cells of one statement of a repair. */
const REPAIR_AT_ONCE = 50_000

/** Compares as the database keeps them: key order means nothing. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) =>
    held !== null && typeof held === 'object' && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  )

/** What the walk over all tickets has found. */
interface Walk {
  readonly sums: CellSums
  readonly stale: { ticketKey: string; counted: string }[]
  readonly staleFolds: string[]
  readonly peers: PeerRecount
  tickets: number
  waiting: number
}

/** What tickets are counted by, besides their events. */
interface Basis {
  readonly engine: Engine
  readonly calendar: Calendar
  readonly limitsAt: (acceptedAt: Instant) => ClockLimits
  /** What their kin make of the tickets of the page. */
  readonly customers: ReadonlyMap<string, CustomerHistory>
}

/**
 * What a ticket counts as, from its events and its kin alone, as of its last judgement: what has become due since is the timers' to move. A
 * ticket with events in line or without its whole history (`events` null) counts as it was last folded.
 */
function recountTicket(basis: Basis, stored: CountedTicket, events: readonly TicketEvent[] | null, walk: Walk): void {
  walk.tickets += 1
  const { engine, calendar, limitsAt, customers } = basis
  const limits = limitsAt(stored.fold.acceptedAt ?? stored.judgedAt)
  const ticket = events === null ? stored.fold : foldTicket(events, { reopenWithin: limits.reopenDays * DAY })
  const customer = events === null ? stored.customer : (customers.get(stored.ticketKey) ?? NO_HISTORY)
  const context = { limits, calendar, zone: engine.zone, customer }
  const readings = readClocks(ticket, context, stored.judgedAt)
  const { facts } = factsOfTicket({ ticket, readings, ...context, at: stored.judgedAt, tree: engine.tree })
  for (const fact of facts) walk.sums.add(fact, 1)
  const isStaleFold = canonical(ticket) !== canonical(stored.fold) || !isSameHistory(customer, stored.customer)
  if (isStaleFold) walk.staleFolds.push(stored.ticketKey)
  const counted = writeFacts(facts)
  if (isStaleFold || counted !== stored.counted) walk.stale.push({ ticketKey: stored.ticketKey, counted })
}

async function walkTickets(tx: Tx, engine: Engine, { onProgress }: RecountChoice): Promise<Walk> {
  const limitsAt = await limitsByAcceptance(tx, null)
  const calendar = calendarFrom((await engine.settings(systemClock.now())).calendar.body)
  const walk: Walk = { sums: new CellSums(engine.tree, engine.zone), stale: [], staleFolds: [], peers: noPeerFaults(), tickets: 0, waiting: 0 }
  for (let after = ''; ; ) {
    const page = await loadStoredTickets(tx, after, PAGE)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.ticketKey
    const keys = page.map(({ ticketKey }) => ticketKey)
    const waiting = await loadWaitingTickets(tx, keys)
    walk.waiting += waiting.size
    const customers = await readCustomers(tx, keys)
    const basis = { engine, calendar, limitsAt, customers }
    const whole = page.filter(({ ticketKey, isFrozen }) => !isFrozen && !waiting.has(ticketKey))
    const histories = new Map<string, TicketEvent[]>(whole.map(({ ticketKey }) => [ticketKey, []]))
    for (const event of await loadWholeHistories(tx, [...histories.keys()])) histories.get(event.ticketKey)?.push(event)
    for (const stored of page) recountTicket(basis, stored, histories.get(stored.ticketKey) ?? null, walk)
    const standing = page.filter(({ isFrozen }) => !isFrozen)
    await comparePeerFacts(tx, new Map(standing.map(({ ticketKey, fold, judgedAt }) => [ticketKey, peersOf(engine, fold, judgedAt)])), walk.peers)
    onProgress?.(walk.tickets)
  }
  await comparePeerGroups(tx, walk.peers)
  return walk
}

async function inPieces<T extends CellPlace>(changes: readonly T[], write: (piece: readonly T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < changes.length; at += REPAIR_AT_ONCE) await write(changes.slice(at, at + REPAIR_AT_ONCE))
}

interface Mending {
  readonly cells: readonly CellChange[]
  readonly buckets: readonly SketchChange[]
  readonly forgotten: readonly string[]
  readonly notices: NoticeRecount
}

async function repair(tx: Tx, walk: Walk, { cells, buckets, forgotten, notices }: Mending): Promise<void> {
  await inPieces(cells, (piece) => addToCells(tx, piece))
  await inPieces(buckets, (piece) => addToSketches(tx, piece))
  for (let at = 0; at < walk.stale.length; at += PAGE) await setCounted(tx, walk.stale.slice(at, at + PAGE))
  await requeueCrowds(tx, MOST_KIN)
  await repairPeers(tx, walk.peers)
  await repairNotices(tx, notices, systemClock.now())
  for (const ticketKey of [...walk.staleFolds, ...forgotten, ...notices.forgotten]) await requeueTicket(tx, ticketKey)
}

/**
 * Counts every ticket again from its events, and every subject of notices from its notices, and compares with all cells and sketches (invariant 3), while
 * nobody can fold or tally; what waits for the tally is folded in first. With `repair` they are put right in the same transaction, rows of notices too;
 * tickets whose fold is stale, and what was never folded, go in line.
 */
export async function recount(engine: Engine, choice: RecountChoice = {}): Promise<RecountReport> {
  return inTransaction(
    engine.pool,
    async (tx) => {
      await lockCounts(tx)
      while ((await tallyOnce(tx, engine)).differences > 0);
      const floor = await loadAggregatesFloor(tx)
      const walk = await walkTickets(tx, engine, choice)
      const notices = await recountNotices(tx, engine, (fact) => walk.sums.add(fact, 1))
      const cells = await cellDifferences(tx, walk.sums.cells(), floor)
      const buckets = await sketchDifferences(tx, walk.sums.buckets(), floor)
      const forgotten = await loadForgottenTickets(tx, FORGOTTEN_AT_ONCE)
      const differences = cells.changes.length + buckets.changes.length
      const wrongCrowds = await countWrongCrowds(tx, MOST_KIN)
      const found = {
        differences,
        staleTickets: walk.stale.length,
        forgottenTickets: forgotten.length,
        wrongCrowds,
        wrongPeers: wrongPeersOf(walk.peers),
        staleSubjects: notices.stale.length,
        forgottenSubjects: notices.forgotten.length,
        lostCorrections: notices.lostCorrections.length,
        wrongCallers: notices.wrongCallers,
      }
      const isRepaired = choice.repair === true && Object.values(found).some((n) => n > 0)
      if (isRepaired) await repair(tx, walk, { cells: cells.changes, buckets: buckets.changes, forgotten, notices })
      return {
        tickets: walk.tickets,
        cells: cells.stored + buckets.stored,
        ...found,
        waitingTickets: walk.waiting,
        subjects: notices.subjects,
        waitingSubjects: notices.waiting,
        repaired: isRepaired,
        examples: [...cells.examples, ...buckets.examples].slice(0, SHOWN),
        staleExamples: [...walk.stale.map(({ ticketKey }) => ticketKey), ...notices.stale.map(({ subjectKey }) => subjectKey)].slice(0, SHOWN),
      }
    },
    { isolation: 'repeatable read' },
  )
}
