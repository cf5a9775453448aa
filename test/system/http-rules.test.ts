import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RulesAnswer } from '../../core/contract/rules.ts'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { loadAudit } from '../../core/store/audit-store.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { BY_DEADLINE } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, NOBODY, type ServerWorld, serverWorld } from '../support/server.ts'

const NOW = at('2026-06-01 09:00')
const clock = new ManualClock(NOW)
let world: ServerWorld
let admin: Caller
let agent: Caller
beforeAll(async () => {
  world = await serverWorld({ clock })
  await world.addUser('root-admin', 'admin', world.tree.root.code)
  await world.addUser('admin-32', 'admin', '32')
  await world.addUser('agent-32', 'duty_agent', '32')
  admin = await world.signIn('root-admin')
  agent = await world.signIn('agent-32')
})
afterAll(() => world.stop())

const put = (caller: Caller, id: string, body: unknown) => world.call(caller, 'PUT', `/api/v1/abnormal-rules/${id}`, body)
const alerts = async () => (await world.pool.query(`select severity, parameters from alert where rule_id = 'AT-01' order by id`)).rows

describe('the rules over HTTP', () => {
  test('are shown to everybody who is signed in, with what they mean and the values in force', async () => {
    const answer = await world.call(agent, 'GET', '/api/v1/abnormal-rules')
    expect([...Value.Errors(RulesAnswer, answer.body)]).toEqual([])
    expect(answer.body.version).toBe(1)
    expect(answer.body.items.map(({ id }: { id: string }) => id)).toEqual(ABNORMAL_RULES.map(({ id }) => id))
    expect(answer.body.items[0]).toMatchObject({ id: 'AT-01', nameZh: '临近超时', isOn: true, parameters: [{ name: 'A1', unit: 'minutes', default: 120, value: 120 }, { name: 'A2', value: 30 }] })
    expect((await world.call(NOBODY, 'GET', '/api/v1/abnormal-rules')).status).toBe(401)
  })

  test.each([
    ['a value out of range', 'AT-01', { values: { A1: 0 }, reason: '收紧 tighter' }, 400, 'bad_rule'],
    ['a parameter that it has not', 'AT-01', { values: { A7: 1 }, reason: '收紧 tighter' }, 400, 'bad_rule'],
    ['no reason', 'AT-01', { values: { A1: 90 } }, 400, 'invalid_request'],
    ['a rule that is none', 'AT-99', { isOn: false, reason: '收紧 tighter' }, 404, 'not_found'],
  ])('refuses %s, and changes nothing', async (_, id, body, status, code) => {
    const answer = await put(admin, id, body)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect((await world.call(agent, 'GET', '/api/v1/abnormal-rules')).body.version).toBe(1)
  })

  test('names the parameter and its range', async () => {
    expect((await put(admin, 'AT-01', { values: { A1: 0 }, reason: '收紧 tighter' })).body.error).toMatchObject({ field: 'AT-01.A1', expected: expect.stringMatching(/^应为 1 至 2880 .* \/ a whole number from 1 to 2880$/) })
  })

  test('refuses a province’s administrator and an agent', async () => {
    const change = { isOn: false, reason: '收紧 tighter' }
    const provincial = await put(await world.signIn('admin-32'), 'AT-01', change)
    expect([provincial.status, provincial.body.error.code]).toEqual([403, 'whole_tree_only'])
    expect((await put(agent, 'AT-01', change)).status).toBe(403)
  })

  test('a change is the next version, has open tickets judged again, and is written down with what stood before', async () => {
    // 48 h limit: 100 min are left, which is blue by the default of 120 min and nothing by 90.
    await acceptEvents(world.engine, [anItemAt('created', '05-30 10:40', {}, { ticket_id: 'T1', event_id: 'T1' })], { source: 'test', scope: ENGINE_SCOPE, now: NOW })
    await drainIngest(world.engine, clock)
    expect(await alerts()).toEqual([{ severity: 1, parameters: { A1: 120, A2: 30 } }])
    const answer = await put(admin, 'AT-01', { values: { A2: 110 }, reason: '收紧 tighter' })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ version: 2, items: expect.arrayContaining([expect.objectContaining({ id: 'AT-01' })]) })
    expect(answer.body.items[0].parameters.map(({ value }: { value: number }) => value)).toEqual([120, 110])
    await runTimers(world.engine, clock.advance(5 * SECOND))
    expect(await alerts()).toEqual([{ severity: 2, parameters: { A1: 120, A2: 30 } }])
    const [line] = await loadAudit(world.pool, scopeOf(world.tree.root), null, 1)
    expect(line).toMatchObject({ action: 'rule_changed', subject: 'AT-01', detail: { version: 2, reason: '收紧 tighter', before: { isOn: true, A2: 30 }, after: { isOn: true, A2: 110 } } })
  })

  test('a rule that is off raises nothing; on again with its defaults it is as it was', async () => {
    expect((await put(admin, 'AT-01', { isOn: false, reason: '停用 off' })).body.items[0]).toMatchObject({ isOn: false })
    clock.advance(MINUTE)
    await acceptEvents(world.engine, [anItemAt('created', '05-30 10:40', {}, { ticket_id: 'T2', event_id: 'T2' })], { source: 'test', scope: ENGINE_SCOPE, now: clock.now() })
    await drainIngest(world.engine, clock)
    expect(await alerts()).toHaveLength(1)
    const back = await put(admin, 'AT-01', { isOn: true, values: { A2: 30 }, reason: '恢复 back' })
    expect(back.body.items[0]).toMatchObject({ isOn: true, parameters: [{ value: 120 }, { value: 30 }] })
    expect((await world.pool.query(`select body from config_version where kind = 'abnormal' order by version desc limit 1`)).rows[0].body).toEqual(BY_DEADLINE)
  })
})
