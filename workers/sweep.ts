import type { Engine } from '../core/engine/context.ts'
import { HOUR, type Instant, MINUTE } from '../core/domain/time.ts'
import { pruneFeed } from '../core/store/feed-store.ts'
import { beat } from '../core/store/pulse-store.ts'
import { deleteExpiredSessions } from '../core/store/session-store.ts'

/** How long feed rows are kept for screens that were away; older ones start again from a snapshot. */
const FEED_KEPT = HOUR

/** The engine's own housekeeping: its beat each second (what "stale" on a screen is judged by), old feed rows and sessions each minute. */
export async function runSweep(engine: Engine, now: Instant): Promise<void> {
  await beat(engine.pool, 'engine', now)
  if (Math.floor(now / 1000) % (MINUTE / 1000) !== 0) return
  await pruneFeed(engine.pool, now - FEED_KEPT)
  await deleteExpiredSessions(engine.pool, now)
}
