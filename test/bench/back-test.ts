import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { measurePlace } from '../../core/domain/count/cubes.ts'
import { DAY, type Instant } from '../../core/domain/time.ts'
import { backTest } from '../../core/engine/back-test-report.ts'
import type { Engine } from '../../core/engine/context.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { familyCpu, ownCpu } from './cpu.ts'
import { fillTicketDays } from './ticket-days.ts'

const PHENOMENA = ['宽带上不了网', '宽带慢', 'IPTV', '移网上网', '移网语音', '计费及收费', '营业服务', '退费', '携出', '业务变更', '增值权益', '安装', '信号', '积分', '其他'] as const

/** One day of cells, and where a replay reads them of tickets (the columns that it reads), spread over cities by weight and over the hours as complaints come. */
async function fillDay(pool: Pool, cities: readonly { code: string; path: string }[], day: Instant, perDay: number, hasTickets: boolean): Promise<void> {
  const client = await pool.connect()
  // The same days in every run, so that what two states of the code make of them can be compared.
  await client.query('select setseed($1)', [((day / DAY) % 1_000) / 1_000])
  await client.query(
    `with one as (
       select g, (power(random(), 1.6) * array_length($1::text[], 1))::int % array_length($1::text[], 1) + 1 as c, (power(random(), 2) * array_length($3::text[], 1))::int % array_length($3::text[], 1) + 1 as p,
              $4::float8 / 1000 + 86400 * (0.33 + 0.6 * (random() + random()) / 2) as s
         from generate_series(1, $5::int) g),
     kept as (
       insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, closed_at, is_overdue, fold, updated_at)
       select '32:year:' || ($4::float8 / 86400000)::int || '-' || g, '32', ($1::text[])[c], ($2::text[])[c], 'complaint', ($3::text[])[p], 'archived', true, md5(g::text), to_timestamp(s), to_timestamp(s), false, '{}', to_timestamp(s) from one where $7)
     insert into cell (cube, bin_at, region_code, kind, value, n)
     select 'ACC/half_minute/phenomenon', to_timestamp(floor(s / 30) * 30), ($1::text[])[c], 'complaint', ($3::text[])[p], array_fill(0::bigint, array[$6::int]) || count(*)::bigint
       from one group by 2, 3, 5`,
    [cities.map(({ code }) => code), cities.map(({ path: place }) => place), PHENOMENA, day, perDay, measurePlace('ACC', 'accepted'), hasTickets],
  )
  // Words that alert: one in 230, some 430 a day of 100 k, spread like the tickets.
  if (hasTickets) {
    await client.query(
      `insert into keyword_hit (ticket_key, category, word, kind, fragment, version, occurred_at, region_code, region_path, phenomenon, customer_key, is_standing, recorded_at)
       select ticket_key, (array['KW-REG', 'KW-MED', 'KW-FRD', 'KW-SAF'])[1 + row_number() over (order by ticket_key) % 4], 'word', 'alert', '', 1, accepted_at, region_code, region_path, phenomenon_l2, customer_key, true, accepted_at
         from ticket where accepted_at >= to_timestamp($1::float8 / 1000) and accepted_at < to_timestamp($1::float8 / 1000) + interval '1 day' and hashtext(ticket_key) % 230 = 0`,
      [day],
    )
  }
  client.release()
}

interface BackTestBench {
  readonly days: number
  readonly perDay: number
  readonly past: number
  readonly rules: readonly string[]
  /** Where the filled store stays for the next run, to hold two states of the code against each other; none where it goes afterwards. */
  readonly keep: string | null
}

type Say = (line: string) => void

const isAbnormal = (ruleId: string): boolean => ABNORMAL_RULES.some(({ id }) => id === ruleId)

async function measureRule(engine: Engine, ruleId: string, days: number, start: Instant, postgresPid: number, say: Say): Promise<void> {
  const { risk: { body }, abnormal } = await engine.settings(start)
  const ofRisk = ruleId === 'MR-01' ? { ...body, batch: { ...body.batch, city: [8, 25, 80, 250] as const } } : body
  const parameters = isAbnormal(ruleId) ? abnormal.body : ofRisk
  const [from, to] = [start, start + days * DAY]
  const now = () => ({ at: performance.now(), node: ownCpu(), postgres: familyCpu(postgresPid) })
  const since = now()
  // What comes before the span is read once, however long the span: only the rest grows with it.
  let ready = since
  const onProgress = (done: number) => { if (done === 0) ready = now() }
  const report = await backTest(engine, { ruleId, parameters, path: engine.tree.root.path, from, to }, onProgress)
  const end = now()
  const [before, replay] = [(ready.at - since.at) / 1_000, (end.at - ready.at) / 1_000 / days]
  const cpu = (of: 'node' | 'postgres') => `${((ready[of] - since[of]) / 1_000).toFixed(2)} s before, ${((end[of] - ready[of]) / 1_000 / days).toFixed(2)} s a day`
  const digest = createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 12)
  say(`${ruleId}: ${days} days, ${report.ticks} ticks, ${report.would.cases} cases, ${report.would.pages} pages (result ${digest}): ${before.toFixed(1)} s for what came before, then ${replay.toFixed(2)} s a day (${((before + replay * 365) / 60).toFixed(1)} min a year)`)
  say(`  processor: this process ${cpu('node')}; PostgreSQL ${cpu('postgres')}; ${Math.round(process.memoryUsage().rss / 1e6)} MB`)
}

async function fill(pool: Pool, engine: Engine, start: Instant, { days, perDay, past }: BackTestBench, say: Say): Promise<void> {
  const cities = engine.tree.all().filter(({ level }) => level === 'city')
  await pool.query(`insert into province_feed (province_code, first_occurred_at, last_occurred_at, last_received_at) select code, to_timestamp(0), now(), now() from region where level = 'province' on conflict do nothing`)
  for (let day = 0; day < days + past; day += 1) {
    await fillDay(pool, cities, start + day * DAY, perDay, day >= past - 1)
    if (day % 20 === 0) say(`filled ${day} days`)
  }
  await pool.query('vacuum analyze')
}

/** A back-test over `days` days of `perDay` tickets, `past` days before them: seconds, and minutes a year (issue 4: a year of 100 k a day in 10 min). */
export async function benchBackTest(choice: BackTestBench): Promise<void> {
  const say: Say = (line) => process.stdout.write(`${line}\n`)
  const dataDir = choice.keep ?? (await mkdtemp(path.join(tmpdir(), 'tocsin-bench-')))
  await mkdir(dataDir, { recursive: true })
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  const pool = createPool(postgres.poolConfig, { max: 4, statementTimeoutMs: 0 })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, createLogger('warn'))
    const start = Date.UTC(2024, 11, 31, 16)
    // The two kinds read other stores: on the wrong one a rule would find nothing, very fast.
    if (new Set(choice.rules.map(isAbnormal)).size > 1) throw new RangeError('--rules: either AT or MR, each kind fills a store of its own')
    if (!postgres.reused && choice.rules.some(isAbnormal)) await fillTicketDays(pool, engine, { start: start + choice.past * DAY, days: choice.days, perDay: choice.perDay }, say)
    else if (!postgres.reused) await fill(pool, engine, start, choice, say)
    for (const ruleId of choice.rules) await measureRule(engine, ruleId, choice.days, start + choice.past * DAY, postgres.pid, say)
  } finally {
    await pool.end()
    await postgres.stop()
    if (choice.keep === null) await rm(dataDir, { recursive: true, force: true })
  }
}
