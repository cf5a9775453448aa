import { spawn } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandFlags } from '../../bin/bootstrap/child.mjs'
import { at } from '../support/builders.ts'
import { ROOT } from '../support/engine-world.ts'
import { generateHistory } from '../support/history.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'

const AIM = 24_000

let world: IngestWorld
let folder: string
let file: string
let events: number
beforeAll(async () => {
  world = await ingestWorld('2026-06-20 00:00')
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-import-'))
  file = path.join(folder, 'events.ndjson')
  const places = world.tree.children('32').map(({ code }) => ({ provinceCode: '32', regionCode: code }))
  const out = createWriteStream(file)
  const items = generateHistory({ seed: 77, events: AIM, from: at('2026-05-01 00:00'), until: at('2026-06-19 00:00'), places })
  events = items.length
  for (const item of items) {
    if (!out.write(`${JSON.stringify(item)}\n`)) await once(out, 'drain')
  }
  out.end('not an event\n')
  await once(out, 'close')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function importing() {
  const env = { ...process.env, DATABASE_URL: world.database.url, REDIS_URL: '', TOCSIN_SECRET: world.engine.secret, TOCSIN_DATA_DIR: folder, TOCSIN_LOG: 'warn' }
  const child = spawn(process.execPath, [...commandFlags('import'), '--import', 'tsx', 'bin/tocsin.ts', 'import', file, '--json'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  const failed: string[] = []
  child.stdout.on('data', (text) => said.push(String(text)))
  child.stderr.on('data', (text) => failed.push(String(text)))
  return { child, said, failed, ended: once(child, 'close') }
}

const stored = async () => Number((await world.pool.query('select count(*) as n from event')).rows[0].n)

/** The most memory a process has held so far, bytes. */
const peakOf = (pid: number): number => Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

test('an import that was killed half-way and started again: nothing twice, nothing missing, and bounded memory', async () => {
  const first = importing()
  while ((await stored()) < events / 2) {
    if (first.child.exitCode !== null) throw new Error(`the import ended too soon: ${first.failed.join('')}`)
    await sleep(20)
  }
  first.child.kill('SIGKILL')
  await first.ended
  const half = await stored()
  expect(half).toBeLessThan(events)
  const second = importing()
  let peak = 0
  const watching = (async () => {
    while (second.child.exitCode === null) {
      peak = Math.max(peak, peakOf(second.child.pid as number))
      await sleep(50)
    }
  })().catch(() => undefined)
  await second.ended
  await watching
  expect(second.child.exitCode).toBe(0)
  const lines = second.said.join('').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.filter(({ field }) => field === '*')).toMatchObject([{ line: events + 1 }])
  expect(lines.at(-1)).toMatchObject({ summary: { accepted: events - half, duplicate: half } })
  expect(await stored()).toBe(events)
  expect(Number((await world.pool.query('select count(*) as n from event_id')).rows[0].n)).toBe(events)
  await world.expectExact()
  console.info(`imported ${events} events with at most ${(peak / 1e6).toFixed(0)} MB`)
  expect(peak).toBeLessThan(300e6)
})
