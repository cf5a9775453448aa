import { lastListTime, unitLists } from '../domain/abnormal/unit-list.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { loadTickSlot, takeTickSlot } from '../store/tick-slot-store.ts'
import { loadListedTickets, saveUnitLists } from '../store/unit-list-store.ts'
import type { Engine } from './context.ts'

/** The name under which list times are counted off. */
const LIST_SLOT = 'unit-lists'
const KEPT = 35 * DAY

/**
 * Makes the lists of the last of the day's times, once (domain.md 4.4). After a standstill only that one, as things stand then: what stood open before is gone. The very first
 * are made once there is a ticket to list. False where nothing was made.
 */
export async function makeUnitLists(engine: Engine, now: Instant): Promise<boolean> {
  const slotAt = lastListTime(now, engine.zone)
  const done = await loadTickSlot(engine.pool, LIST_SLOT)
  if (done !== null && done >= slotAt) return false
  return inTransaction(engine.pool, async (tx) => {
    const lists = unitLists(await loadListedTickets(tx), engine.tree)
    if (done === null && lists.length === 0) return false
    if (!(await takeTickSlot(tx, LIST_SLOT, slotAt))) return false
    await saveUnitLists(tx, { slotAt, madeAt: now, lists }, slotAt - KEPT)
    return true
  })
}
