import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RiskRuleShown } from '../../core/contract/risk-rules.ts'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 12:00'))
let world: ServerWorld
let [keeper, province, manager, other]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['keeper', 'admin', '00'], ['kf', 'province_cs_dept', '32'], ['js', 'duty_manager', '32'], ['zj', 'admin', '33']] as const) await world.addUser(login, role, code)
  ;[keeper, province, manager, other] = [await world.signIn('keeper'), await world.signIn('kf'), await world.signIn('js'), await world.signIn('zj')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, path = '') => world.call(caller as Caller, 'GET', `/api/v1/risk-rules${path}`)
const put = (caller: Caller | undefined, id: string, body: unknown) => world.call(caller as Caller, 'PUT', `/api/v1/risk-rules/${id}`, body)
const ruleIn = (body: { items: RiskRuleShown[] }, id: string) => body.items.find((one) => one.id === id) as RiskRuleShown

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

describe('a province', () => {
  const own = { scope: '32', values: { 'batch.province': [15, 50, 150, 500] }, reason: '省内收紧' }
  const numbers = async (caller: Caller | undefined, path: string, scope?: string) =>
    ruleIn((await get(caller, scope === undefined ? '' : `?scope=${scope}`)).body, 'MR-01').parameters.find((one) => one.path === path)

  test.each<[string, () => Caller | undefined, object, number, string]>([
    ['another province', () => province, { ...own, scope: '33' }, 404, 'region_not_found'],
    ['the group', () => province, { ...own, scope: '00' }, 403, 'whole_tree_only'],
    ['as a duty manager', () => manager, own, 403, 'not_allowed'],
    ['a city', () => keeper, { ...own, scope: '320500' }, 404, 'region_not_found'],
    ['to the laxer side', () => province, { ...own, values: { 'batch.province': [15, 50, 150, 601] } }, 400, 'bad_rule'],
    ['what is one for the whole tree', () => province, { ...own, values: { windowMinutes: 30 } }, 400, 'bad_rule'],
    ['what does not fit', () => province, { ...own, values: { 'batch.province': [15, 50] } }, 400, 'bad_rule'],
    ['off, where the group has it on', () => province, { scope: '32', isOn: false, reason: '停用' }, 400, 'bad_rule'],
  ])('does not change %s', async (_, caller, body, status, code) => {
    const before = (await get(keeper)).body.version
    const answer = await put(caller(), 'MR-01', body)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect((await get(keeper)).body.version).toBe(before)
  })

  test('is told by the path which value of the group it may not go above', async () => {
    expect((await put(province, 'MR-01', { ...own, values: { 'batch.province': [15, 50, 150, 601] } })).body.error).toMatchObject({ field: 'batch.province', expected: expect.stringContaining('20 / 60 / 200 / 600') })
    expect((await put(province, 'MR-01', { ...own, values: { 'batch.province': [15, 50] } })).body.error).toMatchObject({ field: 'batch.province' })
  })

  test('sets its own beside the group’s: by default it reads its own, others never see it, the group all', async () => {
    const { status, body } = await put(province, 'MR-01', own)
    expect([status, body.scope, body.mayChange]).toEqual([200, '32', true])
    expect(await numbers(manager, 'batch.province')).toMatchObject({ group: [20, 60, 200, 600], own: [15, 50, 150, 500], value: [15, 50, 150, 500], stricter: 'lower' })
    expect(await numbers(manager, 'batch.province', '00')).toMatchObject({ group: [20, 60, 200, 600], own: null, value: [20, 60, 200, 600] })
    expect(await numbers(keeper, 'batch.province', '32')).toMatchObject({ own: [15, 50, 150, 500] })
    expect(await numbers(other, 'batch.province')).toMatchObject({ own: null, value: [20, 60, 200, 600] })
    for (const path of ['?scope=32', '/MR-01/history?scope=32']) expect((await get(other, path)).status, path).toBe(404)
    expect((await get(manager, '/MR-01/history')).body).toMatchObject({ scope: '32', items: expect.arrayContaining([expect.objectContaining({ scope: '32', reason: '省内收紧', changes: [{ path: 'batch.province', from: [20, 60, 200, 600], to: [15, 50, 150, 500] }] })]) })
    expect((await get(other, '/MR-01/history')).body.items.map(({ reason }: { reason: string }) => reason)).not.toContain('省内收紧')
  })

  test('is raised with the group, which the audit names, and takes its own back with null', async () => {
    const { body } = await put(keeper, 'MR-01', { values: { 'batch.province': [12, 60, 200, 600] }, reason: '全网收紧' })
    expect(body.scope).toBe('00')
    expect(await numbers(manager, 'batch.province')).toMatchObject({ group: [12, 60, 200, 600], own: [15, 50, 150, 500], value: [12, 50, 150, 500] })
    const { rows } = await world.pool.query("select detail from audit_log where action = 'risk_rule_changed' order by id desc limit 1")
    expect(rows[0].detail.raised).toEqual([{ scope: '32', path: 'batch.province', own: [15, 50, 150, 500], now: [12, 60, 200, 600] }])
    expect((await put(province, 'MR-01', { scope: '32', values: { 'batch.province': null }, reason: '随集团' })).status).toBe(200)
    expect(await numbers(manager, 'batch.province')).toMatchObject({ own: null, value: [12, 60, 200, 600] })
    const held = (await world.engine.settings(clock.now())).risk.body
    expect(held.scopes).toBeUndefined()
  })
})
