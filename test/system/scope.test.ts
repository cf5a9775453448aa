import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PLACELESS } from '../support/planted.ts'
import { ask, MATRIX, mayCall, ROUTES } from '../support/scope-matrix.ts'
import { as, callers, COUNT32, COUNT33, DEAD, expectNothingForeign, foreign, IN_32, MARK32, MARK33, openScopeWorld, own, PEOPLE, world } from '../support/scope-world.ts'

beforeAll(openScopeWorld, 180_000)
afterAll(async () => { await world?.stop() })

describe('what this test stands on', () => {
  test('every table but those of no place holds a marked row of the other province', async () => {
    const { rows } = await world.pool.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")
    for (const { name } of rows.filter(({ name }) => !PLACELESS.includes(name))) {
      const isOfAlert = ['escalation', 'alert_limit', 'self_audit_finding', 'case_review', 'case_review_signature'].includes(name) ? `or alert_id in (${foreign.riskId}, ${foreign.abnormalId})` : ''
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
      expect(await seen('group_ops-00', '/api/v1/quality')).toContain(mark)
      expect(await seen('group_ops-00', '/api/v1/quality/findings')).toContain(mark)
      expect(await seen('group_ops-00', '/api/v1/quarantine/summary')).toContain(mark)
      expect(await seen('group_ops-00', '/api/v1/mappings')).toContain(mark)
      expect(await seen('group_ops-00', '/api/v1/units')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/users')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/api-keys')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/wall-devices')).toContain(mark)
      expect(await seen('admin-00', '/api/v1/webhooks')).toContain(mark.toLowerCase())
      expect(await seen('auditor-00', '/api/v1/audit?limit=500')).toContain(mark)
      expect(await seen('exec-00', '/api/v1/regions')).toContain(mark)
      expect(await seen('exec-00', '/api/v1/incidents')).toContain(mark)
      expect(await seen('exec-00', '/api/v1/user-bases?month=2026-06')).toContain(mark)
    }
    // One cluster holds texts of both: each is shown its own.
    expect(await seen('group_ops-00', '/api/v1/text-clusters?region=33')).toContain(MARK33)
    expect(await seen('duty_manager-32', '/api/v1/text-clusters')).toContain(MARK32)
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
  for (const table of ['app_user', 'session', 'api_key', 'wall_device', 'webhook_endpoint', 'alert', 'alert_transition', 'quarantine', 'event', 'litigation_hold', 'mapping', 'unit', 'reconciliation', 'quality_finding', 'unmapped_event']) {
    const { rows } = await world.pool.query(`select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as sum from ${table} t where t::text ~ $1`, [`${MARK33}|33X`])
    parts.push(`${table} ${rows[0].sum}`)
  }
  return parts
}
