import type { Instant } from '../core/domain/time.ts'
import { clusterTexts, type TextReport } from '../core/engine/cluster-texts.ts'
import type { Engine } from '../core/engine/context.ts'

/** Moves texts that are new or have changed to the clusters where they belong. On its schedule only: risk ticks are minutes apart, and texts come together until then. */
export async function runTexts(engine: Engine, now: Instant): Promise<TextReport> {
  return clusterTexts(engine, now)
}
