import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant } from '../../core/domain/time.ts'
import type { Role } from '../../core/domain/vocabulary.ts'
import { hashPassword } from '../../core/engine/password.ts'
import { saveSettings, seedSettings } from '../../core/engine/settings.ts'
import { switched } from '../../core/domain/risk/parameters.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { readEnvironment } from '../../core/platform/config.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertApiKey } from '../../core/store/api-key-store.ts'
import { insertUsers } from '../../core/store/user-store.ts'
import { hashToken } from '../../server/session.ts'
import { createdEvent } from './complaints.ts'
import { testDatabase, testRedisUrl } from './database.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const STARTED_WITHIN_MS = 90_000
export const PASSWORD = 'correct horse battery staple'

/** The whole product as `npm start` runs it, in a process of its own on a database of the test's own. */
export interface RunningSystem {
  readonly url: string
  /** SIGKILL: nothing is said goodbye to. */
  kill(): Promise<void>
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** Starts it again on the same port and database. */
  start(): Promise<void>
  stop(): Promise<void>
  addUser(login: string, displayName: string, role: Role, regionCode: string): Promise<void>
  post(events: readonly Record<string, unknown>[]): Promise<void>
  /** Every province as if it had been heard since an instant: what a new deployment is told of its past is being loaded, and restates nothing. */
  heardSince(at: Instant): Promise<void>
  /** GET of the API as that person. */
  get(login: string, route: string): Promise<unknown>
  /** Cookie and CSRF token of a new session. */
  signIn(login: string): Promise<{ cookie: string; csrfToken: string }>
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then((answer) => answer.ok, () => false)
}

/** Starts the system. Risks are judged every `tickSeconds`, so that a test need not wait five minutes. */
export async function runSystem(tickSeconds = 5): Promise<RunningSystem> {
  const { pool, url: databaseUrl } = await testDatabase()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const redisUrl = testRedisUrl()
  const now = systemClock.now()
  await seedSettings(pool, now)
  // MR-16 looks at the full hour: what a test finds would depend on the minute at which it runs.
  const body = switched('MR-16', false, { ...DEFAULT_RISK_PARAMETERS, tickSeconds })
  await inTransaction(pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'a test does not wait', effectiveFrom: 0, now }))
  const passwordHash = await hashPassword(PASSWORD)
  const key = `tk_${randomBytes(32).toString('base64url')}`
  let child: ChildProcess | null = null
  let output = ''
  let hasKey = false

  async function start(): Promise<void> {
    const env = {
      ...readEnvironment(), PORT: String(port), HOST: '127.0.0.1', DATABASE_URL: databaseUrl, ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
      TOCSIN_SECRET: 'a secret of tests, thirty-two letters long', TOCSIN_ADMIN_PASSWORD: PASSWORD, TOCSIN_LOG: 'warn',
    }
    const running = spawn(process.execPath, ['--import', 'tsx', 'bin/tocsin.ts', 'start', '--no-demo'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child = running
    for (const stream of [running.stdout, running.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-8_000)
      })
    }
    const deadline = performance.now() + STARTED_WITHIN_MS
    while (!(await isReady(url))) {
      if (running.exitCode !== null || performance.now() > deadline) throw new Error(`the system did not start:\n${output}`)
      await sleep(100)
    }
    if (hasKey) return
    await insertApiKey(pool, { id: randomUUID(), name: 'test', keyHash: hashToken(key), regionCode: '00', createdBy: null }, systemClock.now())
    hasKey = true
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = child
    child = null
    if (!running || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    const limit = setTimeout(() => running.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(limit)
  }

  async function signIn(login: string) {
    const answer = await fetch(`${url}/api/v1/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password: PASSWORD }) })
    if (!answer.ok) throw new Error(`login of ${login}: ${await answer.text()}`)
    const { csrfToken } = (await answer.json()) as { csrfToken: string }
    return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', csrfToken }
  }

  await start()
  return {
    url,
    start,
    signIn,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    signal: (name) => void child?.kill(name),
    async addUser(login, displayName, role, regionCode) {
      await insertUsers(pool, [{ id: randomUUID(), login, displayName, role, regionCode, passwordHash, isDemo: false }], systemClock.now())
    },
    async post(events) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
      const answer = await fetch(`${url}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify(events) })
      const { refused } = (await answer.json()) as { refused?: number }
      if (answer.status !== 202 || refused !== 0) throw new Error(`events refused: ${answer.status} ${refused}`)
    },
    async heardSince(at) {
      await pool.query('update province_feed set first_received_at = to_timestamp($1::float8 / 1000)', [at])
    },
    async get(login, route) {
      const { cookie } = await signIn(login)
      const answer = await fetch(`${url}/api/v1${route}`, { headers: { cookie } })
      if (!answer.ok) throw new Error(`${route}: ${await answer.text()}`)
      return answer.json()
    },
  }
}

let numbers = 0

/** `count` complaints of as many customers in one city within the last minutes. */
export function burst(count: number, place: { province: string; region: string; phenomenon: string; payload?: Record<string, unknown> }): Record<string, unknown>[] {
  const now = systemClock.now()
  return Array.from({ length: count }, (_, index) => createdEvent({ no: `B${(numbers += 1)}`, at: now - 60_000 - index * 500, ...place }))
}

/** A complaint that has been open for so many hours: beyond its limit the ticket rules speak at once. */
export function oldComplaint(hours: number, province = '32', region = '320100'): Record<string, unknown> {
  return createdEvent({ no: `O${(numbers += 1)}`, at: systemClock.now() - hours * 3_600_000, province, region, phenomenon: '宽带上不了网' })
}
