import type { Fact } from '../../core/domain/count/fact.ts'
import { readFacts } from '../../core/engine/counted.ts'
import type { Pool } from '../../core/platform/database.ts'

/** The rows of a subjects' table in the order of their keys, without what says when they were written. */
export async function subjectRows(pool: Pool, table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query(`select * from ${table} order by subject_key`)
  // The stretch only has to hold the notices; how wide it is follows from how they came.
  return rows.map(({ updated_at: _updated, first_event_at: _first, last_event_at: _last, ...row }) => row as Record<string, unknown>)
}

/** What the subjects of notices are counted as: the facts that stand, in a fixed order. A recount holds the cells to them. */
export async function netFacts(pool: Pool): Promise<Fact[]> {
  const { rows } = await pool.query<{ counted: string }>('select counted from call union all select counted from incident union all select counted from opinion')
  return rows
    .flatMap(({ counted }) => readFacts(counted))
    .map((fact) => JSON.stringify(fact))
    .sort()
    .map((fact) => JSON.parse(fact) as Fact)
}
