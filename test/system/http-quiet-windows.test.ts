import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const T = at('2026-06-11 22:00')
const clock = new ManualClock(T)
let world: ServerWorld
let [manager, leader, far, group]: Caller[] = []
beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['manager', 'duty_manager', '32'], ['leader', 'duty_leader', '32'], ['far', 'duty_manager', '33'], ['group', 'group_ops', '00']] as const) await world.addUser(login, role, code)
  ;[manager, leader, far, group] = [await world.signIn('manager'), await world.signIn('leader'), await world.signIn('far'), await world.signIn('group')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const call = (caller: Caller | undefined, method: 'GET' | 'POST', path: string, body?: unknown) => world.call(caller as Caller, method, `/api/v1/quiet-windows${path}`, body)
const order = (given: object = {}) => ({ kind: 'maintenance', region: '320500', ruleIds: [], from: T + HOUR, to: T + 3 * HOUR, owner: '网络部', reason: '城域网割接', ...given })

describe('windows of work and silences', () => {
  test('are put up by duty managers and above in their own scope, seen by those below and above, audited, and ended early', async () => {
    const made = await call(manager, 'POST', '', order())
    expect(made).toMatchObject({ status: 200, body: { mayChange: true, items: [{ kind: 'maintenance', state: 'to_come', regionCode: '320500', owner: '网络部', reason: '城域网割接', hidden: 0 }] } })
    const { id } = made.body.items[0]
    expect((await call(leader, 'GET', '')).body).toMatchObject({ mayChange: false, items: [{ id }] })
    expect((await call(group, 'GET', '')).body.items).toHaveLength(1)
    expect((await call(far, 'GET', '')).body.items).toEqual([])
    expect((await call(leader, 'POST', '', order())).status).toBe(403)
    expect((await call(far, 'POST', '', order())).status).toBe(404)
    expect((await call(far, 'POST', `/${id}/end`)).status).toBe(404)
    expect((await call(manager, 'POST', `/${id}/end`)).body.items[0]).toMatchObject({ id, state: 'over', endedByName: expect.stringContaining('manager') })
    expect((await call(manager, 'POST', `/${id}/end`)).status).toBe(200)
    const { rows } = await world.pool.query("select action from audit_log where action like 'quiet%' order by id")
    expect(rows.map(({ action }) => action)).toEqual(['quiet_window_put_up', 'quiet_window_ended'])
  })

  test('are seen by a province where the group put them up over all of it', async () => {
    await call(group, 'POST', '', order({ kind: 'silence', region: '00', ruleIds: ['MR-02'], reason: '全网演练' }))
    expect((await call(far, 'GET', '')).body.items).toMatchObject([{ reason: '全网演练', ruleIds: ['MR-02'] }])
    // What the group put up is not a province's to end.
    expect((await call(far, 'POST', `/${(await call(far, 'GET', '')).body.items[0].id}/end`)).status).toBe(404)
  })

  test('are refused with the field and the mend where they do not fit, and nothing is kept', async () => {
    const before = (await world.pool.query('select from quiet_window')).rowCount
    const refused: [object, string, string | undefined][] = [
      [{ to: T + HOUR }, 'bad_window', 'to'],
      [{ to: T + HOUR + 31 * DAY }, 'bad_window', 'to'],
      [{ from: T - 2 * DAY }, 'bad_window', 'from'],
      [{ kind: 'silence' }, 'bad_window', 'ruleIds'],
      [{ product: 'teapot' }, 'unknown_product', 'product'],
      [{ ruleIds: ['XX-01'] }, 'invalid_request', undefined],
      [{ reason: ' ' }, 'invalid_request', undefined],
    ]
    for (const [given, code, field] of refused) expect(await call(manager, 'POST', '', order(given))).toMatchObject({ status: 400, body: { error: { code, ...(field ? { field } : {}) } } })
    expect(await call(manager, 'POST', '', order({ owner: '张三 13812345678' }))).toMatchObject({ status: 422, body: { error: { code: 'personal_data', field: 'owner' } } })
    expect((await world.pool.query('select from quiet_window')).rowCount).toBe(before)
  })

  test('can be tried before: what they would have hidden of the last seven days', async () => {
    await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, { kind: 'risk', ruleId: 'MR-02', severity: 3, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt: clock.now(), suppressedBy: null }))
    const tried = await call(manager, 'POST', '/preview', { kind: 'silence', region: '320500', ruleIds: ['MR-02'] })
    expect(tried).toMatchObject({ status: 200, body: { days: 7, raised: 1, hidden: 1, isCut: false } })
    expect((await call(manager, 'POST', '/preview', { kind: 'silence', region: '320500', ruleIds: ['MR-01'] })).body).toMatchObject({ hidden: 0 })
    expect((await call(far, 'POST', '/preview', { kind: 'silence', region: '320500', ruleIds: ['MR-01'] })).status).toBe(404)
  })
})
