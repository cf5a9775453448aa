import type { CellChange, CellPlace, SketchChange } from '../core/domain/count/cell-sums.ts'
import { MEASURES } from '../core/domain/count/fact.ts'
import type { Instant } from '../core/domain/time.ts'
import type { Tx } from '../core/platform/database.ts'
import { loadCellsAfter, loadSketchesAfter } from '../core/store/cell-store.ts'

/** One cell, or one bucket of a sketch, that is not what a recount gives: a number per measure, or the bucket's one. */
export interface CountDifference {
  readonly cell: CellPlace & { readonly bucket?: number }
  readonly stored: readonly number[]
  readonly recounted: readonly number[]
}

/** What comparing with everything that is stored found. */
export interface Compared<T> {
  /** Rows stored that are not zero. */
  readonly stored: number
  /** What must be added to each row that differs. */
  readonly changes: readonly T[]
  readonly examples: readonly CountDifference[]
}

const PAGE = 10_000
const SHOWN = 20

const keyOf = ({ cube, binAt, regionCode, kind, value, bucket }: CellPlace & { readonly bucket?: number }) =>
  [cube, binAt, regionCode, kind, value, bucket].join('\u001f')

interface Walked<T> {
  readonly load: (after: T | null) => Promise<T[]>
  readonly countsOf: (row: T) => readonly number[]
  readonly withCounts: (row: T, counts: readonly number[]) => T
  readonly widthOf: (row: T) => number
  /** Cells whose bin begins before this are not kept any more, and not made again from the tickets that outlive them; null: all are kept. */
  readonly floor: Instant | null
}

/** What has no time, and the monthly changes of the state, are kept for ever (core/store/retention-store.ts). */
const isKept = ({ cube, binAt }: CellPlace, floor: Instant | null) => floor === null || binAt >= floor || /^(NOW|SNAP\/month)/u.test(cube)

/** Walks all stored rows, page by page, beside the recounted ones. */
async function compare<T extends CellPlace & { readonly bucket?: number }>(recounted: readonly T[], walked: Walked<T>): Promise<Compared<T>> {
  const wanted = new Map(recounted.filter((row) => isKept(row, walked.floor)).map((row) => [keyOf(row), row]))
  const changes: T[] = []
  const examples: CountDifference[] = []
  const judge = (row: T, stored: readonly number[], right: readonly number[]) => {
    const by = Array.from({ length: walked.widthOf(row) }, (_, place) => (right[place] ?? 0) - (stored[place] ?? 0))
    if (by.every((n) => n === 0)) return
    changes.push(walked.withCounts(row, by))
    const { cube, base, binAt, regionCode, kind, value, bucket } = row
    const cell = { cube, base, binAt, regionCode, kind, value, ...(bucket === undefined ? {} : { bucket }) }
    if (examples.length < SHOWN) examples.push({ cell, stored, recounted: right })
  }
  let stored = 0
  for (let page = await walked.load(null); page.length > 0; page = await walked.load(page.at(-1) as T)) {
    for (const row of page) {
      if (!isKept(row, walked.floor)) continue
      const key = keyOf(row)
      const counts = walked.countsOf(row)
      if (counts.some((n) => n !== 0)) stored += 1
      const right = wanted.get(key)
      judge(row, counts, right === undefined ? [] : walked.countsOf(right))
      wanted.delete(key)
    }
  }
  for (const row of wanted.values()) judge(row, [], walked.countsOf(row))
  return { stored, changes, examples }
}

/** Compares recounted cells with all stored ones. */
export const cellDifferences = (tx: Tx, recounted: readonly CellChange[], floor: Instant | null): Promise<Compared<CellChange>> =>
  compare(recounted, {
    load: (after) => loadCellsAfter(tx, after, PAGE),
    countsOf: ({ n }) => n,
    withCounts: (row, n) => ({ ...row, n }),
    widthOf: ({ base, n }) => Math.max(n.length, MEASURES[base].length),
    floor,
  })

/** Compares recounted buckets with all stored ones. */
export const sketchDifferences = (tx: Tx, recounted: readonly SketchChange[], floor: Instant | null): Promise<Compared<SketchChange>> =>
  compare(recounted, {
    load: (after) => loadSketchesAfter(tx, after, PAGE),
    countsOf: ({ n }) => [n],
    withCounts: (row, [n = 0]) => ({ ...row, n }),
    widthOf: () => 1,
    floor,
  })
