import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { measurePlace } from '../../core/domain/count/cubes.ts'
import { median } from '../../core/domain/risk/surge.ts'
import { DAY, HOUR, type Instant, SECOND } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { foldTickets } from '../../core/engine/fold-tickets.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runRiskTick } from '../../core/engine/risk-tick.ts'
import { runTally } from '../../core/engine/tally.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock, systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { fillStored } from './stored.ts'

/** One measuring: so many tickets open, so many events stored. */
export interface RuleSize {
  readonly open: number
  readonly events: number
}

interface Timed {
  readonly median: number
  readonly fastest: number
}

const LIVE = 600
const ROUNDS = 40
const keyOf = (index: number) => `32:bench:L${index}`

/** The last hour, the same at every size: two cities, five phenomena, some of them true. */
async function takeLive(engine: Engine, now: Instant): Promise<void> {
  const items = Array.from({ length: LIVE }, (_, index) => ({
    event_id: `live-${index}`, event_type: 'created', ticket_id: `L${index}`, source_system: 'bench', province_code: '32', occurred_at: new Date(now - HOUR + 600 * SECOND + index * 4 * SECOND).toISOString(),
    payload: { kind: 'complaint', channel: 'hotline', source_category: 'province_complaint', region_code: index % 3 === 0 ? '320100' : '320500', phenomenon_l1: '宽带', phenomenon_l2: `现象${index % 5}`, content_text: '基准' },
  }))
  const { items: taken } = await acceptEvents(engine, items, { source: 'bench', scope: ENGINE_SCOPE, now })
  if (taken.some(({ outcome }) => outcome === 'refused')) throw new Error(JSON.stringify(taken.find(({ outcome }) => outcome === 'refused')))
  await drainIngest(engine, new ManualClock(now))
  await runTally(engine, now)
}

/** Open tickets of the 60 days before yesterday, with their cells, up to `count`. */
async function fillOpen(pool: Pool, from: number, count: number, now: Instant): Promise<void> {
  const spread = `to_timestamp($3::float8 / 1000 - 86400 * (2 + 60 * ((g::bigint * 7919) % 1000003) / 1000003.0))`
  await pool.query(
    `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold, updated_at)
     select '32:open:' || g, '32', '320500', '/00/32/320500/', 'complaint', '现象' || g % 20, 'new', true, md5(g::text), at, false, '{}', at
       from (select g, ${spread} as at from generate_series($1::int, $2::int - 1) g) s`,
    [from, count, now],
  )
  await pool.query(
    `insert into cell (cube, bin_at, region_code, kind, value, n)
     select 'ACC/half_minute/phenomenon', date_bin('30 seconds', ${spread}, to_timestamp(0)), '320500', 'complaint', '现象' || g % 20, array_fill(0::bigint, array[$4::int]) || count(*)::bigint
       from generate_series($1::int, $2::int - 1) g group by 2, 5
     on conflict (cube, bin_at, region_code, kind, value) do update set n = add_measures(cell.n, excluded.n)`,
    [from, count, now, measurePlace('ACC', 'accepted')],
  )
  // As a database stands that has lived with these rows, not one that got them a second ago.
  await pool.query('vacuum analyze')
  await pool.query('checkpoint')
}

/** Median and fastest round, ms: on a machine that others use as well the fastest says more. */
async function timed(work: (round: number) => Promise<unknown>): Promise<Timed> {
  const taken: number[] = []
  for (let round = 0; round < ROUNDS + 5; round += 1) {
    const since = performance.now()
    await work(round)
    if (round >= 5) taken.push(performance.now() - since)
  }
  return { median: median(taken), fastest: Math.min(...taken) }
}

/** A risk tick that reads rules, and a ticket judged again, at each size on one durable embedded database; ratios to the first size (issue 4: at most 1.3). */
export async function benchRules(sizes: readonly RuleSize[]): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const pool = createPool(postgres.poolConfig, { max: 6, statementTimeoutMs: 0 })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, createLogger('warn'))
    const now = systemClock.now()
    await takeLive(engine, now)
    let tickAt = now
    let open = 0
    let first: readonly [Timed, Timed] | null = null
    for (const size of sizes) {
      await fillStored(pool, size.events, now - DAY, () => undefined)
      await fillOpen(pool, open, size.open, now)
      open = size.open
      const tick = () =>
        timed(async () => {
          const { outcome } = await runRiskTick(engine, (tickAt += SECOND))
          if (outcome !== 'judged') throw new Error(`a tick was ${outcome}`)
        })
      const judge = () => timed((round) => inEngineTransaction(engine, now + 60 * SECOND, (etx) => foldTickets(etx, [keyOf((round * 13) % LIVE)])))
      // The first size would else be measured while the process still warms up, and every other look fast beside it.
      if (first === null) await tick().then(judge)
      const [ticks, judged] = [await tick(), await judge()]
      first ??= [ticks, judged]
      const [a, b] = first
      const told = (one: Timed, base: Timed) =>
        `${one.median.toFixed(2)} ms (× ${(one.median / base.median).toFixed(2)}), fastest ${one.fastest.toFixed(2)} ms (× ${(one.fastest / base.fastest).toFixed(2)})`
      say(`${size.open} open, ${size.events} events: tick ${told(ticks, a)}; re-judgement ${told(judged, b)}`)
    }
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
