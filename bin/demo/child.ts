import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DAY, floorTo, type Instant, SECOND } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { takeHistory } from '../../core/engine/take-history.ts'
import { runTally } from '../../core/engine/tally.ts'
import { type Clock, systemClock } from '../../core/platform/clock.ts'
import { loadConfig, readEnvironment } from '../../core/platform/config.ts'
import { createPool } from '../../core/platform/database.ts'
import { createLogger } from '../../core/platform/log.ts'
import { hasDifferences } from '../../core/store/difference-store.ts'
import { latestOccurredAt } from '../../core/store/province-feed-store.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { composeEngine } from '../compose.ts'
import type { FeedOrder, FeedReport } from './demo.ts'
import { HISTORY_DAYS, historyOf, OUTAGE_BIN, OUTAGE_CITY, streamLive } from './feed.ts'

const BATCH = 3_000
/** Batches in flight: while one waits for the database the next is folded. */
const IN_FLIGHT = 2
/** Batches whose facts are counted together. */
const COUNTED_TOGETHER = 8
/** How long a batch waits for another's tally before it looks again, ms. */
const COUNT_EVERY = 20
/** The outage begins this long before a full 30-second bin ends, so that a tick falls into the middle of each of its bins: blue, yellow, orange. */
const OUTAGE_PHASE = OUTAGE_BIN / 2

const report = (message: FeedReport) => process.send?.(message)

/** A batch of whole tickets; one that is known in part goes the ordinary way. */
async function take(engine: Engine, clock: Clock, batch: readonly unknown[]): Promise<void> {
  const context = { source: 'demo', scope: ENGINE_SCOPE, now: clock.now() }
  if ((await takeHistory(engine, batch, context)) === null) {
    await acceptEvents(engine, batch, context)
    await drainIngest(engine, clock)
  }
}

/** Here and not in the process that serves the screens: history is much to count at once. */
async function countAll(engine: Engine, clock: Clock): Promise<void> {
  for (; await hasDifferences(engine.pool); await sleep(COUNT_EVERY)) await runTally(engine, clock.now())
}

/**
 * Fills in what the world has between `fromAt` and `toAt`, newest first, so that today's figures stand on the wall while the weeks of the
 * baseline are still coming; progress goes to the parent.
 */
async function fillHistory(engine: Engine, order: FeedOrder, clock: Clock, fromAt: Instant, toAt: Instant): Promise<number> {
  const world = { seed: order.seed, tree: engine.tree, zone: order.zone }
  const span = toAt - fromAt
  let done = 0
  let oldestAt = toAt
  let batch: Readonly<Record<string, unknown>>[] = []
  const flying = new Set<Promise<void>>()
  let batches = 0
  const flush = async () => {
    const items = batch
    batch = []
    const flight = take(engine, clock, items).then(() => {
      done += items.length
      flying.delete(flight)
      report({ kind: 'history', done: Math.round((100 * (toAt - oldestAt)) / span), total: 100, events: done })
    })
    flying.add(flight)
    if (flying.size >= IN_FLIGHT) await Promise.race(flying)
    batches += 1
    // The first at once, so that today's figures stand; of many together more falls into the same cells.
    if (batches === 1 || batches % COUNTED_TOGETHER === 0) await countAll(engine, clock)
  }
  for (const { hourAt, events } of historyOf(world, fromAt, toAt)) {
    for (const event of events) batch.push(event.item)
    oldestAt = Math.max(fromAt, hourAt)
    if (batch.length >= BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await Promise.all(flying)
  // Risk rules wait for the end of the history, which is where it is counted too.
  await countAll(engine, clock)
  return done
}

/** Posts as an integrator does: a gzip-compressed array, the key in the header; anything but 202 is tried again. */
function poster(order: FeedOrder): (items: readonly Readonly<Record<string, unknown>>[]) => Promise<void> {
  return async (items) => {
    const answer = await fetch(order.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `Bearer ${order.apiKey}` },
      body: gzipSync(JSON.stringify(items)),
      signal: AbortSignal.timeout(10_000),
    })
    await answer.arrayBuffer()
    if (answer.status !== 202) throw new Error(`HTTP ${answer.status}`)
  }
}

async function run(order: FeedOrder, signal: AbortSignal): Promise<void> {
  const clock = systemClock
  const pool = createPool(order.target, { max: 4, applicationName: 'tocsin-demo' })
  const engine = await composeEngine(pool, loadConfig(readEnvironment()), createLogger('error'))
  const startAt = clock.now()
  const lastAt = await latestOccurredAt(pool, ENGINE_SCOPE)
  // Newest first: after a fill that was cut short the latest event says nothing about the weeks before it.
  const fromAt = Math.max(order.isFirstStart ? 0 : (lastAt ?? 0), startAt - HISTORY_DAYS * DAY)
  const events = await fillHistory(engine, order, clock, fromAt, startAt)
  report({ kind: 'history_done', events })
  await pool.end()
  const outageAt = order.isFirstStart ? floorTo(clock.now() - OUTAGE_PHASE, OUTAGE_BIN) + OUTAGE_BIN + OUTAGE_PHASE : null
  if (outageAt !== null) report({ kind: 'outage', at: outageAt, city: OUTAGE_CITY })
  await streamLive({ seed: order.seed, tree: engine.tree, zone: order.zone }, clock, { fromAt: startAt - SECOND, outageAt, signal }, poster(order))
}

/** The demo's feed process: takes its order from the parent, ends with it. */
export async function runDemoFeed(): Promise<number> {
  const ending = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort())
  process.once('disconnect', () => process.exit(0))
  try {
    await run(await new Promise<FeedOrder>((resolve) => process.once('message', (order) => resolve(order as FeedOrder))), ending.signal)
    process.disconnect?.()
    return 0
  } catch (error) {
    report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    return 1
  }
}
