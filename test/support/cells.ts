import { CellSums, type CellChange } from '../../core/domain/count/cell-sums.ts'
import type { Grain } from '../../core/domain/count/cubes.ts'
import { type Base, type Dimension, type Fact, MEASURES, type Measure } from '../../core/domain/count/fact.ts'
import type { Instant } from '../../core/domain/time.ts'
import { aRegionTree, SHANGHAI } from './builders.ts'

const TREE = aRegionTree()

/** The cells that these facts add up to. */
export function cellsOf(facts: Iterable<Fact>): readonly CellChange[] {
  const sums = new CellSums(TREE, SHANGHAI)
  for (const fact of facts) sums.add(fact, 1)
  return sums.cells()
}

export interface SumSpec<B extends Base> {
  readonly base: B
  readonly measure: Measure<B>
  readonly kind?: string
  readonly from: Instant
  readonly to: Instant
  /** `day` unless given. */
  readonly grain?: Grain
  readonly by?: Dimension
  readonly value?: string
  /** The whole tree unless given. */
  readonly region?: string
}

/** The sum of a measure over the cells of one cube whose bins begin in [from, to). */
export function sumOf<B extends Base>(
  cells: readonly CellChange[],
  { base, measure, kind, from, to, grain = 'day', by, value, region }: SumSpec<B>,
): number {
  const cube = [base, grain, ...(by === undefined ? [] : [by])].join('/')
  const place = (MEASURES[base] as readonly string[]).indexOf(measure)
  return cells
    .filter((cell) => cell.cube === cube && cell.binAt >= from && cell.binAt < to)
    .filter((cell) => (kind === undefined || cell.kind === kind) && (value === undefined || cell.value === value))
    .filter((cell) => region === undefined || TREE.chain(cell.regionCode).some(({ code }) => code === region))
    .reduce((sum, { n }) => sum + (n[place] ?? 0), 0)
}
