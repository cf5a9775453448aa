import { HOUR_COUNT, NO_CHECKS } from '../domain/quality/reception.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** Counts of one check about one province and local day (`YYYY-MM-DD`). */
export interface QualityCount {
  readonly provinceCode: string
  readonly day: string
  readonly checkId: string
  readonly dimension: string
  readonly checked: number
  readonly failed: number
}

/** Something that failed a check, for people to look at. */
export interface Finding {
  readonly checkId: string
  readonly provinceCode: string
  readonly day: string
  readonly subject: string
  readonly dimension: string
  readonly detail: string
}

/** How many subjects of one check, province and day are kept; the counts stay exact. */
export const FINDINGS_KEPT = 200

/** Adds to the counts; signed, each key once. */
export async function addQuality(tx: Tx, counts: readonly QualityCount[]): Promise<void> {
  if (counts.length === 0) return
  await tx.query(
    `insert into quality_delta (province_code, day, check_id, dimension, checked, failed)
     select province_code, day::date, check_id, dimension, checked::bigint, failed::bigint
       from unnest(${[1, 2, 3, 4, 5, 6].map((index) => column(`$${index}`)).join(', ')}) as i (province_code, day, check_id, dimension, checked, failed)`,
    [
      joined(counts.map((row) => row.provinceCode)),
      joined(counts.map((row) => row.day)),
      joined(counts.map((row) => row.checkId)),
      joined(counts.map((row) => row.dimension)),
      joined(counts.map((row) => row.checked)),
      joined(counts.map((row) => row.failed)),
    ],
  )
}

/**
 * Folds waiting additions, the oldest first, into the day's counts, each exactly once; returns how many they were. Hours of which events were counted are put
 * in line for a look at what of them is flawed (core/store/peer-hour-store.ts); a row of the line that another look is taking out right now stands for
 * nothing any more, hence the lock.
 */
export async function foldQuality(tx: Tx, limit: number): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `with taken as (
       delete from quality_delta d using (select id from quality_delta order by id limit $1 for update skip locked) t where d.id = t.id returning d.*),
     folded as (
       insert into quality_day as q (province_code, day, check_id, dimension, checked, failed)
       select province_code, day, check_id, dimension, sum(checked), sum(failed) from taken group by 1, 2, 3, 4 order by 1, 2, 3, 4
       on conflict (province_code, day, check_id, dimension) do update set checked = q.checked + excluded.checked, failed = q.failed + excluded.failed
       returning 1),
     hours as (
       insert into hour_check (province_code, hour)
       select distinct t.province_code, t.dimension::int from taken t
        where t.check_id = $2
          and not exists (select from hour_check h where h.province_code = t.province_code and h.hour = t.dimension::int for key share skip locked) order by 1, 2
       returning 1)
     select count(*)::int as n from taken`,
    [limit, HOUR_COUNT],
  )
  return rows[0]?.n ?? 0
}

/** Sets counts that are judged as a whole (a province's day), whatever stood there. Each key once. */
export async function setQuality(tx: Tx, counts: readonly QualityCount[]): Promise<void> {
  if (counts.length === 0) return
  await tx.query(
    `insert into quality_day (province_code, day, check_id, dimension, checked, failed)
     select province_code, day::date, check_id, dimension, checked::bigint, failed::bigint
       from unnest(${[1, 2, 3, 4, 5, 6].map((index) => column(`$${index}`)).join(', ')}) as i (province_code, day, check_id, dimension, checked, failed)
      order by 1, 2, 3, 4
     on conflict (province_code, day, check_id, dimension) do update set checked = excluded.checked, failed = excluded.failed`,
    [
      joined(counts.map((row) => row.provinceCode)),
      joined(counts.map((row) => row.day)),
      joined(counts.map((row) => row.checkId)),
      joined(counts.map((row) => row.dimension)),
      joined(counts.map((row) => row.checked)),
      joined(counts.map((row) => row.failed)),
    ],
  )
}

const KEYS = `unnest(${[1, 2, 3, 4, 5, 6].map((index) => column(`$${index}`)).join(', ')}) with ordinality
  as i (check_id, province_code, day, subject, dimension, detail, place)`

const valuesOf = (findings: readonly Finding[]) => [
  joined(findings.map((row) => row.checkId)),
  joined(findings.map((row) => row.provinceCode)),
  joined(findings.map((row) => row.day)),
  joined(findings.map((row) => row.subject)),
  joined(findings.map((row) => row.dimension)),
  joined(findings.map((row) => row.detail.slice(0, 300))),
]

/** Keeps findings, up to {@link FINDINGS_KEPT} of each check, province and day; one that was cleared stands again. Each key once. */
export async function insertFindings(tx: Tx, findings: readonly Finding[], at: Instant): Promise<void> {
  if (findings.length === 0) return
  await tx.query(
    `with item as (select *, row_number() over (partition by check_id, province_code, day order by place) as rank from ${KEYS}),
     held as (
       select f.check_id, f.province_code, f.day, count(*) as n from quality_finding f
         join (select distinct check_id, province_code, day::date as day from item) k using (check_id, province_code, day) group by 1, 2, 3)
     insert into quality_finding (check_id, province_code, day, subject, dimension, detail, found_at)
     select i.check_id, i.province_code, i.day::date, i.subject, i.dimension, i.detail, ${instantOf('$7')}
       from item i left join held h on h.check_id = i.check_id and h.province_code = i.province_code and h.day = i.day::date
      where coalesce(h.n, 0) + i.rank <= $8
         or exists (select from quality_finding f where f.check_id = i.check_id and f.province_code = i.province_code and f.day = i.day::date
                       and f.subject = i.subject and f.dimension = i.dimension)
      order by 1, 2, 3, 4, 5
     on conflict (check_id, province_code, day, subject, dimension) do update set detail = excluded.detail, cleared_at = null`,
    [...valuesOf(findings), at, FINDINGS_KEPT],
  )
}

/** Notes that findings no longer hold. */
export async function clearFindings(tx: Tx, findings: readonly Finding[], at: Instant): Promise<void> {
  if (findings.length === 0) return
  await tx.query(
    `update quality_finding f set cleared_at = ${instantOf('$7')} from ${KEYS}
      where f.check_id = i.check_id and f.province_code = i.province_code and f.day = i.day::date and f.subject = i.subject
        and f.dimension = i.dimension and f.cleared_at is null`,
    [...valuesOf(findings), at],
  )
}

/** Counts of the scope's provinces on the days from `fromDay` to `toDay`, both included, what waits to be folded included. */
export async function loadQuality(sql: Sql, scope: Scope, fromDay: string, toDay: string, provinceCode: string | null): Promise<QualityCount[]> {
  const { rows } = await sql.query<QualityCount>(
    `select c.province_code as "provinceCode", c.day::text as day, c.check_id as "checkId", c.dimension, sum(c.checked)::int as checked, sum(c.failed)::int as failed
       from (select province_code, day, check_id, dimension, checked, failed from quality_day where day between $2::date and $3::date
             union all select province_code, day, check_id, dimension, checked, failed from quality_delta where day between $2::date and $3::date) c
       join region r on r.code = c.province_code
      where r.path ^@ $1 and ($4::text is null or c.province_code = $4) and c.check_id <> all($5::text[])
      group by 1, 2, 3, 4 having sum(c.checked) <> 0 or sum(c.failed) <> 0 order by 1, 2, 3, 4`,
    [scope.path, fromDay, toDay, provinceCode, NO_CHECKS],
  )
  return rows
}

/** A finding as kept. */
export interface FindingRow extends Finding {
  readonly id: string
  readonly foundAt: Instant
  readonly clearedAt: Instant | null
}

export interface FindingChoice {
  readonly fromDay: string
  readonly toDay: string
  readonly provinceCode?: string
  readonly checkId?: string
  /** Leaves out those that no longer hold. */
  readonly standingOnly: boolean
  readonly beforeId?: string
  readonly limit: number
}

/** Findings of the scope's provinces, newest first. */
export async function loadFindings(sql: Sql, scope: Scope, choice: FindingChoice): Promise<FindingRow[]> {
  const { rows } = await sql.query<FindingRow>(
    `select f.id::text as id, f.check_id as "checkId", f.province_code as "provinceCode", f.day::text as day, f.subject, f.dimension, f.detail,
            f.found_at as "foundAt", f.cleared_at as "clearedAt"
       from quality_finding f join region r on r.code = f.province_code
      where r.path ^@ $1 and f.day between $2::date and $3::date and ($4::text is null or f.province_code = $4) and ($5::text is null or f.check_id = $5)
        and ($6::boolean is false or f.cleared_at is null) and ($7::bigint is null or f.id < $7)
      order by f.id desc limit $8`,
    [
      scope.path,
      choice.fromDay,
      choice.toDay,
      choice.provinceCode ?? null,
      choice.checkId ?? null,
      choice.standingOnly,
      choice.beforeId ?? null,
      choice.limit,
    ],
  )
  return rows
}

/** A count of accepted tickets of a province. */
export interface HourCount {
  readonly provinceCode: string
  readonly hourAt: Instant
  readonly n: number
}

/** Valid tickets accepted per province and hour of [from, to); hours without any are not in the list. */
export async function countHours(sql: Sql, scope: Scope, from: Instant, to: Instant): Promise<HourCount[]> {
  const { rows } = await sql.query<HourCount>(
    `select t.province_code as "provinceCode", date_trunc('hour', t.accepted_at) as "hourAt", count(*)::int as n
       from ticket t join region r on r.code = t.province_code
      where r.path ^@ $1 and t.is_valid and t.accepted_at >= ${instantOf('$2')} and t.accepted_at < ${instantOf('$3')} group by 1, 2`,
    [scope.path, from, to],
  )
  return rows
}

/** Tickets of one region node, itself only, accepted in [from, to). */
export interface NodeCount {
  readonly regionCode: string
  readonly regionPath: string
  readonly n: number
}

/** Valid tickets by the node they count at, accepted in [from, to). */
export async function countNodes(sql: Sql, scope: Scope, from: Instant, to: Instant): Promise<NodeCount[]> {
  const { rows } = await sql.query<NodeCount>(
    `select region_code as "regionCode", region_path as "regionPath", count(*)::int as n from ticket
      where region_path ^@ $1 and is_valid and accepted_at >= ${instantOf('$2')} and accepted_at < ${instantOf('$3')} group by 1, 2`,
    [scope.path, from, to],
  )
  return rows
}

/** What the counting cells hold as accepted on the day that begins at `dayAt`, by node. */
export async function countCells(sql: Sql, scope: Scope, dayAt: Instant): Promise<NodeCount[]> {
  const { rows } = await sql.query<NodeCount>(
    `select c.region_code as "regionCode", r.path as "regionPath", sum(c.n[1])::int as n from cell c join region r on r.code = c.region_code
      where r.path ^@ $1 and c.cube = 'ACC/day' and c.bin_at = ${instantOf('$2')} group by 1, 2`,
    [scope.path, dayAt],
  )
  return rows
}
