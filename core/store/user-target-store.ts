import type { Holder, Position } from '../domain/escalation/position.ts'
import type { Sql } from '../platform/database.ts'
import { column, joined } from './columns.ts'

/** Who holds the role of these positions now; disabled accounts hold none. For the engine, when a step fires. */
export async function findHolders(sql: Sql, positions: readonly Position[]): Promise<Holder[]> {
  if (positions.length === 0) return []
  const { rows } = await sql.query<Holder>(
    `select u.id as "userId", u.display_name as name, u.role, u.region_code as "regionCode", 'role' as why
       from unnest(${column('$1')}, ${column('$2')}) as p (role, region_code)
       join app_user u on u.role = p.role and u.region_code = p.region_code and u.disabled_at is null
      group by u.id order by u.id`,
    [joined(positions.map((position) => position.role)), joined(positions.map((position) => position.regionCode))],
  )
  return rows
}
