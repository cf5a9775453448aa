import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runQuality } from '../../workers/quality.ts'
import { type Caller, serverWorld, type ServerWorld } from '../support/server.ts'
import { anItemAt } from '../support/items.ts'
import { at } from '../support/builders.ts'

const clock = new ManualClock(at('2026-06-01 12:00'))
let world: ServerWorld
let key: Caller
let steward: Caller
let manager: Caller
const get = (path: string, caller: Caller = steward) => world.call(caller, 'GET', `/api/v1${path}`)
const post = (path: string, body: unknown, caller: Caller = steward) => world.call(caller, 'POST', `/api/v1${path}`, body)

beforeAll(async () => {
  world = await serverWorld({ clock })
  key = await world.addKey('32')
  await world.addUser('steward', 'data_steward', '32')
  await world.addUser('manager', 'duty_manager', '32')
  steward = await world.signIn('steward')
  manager = await world.signIn('manager')
  const full = { source_category: 'province_complaint', product_no: '13800001111', content_text: '家里宽带上不了网光猫红灯一直闪' }
  const items = [
    anItemAt('created', '06-01 09:00', { ...full, channel: '01' }),
    anItemAt('created', '06-01 09:00', { ...full, region_code: 'SZ' }, { ticket_id: 'T2' }),
    anItemAt('completed', '06-01 10:00', {}),
  ]
  expect((await post('/events', items, key)).body).toMatchObject({ accepted: 1, refused: 2 })
  await runIngest(world.engine, clock.now())
})
afterAll(async () => { await world?.stop() })

const MAPPING = { sourceSystem: 'crm', field: 'region', sourceCode: 'SZ', code: '320500', reason: '本地网代码' }

describe('the data page’s answers', () => {
  test('give scores with numerator and denominator, and examples', async () => {
    const { status, body } = await get('/quality')
    expect(status).toBe(200)
    expect(body).toMatchObject({ from: '2026-05-26', to: '2026-06-01', provinces: [{ code: '32' }] })
    expect(body.checks).toHaveLength(18)
    expect(body.days).toMatchObject([{ provinceCode: '32', day: '2026-06-01', state: 'watch' }])
    expect(body.days[0].checks.find(({ id }: { id: string }) => id === 'DQ-01')).toMatchObject({ checked: 2, failed: 1, rate: 0.5 })
    const page = await get('/quality/findings?limit=1')
    expect(page.body.items).toHaveLength(1)
    const next = await get(`/quality/findings?limit=9&before=${page.body.items[0].id}`)
    expect([...page.body.items, ...next.body.items].map(({ checkId }: { checkId: string }) => checkId).sort()).toEqual(['DQ-01', 'DQ-02', 'DQ-02'])
    expect((await get('/quality/findings?check=DQ-01')).body.items).toHaveLength(1)
  })

  test('count the quarantine by reason and filter it', async () => {
    expect((await get('/quarantine/summary', manager)).body.items).toEqual([
      { code: 'missing_payload_field', field: 'payload.result_code', provinceCode: '32', open: 1 },
      { code: 'unknown_region', field: 'payload.region_code', provinceCode: '32', open: 1 },
    ])
    expect((await get('/quarantine?code=unknown_region')).body.items).toHaveLength(1)
    expect((await get('/quarantine?province=33')).body.items).toEqual([])
    expect((await get('/quarantine?source=nobody')).body.items).toEqual([])
    expect((await get('/quarantine?source=key:key%2032')).body.items).toHaveLength(2)
  })

  test.each([
    ['/quality?from=2026-02-31&to=2026-03-01', 'bad_day', 'from'],
    ['/quality?from=0000-01-01&to=0000-01-02', 'bad_day', 'from'],
    ['/quality?from=2026-03-02&to=2026-03-01', 'bad_period', 'from'],
    ['/quality?from=2026-01-01&to=2026-06-01', 'bad_period', 'from'],
    ['/quality?from=yesterday', 'invalid_request', 'querystring/from'],
    ['/quality/findings?check=DQ-1', 'invalid_request', 'querystring/check'],
  ])('%s is refused as %s of %s', async (path, code, field) => {
    const { status, body } = await get(path)
    expect([status, body.error.code, body.error.field]).toEqual([400, code, field])
  })
})

describe('giving data its meaning', () => {
  test.each([
    [{ ...MAPPING, code: '999999' }, 400, 'unknown_code', 'code'],
    [{ ...MAPPING, code: '330100' }, 400, 'unknown_code', 'code'],
    [{ ...MAPPING, field: 'channel', code: 'telepathy' }, 400, 'unknown_code', 'code'],
    [{ ...MAPPING, field: 'weather' }, 400, 'invalid_request', 'body/field'],
    [{ ...MAPPING, regionCode: '320500' }, 400, 'region_too_fine', 'regionCode'],
    [{ ...MAPPING, regionCode: '33' }, 404, 'region_not_found', 'regionCode'],
    [{ ...MAPPING, effectiveFrom: 5, effectiveTo: 5 }, 400, 'bad_period', 'effectiveTo'],
    [{ ...MAPPING, effectiveFrom: 1e300 }, 400, 'invalid_request', 'body/effectiveFrom'],
  ])('a mapping %j is refused with %d %s', async (body, status, code, field) => {
    const answer = await post('/mappings', body)
    expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([status, code, field])
  })

  test('a mapping takes refused items in at once and is written down; twice it is refused; the next round ends it', async () => {
    expect((await post('/mappings', MAPPING, manager)).status).toBe(403)
    const { status, body } = await post('/mappings', { ...MAPPING, reason: '打13800001111问的' })
    expect([status, body]).toEqual([201, expect.objectContaining({ replayed: 1, stillRefused: 0, regionCode: '32', createdBy: 'steward', finishedAt: null })])
    expect(body.reason).not.toContain('13800001111')
    expect((await post('/mappings', MAPPING)).body.error.code).toBe('mapping_exists')
    clock.advance(20_000)
    await runQuality(world.engine, clock.now())
    expect((await get('/mappings')).body).toMatchObject({ items: [{ finishedAt: clock.now() }], unmapped: [{ field: 'channel', sourceCode: '01', events: 1, provinceCode: '32' }] })
    const { rows } = await world.pool.query("select subject from audit_log where action = 'mapping_made'")
    expect(rows).toEqual([{ subject: 'crm region SZ → 320500' }])
  })

  test('a refused item is discarded by the steward only, once', async () => {
    const [item] = (await get('/quarantine?code=missing_payload_field&state=open')).body.items
    expect((await post('/quarantine/discard', { ids: [item.id] }, manager)).status).toBe(403)
    expect((await post('/quarantine/discard', { ids: [item.id] })).body).toEqual({ discarded: 1 })
    expect((await post('/quarantine/discard', { ids: [item.id] })).body).toEqual({ discarded: 0 })
  })

  test('units and a source’s counts are taken, and what is not of the scope or the calendar is refused', async () => {
    const unit = { code: 'U1', name: '苏州网络部', regionCode: '320500', unitType: 'province_dept' }
    expect((await post('/units', { units: [unit] })).body).toEqual({ saved: 1 })
    expect((await get('/units')).body.items).toMatchObject([unit])
    expect((await post('/units', { units: [{ ...unit, regionCode: '330100' }] })).status).toBe(404)
    expect((await post('/reconciliations', { province: '32', day: '2026-06-01', counts: { complaint: 2 } }, key)).status).toBe(202)
    expect((await post('/reconciliations', { province: '32', day: '2026-06-31', counts: { complaint: 2 } }, key)).body.error.code).toBe('bad_day')
    expect((await post('/reconciliations', { province: '33', day: '2026-06-01', counts: {} }, key)).status).toBe(404)
    expect((await post('/reconciliations', { province: '32', day: '2026-06-01', counts: { moods: 1 } }, key)).status).toBe(400)
    expect((await get('/quality')).body.reconciliations).toMatchObject([{ kind: 'complaint', sourceCount: 2, state: expect.any(String) }])
  })

  test('the dictionaries can be read by whoever is signed in', async () => {
    const { body } = await get('/dictionary', manager)
    expect(body).toMatchObject({ version: 1, strict: false, fields: { channel: expect.arrayContaining([{ code: 'hotline', zh: '10000号语音坐席', en: 'Hot-line 10000' }]) } })
  })
})
