import { afterAll, beforeAll, expect, test } from 'vitest'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 12:00'))
let world: ServerWorld
let [keeper, province, manager]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['keeper', 'admin', '00'], ['kf', 'province_cs_dept', '32'], ['js', 'duty_manager', '32']] as const) await world.addUser(login, role, code)
  ;[keeper, province, manager] = [await world.signIn('keeper'), await world.signIn('kf'), await world.signIn('js')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, path = '') => world.call(caller as Caller, 'GET', `/api/v1/risk-rules${path}`)
const put = (caller: Caller | undefined, id: string, body: unknown) => world.call(caller as Caller, 'PUT', `/api/v1/risk-rules/${id}`, body)
const ruleIn = (body: { items: { id: string }[] }, id: string) => body.items.find((one) => one.id === id)

test('everybody signed in reads every rule with its parameters; only keepers of the whole tree may change them', async () => {
  const { body } = await get(manager)
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['common', ...RISK_RULES.map(({ id }) => id)])
  expect(body.mayChange).toBe(false)
  expect(ruleIn(body, 'MR-01')).toMatchObject({ nameZh: '批量投诉', isOn: true, changed: null, parameters: [{ path: 'batch.city', kind: 'rising', value: [10, 30, 100, 300], default: [10, 30, 100, 300], sharedWith: [] }, {}] })
  expect(ruleIn(body, 'MR-06')).toMatchObject({ parameters: expect.arrayContaining([expect.objectContaining({ path: 'surge.weeks', sharedWith: ['MR-02'] })]) })
  expect((await get(keeper)).body.mayChange).toBe(true)
  expect((await put(province, 'MR-01', { reason: '本省收紧', values: { 'batch.city': [8, 25, 80, 250] } })).body).toMatchObject({ error: { code: 'whole_tree_only' } })
  expect((await put(manager, 'MR-01', { reason: '收紧' })).status).toBe(403)
})

test('a change is the next version, in force at once, with its reason and what became what', async () => {
  clock.set(clock.now() + 60_000)
  const { status, body } = await put(keeper, 'MR-01', { values: { 'batch.city': [8, 25, 80, 250] }, reason: '节前收紧，联系13800001111' })
  expect([status, body.version]).toEqual([200, 2])
  expect(ruleIn(body, 'MR-01')).toMatchObject({ parameters: [{ value: [8, 25, 80, 250], default: [10, 30, 100, 300] }, {}], changed: { version: 2, reason: '节前收紧，联系138****1111' } })
  expect((await world.engine.settings(clock.now())).risk).toMatchObject({ version: 2, body: { batch: { city: [8, 25, 80, 250], enabled: true } } })
  expect((await put(keeper, 'MR-17', { isOn: false, reason: '联调期间停用' })).body).toMatchObject({ version: 3 })
  expect((await put(keeper, 'MR-02', { isOn: false, reason: '联调期间停用' })).body).toMatchObject({ version: 4 })
  expect((await put(keeper, 'common', { values: { windowMinutes: 30 }, reason: '缩短窗口' })).body).toMatchObject({ version: 5 })
  expect((await put(keeper, 'MR-01', { values: { 'batch.city': null }, reason: '恢复默认' })).body).toMatchObject({ version: 6 })
  expect((await world.engine.settings(clock.now())).risk.body).toMatchObject({ batch: { city: [10, 30, 100, 300] }, surge: { enabled: false }, disabledRules: ['MR-17'], windowMinutes: 30 })
  expect((await get(manager, '/MR-01/history')).body.items).toMatchObject([
    { version: 6, reason: '恢复默认', changes: [{ path: 'batch.city', from: [8, 25, 80, 250], to: [10, 30, 100, 300] }] },
    { version: 2, changes: [{ path: 'batch.city', from: [10, 30, 100, 300], to: [8, 25, 80, 250] }] },
  ])
  expect((await get(manager, '/MR-17/history')).body.items).toMatchObject([{ version: 3, changes: [{ path: 'isOn', from: true, to: false }] }])
  const { rows } = await world.pool.query("select subject from audit_log where action = 'risk_rule_changed' order by id")
  expect(rows.map(({ subject }) => subject)).toEqual(['MR-01', 'MR-17', 'MR-02', 'common', 'MR-01'])
})

test.each<[string, object, string]>([
  ['MR-01', { values: { 'batch.city': [30, 10, 100, 300] } }, 'batch.city'],
  ['MR-01', { values: { 'surge.z': [1, 2, 3, 4] } }, 'surge.z'],
  ['MR-01', { values: { 'batch.nothing': 1 } }, 'batch.nothing'],
  ['common', { values: { tickSeconds: 0 } }, 'tickSeconds'],
  ['common', { isOn: false }, 'isOn'],
])('%s %j is refused by its field, and nothing changes', async (id, change, field) => {
  const before = (await get(keeper)).body.version
  const { status, body } = await put(keeper, id, { ...change, reason: '试一试' })
  expect([status, body.error.field]).toEqual([400, field])
  expect((await get(keeper)).body.version).toBe(before)
})

test('a rule that is none is not found, a change without a reason refused', async () => {
  expect((await put(keeper, 'MR-99', { reason: '试一试' })).status).toBe(404)
  expect((await get(keeper, '/MR-99/history')).status).toBe(404)
  expect((await put(keeper, 'MR-01', { isOn: false })).status).toBe(400)
})
