import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** An organisational unit (domain.md 2.1); it belongs to one region node. */
export interface Unit {
  readonly code: string
  readonly name: string
  readonly regionCode: string
  readonly unitType: string
  readonly deptCode: string | null
  readonly validFrom: Instant | null
  readonly validTo: Instant | null
}

/** Writes units, replacing what stands under their codes where that lies in the scope; returns the codes that were written. Each code once. */
export async function saveUnits(tx: Tx, scope: Scope, units: readonly Unit[], at: Instant): Promise<string[]> {
  if (units.length === 0) return []
  const { rows } = await tx.query<{ code: string }>(
    `insert into unit as u (code, name, region_code, unit_type, dept_code, valid_from, valid_to, updated_at)
     select code, name, region_code, unit_type, dept_code, ${instantOf('valid_from')}, ${instantOf('valid_to')}, ${instantOf('$8')}
       from unnest(${[1, 2, 3, 4, 5, 6, 7].map((index) => column(`$${index}`)).join(', ')})
         as i (code, name, region_code, unit_type, dept_code, valid_from, valid_to) order by code
     on conflict (code) do update set name = excluded.name, region_code = excluded.region_code, unit_type = excluded.unit_type,
       dept_code = excluded.dept_code, valid_from = excluded.valid_from, valid_to = excluded.valid_to, updated_at = excluded.updated_at
       where exists (select from region r where r.code = u.region_code and r.path ^@ $9)
     returning u.code`,
    [
      joined(units.map((unit) => unit.code)),
      joined(units.map((unit) => unit.name)),
      joined(units.map((unit) => unit.regionCode)),
      joined(units.map((unit) => unit.unitType)),
      joined(units.map((unit) => unit.deptCode)),
      joined(units.map((unit) => unit.validFrom)),
      joined(units.map((unit) => unit.validTo)),
      at,
      scope.path,
    ],
  )
  return rows.map(({ code }) => code)
}

const SELECT = `select u.code, u.name, u.region_code as "regionCode", u.unit_type as "unitType", u.dept_code as "deptCode",
  u.valid_from as "validFrom", u.valid_to as "validTo" from unit u`

/** Units of the scope by code, after `after`, at most `limit`. */
export async function listUnits(sql: Sql, scope: Scope, after: string, limit: number): Promise<Unit[]> {
  const { rows } = await sql.query<Unit>(
    `${SELECT} join region r on r.code = u.region_code where r.path ^@ $1 and u.code > $2 order by u.code limit $3`,
    [scope.path, after, limit],
  )
  return rows
}

/** These units, where they exist. */
export async function loadUnits(sql: Sql, codes: readonly string[]): Promise<Unit[]> {
  if (codes.length === 0) return []
  const { rows } = await sql.query<Unit>(`${SELECT} where u.code = any(${column('$1')})`, [joined(codes)])
  return rows
}

/** Regions that have units of their own: below them the units are loaded. */
export async function loadUnitRegions(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ code: string }>('select distinct region_code as code from unit')
  return rows.map(({ code }) => code)
}
