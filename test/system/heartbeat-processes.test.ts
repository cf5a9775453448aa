import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { readEnvironment } from '../../core/platform/config.ts'
import { freePort, runSystem } from '../support/running-system.ts'
import { testDatabase, testRedisUrl } from '../support/database.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The processes of the production shape, as they are deployed, on a database of the test's own. */
async function deployment() {
  const { pool, url: databaseUrl } = await testDatabase()
  const port = await freePort()
  const redisUrl = testRedisUrl()
  const env = {
    ...readEnvironment(), PORT: String(port), HOST: '127.0.0.1', DATABASE_URL: databaseUrl, ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    TOCSIN_SECRET: 'a secret of tests, thirty-two letters long', TOCSIN_ADMIN_PASSWORD: 'correct horse battery staple', TOCSIN_LOG: 'warn',
  }
  const run = (part: string): ChildProcess => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'bin/tocsin.ts', part], { cwd: ROOT, env, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }
  const migrated = run('migrate')
  await new Promise((resolve) => migrated.once('exit', resolve))
  run('serve')
  /** How the heart beats; null while nobody serves. */
  const beat = async (): Promise<{ http: number; status: string; stuckAt: string | null; lastCompletedAt: number | null; tookMs: number } | null> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/heartbeat`).catch(() => null)
    return answer === null ? null : { http: answer.status, ...((await answer.json()) as { status: string; stuckAt: string | null; lastCompletedAt: number | null; tookMs: number }) }
  }
  return { pool, run, beat }
}

const killed = async (child: ChildProcess) => {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

test('with two worker processes one canary a minute comes through; with one of them killed too; with none the heartbeat says so, and it is well again by itself', async () => {
  const { pool, run, beat } = await deployment()
  const workers = [run('work'), run('work')]
  await expect.poll(async () => (await beat())?.http, { timeout: 60_000, interval: 250 }).toBe(200)
  const first = await beat()
  // The timer of step 2 is at T + 10 s; what is beyond is the way itself, on a loaded machine.
  expect(first?.tookMs).toBeGreaterThanOrEqual(10_000)
  expect(first?.tookMs).toBeLessThan(20_000)

  await killed(workers[0] as ChildProcess)
  await expect.poll(async () => (await beat())?.lastCompletedAt, { timeout: 90_000, interval: 250 }).toBeGreaterThan(first?.lastCompletedAt ?? 0)
  const { rows } = await pool.query<{ raised: number; minutes: number }>(
    `select count(*)::int as raised, count(distinct date_trunc('minute', opened_at))::int as minutes from alert where kind = 'canary'`,
  )
  expect(rows[0]?.raised, 'one a minute, not one a worker').toBe(rows[0]?.minutes)

  await killed(workers[1] as ChildProcess)
  // What 90 s without workers look like, without waiting for them.
  await pool.query(`update alert set opened_at = opened_at - interval '2 minutes', acked_at = acked_at - interval '2 minutes' where kind = 'canary'`)
  await sleep(1_100)
  expect(await beat()).toMatchObject({ http: 503, status: 'late', stuckAt: 'not_opened' })
  run('work')
  await expect.poll(async () => (await beat())?.http, { timeout: 90_000, interval: 250 }).toBe(200)
}, 300_000)

const hasCurl = spawnSync('curl', ['--version']).status === 0

test.skipIf(!hasCurl)('the watcher of docs/watching.md, beside `npm start`: silent while the heart beats, tells somebody at the second failure in a row, and silent again', async () => {
  const system = await runSystem()
  onTestFinished(() => system.stop())
  const folder = await mkdtemp(path.join(tmpdir(), 'tocsin-watch-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(await readFile(path.join(ROOT, 'docs/watching.md'), 'utf8')) ?? []
  const file = path.join(folder, 'watch')
  await writeFile(file, script.replace('https://tocsin.example', system.url).replace('/var/tmp/tocsin-watch', path.join(folder, 'state')).replace('TELL "', 'echo "'))
  const watch = () => spawnSync('sh', [file], { encoding: 'utf8' }).stdout

  await expect.poll(async () => (await fetch(`${system.url}/api/v1/heartbeat`)).status, { timeout: 60_000, interval: 250 }).toBe(200)
  expect([watch(), watch()]).toEqual(['', ''])
  await system.kill()
  expect(watch()).toBe('')
  expect(watch()).toContain('Tocsin does not page')
  await system.start()
  await expect.poll(async () => (await fetch(`${system.url}/api/v1/heartbeat`).catch(() => null))?.status, { timeout: 60_000, interval: 250 }).toBe(200)
  expect([watch(), watch()]).toEqual(['', ''])
})
