import type { Instant } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import { runTally, type TallyReport } from '../core/engine/tally.ts'

/** Folds what was recorded into the cells (core/engine/tally.ts). */
export async function runTallyDuty(engine: Engine, now: Instant): Promise<TallyReport> {
  return runTally(engine, now)
}
