import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { ClusterBook } from '../../core/domain/near-duplicate/cluster-book.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'
import { textReader } from '../../core/domain/near-duplicate/reading.ts'
import { packTicket } from '../../core/domain/ticket/pack.ts'
import { emptyDraft } from '../../core/domain/ticket/draft.ts'
import { DAY, type Instant } from '../../core/domain/time.ts'
import { clusterTexts } from '../../core/engine/cluster-texts.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { familyCpu } from './cpu.ts'
import { chances, someText, T1 } from '../support/similar-texts.ts'

/** Of a hundred texts so many follow one of 20 templates with words of their own; the others share hardly anything. */
const TEMPLATED = 20
const LETTERS = 2_500

/** A text of letters that follow each other by chance, as long as T1 is. */
const ownText = (chance: () => number) => String.fromCharCode(...Array.from({ length: 75 }, () => 0x4e00 + Math.floor(chance() * LETTERS)))

function textsOf(count: number): string[] {
  const chance = chances(5)
  return Array.from({ length: count }, (_, index) => {
    if (chance() * 100 >= TEMPLATED) return ownText(chance)
    const number = String(13_000_000_000 + Math.floor(chance() * 999_999_999))
    return `${T1.replace('13800001111', number)}${someText(Math.floor(chance() * 20), 24)}${someText(index, 2)}`
  })
}

/** Texts of one look. */
const LOOK = 500

/** The pure part alone, texts a second: normalise, grams and bands; the same and placing, look by look. */
function pure(texts: readonly string[]): readonly [reading: number, placing: number] {
  const { rule, said, face } = textReader(DEFAULT_NEAR_DUPLICATE)
  const read = (text: string, index: number) => face(String(index), index * 1_000, said('32', text))
  const rate = (work: () => void) => {
    const since = performance.now()
    work()
    return (texts.length / (performance.now() - since)) * 1_000
  }
  let ids = 0
  let sum = 0
  const reading = () => texts.forEach((text, index) => (sum += read(text, index).bands[0] ?? 0))
  const placing = () => {
    for (let from = 0; from < texts.length; from += LOOK) {
      const book = new ClusterBook([])
      for (const [index, text] of texts.slice(from, from + LOOK).entries()) book.place(read(text, index), rule, () => String(ids++))
    }
  }
  reading()
  return [rate(reading), rate(placing)]
}

/** Tickets that hold only what a look reads, and the line that they stand in. */
async function fill(pool: Pool, texts: readonly string[], from: number, day: Instant): Promise<void> {
  const rows = texts.map((contentText, index) => {
    const acceptedAt = day + Math.floor(((from + index) * DAY) / 100_000)
    const ticketKey = `32:bench:${from + index}`
    const draft = emptyDraft({ ticketKey, provinceCode: '32', sourceSystem: 'bench', occurredAt: acceptedAt })
    return { key: ticketKey, at: new Date(acceptedAt).toISOString(), fold: packTicket(Object.assign(draft, { acceptedAt, contentText, channel: 'hotline' })) }
  })
  await pool.query(
    `with one as (select * from jsonb_to_recordset($1::jsonb) as i (key text, at timestamptz, fold json)), kept as (
       insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold, updated_at)
       select key, '32', '320500', '/00/32/320500/', 'complaint', '', 'new', true, key, at, false, fold, at from one)
     insert into text_check (ticket_key, accepted_at) select key, at from one order by at, key`,
    [JSON.stringify(rows)],
  )
}

const SIZES = ['text_signature', 'text_cluster', 'text_band'] as const

/** Near-duplicate texts (domain.md 5.3.2) on a durable embedded database: texts a second as the day fills, processor time and bytes a text. */
export async function benchTexts(choice: { readonly texts: number }): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const texts = textsOf(choice.texts)
  const [reading, placing] = pure(texts.slice(0, 20_000))
  say(`pure: ${Math.round(reading)} texts/s read, ${Math.round(placing)} texts/s read and placed`)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const pool = createPool(postgres.poolConfig, { max: 8, statementTimeoutMs: 0 })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, createLogger('warn'))
    const day = systemClock.now() - DAY
    const step = Math.max(1, Math.floor(texts.length / 5))
    for (let from = 0; from < texts.length; from += step) {
      await fill(pool, texts.slice(from, from + step), from, day)
      const [cpu, since] = [familyCpu(process.pid), performance.now()]
      const { looked, joined, opened, compared } = await clusterTexts(engine, systemClock.now())
      const seconds = (performance.now() - since) / 1_000
      say(
        `${from} stored: ${Math.round(looked / seconds)} texts/s, ${Math.round(((familyCpu(process.pid) - cpu) * 1_000) / looked)} µs of processor a text, joined ${joined}, opened ${opened}, ` +
          `${(compared / looked).toFixed(1)} comparisons a text`,
      )
    }
    for (const table of SIZES) {
      const { rows } = await pool.query<{ bytes: number; n: number }>(`select pg_total_relation_size($1::regclass)::float8 as bytes, (select count(*) from ${table})::int as n`, [table])
      const [{ bytes, n } = { bytes: 0, n: 0 }] = rows
      say(`${table}: ${n} rows, ${Math.round(bytes / texts.length)} bytes a text`)
    }
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
