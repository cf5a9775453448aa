import { mendMappings } from '../core/engine/mend-mappings.ts'
import { foldQualityCounts } from '../core/engine/quality-sweep.ts'
import { judgeQualityDays } from '../core/engine/quality-days.ts'
import type { Engine } from '../core/engine/context.ts'
import { HOUR, type Instant, MINUTE } from '../core/domain/time.ts'
import { pruneFeed } from '../core/store/feed-store.ts'
import { beat } from '../core/store/pulse-store.ts'
import { deleteExpiredSessions } from '../core/store/session-store.ts'

/** Of a large mend, so much each second: the beat must not wait long. */
const MEND_STEPS = 5

/** How long feed rows are kept for screens that were away; older ones start again from a snapshot. */
const FEED_KEPT = HOUR

/** Mappings that are being read again, counts that wait to be folded, and once an hour what only a whole day shows. */
async function sweepQuality(engine: Engine, now: Instant): Promise<void> {
  await mendMappings(engine, now, { most: MEND_STEPS })
  await foldQualityCounts(engine)
  await judgeQualityDays(engine, now)
}

/** The engine's own housekeeping: its beat each second (what "stale" on a screen is judged by), old feed rows and sessions each minute. */
export async function runSweep(engine: Engine, now: Instant): Promise<void> {
  await beat(engine.pool, 'engine', now)
  await sweepQuality(engine, now)
  if (Math.floor(now / 1000) % (MINUTE / 1000) !== 0) return
  await pruneFeed(engine.pool, now - FEED_KEPT)
  await deleteExpiredSessions(engine.pool, now)
}
