import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 12:00'))
let world: ServerWorld
let keys: Readonly<Record<string, Caller>>
const people: Record<string, Caller> = {}
const get = (path: string, who = 'steward') => world.call(people[who] as Caller, 'GET', `/api/v1${path}`)
const post = (body: unknown, who = 'steward') => world.call(people[who] as Caller, 'POST', '/api/v1/restatements/decide', body)
const take = async (local: string, province: string, ...items: unknown[]) => {
  clock.set(at(local))
  expect((await world.call(keys[province] as Caller, 'POST', '/api/v1/events', items)).body).toMatchObject({ refused: 0 })
  await runIngest(world.engine, clock.now())
  await runTally(world.engine, clock.now())
}
const in33 = { province_code: '33', ticket_id: 'Z1' }

beforeAll(async () => {
  world = await serverWorld({ clock })
  keys = { 32: await world.addKey('32'), 33: await world.addKey('33') }
  for (const [login, role, region] of [
    ['steward', 'data_steward', '32'],
    ['suzhou', 'data_steward', '320500'],
    ['foreign', 'data_steward', '33'],
    ['manager', 'duty_manager', '32'],
    ['agent', 'duty_agent', '32'],
  ] as const) {
    await world.addUser(login, role, region)
  }
  await take('2026-06-01 12:00', '32', anItemAt('created', '06-01 09:00'), anItemAt('created', '06-01 10:00', {}, { ticket_id: 'T2' }))
  await take('2026-06-01 12:00', '33', anItemAt('created', '06-01 09:00', { region_code: '330100' }, in33))
  await take('2026-06-12 12:00', '33', anItemAt('voided', '06-12 11:00', {}, in33))
  const moved = anItemAt('corrected', '06-12 11:00', { field: 'region', new: '320100' }, { ticket_id: 'T2' })
  await take('2026-06-12 12:00', '32', anItemAt('voided', '06-12 11:00'), moved)
  for (const login of ['steward', 'suzhou', 'foreign', 'manager', 'agent']) people[login] = await world.signIn(login)
})
afterAll(async () => { await world?.stop() })

describe('the restatement log over HTTP', () => {
  test('shows everybody his own scope: a move between two cities belongs to the province', async () => {
    const { status, body } = await get('/restatements')
    expect(status).toBe(200)
    expect(body.items.map(({ ticketKey }: { ticketKey: string }) => ticketKey).sort()).toEqual(['32:crm:T1', '32:crm:T2'])
    expect(body.counts).toEqual({ waiting: 2, confirmed: 0, rejected: 0, withdrawn: 0 })
    expect((await get('/restatements', 'suzhou')).body.items).toMatchObject([{ ticketKey: '32:crm:T1', cause: 'void', lost: [{ regionNameZh: '苏州市', day: '2026-06-01' }] }])
    expect((await get('/restatements', 'foreign')).body.items).toMatchObject([{ ticketKey: '33:crm:Z1' }])
    expect((await get('/restatements', 'manager')).status).toBe(200)
    expect((await get('/restatements', 'agent')).status).toBe(403)
    const first = (await get('/restatements?limit=1')).body.items[0]
    expect((await get(`/restatements?limit=5&after=${first.id}`)).body.items).toHaveLength(1)
    expect((await get('/restatements?state=confirmed')).body.items).toEqual([])
  })

  test('is decided by a data steward of the scope, once, with a reason, and audited', async () => {
    const { items } = (await get('/restatements')).body
    const id = items.find(({ ticketKey }: { ticketKey: string }) => ticketKey === '32:crm:T1').id as string
    const decision = { ids: [id], decision: 'confirm', reason: '核对过，电话13800001111' }
    expect((await post(decision, 'manager')).status).toBe(403)
    expect((await post(decision, 'foreign')).body).toEqual({ decided: 0, items: [{ id, outcome: 'unchanged' }] })
    const week = async () => {
      const { series } = (await get('/kpi?region=32&weeks=3')).body
      const [, last] = series[0].weeks
      return [last.figure.value, last.restated, last.adjustment]
    }
    const restating = async (who: string) => {
      const { series } = (await get('/kpi?weeks=3', who)).body
      const { first, decisions } = series[0].weeks[1]
      return { first: first?.value ?? null, decisions }
    }
    // The week of the 1st ended more than 72 hours ago.
    expect(await week()).toEqual([2, { waiting: 2, rejected: 0 }, { numerator: -1, denominator: null, value: -1 }])
    expect((await post(decision)).body).toEqual({ decided: 1, items: [{ id, outcome: 'decided' }] })
    expect(await week()).toEqual([1, { waiting: 1, rejected: 0 }, null])
    expect((await post(decision)).body).toEqual({ decided: 0, items: [{ id, outcome: 'unchanged' }] })
    const { rows } = await world.pool.query("select actor, detail ->> 'reason' as reason from audit_log where action = 'restatements_confirmed'")
    const reason = '核对过，电话138****1111'
    expect(rows).toEqual([{ actor: 'steward', reason }])
    const decisions = [{ at: clock.now(), by: 'steward', reason, cause: 'void', lines: 1 }]
    for (const who of ['steward', 'suzhou', 'agent']) expect(await restating(who)).toEqual({ first: 2, decisions })
    expect(await restating('foreign')).toEqual({ first: null, decisions: [] })
    // A wall says that a figure was restated, and not by whom: everybody who passes looks at it.
    await world.addUser('admin', 'admin', '00')
    const { body: pairing } = await world.call(NOBODY, 'POST', '/api/v1/wall-devices')
    await world.call(await world.signIn('admin'), 'POST', '/api/v1/wall-devices/confirm', { code: pairing.code, name: 'hall', regionCode: '32' })
    const { token } = (await world.call(NOBODY, 'GET', `/api/v1/wall-devices/${pairing.id}?claim=${pairing.claim}`)).body
    people['wall'] = { headers: { authorization: `Bearer ${token}` }, token }
    expect(await restating('wall')).toEqual({ first: 2, decisions: [] })
  })

  test.each([
    ['no ids', { ids: [], decision: 'confirm', reason: 'x' }],
    ['an id that is none', { ids: ['1 or 1'], decision: 'confirm', reason: 'x' }],
    ['another word', { ids: ['1'], decision: 'maybe', reason: 'x' }],
    ['no reason', { ids: ['1'], decision: 'reject', reason: '  ' }],
  ])('refuses %s', async (_what, body) => {
    expect((await post(body)).status).toBe(400)
  })

  test('takes an id beyond every line, and gives months of one’s scope only', async () => {
    expect((await post({ ids: ['999999999999999999'], decision: 'reject', reason: 'x' })).body).toMatchObject({ decided: 0 })
    expect((await get('/kpi/months?region=33')).status).toBe(404)
    expect((await get('/kpi/months?months=99')).status).toBe(400)
    const { status, body } = await get('/kpi/months?months=2')
    expect(status).toBe(200)
    expect(body.series[0].months).toMatchObject([{ month: '2026-05', status: 'provisional' }, { month: '2026-06', isComplete: false, figure: { value: 1 } }])
  })
})
