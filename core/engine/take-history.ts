import { isSubjectKey } from '../domain/notice/notice.ts'
import type { EventType } from '../domain/vocabulary.ts'
import type { TicketEvent } from '../domain/ticket/ticket.ts'
import { type EventRow, insertEvents } from '../store/event-store.ts'
import { lockTickets } from '../store/ticket-store.ts'
import { codeBook } from './code-book.ts'
import type { Engine } from './context.ts'
import { foldTickets, TicketAppeared } from './fold-tickets.ts'
import type { Stretch } from './load-histories.ts'
import { type IntakeContext, sortItems } from './intake.ts'
import { countStored, type JudgedRow } from './quality-intake.ts'
import { QualitySums } from './quality-sums.ts'
import { inEngineTransaction } from './transaction.ts'

const eventOf = (row: EventRow): TicketEvent => ({
  ...row,
  type: row.eventType as EventType,
  payload: JSON.parse(row.payload) as TicketEvent['payload'],
})

function byTicket(rows: readonly EventRow[]): { histories: Map<string, TicketEvent[]>; stretches: Map<string, Stretch> } {
  const histories = new Map<string, TicketEvent[]>()
  const stretches = new Map<string, Stretch>()
  for (const row of rows) {
    const list = histories.get(row.ticketKey) ?? []
    list.push(eventOf(row))
    histories.set(row.ticketKey, list)
    const { from, to } = stretches.get(row.ticketKey) ?? { from: row.occurredAt, to: row.occurredAt }
    stretches.set(row.ticketKey, { from: Math.min(from, row.occurredAt), to: Math.max(to, row.occurredAt) })
  }
  return { histories, stretches }
}

/** Rows by identity, each once: concurrent batches lock in one order. */
function unique<T extends JudgedRow>(judged: readonly T[]): T[] {
  const byId = new Map(judged.map((one) => [`${one.row.sourceSystem}\u001f${one.row.eventId}`, one]))
  return [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

/**
 * Takes the whole histories of new tickets in with one transaction: checked, masked, stored, folded and counted as by intake and ingest, but
 * without the row in between and without reading back what was just written. For filling an empty deployment.
 * Returns the number of events taken, or null, with nothing changed, when any item is refused, known or a notice, or its ticket exists already:
 * such a batch goes the ordinary way.
 */
export async function takeHistory(engine: Engine, items: readonly unknown[], context: IntakeContext): Promise<number | null> {
  const { accepted, refused } = sortItems(engine, items, 0, context, await codeBook(engine, context.now))
  if (refused.length > 0 || accepted.length === 0) return null
  const judged = unique(accepted)
  const rows = judged.map(({ row }) => row)
  if (rows.some(({ ticketKey }) => isSubjectKey(ticketKey))) return null
  const { histories, stretches } = byTicket(rows)
  class NotNew extends Error {}
  try {
    await inEngineTransaction(engine, context.now, async (etx) => {
      const fresh = await insertEvents(etx.tx, rows, { isWaiting: false })
      const known = fresh.length < rows.length ? 1 : (await lockTickets(etx.tx, [...histories.keys()].sort())).length
      if (known > 0) throw new NotNew()
      const sums = new QualitySums()
      await countStored(etx.tx, engine, sums, judged, true)
      await sums.write(etx.tx, context.now)
      await foldTickets(etx, [...histories.keys()], { found: stretches, given: histories })
    })
  } catch (error) {
    if (error instanceof NotNew || error instanceof TicketAppeared) return null
    throw error
  }
  return rows.length
}
