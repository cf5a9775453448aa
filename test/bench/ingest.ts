import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pgCopy from 'pg-copy-streams'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { takeHistory } from '../../core/engine/take-history.ts'
import { ManualClock, systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { tallyDuty } from '../../workers/tally.ts'
import { familyCpu, ownCpu } from './cpu.ts'
import { makeEvents, type Sent, share } from './events.ts'
import { fillStored } from './stored.ts'

const BATCH = 2_000
const rate = (events: number, ms: number) => Math.round((events / ms) * 1000)
const print = (line: Readonly<Record<string, unknown>>) => process.stdout.write(`${JSON.stringify(line)}\n`)
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

/** The stored rows of this round, copied by one connection into a table like `event` with its index: the yardstick. */
async function rawCopy(pool: Pool, round: number): Promise<{ rows: number; ms: number }> {
  await pool.query('create table copied (like event including all)')
  const client = await pool.connect()
  try {
    const chunks: Buffer[] = []
    const out = client.query(pgCopy.to(`copy (select * from event where source_system <> 'past' and event_id like '${round}-%') to stdout`))
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

interface Run {
  readonly ms: number
  readonly nodeUs: number
  readonly postgresUs: number
}

function runOf(events: number, startedAt: number, nodeMs: number, postgresMs: number): Run {
  const perEvent = (ms: number) => Number(((ms * 1000) / events).toFixed(1))
  return { ms: performance.now() - startedAt, nodeUs: perEvent(nodeMs), postgresUs: perEvent(postgresMs) }
}

/** Events as they come, each batch as of its own time, taken in and folded by `lanes` of this process while the next are taken in. */
async function wholePath(engine: Engine, sent: readonly Sent[], lanes: number, postgresPid: number): Promise<Run> {
  const clock = new ManualClock(sent[0]?.at ?? 0)
  const [startedAt, node, postgres] = [performance.now(), ownCpu(), familyCpu(postgresPid)]
  let isAccepting = true
  let isOver = false
  const working = Array.from({ length: lanes }, async (_unused, index) => {
    const choice = lanes === 1 ? { batch: BATCH } : { batch: BATCH, lane: { index, count: lanes } }
    for (;;) {
      const accepting = isAccepting
      const { events } = await drainIngest(engine, clock, choice)
      if (!accepting && events === 0) return
      if (events === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })
  const tally = tallyDuty(engine, clock)
  const counting = (async () => {
    for (;;) {
      const last = isOver
      const { differences } = await tally()
      if (last && differences === 0) return
      if (differences === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  for (let at = 0; at < sent.length; at += BATCH) {
    const batch = sent.slice(at, at + BATCH)
    clock.set(batch.at(-1)?.at ?? 0)
    const answer = await acceptEvents(engine, batch.map(({ item }) => item), { source: 'bench', scope: ENGINE_SCOPE, now: clock.now() })
    if (answer.refused > 0) throw new Error(`bench: ${answer.refused} refused, first: ${JSON.stringify(answer.items.find((item) => item.outcome === 'refused'))}`)
  }
  isAccepting = false
  await Promise.all(working)
  isOver = true
  await counting
  return runOf(sent.length, startedAt, ownCpu() - node, familyCpu(postgresPid) - postgres)
}

/** Whole histories at once, stored and folded in one transaction without a line in between: what filling an empty deployment takes. */
async function wholeHistories(engine: Engine, sent: readonly Sent[], postgresPid: number): Promise<Run> {
  const byTicket = new Map<string, Sent[]>()
  for (const one of sent) byTicket.set(String(one.item['ticket_id']), [...(byTicket.get(String(one.item['ticket_id'])) ?? []), one])
  const batches: Sent[][] = [[]]
  for (const history of byTicket.values()) {
    if ((batches.at(-1) as Sent[]).length >= BATCH) batches.push([])
    ;(batches.at(-1) as Sent[]).push(...history)
  }
  const now = sent.at(-1)?.at ?? 0
  const [startedAt, node, postgres] = [performance.now(), ownCpu(), familyCpu(postgresPid)]
  for (const batch of batches) {
    const taken = await takeHistory(engine, batch.map(({ item }) => item), { source: 'bench', scope: ENGINE_SCOPE, now })
    if (taken === null) throw new Error('bench: a history was not taken whole')
  }
  await runTally(engine, now)
  return runOf(sent.length, startedAt, ownCpu() - node, familyCpu(postgresPid) - postgres)
}

/** Only the door: checked, masked, hashed, mapped and stored durably with its place in the line; nothing folded or counted. What no shape behind it can be faster than. */
async function doorOnly(engine: Engine, sent: readonly Sent[], postgresPid: number): Promise<Run> {
  const [startedAt, node, postgres] = [performance.now(), ownCpu(), familyCpu(postgresPid)]
  for (let at = 0; at < sent.length; at += BATCH) {
    const batch = sent.slice(at, at + BATCH)
    await acceptEvents(engine, batch.map(({ item }) => item), { source: 'bench', scope: ENGINE_SCOPE, now: batch.at(-1)?.at ?? 0 })
  }
  const run = runOf(sent.length, startedAt, ownCpu() - node, familyCpu(postgresPid) - postgres)
  await engine.pool.query('truncate pending_event')
  return run
}

/** Takes away what a fold could be gone on with, at every write: each event then has its ticket's whole history read and folded. */
async function forgetFolds(pool: Pool, isOn: boolean): Promise<void> {
  await pool.query('drop trigger if exists forget_fold on ticket')
  if (!isOn) return
  await pool.query('create or replace function forget_fold() returns trigger language plpgsql as $$ begin new.fold_memory := null; return new; end $$')
  await pool.query('create trigger forget_fold before insert or update on ticket for each row execute function forget_fold()')
}

/** One event at a time: how long until it is durable (what the 202 waits for), and until it is folded and counted. */
async function singles(engine: Engine, sent: readonly Sent[]): Promise<Readonly<Record<string, number>>> {
  const accepted: number[] = []
  const folded: number[] = []
  for (const { at, item } of sent) {
    const startedAt = performance.now()
    await acceptEvents(engine, [item], { source: 'bench', scope: ENGINE_SCOPE, now: at })
    accepted.push(performance.now() - startedAt)
    await runIngest(engine, at)
    await runTally(engine, at)
    folded.push(performance.now() - startedAt)
  }
  for (const list of [accepted, folded]) list.sort((a, b) => a - b)
  return {
    acceptedP50Ms: share(accepted, 0.5), acceptedP99Ms: share(accepted, 0.99), foldedP50Ms: share(folded, 0.5), foldedP99Ms: share(folded, 0.99),
  }
}

export interface IngestChoice {
  readonly events: number
  readonly repeats: number
  /** `one-lane`, `two-lanes`: the fold is gone on with; `refold`: from the first event each time; `histories`: whole tickets at once; `door`: stored only. */
  readonly shapes: readonly string[]
  /** Numbers of events that the store holds before each measurement, growing. */
  readonly stored: readonly number[]
}

async function measure(engine: Engine, postgres: EmbeddedPostgres, choice: IngestChoice, stored: number, round: number): Promise<number> {
  const start = Math.floor(systemClock.now() / HOUR) * HOUR - 40 * DAY
  const copies: number[] = []
  const runs = new Map<string, Run[]>(choice.shapes.map((shape) => [shape, []]))
  let next = round
  for (let repeat = 0; repeat < choice.repeats; repeat++) {
    for (const [shape, list] of runs) {
      next += 1
      const sent = makeEvents(engine, choice.events, next, start)
      await forgetFolds(engine.pool, shape === 'refold')
      if (shape === 'histories') list.push(await wholeHistories(engine, sent, postgres.pid))
      else if (shape === 'door') list.push(await doorOnly(engine, sent, postgres.pid))
      else list.push(await wholePath(engine, sent, shape === 'two-lanes' ? 2 : 1, postgres.pid))
      const copy = await rawCopy(engine.pool, next)
      copies.push(rate(copy.rows, copy.ms))
    }
  }
  await forgetFolds(engine.pool, false)
  const copy = median(copies)
  for (const [shape, list] of runs) {
    const whole = median(list.map(({ ms }) => rate(choice.events, ms)))
    print({
      bench: 'ingest', stored, shape, events: choice.events, repeats: choice.repeats, wholePathPerSecond: whole, rawCopyPerSecond: copy,
      ratio: Number((whole / copy).toFixed(3)), nodeUsPerEvent: median(list.map(({ nodeUs }) => nodeUs)), postgresUsPerEvent: median(list.map(({ postgresUs }) => postgresUs)),
    })
  }
  next += 1
  print({ bench: 'ingest-single', stored, ...(await singles(engine, makeEvents(engine, 600, next, start + MINUTE))) })
  return next
}

/**
 * Events per second of the whole path (validate, mask, store durably, fold, count, judge) beside a raw COPY of the same rows over one
 * connection into the same indexed table, in the same run on a durable embedded database; with a store of several sizes behind it.
 */
export async function benchIngest(choice: IngestChoice): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const pool = createPool(postgres.poolConfig, { max: 8, statementTimeoutMs: 0 })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, createLogger('error'))
    await wholePath(engine, makeEvents(engine, 5_000, 0, systemClock.now() - 60 * DAY), 1, postgres.pid)
    let round = 0
    for (const stored of choice.stored) {
      await fillStored(pool, stored, systemClock.now() - 70 * DAY, (done) => process.stderr.write(`\r${done} events stored`))
      round = await measure(engine, postgres, choice, stored, round)
    }
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
