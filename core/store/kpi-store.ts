import { MEASURES } from '../domain/count/fact.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

const sumsOf = (measures: number, filter: string) =>
  `array[${Array.from({ length: measures }, (_, place) => `coalesce(sum(n[${place + 1}])${filter}, 0)`).join(', ')}]::bigint[]`
const MOST_MEASURES = Math.max(...Object.values(MEASURES).map((list) => list.length))

/** One week cube summed over one week. */
export interface WeekSums {
  readonly cube: string
  readonly weekAt: Instant
  /** Over the nodes asked for, one number per measure of the cube's base, in their order; zeros beyond them. */
  readonly own: readonly number[]
  /** The first measure over the nodes whose feed the nodes depend on: whether anything at all was received. */
  readonly received: number
}

/** Null codes mean all nodes; `feedCodes` hold all of `regionCodes`. */
export interface WeekQuery {
  readonly kind: string
  readonly cubes: readonly string[]
  readonly weekStarts: readonly Instant[]
  readonly regionCodes: readonly string[] | null
  readonly feedCodes: readonly string[] | null
}

/** Sums of these week cubes in these weeks, all measures in one pass. */
export async function loadWeekSums(sql: Sql, query: WeekQuery): Promise<WeekSums[]> {
  const { rows } = await sql.query<WeekSums>(
    `with c as materialized (
       select cube, bin_at, n, $4::text[] is null or region_code = any($4::text[]) as is_own from cell
        where kind = $1 and cube = any($2::text[]) and bin_at = any(array(select ${instantOf('w')} from unnest($3::float8[]) as w))
          and ($5::text[] is null or region_code = any($5::text[])))
     select cube, bin_at as "weekAt", ${sumsOf(MOST_MEASURES, ' filter (where is_own)')} as own, coalesce(sum(n[1]), 0)::bigint as received
       from c group by cube, bin_at`,
    [query.kind, query.cubes, query.weekStarts, query.regionCodes, query.feedCodes],
  )
  return rows
}

/** Changes of states, summed over one week; over all time before the first week where `weekAt` is null. */
export interface StateChange {
  readonly weekAt: Instant | null
  /** One number per measure of `SNAP`, in their order. */
  readonly n: readonly number[]
}

/** Weeks by their starts; `monthAt` is the start of the month that holds the first of them. */
export interface StateQuery {
  readonly kind: string
  readonly monthAt: Instant
  readonly firstWeekAt: Instant
  readonly lastWeekAt: Instant
  readonly regionCodes: readonly string[] | null
}

/** How states changed, week by week: what lies before the first week comes from the months before it and the days since, not from every day. */
export async function loadStateChanges(sql: Sql, query: StateQuery): Promise<StateChange[]> {
  const { rows } = await sql.query<StateChange>(
    `select case cube when 'SNAP/week' then bin_at end as "weekAt", ${sumsOf(MEASURES.SNAP.length, '')} as n from cell
      where kind = $1 and ($5::text[] is null or region_code = any($5::text[])) and bin_at <= ${instantOf('$4')}
        and (cube = 'SNAP/month' and bin_at < ${instantOf('$2')}
          or cube = 'SNAP/day' and bin_at >= ${instantOf('$2')} and bin_at < ${instantOf('$3')}
          or cube = 'SNAP/week' and bin_at >= ${instantOf('$3')})
      group by 1`,
    [query.kind, query.monthAt, query.firstWeekAt, query.lastWeekAt, query.regionCodes],
  )
  return rows
}
