import type { Contribution } from '../domain/count/contribution.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

/** Adds differences to gauges (`binAt` and `phenomenon` mean nothing here). Each key once; written in key order. */
export async function addToGauges(tx: Tx, changes: readonly Contribution[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(
    `insert into gauge (cube, region_code, kind, n)
     select cube, region_code, kind, n::bigint from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}, ${column('$4')}) as i (cube, region_code, kind, n)
      order by 1, 2, 3
     on conflict (cube, region_code, kind) do update set n = gauge.n + excluded.n`,
    [
      joined(changes.map((change) => change.cube)),
      joined(changes.map((change) => change.regionCode)),
      joined(changes.map((change) => change.kind)),
      joined(changes.map((change) => change.n)),
    ],
  )
}

/** All gauges that are not zero, in the form of contributions. */
export async function loadAllGauges(sql: Sql): Promise<Contribution[]> {
  const { rows } = await sql.query<Contribution>(
    `select cube, 0 as "binAt", region_code as "regionCode", kind, '' as phenomenon, n from gauge where n <> 0`,
  )
  return rows
}
