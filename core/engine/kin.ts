import { type CustomerHistory, historyOfCustomer, type KinFacts, kinKeys, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import { twinsOf } from '../domain/ticket/twins.ts'
import type { Tx } from '../platform/database.ts'
import { deleteKinKeys, insertKinChecks, insertKinKeys, type KinPair, loadKinFacts, loadKinPairs } from '../store/kin-store.ts'
import { limitsByAcceptance } from './ticket-limits.ts'

/** A ticket whose row is being written: what of it concerns its kin, and what did before (as written; null: nothing). */
export interface KinNote {
  readonly ticketKey: string
  readonly facts: KinFacts | null
  readonly before: string | null
}

/**
 * Notes, in the transaction that writes tickets, by which keys they are found and which of them their kin must look at. Nothing is looked up
 * here: what another transaction writes at the same time cannot be seen yet.
 */
export async function noteKin(tx: Tx, notes: readonly KinNote[]): Promise<void> {
  const changed = notes.filter(({ facts, before }) => (facts === null ? null : JSON.stringify(facts)) !== before)
  const gained: { kinKey: string; ticketKey: string }[] = []
  const lost: { kinKey: string; ticketKey: string }[] = []
  for (const { ticketKey, facts, before } of changed) {
    const now = new Set(facts === null ? [] : kinKeys(facts.keys))
    const then = new Set(before === null ? [] : kinKeys((JSON.parse(before) as KinFacts).keys))
    for (const kinKey of now) if (!then.has(kinKey)) gained.push({ kinKey, ticketKey })
    for (const kinKey of then) if (!now.has(kinKey)) lost.push({ kinKey, ticketKey })
  }
  await insertKinKeys(tx, gained)
  await deleteKinKeys(tx, lost)
  await insertKinChecks(
    tx,
    changed.map(({ ticketKey }) => ticketKey),
  )
}

function othersOf(pairs: readonly KinPair[]): Map<string, string[]> {
  const others = new Map<string, string[]>()
  for (const { ticketKey, otherKey } of pairs) {
    const list = others.get(ticketKey)
    if (list === undefined) others.set(ticketKey, [otherKey])
    else list.push(otherKey)
  }
  return others
}

/** What their kin make of tickets, by key; tickets that have none and had none are left out. */
export async function readCustomers(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, CustomerHistory>> {
  const others = othersOf(await loadKinPairs(tx, ticketKeys))
  const facts = await loadKinFacts(tx, [...new Set([...others.keys(), ...[...others.values()].flat()])])
  const limitsAt = await limitsByAcceptance(tx, null)
  const customers = new Map<string, CustomerHistory>()
  for (const ticketKey of ticketKeys) {
    const own = facts.get(ticketKey)
    const kin = (others.get(ticketKey) ?? []).flatMap((key) => {
      const known = facts.get(key)
      return known === undefined ? [] : [{ ...known, ticketKey: key }]
    })
    if (own === undefined || kin.length === 0) customers.set(ticketKey, NO_HISTORY)
    else customers.set(ticketKey, { ...historyOfCustomer(own, kin, limitsAt(own.acceptedAt)), twins: twinsOf({ ...own, ticketKey }, kin) })
  }
  return customers
}
