import { isSameHistory, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import { inTransaction } from '../platform/database.ts'
import { requeueFolded } from '../store/event-store.ts'
import { claimKinChecks, loadCustomers, loadKinPairs, loadTicketsWithHistory, saveCustomers } from '../store/kin-store.ts'
import type { Engine } from './context.ts'
import { readCustomers } from './kin.ts'

/** Tickets looked at in one transaction. */
const AT_ONCE = 2_000

interface Look {
  readonly claimed: number
  /** Tickets of which their kin now make something else. */
  readonly changed: readonly string[]
}

async function lookAtSome(engine: Engine): Promise<Look> {
  return inTransaction(engine.pool, async (tx) => {
    const { claimed, ticketKeys } = await claimKinChecks(tx, AT_ONCE)
    if (claimed === 0) return { claimed, changed: [] }
    const pairs = await loadKinPairs(tx, ticketKeys)
    const had = await loadTicketsWithHistory(tx, ticketKeys)
    const affected = [...new Set([...had, ...pairs.flatMap(({ ticketKey, otherKey }) => [ticketKey, otherKey])])].sort()
    // Locked first, read after: of two looks at one ticket the later one sees what the earlier one's transaction wrote.
    const stored = await loadCustomers(tx, affected)
    const customers = await readCustomers(tx, affected)
    const changed = [...customers].filter(([ticketKey, customer]) => !isSameHistory(stored.get(ticketKey) ?? NO_HISTORY, customer))
    await saveCustomers(tx, changed)
    const keys = changed.map(([ticketKey]) => ticketKey)
    await requeueFolded(tx, keys)
    return { claimed, changed: keys }
  })
}

/**
 * Looks at the kin of tickets that have changed, after their commit, and puts every ticket in line to be judged again of which that makes
 * something else (domain.md 3.7: "re-judged when an earlier ticket arrives late"). Returns those, when nobody is left to be looked at.
 */
export async function settleKin(engine: Engine): Promise<readonly string[]> {
  const again = new Set<string>()
  for (;;) {
    const { claimed, changed } = await lookAtSome(engine)
    for (const key of changed) again.add(key)
    if (claimed === 0) return [...again]
  }
}
