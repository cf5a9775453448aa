import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** Says that `name` was alive at `at`; a beat never goes back. */
export async function beat(sql: Sql, name: string, at: Instant): Promise<void> {
  await sql.query(
    `insert into pulse (name, beat_at) values ($1, ${instantOf('$2')})
     on conflict (name) do update set beat_at = greatest(pulse.beat_at, excluded.beat_at)`,
    [name, at],
  )
}

/** The latest beat of anybody whose name starts with `prefix`, or null when nobody ever was. */
export async function latestBeat(sql: Sql, prefix = ''): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant | null }>('select max(beat_at) as at from pulse where name ^@ $1', [prefix])
  return rows[0]?.at ?? null
}
