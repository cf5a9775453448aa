import { measurePlace } from '../domain/count/cubes.ts'
import type { Instant, Zone } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

const FINE = `'ACC/half_minute/phenomenon'`
const ACCEPTED = `n[${measurePlace('ACC', 'accepted') + 1}]`
const NOW = { open: `n[${measurePlace('NOW', 'open') + 1}]`, overdue: `n[${measurePlace('NOW', 'overdue') + 1}]` }

/** A sum at one node of the tree (its own cells, not its subtree). */
export interface NodeSum {
  readonly regionCode: string
  readonly n: number
}

/** Tickets of a kind accepted on the local day that starts at `dayStartAt`, by node. */
export async function loadAcceptedOfDay(sql: Sql, kind: string, dayStartAt: Instant): Promise<NodeSum[]> {
  const { rows } = await sql.query<NodeSum>(
    `select region_code as "regionCode", coalesce(${ACCEPTED}, 0)::int as n from cell where cube = 'ACC/day' and bin_at = ${instantOf('$2')} and kind = $1`,
    [kind, dayStartAt],
  )
  return rows
}

/** Tickets of a kind that are open now, and those of them that are overdue, by node. */
export async function loadPresent(sql: Sql, kind: string): Promise<{ regionCode: string; open: number; overdue: number }[]> {
  const { rows } = await sql.query<{ regionCode: string; open: number; overdue: number }>(
    `select region_code as "regionCode", coalesce(${NOW.open}, 0)::int as open, coalesce(${NOW.overdue}, 0)::int as overdue
       from cell where cube = 'NOW/none' and bin_at = ${instantOf('0')} and kind = $1`,
    [kind],
  )
  return rows
}

/** How many tickets of a kind the day cells hold for these days: changes when the past changes. */
export async function sumOfDays(sql: Sql, kind: string, dayStarts: readonly Instant[]): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select coalesce(sum(c.${ACCEPTED}), 0)::float8 as n from unnest($2::float8[]) as d (ms)
       join cell c on c.cube = 'ACC/day' and c.bin_at = ${instantOf('d.ms')} where c.kind = $1`,
    [kind, dayStarts],
  )
  return Number(rows[0]?.n ?? 0)
}

/** One node's tickets of one past day, by minute of the local clock. */
export interface DayCounts {
  /** Place of the day in the list asked for, from 0. */
  readonly place: number
  readonly regionCode: string
  /** `minute:count` pairs, minutes since local midnight, joined by commas. */
  readonly counts: string
}

/** Tickets of a kind accepted on each of these local days, by node and minute of the local clock: read once a day. */
export async function loadDayCounts(
  sql: Sql,
  kind: string,
  days: readonly { readonly from: Instant; readonly to: Instant }[],
  zone: Zone,
): Promise<DayCounts[]> {
  const { rows } = await sql.query<DayCounts>(
    `select place, region_code as "regionCode", string_agg(minute || ':' || n, ',') as counts from (
       select (d.place - 1)::int as place, c.region_code, floor(extract(epoch from (c.bin_at at time zone $4)::time) / 60)::int as minute, sum(c.${ACCEPTED})::int as n
         from unnest($2::float8[], $3::float8[]) with ordinality as d (from_ms, to_ms, place)
         join cell c on c.cube = ${FINE} and c.bin_at >= ${instantOf('d.from_ms')} and c.bin_at < ${instantOf('d.to_ms')}
        where c.kind = $1 and c.${ACCEPTED} <> 0 group by 1, 2, 3) m
      group by place, region_code`,
    [kind, days.map((day) => day.from), days.map((day) => day.to), zone],
  )
  return rows
}

/** Tickets of a kind accepted in `[from, to)` by step of `stepMs` from `from`, summed over these nodes (null: all). */
export async function loadSteps(
  sql: Sql,
  query: { kind: string; from: Instant; to: Instant; stepMs: number; regionCodes: readonly string[] | null },
): Promise<{ step: number; n: number }[]> {
  const { rows } = await sql.query<{ step: number; n: number }>(
    `select floor((extract(epoch from bin_at) * 1000 - $2::float8) / $4::float8)::int as step, sum(${ACCEPTED})::int as n from cell
      where cube = ${FINE} and bin_at >= ${instantOf('$2')} and bin_at < ${instantOf('$3')} and kind = $1
        and ($5::text[] is null or region_code = any($5::text[]))
      group by 1 order by 1`,
    [query.kind, query.from, query.to, query.stepMs, query.regionCodes],
  )
  return rows
}

/** What is published of one node; the payload is the caller's (core/contract/wall.ts NodeFigures). */
export interface PublishedFigures {
  readonly regionCode: string
}

/** The figures last published of these nodes (null: all). */
export async function loadPublished<T extends PublishedFigures>(sql: Sql, regionCodes: readonly string[] | null): Promise<T[]> {
  const { rows } = await sql.query<{ payload: T }>('select payload from figure_published where $1::text[] is null or region_code = any($1::text[])', [
    regionCodes,
  ])
  return rows.map((row) => row.payload)
}

/** Remembers what is published now. Each node once. */
export async function savePublished(tx: Tx, figures: readonly PublishedFigures[]): Promise<void> {
  if (figures.length === 0) return
  await tx.query(
    `insert into figure_published (region_code, payload)
     select region_code, payload::jsonb from unnest(${column('$1')}, ${column('$2')}) as i (region_code, payload)
     on conflict (region_code) do update set payload = excluded.payload`,
    [joined(figures.map((figure) => figure.regionCode)), joined(figures.map((figure) => JSON.stringify(figure)))],
  )
}

/** Whether this deployment runs the demonstration: its users exist only there. */
export async function hasDemoUsers(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>('select exists (select from app_user where is_demo and disabled_at is null) as found')
  return rows[0]?.found === true
}
