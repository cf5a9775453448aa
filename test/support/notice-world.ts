import type { Fact } from '../../core/domain/count/fact.ts'
import { readChanges } from '../../core/engine/counted.ts'
import type { Pool } from '../../core/platform/database.ts'

/** The rows of a subjects' table in the order of their keys, without what says when they were written. */
export async function subjectRows(pool: Pool, table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query(`select * from ${table} order by subject_key`)
  // The stretch only has to hold the notices; how wide it is follows from how they came.
  return rows.map(({ updated_at: _updated, first_event_at: _first, last_event_at: _last, ...row }) => row as Record<string, unknown>)
}

/** What all differences come to: the facts that stand, in a fixed order. */
export async function netFacts(pool: Pool): Promise<Fact[]> {
  const { rows } = await pool.query<{ facts: string }>('select facts from fact_difference order by seq')
  const net = new Map<string, number>()
  for (const { facts } of rows) {
    for (const { fact, times } of readChanges(facts)) net.set(JSON.stringify(fact), (net.get(JSON.stringify(fact)) ?? 0) + times)
  }
  const standing = [...net].flatMap(([fact, n]) => {
    if (n < 0) throw new Error(`lost more often than gained: ${fact}`)
    return Array.from({ length: n }, () => fact)
  })
  return standing.sort().map((fact) => JSON.parse(fact) as Fact)
}
