import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/**
 * Moves a tick's slot forward to `slotAt`, in the transaction that does the tick's work; false when that slot, or a later one, was done.
 * Of two that try at once the second waits for the first and then gets false.
 */
export async function takeTickSlot(tx: Tx, name: string, slotAt: Instant): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into tick_slot (name, slot_at) values ($1, ${instantOf('$2')})
     on conflict (name) do update set slot_at = excluded.slot_at where tick_slot.slot_at < excluded.slot_at`,
    [name, slotAt],
  )
  return rowCount === 1
}

/** The latest slot done under this name, or null when none ever was. */
export async function loadTickSlot(sql: Sql, name: string): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant }>('select slot_at as at from tick_slot where name = $1', [name])
  return rows[0]?.at ?? null
}
