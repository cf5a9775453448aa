import type { CubeName } from '../domain/count/contribution.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** One cube summed over one period. */
export interface PeriodCube {
  /** Place of the period in the list asked for, from 0; −1 for everything before the first. */
  readonly place: number
  readonly cube: CubeName
  /** Over the nodes asked for. */
  readonly own: number
  /** Over the nodes whose feed the nodes depend on. */
  readonly feed: number
}

/** Periods must not overlap and be in order of time. */
export interface PeriodQuery {
  readonly kind: string
  readonly cubes: readonly CubeName[]
  /** Of these the sum of everything before the first period, and between periods, is wanted too. */
  readonly runningCubes: readonly CubeName[]
  /** Null: all nodes. */
  readonly regionCodes: readonly string[] | null
  readonly feedCodes: readonly string[] | null
  readonly edges: readonly Instant[]
}

/**
 * Sums of day cells between consecutive `edges`, for all cubes in one pass (place i is `[edges[i], edges[i+1])`, place −1 everything before
 * the first edge, for the running cubes only).
 */
export async function loadPeriods(sql: Sql, query: PeriodQuery): Promise<PeriodCube[]> {
  const { rows } = await sql.query<PeriodCube>(
    `select (width_bucket(bin_at, array(select ${instantOf('e')} from unnest($6::float8[]) as e)) - 1)::int as place, cube,
            coalesce(sum(n) filter (where $4::text[] is null or region_code = any($4::text[])), 0)::int as own,
            coalesce(sum(n) filter (where $5::text[] is null or region_code = any($5::text[])), 0)::int as feed
       from cell
      where kind = $1 and bin_at < ${instantOf('$7')}
        and ((cube = any($2::text[]) and bin_at >= ${instantOf('$8')}) or cube = any($3::text[]))
        and ($5::text[] is null or region_code = any($5::text[]))
      group by 1, 2`,
    [query.kind, query.cubes, query.runningCubes, query.regionCodes, query.feedCodes, query.edges, query.edges.at(-1), query.edges[0]],
  )
  return rows
}
