import type { Fact } from '../domain/count/fact.ts'
import { insertDifference } from '../store/difference-store.ts'
import type { EngineTx } from './context.ts'
import { netOf, writeChanges } from './counted.ts'

/**
 * Writes, in this transaction and in one row, which facts were lost and gained; equal ones cancel, and where nothing is left nothing is
 * written. The tally (core/engine/tally.ts) folds the row into the cells once it is committed (invariant 3).
 */
export async function recordFacts(etx: EngineTx, lost: readonly Fact[], gained: readonly Fact[]): Promise<void> {
  const changes = netOf(lost, gained)
  if (changes.length === 0) return
  let acceptedFrom = Number.POSITIVE_INFINITY
  for (const { fact } of changes) if (fact.base === 'ACC') acceptedFrom = Math.min(acceptedFrom, fact.at)
  await insertDifference(etx.tx, writeChanges(changes), Number.isFinite(acceptedFrom) ? acceptedFrom : null)
  etx.bells.add('tally')
}
