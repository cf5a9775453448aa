import { type Base, MEASURES } from '../domain/count/fact.ts'
import type { Instant } from '../domain/time.ts'
import { advisoryLock, type Sql, type Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

const MOST_MEASURES = Math.max(...Object.values(MEASURES).map((list) => list.length))
const places = (array: string) => `array[${Array.from({ length: MOST_MEASURES }, (_, place) => `coalesce(sum(${array}[${place + 1}]), 0)`).join(', ')}]::bigint[]`

/** What one base counts in one month at one node (a city, or a node above it where nothing finer is known). */
export interface MonthSums {
  readonly base: Base
  readonly monthAt: Instant
  readonly regionCode: string
  /** One number per measure of the base, in their order; zeros beyond them. */
  readonly n: readonly number[]
}

/** What is summed, by month and node; null codes mean all. */
export interface MonthQuery {
  readonly kind: string
  readonly bases: readonly Base[]
  readonly months: readonly Instant[]
  readonly regionCodes: readonly string[] | null
}

/** The counts of these months as they are known by now. */
export async function loadMonthSums(sql: Sql, { kind, bases, months, regionCodes }: MonthQuery): Promise<MonthSums[]> {
  const { rows } = await sql.query<MonthSums>(
    `select split_part(cube, '/', 1) as base, bin_at as "monthAt", region_code as "regionCode", n from cell
      where kind = $1 and cube = any($2::text[]) and bin_at = any(array(select ${instantOf('m')} from unnest($3::float8[]) as m))
        and ($4::text[] is null or region_code = any($4::text[]))`,
    [kind, bases.map((base) => `${base}/month`), months, regionCodes],
  )
  return rows
}

/** States at the end of a month: all changes up to it, by node. */
export async function loadMonthStates(sql: Sql, query: Omit<MonthQuery, 'bases' | 'months'> & { readonly monthAt: Instant }): Promise<MonthSums[]> {
  const { rows } = await sql.query<MonthSums>(
    `select 'SNAP' as base, ${instantOf('$2')} as "monthAt", region_code as "regionCode", ${places('n')} as n from cell
      where kind = $1 and cube = 'SNAP/month' and bin_at <= ${instantOf('$2')} and ($3::text[] is null or region_code = any($3::text[]))
      group by region_code`,
    [query.kind, query.monthAt, query.regionCodes],
  )
  return rows
}

/** What waiting and rejected restatements hold back of one month, by base and node. */
export async function loadHeldMonth(
  sql: Sql,
  { kind, bases, startAt, endAt }: { readonly kind: string; readonly bases: readonly Base[]; readonly startAt: Instant; readonly endAt: Instant },
): Promise<MonthSums[]> {
  const { rows } = await sql.query<MonthSums>(
    `select s.base, ${instantOf('$3')} as "monthAt", s.region_code as "regionCode", ${places('s.n')} as n
       from restatement_sum s join restatement r on r.id = s.restatement_id and r.state in ('waiting', 'rejected')
      where s.kind = $1 and s.base = any($2::text[]) and s.bin_at >= ${instantOf('$3')} and s.bin_at < ${instantOf('$4')}
      group by s.base, s.region_code`,
    [kind, bases, startAt, endAt],
  )
  return rows
}

/** Months in which these bases count anything and that are not frozen at this node, oldest first. */
export async function unfrozenMonths(sql: Sql, query: Pick<MonthQuery, 'kind' | 'bases'> & { readonly zone: string; readonly rootCode: string }): Promise<Instant[]> {
  const { rows } = await sql.query<{ at: Instant }>(
    `select distinct c.bin_at as at from cell c where c.kind = $1 and c.cube = any($2::text[])
        and not exists (select from frozen_month f where f.month = (c.bin_at at time zone $3)::date and f.region_code = $4 and f.kind = $1)
      order by 1`,
    [query.kind, query.bases.map((base) => `${base}/month`), query.zone, query.rootCode],
  )
  return rows.map(({ at }) => at)
}

/** Nobody else freezes months until this transaction ends. */
export const lockFreezing = (tx: Tx): Promise<void> => advisoryLock(tx, 'tocsin:freeze-months')

/** A frozen sum; the month is the local date of its first day. */
export interface FrozenSum {
  readonly month: string
  readonly regionCode: string
  /** A base of facts; `WATCH` and `LATENCY`: what is counted of the monitoring itself. */
  readonly base: Base | 'WATCH' | 'LATENCY'
  readonly n: readonly number[]
  readonly frozenAt: Instant
  readonly formulaVersion: number
}

/** Freezes sums; what is frozen already stays as it is. */
export async function insertFrozen(tx: Tx, kind: string, sums: readonly FrozenSum[]): Promise<number> {
  if (sums.length === 0) return 0
  const names = ['month', 'region_code', 'base', 'n', 'frozen_at', 'formula_version']
  const { rowCount } = await tx.query(
    `insert into frozen_month (month, region_code, kind, base, n, frozen_at, formula_version)
     select month::date, region_code, $1, base, n::bigint[], ${instantOf('frozen_at')}, formula_version::integer
       from unnest(${names.map((_name, index) => column(`$${index + 2}`)).join(', ')}) as i (${names.join(', ')})
     on conflict do nothing`,
    [
      kind,
      joined(sums.map((sum) => sum.month)),
      joined(sums.map((sum) => sum.regionCode)),
      joined(sums.map((sum) => sum.base)),
      joined(sums.map((sum) => `{${sum.n.join(',')}}`)),
      joined(sums.map((sum) => sum.frozenAt)),
      joined(sums.map((sum) => sum.formulaVersion)),
    ],
  )
  return rowCount ?? 0
}

/** What is frozen of one node in these months (first days). The caller has looked whether the node is in the scope. */
export async function loadFrozen(sql: Sql, kind: string, regionCode: string, months: readonly string[]): Promise<FrozenSum[]> {
  const { rows } = await sql.query<FrozenSum>(
    `select to_char(month, 'YYYY-MM-DD') as month, region_code as "regionCode", base, n, frozen_at as "frozenAt", formula_version as "formulaVersion"
       from frozen_month where kind = $1 and region_code = $2 and month = any($3::date[])`,
    [kind, regionCode, months],
  )
  return rows
}

/** Of these months (first days) those that are frozen at this node, with when. */
export async function frozenAt(sql: Sql, kind: string, rootCode: string, months: readonly string[]): Promise<Map<string, Instant>> {
  const { rows } = await sql.query<{ month: string; at: Instant }>(
    `select to_char(month, 'YYYY-MM-DD') as month, min(frozen_at) as at from frozen_month where kind = $1 and region_code = $2 and month = any($3::date[]) group by 1`,
    [kind, rootCode, months],
  )
  return new Map(rows.map(({ month, at }) => [month, at]))
}
