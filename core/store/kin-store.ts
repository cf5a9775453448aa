import { completedHistory, type CustomerHistory, isSameHistory, type KinFacts, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import type { Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

/** Notes by which keys tickets are found by their kin; known rows stay. */
export async function insertKinKeys(tx: Tx, rows: readonly { readonly kinKey: string; readonly ticketKey: string }[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into ticket_kin (kin_key, ticket_key) select kin_key, ticket_key from unnest(${column('$1')}, ${column('$2')}) as i (kin_key, ticket_key)
      order by kin_key, ticket_key on conflict do nothing`,
    [joined(rows.map((row) => row.kinKey)), joined(rows.map((row) => row.ticketKey))],
  )
}

/** Takes keys away that a ticket no longer has, and puts those in line for a look who shared them. */
export async function deleteKinKeys(tx: Tx, rows: readonly { readonly kinKey: string; readonly ticketKey: string }[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `with gone as (
       delete from ticket_kin k using unnest(${column('$1')}, ${column('$2')}) as i (kin_key, ticket_key)
        where k.kin_key = i.kin_key and k.ticket_key = i.ticket_key returning k.kin_key, k.ticket_key)
     insert into kin_check (ticket_key)
     select distinct k.ticket_key from ticket_kin k join gone g on g.kin_key = k.kin_key and g.ticket_key <> k.ticket_key`,
    [joined(rows.map((row) => row.kinKey)), joined(rows.map((row) => row.ticketKey))],
  )
}

/** Puts tickets in line for a look at their kin. */
export async function insertKinChecks(tx: Tx, ticketKeys: readonly string[]): Promise<void> {
  if (ticketKeys.length === 0) return
  await tx.query(`insert into kin_check (ticket_key) select * from unnest(${column('$1')})`, [joined(ticketKeys)])
}

/** Takes up to `limit` tickets out of that line; they are back in it when the transaction fails. */
export async function claimKinChecks(tx: Tx, limit: number): Promise<{ readonly claimed: number; readonly ticketKeys: string[] }> {
  const { rows } = await tx.query<{ ticketKey: string }>(
    `delete from kin_check where seq = any(array(select seq from kin_check order by seq limit $1 for update skip locked)) returning ticket_key as "ticketKey"`,
    [limit],
  )
  return { claimed: rows.length, ticketKeys: [...new Set(rows.map((row) => row.ticketKey))].sort() }
}

/** Two tickets that share a key. */
export interface KinPair {
  readonly ticketKey: string
  readonly otherKey: string
}

/** Every other ticket that shares a key with one of these. */
export async function loadKinPairs(tx: Tx, ticketKeys: readonly string[]): Promise<KinPair[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<KinPair>(
    // One look by key for each row, whatever the statistics say: a fresh table would else be read through for every batch.
    `select distinct a.ticket_key as "ticketKey", b.ticket_key as "otherKey"
       from ticket_kin a cross join lateral (select k.ticket_key from ticket_kin k where k.kin_key = a.kin_key offset 0) b
      where a.ticket_key = any(${column('$1')}) and b.ticket_key <> a.ticket_key`,
    [joined(ticketKeys)],
  )
  return rows
}

/** What of these tickets concerns their kin. */
export async function loadKinFacts(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, KinFacts>> {
  if (ticketKeys.length === 0) return new Map()
  const { rows } = await tx.query<{ ticketKey: string; facts: KinFacts }>(
    `select ticket_key as "ticketKey", kin_facts as facts from ticket where ticket_key = any(${column('$1')}) and kin_facts is not null`,
    [joined(ticketKeys)],
  )
  return new Map(rows.map(({ ticketKey, facts }) => [ticketKey, facts]))
}

/** Those of these tickets of which their kin make something. */
export async function loadTicketsWithHistory(tx: Tx, ticketKeys: readonly string[]): Promise<string[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<{ ticketKey: string }>(
    `select ticket_key as "ticketKey" from ticket where ticket_key = any(${column('$1')}) and customer_history is not null`,
    [joined(ticketKeys)],
  )
  return rows.map(({ ticketKey }) => ticketKey)
}

/** Locks these tickets in key order and says what their kin made of them so far. */
export async function loadCustomers(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, CustomerHistory>> {
  if (ticketKeys.length === 0) return new Map()
  const { rows } = await tx.query<{ ticketKey: string; customer: CustomerHistory | null }>(
    `select ticket_key as "ticketKey", customer_history as customer from ticket where ticket_key = any(${column('$1')}) order by ticket_key for update`,
    [joined(ticketKeys)],
  )
  return new Map(rows.map(({ ticketKey, customer }) => [ticketKey, completedHistory(customer)]))
}

/** Writes what kin make of tickets. */
export async function saveCustomers(tx: Tx, customers: readonly (readonly [ticketKey: string, CustomerHistory])[]): Promise<void> {
  if (customers.length === 0) return
  await tx.query(
    `update ticket t set customer_history = i.customer::json from unnest(${column('$1')}, ${column('$2')}) as i (ticket_key, customer)
      where t.ticket_key = i.ticket_key`,
    [joined(customers.map(([key]) => key)), joined(customers.map(([, customer]) => (isSameHistory(customer, NO_HISTORY) ? null : JSON.stringify(customer))))],
  )
}
