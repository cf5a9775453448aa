import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { beat } from '../../core/store/pulse-store.ts'
import { requireAccess } from '../../server/access.ts'
import { anEvent } from '../support/an-event.ts'
import { engineWorld } from '../support/engine-world.ts'
import { databaseGate } from '../support/gate.ts'
import { NOBODY, PASSWORD, serverWorld, type Caller, type ServerWorld } from '../support/server.ts'

const clock = new ManualClock(Date.UTC(2026, 5, 11, 12))
let world: ServerWorld

beforeAll(async () => {
  world = await serverWorld({ clock })
  await world.addUser('manager-32', 'duty_manager', '32')
})
afterAll(async () => { await world?.stop() })

describe('the house', () => {
  test('a route that does not say who may call it cannot be registered', async () => {
    const bare = (await import('fastify')).default()
    requireAccess(bare)
    expect(() => bare.get('/open', async () => 'x')).toThrow('does not say who may call it')
    expect(() => bare.get('/said', { config: { access: { anybody: true } } }, async () => 'x')).not.toThrow()
  })

  test('an unknown address answers in the contract’s error body', async () => {
    for (const route of ['/api/v1/nothing', '/nothing', '/api/v1/alerts/1/nothing']) {
      const answer = await world.call(NOBODY, 'GET', route)
      expect([answer.status, answer.body?.error?.code]).toEqual([404, 'not_found'])
    }
  })

  test('pages carry a strict policy: own scripts only, no frames of others, plain HTTP allowed', async () => {
    const { headers } = await world.call(NOBODY, 'GET', '/healthz')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("connect-src 'self' ws: wss:")
    expect(policy).not.toContain('upgrade-insecure-requests')
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('every page is the one built file, asked for anew each time; assets are kept for ever; nothing outside the folder is served', async () => {
    const webDir = await mkdtemp(path.join(tmpdir(), 'tocsin-web-'))
    await mkdir(path.join(webDir, 'assets'))
    await writeFile(path.join(webDir, 'index.html'), '<title>警钟</title>')
    await writeFile(path.join(webDir, 'favicon.svg'), '<svg/>')
    await writeFile(path.join(webDir, 'assets/app-1a2b3c.js'), 'export {}')
    const built = await serverWorld({ clock, world, webDir })
    const get = (route: string) => built.call(NOBODY, 'GET', route)
    for (const page of ['/', '/wall', '/desk', '/desk/123', '/kpi', '/data', '/login', '/admin/users', '/wall?lang=en']) {
      const { status, text, headers } = await get(page)
      expect([page, status, text, headers.get('cache-control')]).toEqual([page, 200, '<title>警钟</title>', 'no-cache'])
    }
    expect((await get('/assets/app-1a2b3c.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await get('/favicon.svg')).headers.get('content-type')).toContain('image/svg+xml')
    for (const route of ['/assets/app-old.js', '/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/index.php', '/assets/']) {
      const { status, body, text } = await get(route)
      expect([route, status < 500 && status >= 400, body?.error?.messageEn !== undefined], text).toEqual([route, true, true])
    }
    await built.stop()
    await rm(webDir, { recursive: true })
    const unbuilt = await serverWorld({ clock, world, webDir })
    expect((await unbuilt.call(NOBODY, 'GET', '/wall')).status).toBe(503)
    await unbuilt.stop()
  })

  test('behind a proxy that is trusted, the cookie is secure when the page came by HTTPS', async () => {
    const proxied = await serverWorld({ clock, world, env: { TOCSIN_TRUST_PROXY: '127.0.0.1' } })
    const login = async (headers: Record<string, string>) => (await proxied.call(NOBODY, 'POST', '/api/v1/login', { login: 'manager-32', password: PASSWORD }, headers)).headers.get('set-cookie')
    expect(await login({ 'x-forwarded-proto': 'https' })).toContain('; Secure')
    expect(await login({})).not.toContain('; Secure')
    await proxied.stop()
  })
})

describe('health', () => {
  const ready = async (of: ServerWorld = world) => {
    const { status, body, headers } = await of.call(NOBODY, 'GET', '/readyz')
    return { status, ...body, retryAfter: headers.get('retry-after') }
  }

  test('ready while the engine beats; not ready, and why, when it has stopped', async () => {
    await beat(world.pool, 'drill', clock.now())
    expect(await ready()).toMatchObject({ status: 200, ready: true, database: 'ok', migrations: 'ok', engine: 'ok', engineBeatAt: clock.now() })
    clock.advance(10_001)
    expect(await ready()).toMatchObject({ status: 503, ready: false, database: 'ok', migrations: 'ok', engine: 'stale', retryAfter: '2' })
    await beat(world.pool, 'drill', clock.now())
    expect(await ready()).toMatchObject({ status: 200 })
  })

  test('not ready before the migrations have run', async () => {
    const { rows } = await world.pool.query('delete from pgmigrations where id = (select max(id) from pgmigrations) returning *')
    expect(await ready()).toMatchObject({ status: 503, database: 'ok', migrations: 'pending' })
    const [{ id, name, run_on: runOn }] = rows
    await world.pool.query('insert into pgmigrations (id, name, run_on) overriding system value values ($1, $2, $3)', [id, name, runOn]).catch(() =>
      world.pool.query('insert into pgmigrations (id, name, run_on) values ($1, $2, $3)', [id, name, runOn]))
    expect(await ready()).toMatchObject({ status: 200 })
  })

  test('without the database: alive, not ready, 503 with a retry hint for every request, and well again by itself', async () => {
    const base = await engineWorld(clock)
    const gate = await databaseGate(base.database.url)
    const own = await serverWorld({ clock, world: base, pool: gate.pool })
    const caller = await own.addKey('32')
    await own.addUser('manager', 'duty_manager', '32')
    const session = await own.signIn('manager')
    expect((await own.call(caller, 'POST', '/api/v1/events', anEvent())).status).toBe(202)
    await gate.shut()
    expect((await own.call(NOBODY, 'GET', '/healthz')).body).toEqual({ alive: true })
    expect(await ready(own)).toMatchObject({ status: 503, ready: false, database: 'unreachable' })
    const down = [
      await own.call(session, 'GET', '/api/v1/me'), await own.call(session, 'GET', '/api/v1/alerts'),
      await own.call(NOBODY, 'POST', '/api/v1/login', { login: 'manager', password: PASSWORD }), await own.call(await keyUnseen(), 'POST', '/api/v1/events', anEvent()),
    ]
    for (const answer of down) {
      expect([answer.status, answer.body.error.code, Number(answer.headers.get('retry-after')) >= 1]).toEqual([503, 'database_unavailable', true])
      expect(answer.text).not.toMatch(/postgres|ECONN|stack|\.ts:/)
    }
    await gate.open()
    await expect.poll(async () => (await own.call(caller, 'POST', '/api/v1/events', anEvent())).status, { timeout: 10_000 }).toBe(202)
    expect((await own.call(session, 'GET', '/api/v1/me')).status).toBe(200)
    await own.stop()
    await gate.end()
  })

  /** A key that the server has not looked up before. */
  const keyUnseen = async (): Promise<Caller> => ({ headers: { authorization: `Bearer tk_${randomUUID()}` }, token: null })
})
