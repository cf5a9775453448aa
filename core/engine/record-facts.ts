import { insertDifference } from '../store/difference-store.ts'
import type { EngineTx } from './context.ts'
import { type FactLine, headOf, writeDifference } from './counted.ts'

/**
 * Writes, in this transaction and in one row, which facts were lost and gained; equal ones cancel, and where nothing is left nothing is
 * written. The tally (core/engine/tally.ts) folds the row into the cells once it is committed (invariant 3).
 */
export async function recordFacts(etx: EngineTx, lost: readonly FactLine[], gained: readonly FactLine[]): Promise<void> {
  const text = writeDifference(lost, gained)
  if (text === null) return
  let acceptedFrom = Number.POSITIVE_INFINITY
  for (const lines of [lost, gained]) {
    for (const line of lines) {
      const { base, at } = headOf(line)
      if (base === 'ACC' && at < acceptedFrom) acceptedFrom = at
    }
  }
  await insertDifference(etx.tx, text, Number.isFinite(acceptedFrom) ? acceptedFrom : null)
  etx.bells.add('tally')
}
