import type { Fact } from '../domain/count/fact.ts'
import { insertFactDifference } from '../store/fact-store.ts'
import type { EngineTx } from './context.ts'

/** Appends what counting lost and gained in this transaction as one difference; what is equal on both sides cancels (invariant 3). */
export async function recordFacts(etx: EngineTx, lost: readonly Fact[], gained: readonly Fact[]): Promise<void> {
  const net = new Map<string, { readonly fact: Fact; n: number }>()
  const add = (fact: Fact, sign: 1 | -1) => {
    const key = JSON.stringify(fact)
    const entry = net.get(key)
    if (entry === undefined) net.set(key, { fact, n: sign })
    else entry.n += sign
  }
  for (const fact of lost) add(fact, -1)
  for (const fact of gained) add(fact, 1)
  const difference = [...net.values()].flatMap(({ fact, n }) => Array.from({ length: Math.abs(n) }, () => [Math.sign(n), fact] as const))
  if (difference.length > 0) await insertFactDifference(etx.tx, JSON.stringify(difference))
}
