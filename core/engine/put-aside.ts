import { provinceOfKey } from '../domain/notice/notice.ts'
import type { Instant } from '../domain/time.ts'
import { inTransaction, isUnavailable } from '../platform/database.ts'
import { claimPendingOfTickets } from '../store/event-store.ts'
import { insertQuarantined } from '../store/quarantine-store.ts'
import { stopTicketTimer } from '../store/ticket-store.ts'
import type { Engine } from './context.ts'

/** The quarantine code of a ticket whose events are stored and cannot be folded; replaying it folds again. */
export const FOLD_FAILED = 'fold_failed'

// Deadlocks, time-outs, rights, missing tables, a server out of order: the next attempt or the next deploy mends it, not the ticket.
const NOT_THE_TICKET = /^(25|28|3D|40|42|53|55|57|58|XX)[0-9A-Z]{3}$/

/** Whether an error says nothing about the ticket. Such work is left where it is and tried again. */
export function isPassing(error: unknown): boolean {
  return isUnavailable(error) || (error instanceof Error && 'code' in error && NOT_THE_TICKET.test(String(error.code)))
}

// The text of a database error can quote values; its name and code cannot.
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name
}

/**
 * Takes one ticket (or one subject of notices) out of everybody's way: its waiting events leave the line, its timer stops, and the quarantine shows it with the error's
 * name until a person replays it. The events stay stored; nothing is lost. Returns how many events left the line.
 */
export async function putAside(engine: Engine, now: Instant, ticketKey: string, error: unknown): Promise<number> {
  engine.log.error({ err: error instanceof Error ? error.stack : String(error), ticketKey }, 'ticket put aside: it cannot be folded')
  const provinceCode = provinceOfKey(ticketKey)
  const province = engine.tree.get(provinceCode)
  return inTransaction(engine.pool, async (tx) => {
    const waiting = await claimPendingOfTickets(tx, [ticketKey])
    await stopTicketTimer(tx, ticketKey)
    const entry = {
      source: 'engine:fold',
      provinceCode,
      regionPath: province?.path ?? engine.tree.root.path,
      item: JSON.stringify({ ticket_key: ticketKey, waiting_events: waiting.length }),
      code: FOLD_FAILED,
      field: 'ticket_key',
      expected: `可折叠的事件历史 / a history that can be folded (${nameOf(error)})`,
      mend: '事件均已保存；升级或修复后重放此条 / its events are kept; replay this entry after a fix',
    }
    await insertQuarantined(tx, [entry], now)
    return waiting.length
  })
}
