import type { Contribution, CubeName } from '../core/domain/count/contribution.ts'
import { cellKey, contributions, differenceOf } from '../core/domain/count/contributions.ts'
import type { HandleLimits } from '../core/domain/ticket/clock.ts'
import { foldTicket } from '../core/domain/ticket/fold.ts'
import type { TicketEvent } from '../core/domain/ticket/ticket.ts'
import type { Instant } from '../core/domain/time.ts'
import { readCounted, writeCounted } from '../core/engine/counted.ts'
import type { Engine } from '../core/engine/context.ts'
import { limitsByAcceptance } from '../core/engine/ticket-limits.ts'
import { inTransaction, type Tx } from '../core/platform/database.ts'
import { addToCells, loadAllCells, lockCounts } from '../core/store/cell-store.ts'
import { loadForgottenTickets, loadWaitingTickets, loadWholeHistories, requeueTicket } from '../core/store/event-store.ts'
import { addToGauges, loadAllGauges } from '../core/store/gauge-store.ts'
import { loadAggregatesFloor } from '../core/store/retention-run-store.ts'
import { type CountedTicket, loadStoredTickets, setCounted } from '../core/store/ticket-store.ts'

/** One cell or gauge that is not what a recount gives. */
export interface CountDifference {
  readonly cell: Omit<Contribution, 'n'>
  readonly stored: number
  readonly recounted: number
}

export interface RecountReport {
  readonly tickets: number
  readonly cells: number
  /** Cells and gauges that differ; 0 is what must hold (invariant 3). */
  readonly differences: number
  /** Tickets whose stored fold is not the fold of their events, or whose note of what they are counted as is not what they count as. */
  readonly staleTickets: number
  /** Tickets with events that nobody has folded and nobody will: accepted and lost; 0 is what must hold. */
  readonly forgottenTickets: number
  /** Tickets with events still in line: counted as they were last folded. */
  readonly waitingTickets: number
  readonly repaired: boolean
  /** The first of each, for a look. */
  readonly examples: readonly CountDifference[]
  readonly staleExamples: readonly string[]
}

const PAGE = 2_000
const SHOWN = 20
const FORGOTTEN_AT_ONCE = 10_000
const GAUGES: ReadonlySet<CubeName> = new Set(['open_now', 'overdue_now'] as const)

/** Compares as the database keeps them: key order means nothing. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) =>
    held !== null && typeof held === 'object' && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  )

class Tally {
  readonly net = new Map<string, { readonly cell: Contribution; n: number }>()
  readonly stale: { ticketKey: string; counted: string }[] = []
  readonly staleFolds: string[] = []
  tickets = 0
  waiting = 0

  add(contribution: Contribution): void {
    const key = cellKey(contribution)
    const held = this.net.get(key)
    if (held === undefined) this.net.set(key, { cell: contribution, n: contribution.n })
    else held.n += contribution.n
  }

  list(): Contribution[] {
    return [...this.net.values()].filter(({ n }) => n !== 0).map(({ cell, n }) => ({ ...cell, n }))
  }
}

type LimitsAt = (acceptedAt: Instant) => HandleLimits

/**
 * What a ticket counts as, from its events alone. Whether it is overdue is as stored: that is the timers' to move. A ticket with events in
 * line or without its whole history (`events` null) counts as it was last folded.
 */
function recountTicket(engine: Engine, stored: CountedTicket, events: readonly TicketEvent[] | null, limitsAt: LimitsAt, tally: Tally): void {
  tally.tickets += 1
  const ticket = events === null ? stored.fold : foldTicket(events)
  const limits = limitsAt(ticket.acceptedAt ?? 0)
  const counted = contributions({ ticket, isOverdue: stored.isOverdue, limits, tree: engine.tree, zone: engine.zone })
  for (const contribution of counted) tally.add(contribution)
  const isStaleFold = canonical(ticket) !== canonical(stored.fold)
  if (isStaleFold) tally.staleFolds.push(stored.ticketKey)
  if (isStaleFold || differenceOf(readCounted(stored.counted), counted).length > 0)
    tally.stale.push({ ticketKey: stored.ticketKey, counted: writeCounted(counted) })
}

async function walk(tx: Tx, engine: Engine): Promise<Tally> {
  const limitsAt = await limitsByAcceptance(tx, null)
  const tally = new Tally()
  for (let after = ''; ; ) {
    const page = await loadStoredTickets(tx, after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return tally
    after = last.ticketKey
    const keys = page.map(({ ticketKey }) => ticketKey)
    const waiting = await loadWaitingTickets(tx, keys)
    tally.waiting += waiting.size
    const whole = page.filter(({ ticketKey, isFrozen }) => !isFrozen && !waiting.has(ticketKey))
    const histories = new Map<string, TicketEvent[]>(whole.map(({ ticketKey }) => [ticketKey, []]))
    for (const event of await loadWholeHistories(tx, [...histories.keys()])) histories.get(event.ticketKey)?.push(event)
    for (const stored of page) recountTicket(engine, stored, histories.get(stored.ticketKey) ?? null, limitsAt, tally)
  }
}

async function repair(tx: Tx, tally: Tally, changes: readonly Contribution[], forgotten: readonly string[]): Promise<void> {
  await addToCells(
    tx,
    changes.filter(({ cube }) => !GAUGES.has(cube)),
  )
  await addToGauges(
    tx,
    changes.filter(({ cube }) => GAUGES.has(cube)),
  )
  await setCounted(tx, tally.stale)
  for (const ticketKey of [...tally.staleFolds, ...forgotten]) await requeueTicket(tx, ticketKey)
}

/**
 * Counts every ticket again from its events and compares with all cells and gauges (invariant 3), while nobody can fold. With `repair` they
 * are put right in the same transaction, and tickets whose fold is stale, or was never made, go in line to be folded.
 */
export async function recount(engine: Engine, choice: { readonly repair?: boolean } = {}): Promise<RecountReport> {
  return inTransaction(
    engine.pool,
    async (tx) => {
      await lockCounts(tx)
      const tally = await walk(tx, engine)
      const floor = await loadAggregatesFloor(tx)
      // Cells older than they are kept are not made again from the tickets that outlive them.
      const isKept = ({ cube, binAt }: Omit<Contribution, 'n'>) => floor === null || GAUGES.has(cube) || binAt >= floor
      const stored = [...(await loadAllCells(tx)), ...(await loadAllGauges(tx))].filter(isKept)
      const forgotten = await loadForgottenTickets(tx, FORGOTTEN_AT_ONCE)
      const changes = differenceOf(stored, tally.list().filter(isKept))
      const isRepaired = choice.repair === true && changes.length + tally.stale.length + forgotten.length > 0
      if (isRepaired) await repair(tx, tally, changes, forgotten)
      const storedBy = new Map(stored.map((cell) => [cellKey(cell), cell.n]))
      const exampleOf = (change: Contribution): CountDifference => {
        const { n, ...cell } = change
        const held = storedBy.get(cellKey(change)) ?? 0
        return { cell, stored: held, recounted: held + n }
      }
      return {
        tickets: tally.tickets,
        cells: stored.length,
        differences: changes.length,
        staleTickets: tally.stale.length,
        forgottenTickets: forgotten.length,
        waitingTickets: tally.waiting,
        repaired: isRepaired,
        examples: changes.slice(0, SHOWN).map(exampleOf),
        staleExamples: tally.stale.slice(0, SHOWN).map(({ ticketKey }) => ticketKey),
      }
    },
    { isolation: 'repeatable read' },
  )
}
