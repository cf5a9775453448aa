import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../../bin/ci/chromium.mjs'
import { systemClock } from '../../core/platform/clock.ts'
import { readEnvironment } from '../../core/platform/config.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const PASSWORD = 'correct horse battery staple'
const PORT = 18_431
const URL = `http://127.0.0.1:${PORT}`

interface Session {
  readonly cookie: string
  readonly csrfToken: string
}

async function call<T>(route: string, body: unknown, session?: Session, key?: string): Promise<T> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (session) Object.assign(headers, { cookie: session.cookie, 'x-csrf-token': session.csrfToken })
  if (key) headers['authorization'] = `Bearer ${key}`
  const answer = await fetch(`${URL}/api/v1${route}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function signIn(login: string): Promise<Session> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${URL}/api/v1/login`, { method: 'POST', headers, body: JSON.stringify({ login, password: PASSWORD }) })
  const { csrfToken } = (await answer.json()) as { csrfToken: string }
  return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', csrfToken }
}

let number = 0
const event = (type: string, ticket: string, payload: Record<string, unknown>) => ({
  event_id: `b${(number += 1)}`, event_type: type, ticket_id: ticket, source_system: 'bench', province_code: '32',
  occurred_at: new Date(systemClock.now()).toISOString(), payload,
})
const created = (ticket: string) =>
  event('created', ticket, { kind: 'complaint', channel: 'hotline', source_category: 'province_complaint', region_code: '320500', phenomenon_l1: '网络使用', phenomenon_l2: `b${number % 50}`, content_text: '基准' })

/** Expedites of known tickets at a steady rate: work for the whole path that changes no figure being watched. */
async function background(key: string, tickets: readonly string[], perSecond: number, signal: AbortSignal): Promise<number> {
  const EVERY = 50
  let sent = 0
  let next = performance.now()
  while (!signal.aborted) {
    const count = Math.max(1, Math.round((perSecond * EVERY) / 1000))
    const batch = Array.from({ length: count }, (_unused, index) => event('expedited', tickets[(sent + index) % tickets.length] as string, { by: 'staff', channel: 'hotline' }))
    await call('/events', batch, undefined, key)
    sent += count
    next += EVERY
    await sleep(Math.max(0, next - performance.now()))
  }
  return sent
}

const shown = async (page: Page) => Number((await page.locator('[data-test="accepted-today"]').first().innerText()).replaceAll(/\D/g, ''))

async function sample(page: Page, key: string): Promise<number> {
  const before = await shown(page)
  // As text: the page has no TypeScript. `void`, or the promise would be waited for before the POST.
  await page.evaluate(`void (window.seen = new Promise((resolve) => {
    const target = document.querySelector('[data-test="accepted-today"]')
    const look = () => (Number(target.innerText.replaceAll(',', '')) > ${before} ? resolve(Date.now()) : requestAnimationFrame(look))
    look()
  }))`)
  const postedAt = systemClock.now()
  await call('/events', [created(`s${number}`)], undefined, key)
  return Number(await page.evaluate('window.seen')) - postedAt
}

const percentile = (sorted: readonly number[], share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number

async function measure(rate: number, samples: number, browserPath: string): Promise<void> {
  const admin = await signIn('admin')
  await call('/users', { login: 'bench', displayName: '基准 bench', role: 'group_ops', regionCode: '00', password: PASSWORD }, admin)
  const { key } = await call<{ key: string }>('/api-keys', { name: 'bench', regionCode: '00' }, admin)
  const tickets = Array.from({ length: 2_000 }, (_unused, index) => `t${index}`)
  await call('/events', tickets.map(created), undefined, key)
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  const ending = new AbortController()
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    const { cookie } = await signIn('bench')
    const [name, value] = cookie.split('=') as [string, string]
    await page.context().addCookies([{ name, value: decodeURIComponent(value), url: URL }])
    await page.goto(`${URL}/wall`)
    while ((await shown(page)) < tickets.length) await sleep(100)
    const load = background(key, tickets, rate, ending.signal)
    await sleep(2_000)
    const startedAt = performance.now()
    const times: number[] = []
    for (let index = 0; index < samples; index++) {
      times.push(await sample(page, key))
      await sleep(50 + ((index * 37) % 100))
    }
    const seconds = (performance.now() - startedAt) / 1000
    ending.abort()
    const sent = await load
    times.sort((a, b) => a - b)
    process.stdout.write(`${JSON.stringify({
      bench: 'latency', what: 'POST to DOM of the wall, ms', backgroundPerSecond: Math.round(sent / (seconds + 2)), samples,
      p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99), max: times.at(-1),
    })}\n`)
  } finally {
    ending.abort()
    await browser.close()
  }
}

/** From the POST of one complaint to its figure in the wall's DOM, with `rate` other events a second meanwhile. */
export async function benchLatency({ rate, samples }: { rate: number; samples: number }): Promise<void> {
  const found = findChromium()
  if (found.path === undefined) {
    process.stdout.write(`${JSON.stringify({ bench: 'latency', skipped: found.why })}\n`)
    return
  }
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const env = { ...readEnvironment(), PORT: String(PORT), TOCSIN_DATA_DIR: dataDir, TOCSIN_ADMIN_PASSWORD: PASSWORD, DATABASE_URL: '', REDIS_URL: '' }
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/tocsin.ts', 'start', '--no-demo'], { cwd: ROOT, env, stdio: 'ignore' })
  try {
    for (let tries = 0; !(await fetch(`${URL}/readyz`).then((answer) => answer.ok, () => false)); tries++) {
      if (child.exitCode !== null || tries > 600) throw new Error('bench: the system did not start')
      await sleep(100)
    }
    await measure(rate, samples, found.path)
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    await rm(dataDir, { recursive: true, force: true })
  }
}
