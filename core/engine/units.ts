import type { RegionTree, Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { recheckOpenWithin } from '../store/ticket-store.ts'
import { saveUnits, type Unit } from '../store/unit-store.ts'

/**
 * Writes units as {@link saveUnits} does and has the open tickets of their provinces judged again, for which of them are orphans has changed (AT-20). A
 * ticket that another province's unit works on follows with its next event or timer.
 */
export async function saveUnitTable(tx: Tx, tree: RegionTree, scope: Scope, units: readonly Unit[], now: Instant): Promise<string[]> {
  const saved = await saveUnits(tx, scope, units, now)
  const nodes = units.flatMap(({ regionCode }) => tree.atLevel(regionCode, 'province') ?? tree.get(regionCode) ?? [])
  const paths = [...new Set(nodes.map(({ path }) => path))]
  if (paths.length > 0) await recheckOpenWithin(tx, now, paths)
  return saved
}
