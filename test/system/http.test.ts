import { gzipSync } from 'node:zlib'
import { request as plainRequest } from 'node:http'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { beat } from '../../core/store/pulse-store.ts'
import { buildApp } from '../../server/app.ts'
import { engineWorld } from '../support/engine-world.ts'
import { databaseGate } from '../support/gate.ts'
import { NOBODY, PASSWORD, serverWorld, type Caller, type ServerWorld } from '../support/server.ts'

const NOW = Date.UTC(2026, 5, 11, 12)
const clock = new ManualClock(NOW)
let world: ServerWorld
let key: Caller

beforeAll(async () => {
  world = await serverWorld({ clock })
  key = await world.addKey('32')
  await world.addUser('admin', 'admin', '00')
  await world.addUser('manager-32', 'duty_manager', '32')
})
afterAll(async () => { await world?.stop() })

let made = 0
/** A sound event of province 32. */
function anEvent(over: Record<string, unknown> = {}): Record<string, unknown> {
  made += 1
  return {
    event_id: `e-${made}`, event_type: 'created', ticket_id: `T${made}`, occurred_at: '2026-06-11T19:00:00+08:00', source_system: 'test', province_code: '32', schema_version: 1,
    payload: {
      kind: 'complaint', channel: 'hotline_10000', city_code: '320100', phenomenon_l1: 'broadband', phenomenon_l2: 'broadband_down', content_text: '家里宽带不通',
      product_no: '13900001111', customer_id: `c${made}`,
    },
    ...over,
  }
}

const post = (body: unknown, headers: Record<string, string> = {}, caller: Caller = key) => world.call(caller, 'POST', '/api/v1/events', body, headers)
/** Runs `work` over all items, `width` at a time, and keeps their order. */
async function atOnce<T, R>(width: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  await Promise.all(Array.from({ length: width }, async () => {
    for (let place = next++; place < items.length; place = next++) results[place] = await work(items[place] as T)
  }))
  return results
}

const NDJSON = { 'content-type': 'application/x-ndjson' }
const GZIP = { 'content-encoding': 'gzip' }

describe('taking events in', () => {
  test('takes an array, one object, NDJSON, and all of them as gzip; a repetition is a duplicate', async () => {
    const [a, b, c, d] = [anEvent(), anEvent(), anEvent(), anEvent()]
    expect((await post([a, b])).body).toMatchObject({ accepted: 2, duplicate: 0, refused: 0, items: [{ index: 0, event_id: a['event_id'], outcome: 'accepted' }, { index: 1 }] })
    expect((await post(c)).body).toMatchObject({ accepted: 1 })
    expect((await post(`${JSON.stringify(a)}\n\n${JSON.stringify(d)}`, NDJSON)).body).toMatchObject({ accepted: 1, duplicate: 1, items: [{ index: 0, outcome: 'duplicate' }, { index: 1, outcome: 'accepted' }] })
    expect((await post(gzipSync(JSON.stringify([a, anEvent()])), GZIP)).body).toMatchObject({ accepted: 1, duplicate: 1 })
    expect((await post(gzipSync(JSON.stringify(anEvent())), { ...GZIP, ...NDJSON })).body).toMatchObject({ accepted: 1 })
    expect(world.bells).toContain('ingest')
  })

  test('answers 202 only for what is in the database', async () => {
    const event = anEvent()
    expect((await post(event)).status).toBe(202)
    const { rows } = await world.pool.query('select event_id from event where event_id = $1', [event['event_id']])
    expect(rows).toHaveLength(1)
  })

  test('refuses a bad item by index, field, expectation and mend, and takes the others in', async () => {
    const { status, body } = await post([anEvent(), { ...anEvent(), occurred_at: 'yesterday' }, anEvent({ province_code: '33' }), 7, anEvent()])
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 2, refused: 3 })
    expect(body.items.map((item: { outcome: string }) => item.outcome)).toEqual(['accepted', 'refused', 'refused', 'refused', 'accepted'])
    for (const item of body.items.filter(({ outcome }: { outcome: string }) => outcome === 'refused')) {
      expect(item).toMatchObject({ field: expect.any(String), expected: expect.any(String), mend: expect.any(String), quarantine_id: expect.stringMatching(/^\d+$/) })
    }
    expect(body.items[1].field).toBe('occurred_at')
  })

  test('refuses a broken NDJSON line by itself, with its line and column', async () => {
    const { status, body } = await post(`${JSON.stringify(anEvent())}\n{"event_id": }\n${JSON.stringify(anEvent())}\n`, NDJSON)
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 2, refused: 1, items: [{}, { outcome: 'refused', code: 'broken_json', expected: expect.stringContaining('line 2 breaks at column 14') }, {}] })
    const latin = Buffer.concat([Buffer.from(`${JSON.stringify(anEvent())}\n`), Buffer.from([0x22, 0xc3, 0xe9, 0x22])])
    expect((await post(latin, NDJSON)).body).toMatchObject({ accepted: 1, refused: 1, items: [{}, { code: 'broken_json', expected: 'UTF-8' }] })
  })

  test('names the place where a JSON array breaks, takes nothing in, and quotes nothing of it', async () => {
    const event = anEvent()
    const text = `[${JSON.stringify(event)},\n {"event_id": "secret",, }]`
    const { status, body, text: answer } = await post(text)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'broken_json', field: 'items[1]', messageEn: expect.stringContaining(`byte ${Buffer.byteLength(text.slice(0, text.indexOf(',,') + 1))} (line 2, column 24)`) })
    expect(answer).not.toContain('secret')
    expect((await world.pool.query('select from event where event_id = $1', [event['event_id']])).rowCount).toBe(0)
  })

  test.each([
    ['an empty array', '[]', {}, 400, 'empty_batch'],
    ['an empty body', '', {}, 400, 'empty_batch'],
    ['empty NDJSON', '\n\n', NDJSON, 400, 'empty_batch'],
    ['another media type', 'a,b', { 'content-type': 'text/csv' }, 415, 'media_type'],
    ['another charset', '[]', { 'content-type': 'application/json; charset=gbk' }, 415, 'charset'],
    ['another compression', '[]', { 'content-encoding': 'br' }, 415, 'encoding'],
    ['what is not gzip', 'plain text', GZIP, 400, 'broken_gzip'],
    ['GBK bytes', Buffer.from([0x5b, 0x22, 0xbf, 0xed, 0x22, 0x5d]), {}, 400, 'encoding'],
  ] as const)('refuses %s', async (_name, body, headers, status, code) => {
    const answer = await post(body, headers)
    expect([answer.status, answer.body?.error?.code]).toEqual([status, code])
    expect(answer.body.error).toMatchObject({ messageZh: expect.any(String), messageEn: expect.any(String) })
  })

  test('refuses a gzip that is cut short', async () => {
    const whole = gzipSync(JSON.stringify([anEvent()]))
    const answer = await post(whole.subarray(0, whole.length - 12), GZIP)
    expect([answer.status, answer.body.error.code]).toEqual([400, 'broken_gzip'])
  })

  test('cuts a gzip bomb off at 50 MB, and memory stays where it was', async () => {
    const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024, 0x20), { level: 9 })
    expect(bomb.length).toBeLessThan(1024 * 1024)
    const before = process.memoryUsage().rss
    const answer = await post(bomb, GZIP)
    expect([answer.status, answer.body.error.code]).toEqual([413, 'too_large'])
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024)
    expect((await post(anEvent())).status).toBe(202)
  })

  test('refuses more than 10 MB on the wire, declared or chunked, and takes what is just below', async () => {
    const declared = await post(Buffer.alloc(10 * 1024 * 1024 + 1, 0x20))
    expect([declared.status, declared.body.error.code]).toEqual([413, 'too_large'])
    const chunked = await new Promise<number>((resolve, reject) => {
      const sent = plainRequest(`${world.url}/api/v1/events`, { method: 'POST', headers: { ...key.headers, 'content-type': 'application/json' } }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' || error.code === 'ECONNRESET' ? undefined : reject(error)))
      for (let n = 0; n < 11; n += 1) sent.write(Buffer.alloc(1024 * 1024, 0x20))
      sent.end()
    })
    expect(chunked).toBe(413)
    const event = JSON.stringify([anEvent()])
    expect((await post(Buffer.concat([Buffer.from(event), Buffer.alloc(10 * 1024 * 1024 - Buffer.byteLength(event), 0x20)]))).status).toBe(202)
  })

  test('answers each of a thousand single posts for itself, duplicates and faults included, in a few dozen transactions', async () => {
    const events = Array.from({ length: 1000 }, (_, n) => (n % 10 === 3 ? { ...anEvent(), occurred_at: 'never' } : anEvent()))
    const bells = world.bells.length
    const answers = await atOnce(100, events, (event) => post(event))
    for (const [n, { status, body }] of answers.entries()) {
      expect(status).toBe(202)
      expect(body.items).toHaveLength(1)
      expect(body.items[0]).toMatchObject({ index: 0, outcome: n % 10 === 3 ? 'refused' : 'accepted' })
    }
    // The bell rings once for each batch: posts that arrive while one is written make up the next.
    expect(world.bells.length - bells).toBeLessThan(300)
    const again = await Promise.all(events.slice(0, 20).map((event) => post(event)))
    expect(again.filter(({ body }) => body.duplicate === 1)).toHaveLength(18)
  })

  test('logs and stores neither numbers nor texts in the clear', async () => {
    await post([anEvent({ payload: { ...(anEvent()['payload'] as object), content_text: '打 13812345678 找我' } }), { note: '13887654321 李四' }])
    const kept = await world.pool.query(`select concat((select string_agg(e::text, chr(10)) from event e), (select string_agg(q::text, chr(10)) from quarantine q)) as text`)
    for (const text of [kept.rows[0].text as string, JSON.stringify(world.logged)]) expect(text).not.toMatch(/13812345678|13887654321|13900001111/)
    expect(JSON.stringify(world.logged)).not.toMatch(/宽带不通|correct horse|tk_[\w-]{20}/)
  })
})

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
    expect((await post(anEvent(), {}, caller)).status).toBe(202)
    const { rows } = await world.pool.query('select string_agg(k::text, chr(10)) as text from api_key k')
    expect(rows[0].text).not.toContain(body.key)
    const list = await world.call(admin, 'GET', '/api/v1/api-keys')
    expect(list.text).not.toContain(body.key)
    expect(list.body.items.find(({ id }: { id: string }) => id === body.id)).toMatchObject({ name: 'integrator', lastUsedAt: expect.any(Number), revokedAt: null })
    expect((await world.call(admin, 'DELETE', `/api/v1/api-keys/${body.id}`)).status).toBe(200)
    expect((await post(anEvent(), {}, caller)).status).toBe(401)
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
    expect((await post(anEvent(), {}, wall)).status).toBe(403)
    expect(JSON.stringify(world.logged)).not.toContain(pairing.claim)
    expect((await world.call(admin, 'DELETE', `/api/v1/wall-devices/${pairing.id}`)).status).toBe(200)
    expect((await world.call(wall, 'GET', '/api/v1/me')).status).toBe(401)
  })

  test('every act of an administrator is in the audit log', async () => {
    const { rows } = await world.pool.query("select distinct action from audit_log where actor = 'admin'")
    expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['login', 'user_disabled', 'api_key_made', 'api_key_revoked', 'wall_confirmed', 'wall_revoked']))
  })
})

describe('the house', () => {
  test('a route that does not say who may call it cannot be registered', async () => {
    const { app } = await buildApp({ engine: world.engine, config: { trustProxy: false, cookieSecure: 'auto' } as never, clock, log: world.engine.log, webDir: '/nowhere' })
    await app.close()
    const { requireAccess } = await import('../../server/access.ts')
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
