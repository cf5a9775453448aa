import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commandFlags } from '../../bin/bootstrap/child.mjs'
import { prepareDatabase } from '../../bin/compose.ts'
import { DAY } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { generateHistory } from '../support/history.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CHUNK = 20_000

/** Customers and numbers of a chunk of its own, as many as would call in two months; what a correction sets stays, so one number is named by thousands of tickets. */
function ofChunk(payload: unknown, chunk: number): unknown {
  const { product_no: number, customer_id: customer, ...rest } = payload as { readonly product_no?: string; readonly customer_id?: string }
  if (number === undefined || customer === undefined) return payload
  return { ...rest, product_no: `1${String(8_000_000_000 + chunk * CHUNK + (Number(number.slice(3)) % CHUNK))}`, customer_id: `${customer}-${chunk}` }
}

/** Writes envelopes of invented tickets until the file has `bytes`; how many events that is. */
async function writeFile(file: string, bytes: number): Promise<number> {
  const out = createWriteStream(file)
  const now = systemClock.now()
  let [written, events] = [0, 0]
  for (let chunk = 0; written < bytes; chunk++) {
    const places = [{ provinceCode: '32', regionCode: '320500' }, { provinceCode: '44', regionCode: '440100' }]
    for (const item of generateHistory({ seed: chunk, events: CHUNK, from: now - 60 * DAY, until: now - DAY, places })) {
      const line = `${JSON.stringify({ ...item, event_id: `${chunk}-${String(item['event_id'])}`, ticket_id: `${chunk}-${String(item['ticket_id'])}`, payload: ofChunk(item['payload'], chunk) })}\n`
      written += Buffer.byteLength(line)
      events += 1
      if (!out.write(line)) await once(out, 'drain')
    }
  }
  out.end()
  await once(out, 'close')
  return events
}

const peakOf = (pid: number): number => Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

/** Imports a file of that size, killed when half of it is stored and started again: events a second, the most memory, and what is missing or there twice. */
export async function benchImport(bytes: number): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-import-'))
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'data'), durable: true })
  const pool = createPool(postgres.poolConfig, { max: 2, statementTimeoutMs: 0 })
  try {
    await prepareDatabase(pool, { regionsFile: loadConfig({}).regionsFile, clock: systemClock })
    const file = path.join(folder, 'events.ndjson')
    const events = await writeFile(file, bytes)
    const env = { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: '', TOCSIN_SECRET: randomBytes(32).toString('hex'), TOCSIN_DATA_DIR: folder, TOCSIN_LOG: 'warn' }
    const stored = async () => Number((await pool.query('select count(*) as n from event')).rows[0].n)
    const start = () => spawn(process.execPath, [...commandFlags('import'), '--import', 'tsx', 'bin/tocsin.ts', 'import', file, '--json'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] })
    let peak = 0
    const startedAt = performance.now()
    const first = start()
    const firstEnded = once(first, 'close')
    while ((await stored()) < events / 2 && first.exitCode === null) {
      peak = Math.max(peak, peakOf(first.pid as number))
      await sleep(200)
    }
    first.kill('SIGKILL')
    await firstEnded
    const half = await stored()
    const second = start()
    const ended = once(second, 'close')
    while (second.exitCode === null) {
      try {
        peak = Math.max(peak, peakOf(second.pid as number))
      } catch {
        break
      }
      await sleep(200)
    }
    await ended
    const seconds = (performance.now() - startedAt) / 1000
    const { rows } = await pool.query('select count(*)::int as n, count(distinct (source_system, event_id))::int as different from event')
    process.stdout.write(`${JSON.stringify({ bench: 'import', bytes: (await stat(file)).size, events, killedAt: half, exitCode: second.exitCode, stored: rows[0].n, twice: rows[0].n - rows[0].different, missing: events - rows[0].different, seconds: Math.round(seconds), peakMB: Math.round(peak / 1e6) })}\n`)
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
