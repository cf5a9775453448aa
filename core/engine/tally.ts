import { setImmediate as breathe } from 'node:timers/promises'
import { CellSums } from '../domain/count/cell-sums.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { addToCells, addToSketches } from '../store/cell-store.ts'
import { hasDifferences, takeDifferences, tryTallyLock } from '../store/difference-store.ts'
import type { Engine } from './context.ts'
import { readDifference } from './counted.ts'
import { inEngineTransaction } from './transaction.ts'

/** What a tally folded in: rows of differences, and cells changed. */
export interface TallyReport {
  readonly differences: number
  readonly cells: number
  /** As much as one transaction takes: more may be waiting. */
  readonly isFull: boolean
}

/** Differences of one transaction: the more there are, the more of them fall into the same cells; and the figures must move on while much waits. */
const MOST_ROWS = 500
const MOST_BYTES = 3_000_000

/** Folds the oldest differences into the cells in this transaction, which must be the only one that does; zero differences: none is left. */
export async function tallyOnce(tx: Tx, { tree, zone }: Pick<Engine, 'tree' | 'zone'>): Promise<TallyReport> {
  const texts = await takeDifferences(tx, MOST_ROWS, MOST_BYTES)
  const sums = new CellSums(tree, zone)
  for (const text of texts) {
    for (const [times, fact] of readDifference(text)) sums.addCompact(fact, times)
    // Where everything is one process, its sockets and requests must not wait for a long line of rows.
    await breathe()
  }
  const cells = sums.cells()
  await addToCells(tx, cells)
  await addToSketches(tx, sums.buckets())
  const isFull = texts.length >= MOST_ROWS || texts.reduce((size, text) => size + text.length, 0) >= MOST_BYTES / 2
  return { differences: texts.length, cells: cells.length, isFull }
}

/**
 * Folds every committed difference into the cells, exactly once, in transactions of bounded size. One tally at a time over all processes: who
 * comes while another is at it leaves the work to that one, which looks again after each commit. `pause` is waited for after one that took all
 * there was.
 */
export async function runTally(engine: Engine, now: Instant, pause?: () => Promise<void>): Promise<Omit<TallyReport, 'isFull'>> {
  let [differences, cells] = [0, 0]
  // Asked after the lock is free again: a row that was committed while we held it, whose own tally gave way to ours, is seen here.
  while (await hasDifferences(engine.pool)) {
    const report = await inEngineTransaction(engine, now, async (etx) => {
      if (!(await tryTallyLock(etx.tx))) return null
      const tallied = await tallyOnce(etx.tx, engine)
      if (tallied.cells > 0) etx.bells.add('figures')
      return tallied
    })
    if (report === null) break
    differences += report.differences
    cells += report.cells
    if (!report.isFull) await pause?.()
  }
  return { differences, cells }
}
