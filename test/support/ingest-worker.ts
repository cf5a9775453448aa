// A worker process of its own, to be killed: folds, runs the timers and tallies until nobody lets it live. Arguments: database, instant, batch, secret.
import { createLogger } from '../../core/platform/log.ts'
import { createPool } from '../../core/platform/database.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { hashKeysOf } from '../../core/engine/protect-keys.ts'
import { settingsCache } from '../../core/engine/settings.ts'
import { runTally } from '../../core/engine/tally.ts'
import { loadRegionTree } from '../../core/store/region-store.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'

const [url = '', now = '0', batch = '100', secret = ''] = process.argv.slice(2)
const clock = new ManualClock(Number(now))
const pool = createPool(url, { max: 3, applicationName: 'tocsin-test-worker' })
const engine = {
  pool,
  tree: await loadRegionTree(pool),
  zone: 'Asia/Shanghai',
  secret,
  hashKeys: hashKeysOf(secret, null),
  log: createLogger('error'),
  settings: settingsCache(pool),
  ring: () => undefined,
}
process.on('disconnect', () => process.exit(0))
for (;;) {
  const { events } = await runIngest(engine, clock.now(), { batch: Number(batch) })
  await runTimers(engine, clock.now())
  await runTally(engine, clock.now())
  process.send?.(events)
  if (events === 0) await new Promise((resolve) => setTimeout(resolve, 20))
}
