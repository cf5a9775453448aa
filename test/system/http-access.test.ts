import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { anEvent } from '../support/an-event.ts'
import { NOBODY, PASSWORD, serverWorld, type Caller, type ServerWorld } from '../support/server.ts'

const NOW = Date.UTC(2026, 5, 11, 12)
const clock = new ManualClock(NOW)
let world: ServerWorld

beforeAll(async () => {
  world = await serverWorld({ clock })
  await world.addUser('admin', 'admin', '00')
  await world.addUser('manager-32', 'duty_manager', '32')
})
afterAll(async () => { await world?.stop() })

const post = (caller: Caller) => world.call(caller, 'POST', '/api/v1/events', anEvent())

describe('signing in', () => {
  const login = (name: string, password = PASSWORD, headers: Record<string, string> = {}) => world.call(NOBODY, 'POST', '/api/v1/login', { login: name, password }, headers)

  test('gives an HttpOnly, SameSite=Lax cookie and who one is', async () => {
    const { status, headers, body } = await login('manager-32')
    expect(status).toBe(200)
    expect(headers.get('set-cookie')).toMatch(/^tocsin_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(body).toMatchObject({ kind: 'user', login: 'manager-32', role: 'duty_manager', regionCode: '32', regionNameZh: '江苏', csrfToken: expect.any(String) })
  })

  test('is worth nothing to whoever planted a session id', async () => {
    const victim = await login('manager-32')
    const planted = (victim.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const second = await login('manager-32', PASSWORD, { cookie: planted })
    const fresh = (second.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    expect(fresh).not.toBe(planted)
    expect((await world.call({ headers: { cookie: planted }, token: null }, 'GET', '/api/v1/me')).status).toBe(401)
    expect((await world.call({ headers: { cookie: fresh }, token: null }, 'GET', '/api/v1/me')).status).toBe(200)
    const forged = await login('manager-32', PASSWORD, { cookie: 'tocsin_session=chosen-by-somebody.c2lnbmF0dXJl' })
    expect(forged.headers.get('set-cookie')).not.toContain('chosen-by-somebody')
  })

  test('keeps only a hash of the session id', async () => {
    const caller = await world.signIn('manager-32')
    const sid = decodeURIComponent(caller.headers['cookie'] ?? '').split('=')[1]?.split('.')[0] ?? ''
    const { rows } = await world.pool.query('select string_agg(s::text, chr(10)) as text from session s')
    expect(sid.length).toBeGreaterThan(20)
    expect(rows[0].text).not.toContain(sid)
  })

  test('ends on the server at logout', async () => {
    const caller = await world.signIn('manager-32')
    expect((await world.call(caller, 'POST', '/api/v1/logout')).status).toBe(200)
    expect((await world.call(caller, 'GET', '/api/v1/me')).status).toBe(401)
  })

  test('lasts twelve hours from the last use', async () => {
    const caller = await world.signIn('manager-32')
    const me = async () => (await world.call(caller, 'GET', '/api/v1/me')).status
    for (let hours = 0; hours < 24; hours += 8) {
      clock.advance(8 * 3_600_000)
      expect(await me()).toBe(200)
    }
    clock.advance(12 * 3_600_000)
    expect(await me()).toBe(401)
    clock.set(NOW)
  })

  test('of a disabled account ends at once, and its password opens nothing any more', async () => {
    const id = await world.addUser('leaver-32', 'duty_agent', '32')
    const [leaver, admin] = [await world.signIn('leaver-32'), await world.signIn('admin')]
    expect((await world.call(admin, 'POST', `/api/v1/users/${id}/disable`)).status).toBe(200)
    expect((await world.call(leaver, 'GET', '/api/v1/me')).status).toBe(401)
    const answer = await login('leaver-32')
    expect([answer.status, answer.body.error.code]).toEqual([401, 'wrong_login'])
    expect((await login('nobody-at-all')).body).toEqual(answer.body)
    clock.advance(61_000)
  })

  test('stops after five failures in a minute for one login, from wherever, and goes on a minute later', async () => {
    await world.addUser('target-32', 'duty_agent', '32')
    const failures = await Promise.all(Array.from({ length: 8 }, () => login('target-32', 'wrong password')))
    expect(failures.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    const late = await login('target-32')
    expect(late.status).toBe(429)
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(late.body.error).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: expect.any(Number) })
    expect((await login('manager-32')).status, 'the address is spent too').toBe(429)
    clock.advance(60_000)
    expect((await login('target-32')).status).toBe(200)
  })

  test('that succeeds is no attempt: a whole shift may log in from one address', async () => {
    clock.advance(61_000)
    for (let n = 0; n < 8; n += 1) expect((await login('manager-32')).status).toBe(200)
  })

  test('is written down, a wrong password under the account’s name, an unknown login not at all', async () => {
    clock.advance(61_000)
    await login('manager-32', 'not the password')
    await login('hunter2-typed-into-the-wrong-field', 'x')
    const { rows } = await world.pool.query('select actor, action from audit_log order by id desc limit 1')
    expect(rows).toEqual([{ actor: 'manager-32', action: 'login_failed' }])
    expect(JSON.stringify(world.logged)).not.toContain('hunter2')
    clock.advance(61_000)
  })
})

describe('requests of a session', () => {
  test('that change something need the token of that very session', async () => {
    const [admin, other] = [await world.signIn('admin'), await world.signIn('manager-32')]
    const make = (csrf: string | undefined) =>
      world.call({ headers: { cookie: admin.headers['cookie'] ?? '', ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) }, token: null }, 'POST', '/api/v1/api-keys', { name: 'k', regionCode: '32' })
    for (const csrf of [undefined, '', 'nonsense', other.headers['x-csrf-token']]) {
      const answer = await make(csrf)
      expect([answer.status, answer.body.error.code]).toEqual([403, 'bad_csrf_token'])
    }
    expect((await make(admin.headers['x-csrf-token'])).status).toBe(201)
    const form = await world.call({ headers: { cookie: admin.headers['cookie'] ?? '' }, token: null }, 'POST', '/api/v1/api-keys', `{"name":"k","regionCode":"32","_csrf":"${admin.headers['x-csrf-token']}"}`)
    expect(form.status, 'the token counts in the header only').toBe(403)
  })

  test('with unknown fields, wrong types or broken values are refused by name', async () => {
    const admin = await world.signIn('admin')
    const make = (body: unknown) => world.call(admin, 'POST', '/api/v1/api-keys', body)
    expect((await make({ name: 'k', regionCode: '32', admin: true })).body.error).toMatchObject({ code: 'invalid_request', expected: expect.stringContaining('additional') })
    expect((await make({ name: 7, regionCode: '32' })).body.error).toMatchObject({ code: 'invalid_request', field: 'body/name' })
    expect((await make({ name: 'a\u0000b', regionCode: '32' })).status).toBe(400)
    expect((await make({ name: 'k', regionCode: 'XX' })).status).toBe(404)
    expect((await make('{"name":')).status).toBe(400)
    expect((await world.call(admin, 'GET', '/api/v1/audit?limit=9999')).status).toBe(403)
    expect((await world.call(admin, 'DELETE', `/api/v1/api-keys/${randomUUID()}`)).status).toBe(404)
    expect((await world.call(admin, 'DELETE', "/api/v1/api-keys/1'--")).status).toBe(400)
  })
})

describe('keys and walls', () => {
  test('a key is shown once, kept as a hash, and dead as soon as it is revoked', async () => {
    const admin = await world.signIn('admin')
    const { body } = await world.call(admin, 'POST', '/api/v1/api-keys', { name: 'integrator', regionCode: '32' })
    const caller = { headers: { authorization: `Bearer ${body.key}` }, token: null }
    expect((await post(caller)).status).toBe(202)
    const { rows } = await world.pool.query('select string_agg(k::text, chr(10)) as text from api_key k')
    expect(rows[0].text).not.toContain(body.key)
    const list = await world.call(admin, 'GET', '/api/v1/api-keys')
    expect(list.text).not.toContain(body.key)
    expect(list.body.items.find(({ id }: { id: string }) => id === body.id)).toMatchObject({ name: 'integrator', lastUsedAt: expect.any(Number), revokedAt: null })
    expect((await world.call(admin, 'DELETE', `/api/v1/api-keys/${body.id}`)).status).toBe(200)
    expect((await post(caller)).status).toBe(401)
  })

  test('a wall is paired by code, fetches its token once, and is read-only', async () => {
    const admin = await world.signIn('admin')
    const { body: pairing, status } = await world.call(NOBODY, 'POST', '/api/v1/wall-devices')
    expect(status).toBe(201)
    const poll = (claim = pairing.claim) => world.call(NOBODY, 'GET', `/api/v1/wall-devices/${pairing.id}?claim=${claim}`)
    expect((await poll()).body).toEqual({ state: 'waiting' })
    expect((await poll('another')).status).toBe(404)
    expect((await world.call(admin, 'POST', '/api/v1/wall-devices/confirm', { code: pairing.code.toLowerCase(), name: 'hall', regionCode: '32' })).body).toMatchObject({ id: pairing.id, regionCode: '32' })
    const first = await poll()
    expect(first.body).toMatchObject({ state: 'confirmed', token: expect.stringMatching(/^wd_/) })
    expect((await poll()).body).toEqual({ state: 'expired' })
    const wall = { headers: { authorization: `Bearer ${first.body.token}` }, token: first.body.token as string }
    expect((await world.call(wall, 'GET', '/api/v1/me')).body).toMatchObject({ kind: 'wall', regionCode: '32', displayName: 'hall', csrfToken: null })
    expect((await post(wall)).status).toBe(403)
    expect(JSON.stringify(world.logged)).not.toContain(pairing.claim)
    expect((await world.call(admin, 'DELETE', `/api/v1/wall-devices/${pairing.id}`)).status).toBe(200)
    expect((await world.call(wall, 'GET', '/api/v1/me')).status).toBe(401)
  })

  test('every act of an administrator is in the audit log', async () => {
    const { rows } = await world.pool.query("select distinct action from audit_log where actor = 'admin'")
    expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['login', 'user_disabled', 'api_key_made', 'api_key_revoked', 'wall_confirmed', 'wall_revoked']))
  })
})
