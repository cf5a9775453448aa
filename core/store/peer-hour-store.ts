import { HOUR_COUNT } from '../domain/quality/reception.ts'
import { REORDER_DELAY } from '../domain/quality/quality-check.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'
import type { PeerRow } from './peer-store.ts'

/** A natural hour of a province, hours counted from the epoch. */
export interface ProvinceHour {
  readonly provinceCode: string
  readonly hour: number
}

const HOURS = `unnest(${column('$1')}, ${column('$2')})`
const hoursOf = (hours: readonly ProvinceHour[]) => [joined(hours.map(({ provinceCode }) => provinceCode)), joined(hours.map(({ hour }) => hour))]

/** Puts hours in line for a look. */
export async function insertHourChecks(tx: Tx, hours: readonly ProvinceHour[]): Promise<void> {
  if (hours.length > 0) await tx.query(`insert into hour_check (province_code, hour) select province_code, hour::int from ${HOURS} as i (province_code, hour)`, hoursOf(hours))
}

/** The last hour that is over at an instant, with the delay in which what is out of order may still be put right. */
const lastOver = (now: Instant): number => Math.floor((now - REORDER_DELAY) / HOUR) - 1

/** Whether any hour that is over waits for a look. */
export async function hasHourChecks(sql: Sql, now: Instant): Promise<boolean> {
  const { rows } = await sql.query<{ waits: boolean }>('select exists (select from hour_check where hour <= $1) as waits', [lastOver(now)])
  return rows[0]?.waits === true
}

/** Takes up to `limit` hours that are over out of the line, with all that was said of each. Only for a holder of `lockPeers`. */
export async function takeHourChecks(tx: Tx, now: Instant, limit: number): Promise<ProvinceHour[]> {
  const { rows } = await tx.query<ProvinceHour>(
    `with due as (select distinct hour, province_code from hour_check where hour <= $1 order by hour, province_code limit $2),
          taken as (delete from hour_check h using due where h.hour = due.hour and h.province_code = due.province_code)
     select province_code as "provinceCode", hour from due`,
    [lastOver(now), limit],
  )
  return rows
}

/** Hours that wait for a look, over or not. */
export async function loadWaitingHours(sql: Sql): Promise<ProvinceHour[]> {
  const { rows } = await sql.query<ProvinceHour>('select distinct province_code as "provinceCode", hour from hour_check')
  return rows
}

/** How many events of tickets occurred in these hours, in their order; what still waits to be folded into the counts of the day included. */
export async function countHourEvents(tx: Sql, hours: readonly ProvinceHour[]): Promise<number[]> {
  if (hours.length === 0) return []
  const { rows } = await tx.query<{ n: number }>(
    `select coalesce(sum(q.checked), 0)::int as n from ${HOURS} with ordinality as i (province_code, hour, place)
       left join lateral (
         select checked from quality_day d where d.province_code = i.province_code and d.check_id = $3 and d.dimension = i.hour
            and d.day between (to_timestamp(i.hour::float8 * 3600) at time zone 'UTC')::date - 1 and (to_timestamp(i.hour::float8 * 3600) at time zone 'UTC')::date + 1
         union all select checked from quality_delta d where d.province_code = i.province_code and d.check_id = $3 and d.dimension = i.hour) q on true
      group by i.place order by i.place`,
    [...hoursOf(hours), HOUR_COUNT],
  )
  return rows.map(({ n }) => n)
}

/** What is flawed of some hours, by group: how many events, the first of them, and those that carry a share by now. */
export interface FlawedHour {
  readonly groupKey: string
  readonly flawed: number
  readonly first: PeerRow | null
  readonly carrying: readonly PeerRow[]
}

/** Reads the flawed events of these groups. */
export async function loadFlawedHours(tx: Sql, groupKeys: readonly string[]): Promise<FlawedHour[]> {
  if (groupKeys.length === 0) return []
  const { rows } = await tx.query<PeerRow & { place: number; n: number }>(
    `select f.* from (
       select p.group_key as "groupKey", p.at, p.ticket_key as "ticketKey", p.subject, p.took, p.digest, p.made,
              row_number() over (partition by p.group_key order by p.at, p.ticket_key, p.subject)::int as place, (count(*) over (partition by p.group_key))::int as n
         from peer_fact p where p.group_key = any(${column('$1')})) f
      where f.place = 1 or f.made is not null`,
    [joined(groupKeys)],
  )
  return groupKeys.map((groupKey) => {
    const own = rows.filter((row) => row.groupKey === groupKey)
    return { groupKey, flawed: own[0]?.n ?? 0, first: own.find(({ place }) => place === 1) ?? null, carrying: own.filter(({ made }) => made !== null) }
  })
}
