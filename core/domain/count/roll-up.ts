import type { RegionTree } from '../region.ts'

/** Sums over subtrees: each entry counts at its node and at every ancestor. A node that the tree does not know counts nowhere. */
export function rollUp(entries: Iterable<{ readonly regionCode: string; readonly n: number }>, tree: RegionTree): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { regionCode, n } of entries) for (const { code } of tree.chain(regionCode)) sums.set(code, (sums.get(code) ?? 0) + n)
  return sums
}
