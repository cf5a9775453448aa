import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pgCopy from 'pg-copy-streams'
import { eventsOfHour, placesOf } from '../../bin/demo/world.ts'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { HOUR } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { drainIngest } from '../../workers/ingest.ts'

const BATCH = 2_000
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
const rate = (events: number, ms: number) => Math.round((events / ms) * 1000)

type Item = Readonly<Record<string, unknown>>

/** Believable events of invented tickets, `count` of them, ids distinct between rounds. */
function makeEvents(engine: Engine, count: number, round: number): Item[] {
  const places = placesOf(engine.tree)
  const items: Item[] = []
  const start = Math.floor(systemClock.now() / HOUR) * HOUR - 400 * 24 * HOUR
  for (let hour = 0; items.length < count; hour++) {
    for (const event of eventsOfHour(`bench-${round}`, places, start + hour * HOUR, engine.zone)) {
      items.push({ ...event.item, event_id: `${round}-${String(event.item['event_id'])}`, ticket_id: `${round}-${String(event.item['ticket_id'])}` })
    }
  }
  return items.slice(0, count)
}

/** The stored rows of this round, copied by one connection into a table like `event` with its index: the yardstick. */
async function rawCopy(pool: Pool, round: number): Promise<{ rows: number; ms: number }> {
  await pool.query('create table copied (like event including all)')
  const client = await pool.connect()
  try {
    const chunks: Buffer[] = []
    const out = client.query(pgCopy.to(`copy (select * from event where event_id like '${round}-%') to stdout`))
    for await (const chunk of out) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks)
    const pieces: Buffer[] = []
    for (let at = 0; at < text.length; at += 65_536) pieces.push(text.subarray(at, at + 65_536))
    const startedAt = performance.now()
    await pipeline(Readable.from(pieces), client.query(pgCopy.from('copy copied from stdin')))
    const ms = performance.now() - startedAt
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from copied')
    return { rows: rows[0]?.n ?? 0, ms }
  } finally {
    client.release()
    await pool.query('drop table copied')
  }
}

async function wholePath(engine: Engine, items: readonly Item[], workers: number): Promise<{ ms: number; acceptMs: number }> {
  const startedAt = performance.now()
  let isAccepting = true
  let isFolding = true
  const lanes = Array.from({ length: workers }, async (_unused, index) => {
    const choice = workers === 1 ? { batch: BATCH } : { batch: BATCH, lane: { index, count: workers } }
    for (;;) {
      const accepting = isAccepting
      const { events } = await drainIngest(engine, systemClock, choice)
      if (!accepting && events === 0) return
      if (events === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })
  const counting = (async () => {
    while (isFolding) {
      await runTally(engine, systemClock.now())
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  for (let at = 0; at < items.length; at += BATCH) {
    const answer = await acceptEvents(engine, items.slice(at, at + BATCH), { source: 'bench', scope: ENGINE_SCOPE, now: systemClock.now() })
    if (answer.refused > 0) throw new Error(`bench: ${answer.refused} refused, first: ${JSON.stringify(answer.items.find((item) => item.outcome === 'refused'))}`)
  }
  const acceptMs = performance.now() - startedAt
  isAccepting = false
  await Promise.all(lanes)
  isFolding = false
  await counting
  await runTally(engine, systemClock.now())
  return { ms: performance.now() - startedAt, acceptMs }
}

/**
 * Events per second of the whole path (validate, mask, store durably, fold, count, judge) beside a raw COPY of the same rows over one
 * connection into the same indexed table, in the same run on a durable embedded database.
 */
export async function benchIngest({ events, repeats }: { events: number; repeats: number }): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const pool = createPool(postgres.poolConfig, { max: 8, statementTimeoutMs: 0 })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, createLogger('error'))
    const copies: number[] = []
    const results = new Map<number, number[]>([[1, []], [2, []]])
    await wholePath(engine, makeEvents(engine, 5_000, 0), 1)
    for (let repeat = 1; repeat <= repeats; repeat++) {
      for (const workers of [1, 2]) {
        const round = repeat * 10 + workers
        const { ms } = await wholePath(engine, makeEvents(engine, events, round), workers)
        ;(results.get(workers) as number[]).push(rate(events, ms))
        const copy = await rawCopy(pool, round)
        copies.push(rate(copy.rows, copy.ms))
      }
    }
    const copy = median(copies)
    for (const [workers, rates] of results) {
      const whole = median(rates)
      process.stdout.write(`${JSON.stringify({ bench: 'ingest', workers, events, repeats, wholePathPerSecond: whole, rawCopyPerSecond: copy, ratio: Number((whole / copy).toFixed(3)) })}\n`)
    }
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
