import type { Contribution } from '../domain/count/contribution.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

const COLUMNS = `unnest(${[1, 2, 3, 4, 5, 6].map((index) => column(`$${index}`)).join(', ')}) as i (cube, bin_at, region_code, kind, phenomenon, n)`

const valuesOf = (cells: readonly Contribution[]) => [
  joined(cells.map((cell) => cell.cube)),
  joined(cells.map((cell) => cell.binAt)),
  joined(cells.map((cell) => cell.regionCode)),
  joined(cells.map((cell) => cell.kind)),
  joined(cells.map((cell) => cell.phenomenon)),
  joined(cells.map((cell) => cell.n)),
]

/** Adds differences to the cells of their keys. Each key once; they are written in key order, so that writers wait in one order. */
export async function addToCells(tx: Tx, changes: readonly Contribution[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(
    `insert into cell (cube, bin_at, region_code, kind, phenomenon, n)
     select cube, ${instantOf('bin_at')}, region_code, kind, phenomenon, n::bigint from ${COLUMNS} order by 1, 2, 3, 4, 5
     on conflict (cube, bin_at, region_code, kind, phenomenon) do update set n = cell.n + excluded.n`,
    valuesOf(changes),
  )
}

/** All cells that are not zero. */
export async function loadAllCells(sql: Sql): Promise<Contribution[]> {
  const { rows } = await sql.query<Contribution>(
    `select cube, bin_at as "binAt", region_code as "regionCode", kind, phenomenon, n from cell where n <> 0`,
  )
  return rows
}

/** Keeps everybody from folding tickets and from writing cells and gauges until the transaction ends, in the order in which a fold locks. */
export async function lockCounts(tx: Tx): Promise<void> {
  await tx.query('lock table ticket, cell, gauge in exclusive mode')
}
