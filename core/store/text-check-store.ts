import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { advisoryLock } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

const LOCK = 'tocsin:texts'

/** Puts tickets in line for a look at their text, in the order of their acceptance. */
export async function insertTextChecks(tx: Tx, checks: readonly { readonly ticketKey: string; readonly acceptedAt: Instant }[]): Promise<void> {
  if (checks.length === 0) return
  await tx.query(
    `insert into text_check (ticket_key, accepted_at)
     select ticket_key, ${instantOf('accepted_at')} from unnest(${column('$1')}, ${column('$2')}) as i (ticket_key, accepted_at) order by accepted_at::float8, ticket_key collate "C"`,
    [joined(checks.map((check) => check.ticketKey)), joined(checks.map((check) => check.acceptedAt))],
  )
}

/** Takes the first `limit` of the line out, in its order, each ticket once; they are back when the transaction fails. Only for a holder of {@link tryTextLock}. */
export async function takeTextChecks(tx: Tx, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ seq: number; ticketKey: string }>(
    'delete from text_check where seq = any(array(select seq from text_check order by seq limit $1)) returning seq, ticket_key as "ticketKey"',
    [limit],
  )
  return [...new Set(rows.sort((a, b) => a.seq - b.seq).map((row) => row.ticketKey))]
}

/** Whether any text waits to be looked at; with `before`, any of a ticket accepted before that instant: what a risk tick has to wait for. */
export async function hasTextChecks(sql: Sql, before: Instant | null = null): Promise<boolean> {
  const { rows } = await sql.query<{ waits: boolean }>(
    `select exists (select from text_check where $1::float8 is null or accepted_at < ${instantOf('$1')}) as waits`,
    [before],
  )
  return rows[0]?.waits === true
}

/** Makes this transaction the only one that moves texts between clusters until it ends; false where another is at it. */
export async function tryTextLock(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ held: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as held', [LOCK])
  return rows[0]?.held === true
}

/** The same, waiting until whoever is at it has ended. */
export async function lockTexts(tx: Tx): Promise<void> {
  await advisoryLock(tx, LOCK)
}
