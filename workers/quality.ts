import type { Engine } from '../core/engine/context.ts'
import { mendMappings } from '../core/engine/mend-mappings.ts'
import { judgeQualityDays } from '../core/engine/quality-days.ts'
import { foldQualityCounts } from '../core/engine/quality-sweep.ts'
import { settleHours } from '../core/engine/settle-hours.ts'
import type { Instant } from '../core/domain/time.ts'

/** Of a large mend, so many steps at once: what the others wait for comes in between. */
const MEND_STEPS = 5

/** Mappings that are being read again, counts that wait to be folded, the share of each hour that is over, and once an hour what only a whole day shows. */
export async function runQuality(engine: Engine, now: Instant): Promise<void> {
  await mendMappings(engine, now, { most: MEND_STEPS })
  await foldQualityCounts(engine)
  await settleHours(engine, now)
  await judgeQualityDays(engine, now)
}
