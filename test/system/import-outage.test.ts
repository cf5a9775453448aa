import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandFlags } from '../../bin/bootstrap/child.mjs'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { at } from '../support/builders.ts'
import { testDatabase } from '../support/database.ts'
import { ROOT } from '../support/engine-world.ts'
import { generateHistory } from '../support/history.ts'

const SECRET = 'a secret for tests, thirty-two characters'
const places = ['320100', '320500'].map((regionCode) => ({ provinceCode: '32', regionCode }))
const history = generateHistory({ seed: 78, events: 9_000, from: at('2026-05-01 00:00'), until: at('2026-06-19 00:00'), places })
/** Every fortieth is one that the door refuses. */
const items = history.flatMap((item, index) => (index % 40 === 0 ? [item, { ...item, event_id: `refused-${index}`, province_code: '99' }] : [item]))
const refused = items.length - history.length

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-outage-'))
  file = path.join(folder, 'events.ndjson')
  await writeFile(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The import of the file; `DATABASE_URL` empty: into the data folder. */
function importing(url: string) {
  const env = { ...process.env, DATABASE_URL: url, REDIS_URL: '', TOCSIN_SECRET: SECRET, TOCSIN_DATA_DIR: folder, TOCSIN_LOG: 'warn' }
  const child = spawn(process.execPath, [...commandFlags('import'), '--import', 'tsx', 'bin/tocsin.ts', 'import', file, '--json'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const errors: string[] = []
  child.stdout.on('data', (text) => lines.push(String(text)))
  child.stderr.on('data', (text) => errors.push(String(text)))
  const ended = once(child, 'close')
  return { child, lines, ended, said: () => errors.join(''), outages: () => errors.join('').split('The database is away').length - 1 }
}

const stored = async (pool: Pool) => Number((await pool.query('select count(*) as n from event').catch(() => ({ rows: [{ n: 0 }] }))).rows[0].n)

async function untilStored(pool: Pool, n: number, { child, said }: ReturnType<typeof importing>): Promise<void> {
  while ((await stored(pool)) < n) {
    if (child.exitCode !== null) throw new Error(`the import ended too soon: ${said()}`)
    await sleep(10)
  }
}

async function expectWhole(pool: Pool, { child, lines, said }: ReturnType<typeof importing>): Promise<void> {
  expect(child.exitCode, said()).toBe(0)
  const told = lines.join('').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(told.at(-1)).toEqual({ summary: { rows: items.length, rowsRefused: 0, accepted: history.length, duplicate: 0, refused } })
  expect(told).toHaveLength(refused + 1)
  const count = async (from: string) => Number((await pool.query(`select count(*) as n from ${from}`)).rows[0].n)
  expect(await count('event')).toBe(history.length)
  expect(await count('event_id')).toBe(history.length)
  expect(await count('quarantine')).toBe(refused)
  expect(await count('pending_event')).toBe(0)
  expect(await count('ticket')).toBe(new Set(history.map((item) => item['ticket_id'])).size)
}

test('an embedded database that is stopped and started again under the import: it waits, says so once and goes on, nothing twice, nothing missing', async () => {
  const first = await startEmbeddedPostgres({ dataDir: folder, durable: true })
  const before = createPool(first.url)
  const running = importing('')
  await untilStored(before, history.length / 3, running)
  await before.end()
  await first.stop()
  while (running.outages() === 0 && running.child.exitCode === null) await sleep(20)
  await sleep(2_500)
  expect(running.child.exitCode, running.said()).toBeNull()
  const second = await startEmbeddedPostgres({ dataDir: folder, durable: true })
  const after = createPool(second.url)
  try {
    await running.ended
    expect(running.outages(), running.said()).toBe(1)
    await expectWhole(after, running)
  } finally {
    await after.end()
    await second.stop()
  }
}, 120_000)

test('connections that are ended in the midst of their work: nothing twice, nothing missing', async () => {
  const { pool, url } = await testDatabase()
  const running = importing(url)
  await untilStored(pool, 500, running)
  // A connection that is ended between two statements is replaced by the pool, and nobody notices; ended all the time, nothing would ever be done.
  for (let ended = 0; ended < 3 && running.child.exitCode === null; ) {
    const { rowCount } = await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tocsin-import' and state <> 'idle' and datname = current_database()",
    )
    ended += rowCount ?? 0
    await sleep(rowCount === 0 ? 7 : 2_000)
  }
  await running.ended
  await expectWhole(pool, running)
  expect(running.outages()).toBeGreaterThan(0)
}, 120_000)
