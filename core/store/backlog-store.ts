import { measurePlace } from '../domain/count/cubes.ts'
import type { Base } from '../domain/count/fact.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** Where the hour, its local day and its local month begin, and from where on finished tickets are counted, up to that day. */
export interface BacklogQuery {
  readonly kinds: readonly string[]
  readonly monthAt: Instant
  readonly dayAt: Instant
  readonly hourAt: Instant
  readonly finishedFrom: Instant
}

/** At one node of the tree (its own cells). */
export interface BacklogSum {
  readonly regionCode: string
  readonly open: number
  readonly over48h: number
  readonly finished: number
}

const measure = (base: Base, name: string) => `n[${measurePlace(base, name) + 1}]`
/** Cells of one cube, a range of its bins. */
const snapshots = (grain: string, from: string, to: string) =>
  `select region_code, ${measure('SNAP', 'open')} as open, ${measure('SNAP', 'over_48h')} as over_48h, 0 as finished from cell
    where cube = 'SNAP/${grain}' and bin_at >= ${from} and bin_at < ${instantOf(to)} and kind = any($1::text[])`

/** What was open at the beginning of an hour, from the changes of the months, days and hours before it, and what was finished on the days before, by node. */
export async function loadBacklog(sql: Sql, { kinds, monthAt, dayAt, hourAt, finishedFrom }: BacklogQuery): Promise<BacklogSum[]> {
  const { rows } = await sql.query<BacklogSum>(
    `select region_code as "regionCode", sum(open)::int as open, sum(over_48h)::int as "over48h", sum(finished)::int as finished
       from (${snapshots('month', "'-infinity'", '$2')}
             union all ${snapshots('day', instantOf('$2'), '$3')}
             union all ${snapshots('hour', instantOf('$3'), '$4')}
             union all select region_code, 0, 0, ${measure('FIN', 'finished')} from cell
                        where cube = 'FIN/day' and bin_at >= ${instantOf('$5')} and bin_at < ${instantOf('$3')} and kind = any($1::text[])) as c
      group by region_code`,
    [kinds, monthAt, dayAt, hourAt, finishedFrom],
  )
  return rows
}

/** Whether at least `least` tickets of these kinds are open anywhere. */
export async function hasOpenTickets(sql: Sql, kinds: readonly string[], least: number): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `select coalesce(sum(${measure('NOW', 'open')}), 0) >= $2::float8 as found from cell where cube = 'NOW/none' and kind = any($1::text[])`,
    [kinds, least],
  )
  return rows[0]?.found === true
}
