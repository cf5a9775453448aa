import type { ListedTicket, UnitList } from '../domain/abnormal/unit-list.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** The open tickets whose alerts ask for people, with the unit that has each. */
export async function loadListedTickets(sql: Sql): Promise<ListedTicket[]> {
  const { rows } = await sql.query<ListedTicket>(
    `select t.ticket_key as "ticketKey", coalesce(t.fold ->> 'ticketNo', split_part(t.ticket_key, ':', 3)) as "ticketNo", t.province_code as "provinceCode",
            t.region_code as "regionCode", coalesce(t.fold ->> 'unitId', '') as "unitId", a.level, a.rules, t.deadline_at as "deadlineAt"
       from (select ticket_key, max(severity)::int as level, array_agg(distinct rule_id order by rule_id) as rules from alert
              where kind = 'abnormal' and ended_at is null and state in ('open', 'acknowledged', 'handling') group by ticket_key) a
       join ticket t on t.ticket_key = a.ticket_key where t.closed_at is null`,
  )
  return rows
}

/** Keeps the lists of one time, and forgets those before `keptFrom`. */
export async function saveUnitLists(
  tx: Tx,
  { slotAt, madeAt, lists }: { readonly slotAt: Instant; readonly madeAt: Instant; readonly lists: readonly UnitList[] },
  keptFrom: Instant,
): Promise<void> {
  await tx.query(`delete from unit_list where slot_at < ${instantOf('$1')}`, [keptFrom])
  if (lists.length === 0) return
  await tx.query(
    `insert into unit_list (slot_at, made_at, unit_id, province_code, region_path, tickets)
     select ${instantOf('$1')}, ${instantOf('$6')}, unit_id, province_code, region_path, tickets::json
       from unnest(${[2, 3, 4].map((index) => column(`$${index}`)).join(', ')}, $5::text[]) as i (unit_id, province_code, region_path, tickets)`,
    [
      slotAt,
      joined(lists.map(({ unitId }) => unitId)),
      joined(lists.map(({ provinceCode }) => provinceCode)),
      joined(lists.map(({ regionPath }) => regionPath)),
      lists.map(({ tickets }) => JSON.stringify(tickets)),
      madeAt,
    ],
  )
}

/** The times of which there are lists in a scope, the latest first, at most `limit`. */
export async function loadListTimes(sql: Sql, scope: Scope, limit: number): Promise<Instant[]> {
  const { rows } = await sql.query<{ at: Instant }>('select distinct slot_at as at from unit_list where region_path ^@ $1 order by 1 desc limit $2', [scope.path, limit])
  return rows.map(({ at }) => at)
}

export interface ShownUnitList extends UnitList {
  /** As of when it is. */
  readonly madeAt: Instant
  /** Null where the unit is not in the directory. */
  readonly name: string | null
}

/** The lists of one time in a scope, the most tickets first; those of one unit where it is named. */
export async function loadUnitLists(sql: Sql, scope: Scope, slotAt: Instant, unitId: string | null): Promise<ShownUnitList[]> {
  const { rows } = await sql.query<ShownUnitList>(
    `select l.unit_id as "unitId", l.province_code as "provinceCode", l.region_path as "regionPath", l.tickets, l.made_at as "madeAt", u.name
       from unit_list l left join unit u on u.code = l.unit_id
      where l.slot_at = ${instantOf('$2')} and l.region_path ^@ $1 and ($3::text is null or l.unit_id = $3)
      order by json_array_length(l.tickets) desc, l.province_code, l.unit_id`,
    [scope.path, slotAt, unitId],
  )
  return rows
}
