import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ErrorBody } from '../../core/contract/errors.ts'
import type { FeedRow } from '../../core/contract/wall.ts'
import { ROLES, type Role } from '../../core/domain/vocabulary.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { beat } from '../../core/store/pulse-store.ts'
import { engineWorld } from '../support/engine-world.ts'
import { aCard, markedCity, PLACELESS, plant, publish, someFigures, type Planted } from '../support/planted.ts'
import { NOBODY, serverWorld, type Answer, type Caller, type LiveClient, type ServerWorld } from '../support/server.ts'

const NOW = Date.UTC(2026, 5, 11, 12)
const clock = new ManualClock(NOW)
const [MARK32, MARK33, MARK00] = ['MARKOWN', 'MARKFOREIGN', 'MARKGROUP']
const [COUNT32, COUNT33] = [3_200_017, 3_300_019]

let world: ServerWorld
let own: Planted
let foreign: Planted
const callers = new Map<string, Caller>()
const as = (name: string): Caller => {
  const caller = callers.get(name)
  if (caller === undefined) throw new Error(`no caller ${name}`)
  return caller
}

const PEOPLE = ROLES.map((role) => `${role}-32`)
/** Everybody whose scope is province 32. */
const IN_32 = [...PEOPLE, 'key-32', 'wall-32']
const DEAD = ['nobody', 'logged-out', 'disabled', 'revoked key', 'revoked wall', 'forged key', 'forged wall', 'forged cookie']

beforeAll(async () => {
  const base = await engineWorld(clock, [markedCity('32', MARK32), markedCity('33', MARK33)])
  own = await plant(base.pool, '32', MARK32, COUNT32, NOW)
  foreign = await plant(base.pool, '33', MARK33, COUNT33, NOW)
  await publish(base.pool, { topic: 'alert', regionCode: '00', regionPath: '/00/', payload: aCard('999', '00', MARK00) }, NOW)
  world = await serverWorld({ clock, world: base, env: { TOCSIN_TRUST_PROXY: '127.0.0.1' } })
  for (const role of ROLES) {
    for (const [code, suffix] of [['32', '32'], ['33', '33'], ['00', '00']] as const) {
      if (suffix === '33' && role !== 'duty_manager' && role !== 'admin') continue
      await world.addUser(`${role}-${suffix}`, role, code)
      callers.set(`${role}-${suffix}`, await world.signIn(`${role}-${suffix}`))
    }
  }
  for (const code of ['32', '33']) {
    callers.set(`key-${code}`, await world.addKey(code))
    callers.set(`wall-${code}`, await world.addWall(code))
  }
  await deadCallers()
}, 180_000)
afterAll(async () => { await world?.stop() })

async function deadCallers(): Promise<void> {
  callers.set('nobody', NOBODY)
  await world.addUser('gone-32', 'duty_manager', '32')
  const gone = await world.signIn('gone-32')
  await world.call(gone, 'POST', '/api/v1/logout')
  callers.set('logged-out', gone)
  const id = await world.addUser('disabled-32', 'admin', '32')
  callers.set('disabled', await world.signIn('disabled-32'))
  await world.pool.query("update app_user set disabled_at = '2026-01-01' where id = $1", [id])
  const [key, wall] = [await world.addKey('32'), await world.addWall('32')]
  await world.pool.query("update api_key set revoked_at = '2026-01-01' where id = $1", [key.id])
  await world.pool.query("update wall_device set revoked_at = '2026-01-01' where id = $1", [wall.id])
  callers.set('revoked key', key)
  callers.set('revoked wall', wall)
  callers.set('forged key', { headers: { authorization: `Bearer tk_${'a'.repeat(43)}` }, token: `tk_${'a'.repeat(43)}` })
  callers.set('forged wall', { headers: { authorization: `Bearer wd_${'a'.repeat(43)}` }, token: `wd_${'a'.repeat(43)}` })
  callers.set('forged cookie', { headers: { cookie: 'tocsin_session=abc.def', 'x-csrf-token': 'x' }, token: null })
}

const WATCH = ['duty_agent', 'duty_leader', 'duty_manager', 'province_center_director', 'province_cs_dept', 'city_owner', 'dept_owner', 'group_ops', 'group_cs_dept'] as const
const SEES_ALERTS: readonly Role[] = [...WATCH, 'data_steward', 'auditor']
const SEES_QUARANTINE: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept', 'data_steward']
const ADMIN: readonly Role[] = ['admin']

/** What domain.md 2.4 allows, written down here once more by hand; `ok` is the answer to a sound request about one's own province. */
interface Row {
  readonly people: readonly Role[]
  readonly key?: true
  readonly wall?: true
  readonly anybody?: true
  readonly ok: number
  readonly path?: (of: Planted) => string
  readonly body?: (of: Planted) => unknown
  /** The answer to the same request about another province's thing: never one that tells it exists. */
  readonly foreign?: number
}

let names = 0
let asked = 0
const MATRIX: Readonly<Record<string, Row>> = {
  'POST /api/v1/login': { people: [], anybody: true, ok: 401, body: () => ({ login: `nobody-${(names += 1)}`, password: 'x' }) },
  'POST /api/v1/logout': { people: [], ok: 200 },
  'GET /api/v1/me': { people: ROLES, wall: true, ok: 200 },
  'GET /api/v1/alerts': { people: SEES_ALERTS, ok: 200, path: () => '/api/v1/alerts?state=all' },
  'GET /api/v1/alerts/:id': { people: SEES_ALERTS, ok: 200, path: (of) => `/api/v1/alerts/${of.riskId}`, foreign: 404 },
  'POST /api/v1/alerts/:id/moves': { people: WATCH, ok: 200, path: (of) => `/api/v1/alerts/${of.abnormalId}/moves`, body: () => ({ move: 'note', reason: 'seen' }), foreign: 404 },
  'GET /api/v1/wall': { people: ROLES, wall: true, ok: 200 },
  'GET /api/v1/kpi': { people: ROLES, wall: true, ok: 200, path: (of) => `/api/v1/kpi?region=${of.city.code}&weeks=2`, foreign: 404 },
  'GET /api/v1/regions': { people: ROLES, key: true, wall: true, ok: 200 },
  'POST /api/v1/events': {
    people: [], key: true, ok: 202,
    body: (of) => ({
      event_id: `scope-${(names += 1)}`, event_type: 'created', ticket_id: `S${names}`, occurred_at: '2026-06-11T19:00:00+08:00', source_system: 'scope', province_code: of.province,
      payload: { kind: 'complaint', channel: 'hotline_10000', city_code: of.city.code, phenomenon_l1: 'broadband', content_text: 'x' },
    }),
    foreign: 202,
  },
  'GET /api/v1/quarantine': { people: SEES_QUARANTINE, key: true, ok: 200 },
  'POST /api/v1/quarantine/replay': { people: ['data_steward'], ok: 200, body: (of) => ({ ids: [of.quarantineId] }), foreign: 200 },
  'GET /api/v1/users': { people: ADMIN, ok: 200 },
  'POST /api/v1/users': {
    people: ADMIN, ok: 201, foreign: 404,
    body: (of) => ({ login: `made-${(names += 1)}`, displayName: 'x', role: 'duty_agent', regionCode: of.city.code, password: 'twelve letters' }),
  },
  'POST /api/v1/users/:id/disable': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/disable`, foreign: 404 },
  'POST /api/v1/users/:id/enable': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/enable`, foreign: 404 },
  'POST /api/v1/users/:id/password': { people: ADMIN, ok: 200, path: (of) => `/api/v1/users/${of.userId}/password`, body: () => ({ password: 'twelve letters' }), foreign: 404 },
  'GET /api/v1/api-keys': { people: ADMIN, ok: 200 },
  'POST /api/v1/api-keys': { people: ADMIN, ok: 201, body: (of) => ({ name: 'x', regionCode: of.city.code }), foreign: 404 },
  'DELETE /api/v1/api-keys/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/api-keys/${of.keyId}`, foreign: 404 },
  'POST /api/v1/wall-devices': { people: [], anybody: true, ok: 201 },
  'GET /api/v1/wall-devices/:id': { people: [], anybody: true, ok: 404, path: (of) => `/api/v1/wall-devices/${of.wallId}?claim=x`, foreign: 404 },
  'POST /api/v1/wall-devices/confirm': { people: ADMIN, ok: 404, body: (of) => ({ code: 'NNNNNN', name: 'x', regionCode: of.city.code }), foreign: 404 },
  'GET /api/v1/wall-devices': { people: ADMIN, ok: 200 },
  'DELETE /api/v1/wall-devices/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/wall-devices/${of.wallId}`, foreign: 404 },
  'GET /api/v1/webhooks': { people: ADMIN, ok: 200 },
  'POST /api/v1/webhooks': { people: ADMIN, ok: 201, body: (of) => ({ regionCode: of.city.code, url: 'https://hook.example/', secret: 'sixteen letters!' }), foreign: 404 },
  'DELETE /api/v1/webhooks/:id': { people: ADMIN, ok: 200, path: (of) => `/api/v1/webhooks/${of.webhookId}`, foreign: 404 },
  'GET /api/v1/audit': { people: ['auditor'], ok: 200 },
}
const ROUTES = Object.entries(MATRIX)

function mayCall(row: Row, name: string): boolean {
  if (row.anybody === true) return true
  if (name.startsWith('key-')) return row.key === true
  if (name.startsWith('wall-')) return row.wall === true
  return row.people.includes(name.slice(0, name.lastIndexOf('-')) as Role)
}

function ask(name: string, route: string, of: Planted): Promise<Answer> {
  const [method = '', pattern = ''] = route.split(' ')
  const row = MATRIX[route] as Row
  // What anybody may call is counted by address: here every request has its own.
  asked += 1
  return world.call(as(name), method, row.path?.(of) ?? pattern, row.body?.(of), { 'x-forwarded-for': `10.0.${asked >> 8}.${asked & 255}` })
}

const foreignMarks = [MARK33, MARK33.toLowerCase(), MARK00, String(COUNT33), '33X', '/00/33/']
function expectNothingForeign(text: string, what: string, asked: readonly string[] = []): void {
  for (const mark of [...foreignMarks, ...foreign.ids].filter((sign) => !asked.includes(sign))) expect(text.includes(mark), `${what} shows ${mark}: ${text.slice(0, 400)}`).toBe(false)
}

describe('what this test stands on', () => {
  test('every table but those of no place holds a marked row of the other province', async () => {
    const { rows } = await world.pool.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")
    for (const { name } of rows.filter(({ name }) => !PLACELESS.includes(name))) {
      const isOfAlert = name === 'escalation' ? `or alert_id = ${foreign.riskId}` : ''
      const found = await world.pool.query(`select from ${name} t where t::text ~* $1 or t::text ~ '(^|[^0-9])33(X|[^0-9])' ${isOfAlert}`, [MARK33])
      expect(found.rowCount, name).toBeGreaterThan(0)
    }
  })

  test('the matrix names every registered route, and no other', () => {
    const registered = world.routes.filter(({ url }) => url.startsWith('/api/')).map(({ method, url }) => `${method} ${url}`)
    expect(registered.toSorted()).toEqual(Object.keys(MATRIX).toSorted())
  })

  test('what is open to anybody besides is health and pages', () => {
    const others = world.routes.filter(({ url }) => !url.startsWith('/api/'))
    for (const { url, access } of others) expect(access, url).toEqual({ anybody: true })
    expect(others.map(({ url }) => url)).toEqual(expect.arrayContaining(['/healthz', '/readyz', '/wall']))
  })

  test('the marks can be seen by those who may: whoever stands at the root sees both provinces', async () => {
    const seen = async (name: string, path: string) => (await world.call(as(name), 'GET', path)).text
    for (const mark of [MARK32, MARK33]) {
      expect(await seen('group_ops-00', '/api/v1/alerts?state=all')).toContain(mark)
      expect(await seen('group_ops-00', `/api/v1/alerts/${foreign.riskId}`)).toContain(MARK33)
      expect(await seen('group_ops-00', '/api/v1/wall')).toContain(mark)
      expect(await seen('group_ops-00', '/api/v1/quarantine')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/users')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/api-keys')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/wall-devices')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/webhooks')).toContain(mark.toLowerCase())
      expect(await seen('auditor-00', '/api/v1/audit?limit=500')).toContain(mark)
      expect(await seen('exec-00', '/api/v1/regions')).toContain(mark)
    }
    expect(await seen('group_ops-00', '/api/v1/wall')).toContain(String(COUNT33))
    expect(await seen('group_ops-00', '/api/v1/kpi?region=33&weeks=2')).toContain(String(COUNT33))
  })
})

describe('every route for everybody', () => {
  test.each(ROUTES)('%s answers the living of province 32 by role, key and wall', async (route, row) => {
    for (const name of IN_32) {
      const { status, text, body } = await ask(name, route, own)
      if (mayCall(row, name)) expect([name, status], text.slice(0, 300)).toEqual([name, row.ok])
      else if (route !== 'POST /api/v1/logout' || !PEOPLE.includes(name)) {
        expect([name, status], text.slice(0, 300)).toEqual([name, 403])
        expect(body.error.code).toMatch(/^(not_allowed|role_may_not)$/)
      }
      expectNothingForeign(text, `${route} for ${name}`)
      if (route === 'POST /api/v1/logout' && PEOPLE.includes(name)) {
        expect([name, status]).toEqual([name, 200])
        callers.set(name, await world.signIn(name))
      }
    }
  }, 180_000)

  test.each(ROUTES)('%s answers nobody, the logged out, the disabled, the revoked and the forged with 401', async (route, row) => {
    for (const name of DEAD) {
      const { status, text, headers } = await ask(name, route, own)
      expect([name, status], text.slice(0, 300)).toEqual([name, row.anybody === true ? expect.any(Number) : 401])
      expect(headers.get('set-cookie') ?? '', 'no session is begun').not.toMatch(/tocsin_session=[^;]/)
      expectNothingForeign(text, `${route} for ${name}`)
    }
  })

  test.each(ROUTES.filter(([, row]) => row.foreign !== undefined))('%s about a thing of province 33 tells province 32 nothing, not even that it is there', async (route, row) => {
    for (const name of IN_32.filter((caller) => mayCall(row, caller))) {
      const before = await fingerprint()
      const { status, text } = await ask(name, route, foreign)
      expect([name, status], text).toEqual([name, row.foreign])
      // What was asked for by name may be repeated in the refusal of an event; nothing else may.
      expectNothingForeign(text, `${route} for ${name}`, route === 'POST /api/v1/events' ? ['33X'] : [])
      // A refused event is kept among the refusals of whoever sent it.
      const isKept = (line: string) => route !== 'POST /api/v1/events' || !line.startsWith('quarantine')
      expect((await fingerprint()).filter(isKept), `${route} by ${name} changed something of province 33`).toEqual(before.filter(isKept))
    }
  })

  test('a thing that is not there and one of another province are answered alike, to the letter', async () => {
    for (const [name, here, nowhere] of [
      ['duty_manager-32', `/api/v1/alerts/${foreign.riskId}`, '/api/v1/alerts/99999999'],
      ['exec-32', '/api/v1/kpi?region=33', '/api/v1/kpi?region=99'],
    ] as const) {
      const [one, other] = [await world.call(as(name), 'GET', here), await world.call(as(name), 'GET', nowhere)]
      expect([one.status, one.text]).toEqual([other.status, other.text])
    }
  })

  test('a province sees its own: the same answers are not empty', async () => {
    const list = await world.call(as('duty_manager-32'), 'GET', '/api/v1/alerts?state=all')
    expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([own.riskId, own.abnormalId]))
    const wall = await world.call(as('wall-32'), 'GET', '/api/v1/wall')
    expect(wall.body).toMatchObject({ scope: { code: '32' }, children: expect.arrayContaining([expect.objectContaining({ code: '32X' })]) })
    expect(wall.body.alerts).toHaveLength(2)
    expect(wall.body.figures.find(({ regionCode }: { regionCode: string }) => regionCode === '32').open).toBe(COUNT32)
    expect((await world.call(as('duty_manager-32'), 'GET', '/api/v1/quarantine')).body.items.length).toBeGreaterThan(0)
  })

  test('executives and administrators are shown no single alert, and no role without ticket rights a text', async () => {
    for (const role of ['exec', 'admin']) {
      const wall = await world.call(as(`${role}-32`), 'GET', '/api/v1/wall')
      expect([wall.status, wall.body.alerts]).toEqual([200, []])
    }
    for (const [role, sees] of [['duty_manager', true], ['auditor', false], ['data_steward', false]] as const) {
      const { body, text } = await world.call(as(`${role}-32`), 'GET', `/api/v1/alerts/${own.abnormalId}`)
      expect(body.tickets).toHaveLength(1)
      expect(text.includes(`${MARK32} text`) && body.tickets[0].contentText !== null, role).toBe(sees)
    }
  })
})

/** Everything of province 33 that a request could change. */
async function fingerprint(): Promise<string[]> {
  const parts: string[] = []
  for (const table of ['app_user', 'session', 'api_key', 'wall_device', 'webhook_endpoint', 'alert', 'alert_transition', 'quarantine', 'event']) {
    const { rows } = await world.pool.query(`select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as sum from ${table} t where t::text ~ $1`, [`${MARK33}|33X`])
    parts.push(`${table} ${rows[0].sum}`)
  }
  return parts
}

describe('answers and their description', () => {
  test('every good answer fits its schema, every refusal the one error body', async () => {
    const document = (await world.call(NOBODY, 'GET', '/api/docs/json')).body
    const error = Compile(ErrorBody)
    const inlined = (schema: unknown): TSchema => JSON.parse(JSON.stringify(schema), (_key, held) => {
      const name = typeof held?.$ref === 'string' ? (held.$ref as string).split('/').at(-1) : undefined
      return name === undefined ? held : inlined(document.components.schemas[name])
    })
    for (const [route] of ROUTES) {
      const [method = '', pattern = ''] = route.split(' ')
      const operation = document.paths[pattern.replace(':id', '{id}')][method.toLowerCase()]
      for (const name of ['admin-32', 'data_steward-32', 'auditor-32', 'duty_manager-32', 'key-32', 'wall-32', 'nobody']) {
        if (route === 'POST /api/v1/logout') continue
        const { status, body, text } = await ask(name, route, own)
        const described = operation.responses[status]
        expect(described, `${route} answers ${status} and does not say so: ${text.slice(0, 200)}`).toBeDefined()
        if (status >= 400) expect(error.Check(body), text).toBe(true)
        else {
          const schema = Compile(inlined(described.content['application/json'].schema))
          expect([...schema.Errors(body)], `${route} for ${name}`).toEqual([])
        }
      }
    }
  })

  test('the OpenAPI document is 3.1, names every route once with who may call it, in both languages', async () => {
    const { status, body } = await world.call(NOBODY, 'GET', '/api/docs/json')
    expect(status).toBe(200)
    expect(body.openapi).toMatch(/^3\.1\./)
    const described = Object.entries(body.paths as Record<string, Record<string, { summary: string; security: unknown[]; responses: object }>>)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path.replaceAll('{id}', ':id')}`, operation })))
    const wanted = [...Object.keys(MATRIX), 'GET /healthz', 'GET /readyz']
    expect(described.map(({ route }) => route).toSorted()).toEqual(wanted.toSorted())
    for (const { route, operation } of described) {
      expect(operation.summary, route).toMatch(/\p{Script=Han}.* \/ [A-Z]/u)
      const row = MATRIX[route]
      expect(operation.security.length, route).toBe(row === undefined || row.anybody === true ? 0 : (row.people.length > 0 || route === 'POST /api/v1/logout' ? 1 : 0) + (row.key === true ? 1 : 0) + (row.wall === true ? 1 : 0))
    }
    expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(['AlertCard', 'EventEnvelope', 'NodeFigures']))
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer as string)
    for (const pointer of references) expect(pointer.split('/').reduce((held, part) => held?.[part], body), pointer).toBeDefined()
  })

  test('the documentation page loads nothing from elsewhere', async () => {
    const { status, text } = await world.call(NOBODY, 'GET', '/api/docs/')
    expect(status).toBe(200)
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
  })
})

describe('the socket', () => {
  const rowsOf = new Map<string, FeedRow[]>()
  const sockets: LiveClient[] = []
  const open = (name: string) => new Promise<LiveClient>((resolve, reject) => {
    const socket = world.socket(as(name))
    sockets.push(socket)
    rowsOf.set(name, [])
    socket.on('rows', (rows) => rowsOf.get(name)?.push(...rows))
    socket.on('connect', () => resolve(socket))
    socket.on('connect_error', reject)
  })
  afterAll(() => { for (const socket of sockets) socket.disconnect() })

  test('lets in people and walls, and neither keys nor the dead', async () => {
    for (const name of [...DEAD, 'key-32']) await expect(open(name), name).rejects.toThrow('unauthorized')
    for (const name of [...PEOPLE, 'wall-32', 'duty_manager-33', 'wall-33', 'group_ops-00']) expect((await open(name)).connected, name).toBe(true)
  })

  test('carries every topic to those it is for, in the order of the feed, and to nobody else', async () => {
    const manager32 = (await world.pool.query("select id from app_user where login = 'duty_manager-32'")).rows[0].id as string
    const manager33 = (await world.pool.query("select id from app_user where login = 'duty_manager-33'")).rows[0].id as string
    const paths = new Map([['32', '/00/32/'], ['32X', '/00/32/32X/'], ['33', '/00/33/'], ['33X', '/00/33/33X/'], ['00', '/00/']])
    const at = (place: string) => ({ regionCode: place, regionPath: paths.get(place) ?? '' })
    const seqs: Record<string, number> = {}
    const put = async (name: string, row: { topic: string; regionCode: string; regionPath: string; userId?: string; payload: unknown }) => { seqs[name] = await publish(world.pool, row, NOW) }
    for (const place of ['32', '32X', '33', '33X', '00'] as const) {
      const mark = place.startsWith('32') ? MARK32 : place.startsWith('33') ? MARK33 : MARK00
      await put(`alert ${place}`, { topic: 'alert', ...at(place), payload: aCard('1', place, mark) })
      await put(`timeline ${place}`, { topic: 'timeline', ...at(place), payload: { alertId: mark } })
      await put(`figures ${place}`, { topic: 'figures', ...at(place), payload: someFigures(place, place.startsWith('33') ? COUNT33 : 1, NOW) })
    }
    await put('mine 32', { topic: 'notification', ...at('32'), userId: manager32, payload: { notificationId: '1', alertId: '1', severity: 2, step: 0 } })
    await put('mine 33', { topic: 'notification', ...at('33'), userId: manager33, payload: { notificationId: MARK33, alertId: MARK33, severity: 2, step: 0 } })
    await put('strayed', { topic: 'notification', ...at('33'), userId: manager32, payload: { notificationId: MARK33, alertId: MARK33, severity: 2, step: 0 } })
    await put('day 00', { topic: 'day', ...at('00'), payload: {} })
    await put('unknown topic', { topic: 'secret', ...at('32'), payload: { note: 'x' } })
    await put('last 32', { topic: 'figures', ...at('32'), payload: someFigures('32', 2, NOW) })
    await expect.poll(() => rowsOf.get('wall-32')?.at(-1)?.seq, { timeout: 10_000 }).toBe(seqs['last 32'])
    await sleep(300)

    const namesOf = (caller: string) => (rowsOf.get(caller) ?? []).map(({ seq }) => Object.entries(seqs).find(([, known]) => known === seq)?.[0] ?? `? ${seq}`)
    const alerts32 = ['alert 32', 'timeline 32', 'figures 32', 'alert 32X', 'timeline 32X', 'figures 32X', 'day 00', 'last 32']
    const figures32 = ['figures 32', 'figures 32X', 'day 00', 'last 32']
    for (const role of ROLES) {
      const wanted = role === 'exec' || role === 'admin' ? figures32 : role === 'duty_manager' ? alerts32.toSpliced(6, 0, 'mine 32') : alerts32
      expect(namesOf(`${role}-32`), role).toEqual(wanted)
    }
    expect(namesOf('wall-32')).toEqual(alerts32)
    expect(namesOf('duty_manager-33')).toEqual(['alert 33', 'timeline 33', 'figures 33', 'alert 33X', 'timeline 33X', 'figures 33X', 'mine 33', 'day 00'])
    // The root's wall shows itself and the provinces; a city's figures are not among them.
    expect(namesOf('group_ops-00')).toEqual([
      'alert 32', 'timeline 32', 'figures 32', 'alert 32X', 'timeline 32X', 'alert 33', 'timeline 33', 'figures 33', 'alert 33X', 'timeline 33X', 'alert 00', 'timeline 00', 'figures 00', 'day 00', 'last 32',
    ])
    for (const name of [...PEOPLE, 'wall-32']) expectNothingForeign(JSON.stringify(rowsOf.get(name)), `socket of ${name}`)
  })

  test('gives on resume what live push would have given, from memory and from the database alike', async () => {
    const answers = new Map<string, string>()
    const resumeAll = async (label: string, to: ServerWorld) => {
      for (const name of [...PEOPLE, 'wall-32', 'duty_manager-33']) {
        const socket = to.socket(as(name))
        await new Promise<void>((resolve) => { socket.on('connect', resolve) })
        const answer = await socket.timeout(5_000).emitWithAck('resume', label === 'memory' ? 1 : 0)
        const seqs = answer.kind === 'rows' ? answer.rows.map(({ seq }: FeedRow) => seq) : answer.kind
        if (name.endsWith('-32')) expectNothingForeign(JSON.stringify(answer), `resume of ${name} from ${label}`)
        const live = (rowsOf.get(name) ?? []).map(({ seq }) => seq)
        expect(Array.isArray(seqs) && seqs.slice(-live.length), `${name} from ${label}`).toEqual(live)
        expect(JSON.stringify(seqs)).toBe(answers.get(name) ?? JSON.stringify(seqs))
        answers.set(name, JSON.stringify(seqs))
        socket.disconnect()
      }
    }
    await resumeAll('memory', world)
    // A feed longer than the window: what is asked for now lies in the database only.
    await world.pool.query(
      `insert into feed (seq, at, topic, region_code, region_path, payload) select nextval('feed_seq'), '2026-06-11', 'timeline', '34', '/00/34/', '{"alertId":"1"}' from generate_series(1, 6000)`)
    const late = await serverWorld({ clock, world })
    await expect.poll(() => late.live.windowStart, { timeout: 10_000 }).toBeGreaterThan(100)
    await resumeAll('memory', late)
    await late.stop()
  }, 180_000)

  test('a beat names no more than the caller could have seen', async () => {
    const socket = world.socket(as('wall-32'))
    const first = await new Promise<{ lastSeq: number; engineBeatAt: number | null }>((resolve) => { socket.on('beat', resolve) })
    expect(first.lastSeq).toBe(rowsOf.get('wall-32')?.at(-1)?.seq)
    await beat(world.pool, 'test', NOW + 5)
    socket.disconnect()
  })
})
