import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RuleHistory, RulesAnswer, type RuleShown } from '../../core/contract/rules.ts'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { SECOND } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { loadAudit } from '../../core/store/audit-store.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 09:00'))
let world: ServerWorld
const callers: Record<string, Caller> = {}
beforeAll(async () => {
  world = await serverWorld({ clock })
  const root = world.tree.root.code
  for (const [login, role, region] of [['root', 'admin', root], ['rules', 'group_cs_dept', root], ['cs-32', 'province_cs_dept', '32'], ['cs-33', 'admin', '33'], ['agent-32', 'duty_agent', '32'], ['city-32', 'city_owner', '320500'], ['city-admin', 'admin', '320500']] as const) {
    await world.addUser(login, role, region)
    callers[login] = await world.signIn(login)
  }
})
afterAll(() => world.stop())

const PATH = '/api/v1/abnormal-rules'
const get = async (login: string, scope?: string) => world.call(callers[login] as Caller, 'GET', scope === undefined ? PATH : `${PATH}?scope=${scope}`)
const put = async (login: string, id: string, body: object) => world.call(callers[login] as Caller, 'PUT', `${PATH}/${id}`, { reason: '节前收紧 tighter', ...body })
const ruleIn = async (login: string, id: string, scope?: string) => ((await get(login, scope)).body.items as RuleShown[]).find((one) => one.id === id) as RuleShown
const valuesIn = async (login: string, id: string, scope?: string) => (await ruleIn(login, id, scope)).parameters.map(({ group, own, value }) => [group, own, value])

describe('whose rules are shown', () => {
  test('a reader sees the group’s and those of his own province, the root all; in his province by default', async () => {
    const codes = async (login: string) => (await get(login)).body.scopes.map(({ code }: { code: string }) => code)
    expect(await codes('agent-32')).toEqual(['00', '32'])
    expect(await codes('city-32')).toEqual(['00', '32'])
    expect((await codes('root')).length).toBe(world.tree.all().filter(({ level }) => level === 'province').length + 1)
    expect([(await get('root')).body.scope, (await get('agent-32')).body.scope, (await get('city-32')).body.scope]).toEqual(['00', '32', '32'])
    const answer = await get('agent-32', '00')
    expect([...Value.Errors(RulesAnswer, answer.body)]).toEqual([])
    for (const [login, scope] of [['agent-32', '33'], ['root', '320500'], ['root', '99']] as const) expect((await get(login, scope)).status).toBe(404)
  })

  test('and who may change them is said', async () => {
    const may = async (login: string) => (await get(login)).body.scopes.filter(({ mayChange }: { mayChange: boolean }) => mayChange).map(({ code }: { code: string }) => code)
    expect([await may('agent-32'), await may('cs-32'), await may('cs-33'), await may('city-admin')]).toEqual([[], ['32'], ['33'], []])
    expect((await may('rules')).length).toBe((await get('rules')).body.scopes.length)
  })
})

describe('a province changes its own', () => {
  test.each([
    ['another province', 'cs-32', { scope: '33', values: { A1: 180 } }, 404, 'region_not_found'],
    ['the group', 'cs-32', { values: { A1: 180 } }, 403, 'whole_tree_only'],
    ['as a city', 'city-admin', { scope: '32', values: { A1: 180 } }, 403, 'own_province_only'],
    ['as an agent', 'agent-32', { scope: '32', values: { A1: 180 } }, 403, 'not_allowed'],
    ['a city', 'root', { scope: '320500', values: { A1: 180 } }, 404, 'region_not_found'],
    ['to the laxer side', 'cs-32', { scope: '32', values: { A1: 90 } }, 400, 'bad_rule'],
    ['out of range', 'cs-32', { scope: '32', values: { A1: 99_999 } }, 400, 'bad_rule'],
    ['off, where the group has it on', 'cs-32', { scope: '32', isOn: false }, 400, 'bad_rule'],
  ])('not %s', async (_, login, body, status, code) => {
    const answer = await put(login, 'AT-01', body)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect((await get('root')).body.version).toBe(1)
  })

  test('and is told the group’s value that it may not go below', async () => {
    expect((await put('cs-32', 'AT-01', { scope: '32', values: { A1: 90 } })).body.error).toMatchObject({ field: 'AT-01.A1', expected: '应不小于集团值 120 / at least the group’s value of 120' })
  })

  test('stricter: its tickets are judged by it and no others, and the alert says whose values they were', async () => {
    const created = (province: string, city: string) => anItemAt('created', '05-30 12:00', { region_code: city }, { ticket_id: `P${province}`, event_id: `P${province}`, province_code: province })
    await acceptEvents(world.engine, [created('32', '320500'), created('33', '330100')], { source: 'test', scope: ENGINE_SCOPE, now: clock.now() })
    await drainIngest(world.engine, clock)
    const alerts = async () => (await world.pool.query('select ticket_key, severity, rule_version, parameters from alert order by id')).rows
    expect(await alerts()).toEqual([])
    // 180 min are left of 48 h.
    const changed = await put('cs-32', 'AT-01', { scope: '32', values: { A1: 200 } })
    expect([changed.status, changed.body.scope, changed.body.version]).toEqual([200, '32', 2])
    await runTimers(world.engine, clock.advance(5 * SECOND))
    expect(await alerts()).toEqual([{ ticket_key: '32:crm:P32', severity: 1, rule_version: 2, parameters: { A1: 200, A2: 30, scope: '32' } }])
    expect([await valuesIn('agent-32', 'AT-01'), await valuesIn('agent-32', 'AT-01', '00'), await valuesIn('root', 'AT-01', '33')]).toEqual([
      [[120, 200, 200], [30, null, 30]], [[120, null, 120], [30, null, 30]], [[120, null, 120], [30, null, 30]],
    ])
    expect((await ruleIn('agent-32', 'AT-01')).changed).toMatchObject({ version: 2, author: 'cs-32', reason: '节前收紧 tighter', scope: '32', at: clock.now() - 5 * SECOND })
    expect((await ruleIn('root', 'AT-01')).changed).toBeNull()
    const [line] = await loadAudit(world.pool, scopeOf(world.tree.root), null, 1)
    expect(line).toMatchObject({ action: 'rule_changed', detail: { scope: '32', before: { A1: 120 }, after: { A1: 200 } } })
    // In words on the page of the alert, and where it is asked why: of 32 its own, of 33 the group's.
    const [{ id }] = (await world.pool.query<{ id: string }>('select id::text from alert')).rows as [{ id: string }]
    const jiangsu = { isProvince: true, code: '32', nameZh: '江苏', nameEn: world.tree.get('32')?.nameEn }
    expect((await world.call(callers['agent-32'] as Caller, 'GET', `/api/v1/alerts/${id}`)).body.decidedBy).toEqual(jiangsu)
    const why = async (key: string) => (await world.call(callers['rules'] as Caller, 'GET', `/api/v1/explain?rule=AT-01&scope=ticket:${key}`)).body.decidedBy
    expect(await why('32:crm:P32')).toEqual(jiangsu)
    expect(await why('33:crm:P33')).toEqual({ isProvince: false, code: '00', nameZh: world.tree.root.nameZh, nameEn: world.tree.root.nameEn })
  })

  test('the group overtaking it raises it, and names it; going back gives it its own again', async () => {
    expect((await put('rules', 'AT-01', { values: { A1: 240 } })).status).toBe(200)
    expect(await valuesIn('agent-32', 'AT-01')).toEqual([[240, 200, 240], [30, null, 30]])
    const [line] = await loadAudit(world.pool, scopeOf(world.tree.root), null, 1)
    expect(line?.detail).toMatchObject({ raised: [{ scope: '32', name: 'A1', own: 200, now: 240 }] })
    expect((await put('rules', 'AT-01', { values: { A1: null }, reason: '节后恢复 back' })).status).toBe(200)
    expect(await valuesIn('agent-32', 'AT-01')).toEqual([[120, 200, 200], [30, null, 30]])
  })

  test('its history tells its own changes and the group’s, newest first; another province’s are not in it', async () => {
    expect((await put('cs-33', 'AT-01', { scope: '33', values: { A2: 40 } })).status).toBe(200)
    const history = async (login: string, scope: string) => world.call(callers[login] as Caller, 'GET', `${PATH}/AT-01/history?scope=${scope}`)
    const answer = await history('agent-32', '32')
    expect([...Value.Errors(RuleHistory, answer.body)]).toEqual([])
    expect(answer.body.items.map(({ version, author, scope, changes }: RuleHistory['items'][number]) => [version, author, scope, changes])).toEqual([
      [4, 'rules', '00', [{ name: 'A1', from: 240, to: 200 }]],
      [3, 'rules', '00', [{ name: 'A1', from: 200, to: 240 }]],
      [2, 'cs-32', '32', [{ name: 'A1', from: 120, to: 200 }]],
    ])
    expect((await history('root', '33')).body.items.map(({ version }: { version: number }) => version)).toEqual([5, 4, 3])
    expect((await history('agent-32', '33')).status).toBe(404)
    expect((await world.call(callers['root'] as Caller, 'GET', `${PATH}/AT-99/history`)).status).toBe(404)
  })

  test('switches on for itself what the group has off', async () => {
    expect((await put('rules', 'AT-02', { isOn: false })).status).toBe(200)
    expect((await put('cs-32', 'AT-02', { scope: '32', isOn: true })).status).toBe(200)
    expect([(await ruleIn('agent-32', 'AT-02')).isOn, (await ruleIn('agent-32', 'AT-02', '00')).isOn, (await ruleIn('cs-33', 'AT-02')).isOn]).toEqual([true, false, false])
    expect(await ruleIn('agent-32', 'AT-02')).toMatchObject({ isOn: true, isOnInGroup: false })
  })
})
