import type { TextClustersAnswer } from '../contract/text-clusters.ts'
import type { TextKind } from '../domain/near-duplicate/text-facts.ts'
import type { Scope } from '../domain/region.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { hasTextChecks } from '../store/text-check-store.ts'
import { clustersAt } from '../store/text-cluster-store.ts'
import type { Engine } from './context.ts'

/** A page of the clusters that count in a scope in the window before an instant, by the parameters in force then. */
export async function loadTextClusters(
  engine: Engine,
  scope: Scope,
  choice: { readonly kind: TextKind; readonly at: Instant; readonly least: number; readonly afterId: string | null; readonly limit: number },
): Promise<TextClustersAnswer> {
  const { kind, at } = choice
  const { windowHours } = (await engine.settings(at)).nearDuplicate.body
  // Asked first: what is taken in meanwhile can only make the answer say less than it could.
  const isComplete = !(await hasTextChecks(engine.pool, at))
  const items = await clustersAt(engine.pool, scope, { ...choice, window: windowHours * HOUR })
  return { at, regionCode: scope.regionCode, kind, windowHours, items, isComplete }
}
