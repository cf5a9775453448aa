import type { CellChange, CellPlace, SketchChange } from '../domain/count/cell-sums.ts'
import { cubeNamed } from '../domain/count/cubes.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

const KEY = 'cube, bin_at, region_code, kind, value'
const itemsOf = (columns: readonly string[]) =>
  `unnest(${columns.map((_name, index) => column(`$${index + 1}`)).join(', ')}) as i (${columns.join(', ')})`
const CELL_ITEMS = itemsOf(['cube', 'bin_at', 'region_code', 'kind', 'value', 'n'])
const SKETCH_ITEMS = itemsOf(['cube', 'bin_at', 'region_code', 'kind', 'value', 'bucket', 'n'])

const placesOf = (places: readonly CellPlace[]) => [
  joined(places.map((place) => place.cube)),
  joined(places.map((place) => place.binAt)),
  joined(places.map((place) => place.regionCode)),
  joined(places.map((place) => place.kind)),
  joined(places.map((place) => place.value)),
]

/** Counts as an array's text, without the zeros at its end: a measure that nothing has yet costs nothing. */
function arrayOf(n: readonly number[]): string {
  let length = n.length
  while (length > 0 && n[length - 1] === 0) length -= 1
  return `{${n.slice(0, length).join(',')}}`
}

/** Adds to the cells of their keys, measure by measure. Each key once. */
export async function addToCells(tx: Tx, changes: readonly CellChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(
    `insert into cell (${KEY}, n)
     select cube, ${instantOf('bin_at')}, region_code, kind, value, n::bigint[] from ${CELL_ITEMS}
     on conflict (${KEY}) do update set n = add_measures(cell.n, excluded.n)`,
    [...placesOf(changes), joined(changes.map((change) => arrayOf(change.n)))],
  )
}

/** Adds to the buckets of their sketches. Each bucket once. */
export async function addToSketches(tx: Tx, changes: readonly SketchChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(
    `insert into cell_sketch (${KEY}, bucket, n)
     select cube, ${instantOf('bin_at')}, region_code, kind, value, bucket::smallint, n::integer from ${SKETCH_ITEMS}
     on conflict (${KEY}, bucket) do update set n = cell_sketch.n + excluded.n`,
    [...placesOf(changes), joined(changes.map((change) => change.bucket)), joined(changes.map((change) => change.n))],
  )
}

type Row<T> = Omit<T, 'base'>
const withBase = <T extends CellPlace>(rows: readonly Row<T>[]) => rows.map((row) => ({ ...row, base: cubeNamed(row.cube).base }) as unknown as T)
const PLACE = `cube, bin_at as "binAt", region_code as "regionCode", kind, value`
const AFTER = `($1::text is null or (cube, bin_at, region_code, kind, value`
const afterOf = (after: CellPlace | null) =>
  after === null ? [null, null, null, null, null] : [after.cube, after.binAt, after.regionCode, after.kind, after.value]

/** The next cells after `after` (null: from the first), in the database's order of their keys, at most `limit`. */
export async function loadCellsAfter(sql: Sql, after: CellPlace | null, limit: number): Promise<CellChange[]> {
  const { rows } = await sql.query<Row<CellChange>>(
    `select ${PLACE}, n from cell where ${AFTER}) > ($1, ${instantOf('$2')}, $3, $4, $5)) order by ${KEY} limit $6`,
    [...afterOf(after), limit],
  )
  return withBase<CellChange>(rows)
}

/** The same for buckets of sketches. */
export async function loadSketchesAfter(sql: Sql, after: SketchChange | null, limit: number): Promise<SketchChange[]> {
  const { rows } = await sql.query<Row<SketchChange>>(
    `select ${PLACE}, bucket, n from cell_sketch where ${AFTER}, bucket) > ($1, ${instantOf('$2')}, $3, $4, $5, $7)) order by ${KEY}, bucket limit $6`,
    [...afterOf(after), limit, after?.bucket ?? null],
  )
  return withBase<SketchChange>(rows)
}

/** Keeps everybody from folding tickets and notices and from tallying until the transaction ends, in the order in which those lock. */
export async function lockCounts(tx: Tx): Promise<void> {
  await tx.query('lock table ticket, incident, call, user_base, opinion, shift_log, told_setting, fact_difference, cell, cell_sketch in exclusive mode')
}
