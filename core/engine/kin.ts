import { crowdSpanOf, kinKeys, withCountedKeys } from '../domain/ticket/crowd.ts'
import { type CustomerHistory, historyOfCustomer, type KinFacts, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import { twinsOf } from '../domain/ticket/twins.ts'
import type { Tx } from '../platform/database.ts'
import { deleteKinKeys, insertKinChecks, insertKinKeys, type KinRow, loadKinFacts, loadKinRows } from '../store/kin-store.ts'
import { limitsByAcceptance } from './ticket-limits.ts'

/** A ticket whose row is being written: what of it concerns its kin, and what did before (as written; null: nothing). */
export interface KinNote {
  readonly ticketKey: string
  readonly facts: KinFacts | null
  readonly before: string | null
}

/** The rows that a ticket is found by, by key and stretch. */
function rowsOf(ticketKey: string, facts: KinFacts | null): Map<string, KinRow> {
  if (facts === null) return new Map()
  const span = crowdSpanOf(facts.acceptedAt)
  return new Map(kinKeys(facts.keys).map((kinKey) => [`${span} ${kinKey}`, { kinKey, span, ticketKey }]))
}

/**
 * Notes, in the transaction that writes tickets, by which keys they are found and which of them their kin must look at. Nothing is looked up
 * here: what another transaction writes at the same time cannot be seen yet.
 */
export async function noteKin(tx: Tx, notes: readonly KinNote[]): Promise<void> {
  const changed = notes.filter(({ facts, before }) => (facts === null ? null : JSON.stringify(facts)) !== before)
  const [gained, lost]: [KinRow[], KinRow[]] = [[], []]
  for (const { ticketKey, facts, before } of changed) {
    const [now, then] = [rowsOf(ticketKey, facts), rowsOf(ticketKey, before === null ? null : (JSON.parse(before) as KinFacts))]
    for (const [name, row] of now) if (!then.has(name)) gained.push(row)
    for (const [name, row] of then) if (!now.has(name)) lost.push(row)
  }
  await insertKinKeys(tx, gained)
  await deleteKinKeys(tx, lost)
  await insertKinChecks(
    tx,
    changed.map(({ ticketKey }) => ticketKey),
  )
}

/** Tickets by the key that they share; those that are lost in a crowd are not there. */
function groupsOf(rows: readonly KinRow[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>()
  for (const { kinKey, ticketKey } of rows) {
    const group = groups.get(kinKey)
    if (group === undefined) groups.set(kinKey, new Set([ticketKey]))
    else group.add(ticketKey)
  }
  return groups
}

/** What their kin make of tickets, by key. Keys that are a crowd's count for nobody (docs/adr/0020). */
export async function readCustomers(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, CustomerHistory>> {
  const groups = groupsOf(await loadKinRows(tx, ticketKeys))
  const facts = await loadKinFacts(tx, [...new Set([...groups.values()].flatMap((group) => [...group]))])
  const limitsAt = await limitsByAcceptance(tx, null)
  const named = (ticketKey: string) => {
    const known = facts.get(ticketKey)
    return known === undefined ? null : withCountedKeys({ ...known, ticketKey }, (kinKey) => groups.get(kinKey)?.has(ticketKey) === true)
  }
  const customers = new Map<string, CustomerHistory>()
  for (const ticketKey of ticketKeys) {
    const own = named(ticketKey)
    const others = new Set(own === null ? [] : kinKeys(own.keys).flatMap((kinKey) => [...(groups.get(kinKey) ?? [])]))
    others.delete(ticketKey)
    if (own === null || others.size === 0) {
      customers.set(ticketKey, NO_HISTORY)
      continue
    }
    const kin = [...others].flatMap((key) => named(key) ?? [])
    customers.set(ticketKey, { ...historyOfCustomer(own, kin, limitsAt(own.acceptedAt)), twins: twinsOf(own, kin) })
  }
  return customers
}
