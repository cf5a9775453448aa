import { completedHistory, type CustomerHistory, isSameHistory, type KinFacts, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import type { Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

/** A ticket under one of its keys, in the stretch of its acceptance (`crowdSpanOf`). */
export interface KinRow {
  readonly kinKey: string
  readonly span: number
  readonly ticketKey: string
}

const ROWS = `unnest(${column('$1')}, ${column('$2')}, ${column('$3')}) as i (kin_key, span, ticket_key)`
const rowColumns = (rows: readonly KinRow[]) => [
  joined(rows.map(({ kinKey }) => kinKey)),
  joined(rows.map(({ span }) => span)),
  joined(rows.map(({ ticketKey }) => ticketKey)),
]

/** The rows of every key of `a (kin_key)` that are no part of a crowd. A key that has crowds is read stretch by stretch: those of its crowds are never touched. */
const UNCROWDED = `
  select k.kin_key, k.span, k.ticket_key
    from (select kin_key from a where not exists (select from kin_crowd c where c.kin_key = a.kin_key)) o
    -- One look by key for each, whatever the statistics say: a fresh table would else be read through for every batch.
    cross join lateral (select * from ticket_kin k where k.kin_key = o.kin_key offset 0) k
  union all
  select k.kin_key, k.span, k.ticket_key
    from (select kin_key from a where exists (select from kin_crowd c where c.kin_key = a.kin_key)) o
    cross join lateral (select min(span) as first, max(span) as last from ticket_kin k where k.kin_key = o.kin_key) r
    cross join lateral generate_series(r.first, r.last) as s (span)
    cross join lateral (select * from ticket_kin k where k.kin_key = o.kin_key and k.span = s.span
                           and not exists (select from kin_crowd c where c.kin_key = o.kin_key and c.span = s.span) offset 0) k`

/** Notes by which keys tickets are found by their kin; known rows stay. */
export async function insertKinKeys(tx: Tx, rows: readonly KinRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into ticket_kin (kin_key, span, ticket_key) select kin_key, span::int, ticket_key from ${ROWS} order by 1, 2, 3 on conflict do nothing`,
    rowColumns(rows),
  )
}

/** Takes keys away that a ticket no longer has, and puts those in line for a look who shared them: of a crowd one, by whom it is seen whether it still is one. */
export async function deleteKinKeys(tx: Tx, rows: readonly KinRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(`delete from ticket_kin k using ${ROWS} where k.kin_key = i.kin_key and k.span = i.span::int and k.ticket_key = i.ticket_key`, rowColumns(rows))
  await tx.query(
    `with gone as (select distinct i.kin_key, i.span::int as span from unnest(${column('$1')}, ${column('$2')}) as i (kin_key, span)),
          a as (select distinct kin_key from gone g where not exists (select from kin_crowd c where c.kin_key = g.kin_key and c.span = g.span))
     insert into kin_check (ticket_key)
     select u.ticket_key from (${UNCROWDED}) u
      union
     select k.ticket_key from gone g join kin_crowd c on c.kin_key = g.kin_key and c.span = g.span
      cross join lateral (select ticket_key from ticket_kin k where k.kin_key = g.kin_key and k.span = g.span limit 1) k`,
    rowColumns(rows).slice(0, 2),
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

/** Every ticket under a key of one of these, they themselves included, without those of crowds. */
export async function loadKinRows(tx: Tx, ticketKeys: readonly string[]): Promise<KinRow[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<KinRow>(
    `with a as materialized (select distinct kin_key from ticket_kin where ticket_key = any(${column('$1')}))
     select u.kin_key as "kinKey", u.span, u.ticket_key as "ticketKey" from (${UNCROWDED}) u`,
    [joined(ticketKeys)],
  )
  return rows
}

/** Notes that keys have become crowds in a stretch. */
export async function insertCrowds(tx: Tx, crowds: readonly Pick<KinRow, 'kinKey' | 'span'>[]): Promise<void> {
  if (crowds.length === 0) return
  await tx.query(
    `insert into kin_crowd (kin_key, span) select kin_key, span::int from unnest(${column('$1')}, ${column('$2')}) as i (kin_key, span) order by 1, 2 on conflict do nothing`,
    [joined(crowds.map(({ kinKey }) => kinKey)), joined(crowds.map(({ span }) => span))],
  )
}

/** Forgets the crowds among the keys of these tickets that hold no more than `most` tickets now, and returns who is in them. */
export async function dissolveCrowds(tx: Tx, ticketKeys: readonly string[], most: number): Promise<string[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<{ ticketKey: string }>(
    `with held as (select distinct c.kin_key, c.span from kin_crowd c join ticket_kin a on a.kin_key = c.kin_key and a.span = c.span where a.ticket_key = any(${column('$1')})),
          small as (select h.kin_key, h.span from held h
                     where (select count(*) from (select from ticket_kin k where k.kin_key = h.kin_key and k.span = h.span limit $2::int + 1) x) <= $2::int),
          gone as (delete from kin_crowd c using small s where c.kin_key = s.kin_key and c.span = s.span)
     select distinct k.ticket_key as "ticketKey" from small s join ticket_kin k on k.kin_key = s.kin_key and k.span = s.span`,
    [joined(ticketKeys), most],
  )
  return rows.map(({ ticketKey }) => ticketKey)
}

/** Crowds that are stored and are none, or are none that are stored: 0 when all is right. */
export async function countWrongCrowds(tx: Tx, most: number): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select count(*)::int as n
       from (select kin_key, span from ticket_kin group by kin_key, span having count(*) > $1::int) t full join kin_crowd c using (kin_key, span)
      where t.kin_key is null or c.kin_key is null`,
    [most],
  )
  return rows[0]?.n ?? 0
}

/** Puts one ticket of each such crowd in line for a look, by whom it is seen; what has no tickets any more is forgotten. */
export async function requeueCrowds(tx: Tx, most: number): Promise<void> {
  await tx.query('delete from kin_crowd c where not exists (select from ticket_kin k where k.kin_key = c.kin_key and k.span = c.span)')
  await tx.query(
    `insert into kin_check (ticket_key)
     select coalesce(t.ticket_key, (select k.ticket_key from ticket_kin k where k.kin_key = c.kin_key and k.span = c.span limit 1))
       from (select kin_key, span, min(ticket_key) as ticket_key from ticket_kin group by kin_key, span having count(*) > $1::int) t
       full join kin_crowd c using (kin_key, span) where t.kin_key is null or c.kin_key is null`,
    [most],
  )
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
