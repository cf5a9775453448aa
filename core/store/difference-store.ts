import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** Stores one difference for the tally; `acceptedFrom` is the earliest acceptance that it changes, null where it changes none. */
export async function insertDifference(tx: Tx, facts: string, acceptedFrom: Instant | null): Promise<void> {
  await tx.query(`insert into fact_difference (facts, accepted_from) values ($1, ${instantOf('$2')})`, [facts, acceptedFrom])
}

/**
 * Takes the oldest differences out, and returns their texts: at least one, at most `limit`, about `size` bytes together. They are back
 * when the transaction fails. Only for a holder of {@link tryTallyLock}, or of all counts.
 */
export async function takeDifferences(tx: Tx, limit: number, size: number): Promise<string[]> {
  const { rows } = await tx.query<{ facts: string }>(
    `delete from fact_difference d using (
       select seq from (
         select seq, octet_length(facts) as own, sum(octet_length(facts)) over (order by seq) as upto
           from (select seq, facts from fact_difference order by seq limit $1) o) s
        where upto - own < $2) t
      where d.seq = t.seq returning d.facts`,
    [limit, size],
  )
  return rows.map(({ facts }) => facts)
}

/** Whether any difference waits to be folded into the cells. */
export async function hasDifferences(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ waits: boolean }>('select exists (select from fact_difference) as waits')
  return rows[0]?.waits === true
}

/** Makes this transaction the only tally until it ends; false where another is at it. */
export async function tryTallyLock(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ held: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended('tocsin:tally', 0)) as held`)
  return rows[0]?.held === true
}
