import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DAY, HOUR, type Instant, SECOND } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { countPending } from '../../core/store/event-store.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { tallyDuty } from '../../workers/tally.ts'
import { makeEvents, share } from './events.ts'

const BATCH = 5_000
/** Events of the past that are made at once: they are kept in memory. */
const ROUND = 100_000
const EVERY = 200

const put = (engine: Engine, items: readonly unknown[], now: Instant) => acceptEvents(engine, items, { source: 'bench', scope: ENGINE_SCOPE, now })

const live = (number: number, now: Instant) => ({
  event_id: `live-${number}`, event_type: 'created', ticket_id: `live-${number}`, source_system: 'live', province_code: '32', occurred_at: new Date(now).toISOString(),
  payload: { kind: 'complaint', channel: 'hotline', source_category: 'province_complaint', region_code: '320500', phenomenon_l1: '网络使用', phenomenon_l2: `b${number % 50}`, content_text: '基准' },
})

/** Sends `perSecond` events of now until told to stop; of one in each lot how long until its ticket stands, ms. */
async function livePart(engine: Engine, perSecond: number, isOver: () => boolean): Promise<number[]> {
  const took: number[] = []
  let number = 0
  const watch = async (ticket: string, since: number) => {
    while ((await engine.pool.query('select from ticket where ticket_key = $1', [`32:live:${ticket}`])).rowCount === 0) await sleep(10)
    took.push(performance.now() - since)
  }
  const watched: Promise<void>[] = []
  for (let next = performance.now(); !isOver(); next += EVERY) {
    const now = systemClock.now()
    const items = Array.from({ length: Math.max(1, Math.round((perSecond * EVERY) / SECOND)) }, () => live((number += 1), now))
    const since = performance.now()
    await put(engine, items, now)
    watched.push(watch(`live-${number}`, since))
    await sleep(Math.max(0, next + EVERY - performance.now()))
  }
  await Promise.all(watched)
  return took.sort((a, b) => a - b)
}

/**
 * A line of `backlog` events of the past, and `perSecond` events of now beside it, on a durable embedded database with one worker and the tally: how long the
 * catch-up takes, what it says meanwhile, and how long a live event waits for its ticket.
 */
export async function benchBacklog(choice: { readonly backlog: number; readonly perSecond: number }): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const pool = createPool(postgres.poolConfig, { max: 12, statementTimeoutMs: 0 })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, createLogger('info'))
    const start = Math.floor(systemClock.now() / HOUR) * HOUR - 40 * DAY
    const storing = performance.now()
    for (let stored = 0; stored < choice.backlog; stored += ROUND) {
      const sent = makeEvents(engine, Math.min(ROUND, choice.backlog - stored), stored, start)
      for (let at = 0; at < sent.length; at += BATCH) await put(engine, sent.slice(at, at + BATCH).map(({ item }) => item), systemClock.now())
    }
    const stored = performance.now() - storing
    let isOver = false
    const tally = tallyDuty(engine, systemClock)
    const counting = (async () => {
      while (!isOver) {
        const { differences } = await tally()
        if (differences === 0) await sleep(20)
      }
    })()
    const catching = performance.now()
    let done = 0
    const folding = (async () => {
      while (!isOver) {
        const { events } = await drainIngest(engine, systemClock)
        if (events === 0) await sleep(5)
      }
    })()
    const taking = livePart(engine, choice.perSecond, () => done > 0)
    while ((await countPending(pool)).backlog > 0) await sleep(250)
    done = performance.now() - catching
    const took = await taking
    isOver = true
    await Promise.all([folding, counting])
    const line = {
      bench: 'backlog', backlog: choice.backlog, livePerSecond: choice.perSecond, storedSeconds: Math.round(stored / SECOND), caughtUpSeconds: Math.round(done / SECOND),
      backlogPerSecond: Math.round((choice.backlog / done) * SECOND), liveSamples: took.length, liveP50Ms: share(took, 0.5), liveP95Ms: share(took, 0.95), liveP99Ms: share(took, 0.99),
      liveMostMs: share(took, 1),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
