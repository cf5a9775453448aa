import { grouped } from '../domain/grouping.ts'
import { MOST_KIN } from '../domain/ticket/crowd.ts'
import { isSameHistory, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { requeueFolded } from '../store/event-store.ts'
import { claimKinChecks, dissolveCrowds, insertCrowds, type KinRow, loadCustomers, loadKinRows, loadTicketsWithHistory, saveCustomers } from '../store/kin-store.ts'
import type { Engine } from './context.ts'
import { readCustomers } from './kin.ts'

/** Tickets looked at in one transaction. */
const AT_ONCE = 2_000
/** Kin held in memory at once, about: tickets are read again in slices so small that theirs are no more. */
const KIN_AT_ONCE = 20_000
const LEAST_SLICE = 50

interface Look {
  readonly claimed: number
  /** Tickets of which their kin now make something else. */
  readonly changed: readonly string[]
}

/** Of rows that share a key, one of each stretch in which so many do that the key is nobody's. */
const crowdsAmong = (rows: readonly KinRow[]): KinRow[] =>
  rows.length > MOST_KIN ? [...grouped(rows, ({ span }) => span).values()].flatMap((list) => (list.length > MOST_KIN ? list.slice(0, 1) : [])) : []

async function readAgain(tx: Tx, slice: readonly string[]): Promise<string[]> {
  // Locked first, read after: of two looks at one ticket the later one sees what the earlier one's transaction wrote.
  const stored = await loadCustomers(tx, slice)
  const customers = await readCustomers(tx, slice)
  const changed = [...customers].filter(([ticketKey, customer]) => !isSameHistory(stored.get(ticketKey) ?? NO_HISTORY, customer))
  await saveCustomers(tx, changed)
  const keys = changed.map(([ticketKey]) => ticketKey)
  await requeueFolded(tx, keys)
  return keys
}

async function lookAtSome(engine: Engine): Promise<Look> {
  return inTransaction(engine.pool, async (tx) => {
    const { claimed, ticketKeys } = await claimKinChecks(tx, AT_ONCE)
    if (claimed === 0) return { claimed, changed: [] }
    const kin = await loadKinRows(tx, ticketKeys)
    const groups = [...grouped(kin, ({ kinKey }) => kinKey).values()].filter(({ length }) => length > 1)
    await insertCrowds(tx, groups.flatMap(crowdsAmong))
    const freed = await dissolveCrowds(tx, ticketKeys, MOST_KIN)
    const had = await loadTicketsWithHistory(tx, ticketKeys)
    const affected = [...new Set([...had, ...freed, ...groups.flatMap((rows) => rows.map(({ ticketKey }) => ticketKey))])].sort()
    const each = Math.max(LEAST_SLICE, Math.floor((KIN_AT_ONCE * ticketKeys.length) / Math.max(kin.length, ticketKeys.length)))
    const changed: string[] = []
    for (let from = 0; from < affected.length; from += each) changed.push(...(await readAgain(tx, affected.slice(from, from + each))))
    return { claimed, changed }
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
