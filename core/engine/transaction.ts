import type { Instant } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { failPoint } from '../platform/fail-point.ts'
import type { Bell, Engine, EngineTx } from './context.ts'
import { FeedBuffer } from './feed-buffer.ts'

/**
 * Runs `fn` in one transaction as of `now`: what it added to the feed is published as the last act before the commit, and the bells it
 * asked for ring after the commit only. After a deadlock or serialization failure all of `fn` runs again, with an empty feed and no bells.
 */
export async function inEngineTransaction<T>(engine: Engine, now: Instant, fn: (etx: EngineTx) => Promise<T>): Promise<T> {
  const settings = await engine.settings(now)
  let bells = new Set<Bell>()
  const result = await inTransaction(engine.pool, async (tx) => {
    bells = new Set<Bell>()
    const etx: EngineTx = { engine, tx, settings, now, feed: new FeedBuffer(), bells }
    const value = await fn(etx)
    await failPoint('engine.before_feed')
    await etx.feed.flush(tx, now)
    return value
  })
  await failPoint('engine.before_bells')
  for (const bell of bells) engine.ring(bell)
  return result
}
