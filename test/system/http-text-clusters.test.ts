import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTexts } from '../../workers/texts.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'
import { T1, T2, T4 } from '../support/similar-texts.ts'
import { saying } from '../support/text-world.ts'

const clock = new ManualClock(at('2026-04-14 12:00'))
let world: ServerWorld
let [jiangsu, suzhou, executive, auditor]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['sz', 'city_owner', '320500'], ['boss', 'exec', '00'], ['aud', 'auditor', '00']] as const) await world.addUser(login, role, code)
  ;[jiangsu, suzhou, executive, auditor] = [await world.signIn('js'), await world.signIn('sz'), await world.signIn('boss'), await world.signIn('aud')]
  const sent = await world.call(key, 'POST', '/api/v1/events', [
    ...['A', 'B', 'C'].map((id, index) => saying(id, `04-14 10:0${index}`, T1, { region_code: '320100', contact_no: '18812340001', source_ip: '10.1.2.3', is_proxy: true })),
    ...['D', 'E'].map((id, index) => saying(id, `04-14 11:0${index}`, T2)),
    ...['X', 'Y'].map((id, index) => saying(id, `04-14 11:3${index}`, T4, { kind: 'appeal' })),
  ])
  expect(sent.body).toMatchObject({ accepted: 7, refused: 0 })
  await runIngest(world.engine, clock.now())
  await runTexts(world.engine, clock.now())
})
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, query = '') => world.call(caller as Caller, 'GET', `/api/v1/text-clusters${query}`)

describe('GET /text-clusters', () => {
  test('shows what says nearly the same, with the marks of organised filing and one masked text', async () => {
    const { status, body, text } = await get(jiangsu)
    expect(status).toBe(200)
    expect(body).toMatchObject({ at: at('2026-04-14 12:00'), regionCode: '32', kind: 'complaint', windowHours: 24, isComplete: true })
    expect(body.items).toEqual([{
      id: expect.stringMatching(/^\d+$/u), customers: 5, texts: 5, contacts: 1, addresses: 1, proxies: 3, firstAt: at('2026-04-14 10:00'), lastAt: at('2026-04-14 11:01'),
      ticketKey: '32:crm:A', text: T1.replace('13800001111', '138****1111'),
    }])
    expect(text).not.toMatch(/138000\d{5}|139000\d{5}|18812340001|10\.1\.2/u)
  })

  test('a city its own texts only, one of its own among them', async () => {
    const { body, text } = await get(suzhou)
    expect(body.items).toMatchObject([{ customers: 2, contacts: 0, ticketKey: '32:crm:D', firstAt: at('2026-04-14 11:00') }])
    expect(text).not.toContain('32:crm:A')
    expect((await get(suzhou, '?region=320100')).status).toBe(404)
    expect((await get(jiangsu, '?region=320100')).body.items).toMatchObject([{ customers: 3, ticketKey: '32:crm:A' }])
  })

  test('appeals apart, as of any instant, from a minimum of customers on', async () => {
    expect((await get(jiangsu, '?kind=appeal')).body.items).toMatchObject([{ customers: 2, ticketKey: '32:crm:X' }])
    expect((await get(jiangsu, '?at=2026-04-14T10:02:00%2B08:00')).body.items).toMatchObject([{ customers: 2 }])
    expect((await get(jiangsu, '?at=2026-04-14T10:01:00%2B08:00')).body.items).toEqual([])
    expect((await get(jiangsu, '?customers=5')).body.items).toHaveLength(1)
    expect((await get(jiangsu, '?customers=6')).body.items).toEqual([])
    const { id } = (await get(jiangsu)).body.items[0]
    expect((await get(jiangsu, `?after=${id}`)).body.items).toEqual([])
  })

  test('says when texts accepted before still wait', async () => {
    await world.pool.query(`insert into text_check (ticket_key, accepted_at) values ('32:crm:A', '2026-04-14 10:00+08')`)
    expect((await get(jiangsu)).body.isComplete).toBe(false)
    expect((await get(jiangsu, '?at=2026-04-14T10:00:00%2B08:00')).body.isComplete).toBe(true)
    await runTexts(world.engine, clock.now())
    expect((await get(jiangsu)).body.isComplete).toBe(true)
  })

  test('is for roles with ticket texts, and each opening is in the audit log', async () => {
    for (const caller of [executive, auditor]) expect((await get(caller)).status).toBe(403)
    const { rows: before } = await world.pool.query(`select count(*)::int as n from audit_log where action = 'ticket_text_opened' and actor = 'sz'`)
    await get(suzhou)
    const { rows: after } = await world.pool.query(`select count(*)::int as n from audit_log where action = 'ticket_text_opened' and actor = 'sz'`)
    expect(after[0].n).toBe(before[0].n + 1)
  })

  test.each([
    ['?at=2026-04-14', 'querystring/at'],
    ['?at=2026-04-14T10:00:00+08:00', 'at'],
    ['?at=2026-13-14T10:00:00%2B08:00', 'at'],
    ['?customers=1', 'querystring/customers'],
    ['?kind=fault', 'querystring/kind'],
    ['?after=x', 'querystring/after'],
    ['?limit=0', 'querystring/limit'],
  ])('refuses %s by its field', async (query, field) => {
    const { status, body } = await get(jiangsu, query)
    expect([status, body.error.field]).toEqual([400, field])
  })
})
