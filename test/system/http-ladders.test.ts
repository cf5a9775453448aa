import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LaddersAnswer } from '../../core/contract/ladders.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { renewLadders } from '../../core/engine/ladders.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { inTransaction } from '../../core/platform/database.ts'
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

const get = (caller: Caller | undefined, path = '') => world.call(caller as Caller, 'GET', `/api/v1/ladders${path}`)
const put = (caller: Caller | undefined, body: unknown) => world.call(caller as Caller, 'PUT', '/api/v1/ladders', body)
const YELLOW = DEFAULT_LADDERS.risk[2]
const slower = (afterMinutes: number) => ({ ...YELLOW, steps: YELLOW.steps.map((step, index) => (index === 3 ? { ...step, afterMinutes } : step)) })
const change = (basedOn: number, ladder: unknown, more = {}) => ({ basedOn, ladders: [{ kind: 'risk', severity: 2, ladder }], reason: '演练后调整', ...more })

describe('the ladders', () => {
  test('are read by everybody beside the defaults, and changed by keepers of the rules of the group only', async () => {
    const { body } = await get(manager)
    expect(body).toMatchObject({ version: 1, mayChange: false, changed: null, ladders: { risk: { 2: YELLOW } }, defaults: { night: { from: 1200, to: 480 } } })
    expect(await put(province, change(1, slower(90)))).toMatchObject({ status: 403, body: { error: { code: 'whole_tree_only' } } })
    expect((await put(manager, change(1, slower(90)))).status).toBe(403)
  })

  test('are changed as the next version, with reason, history and audit; what runs keeps its own', async () => {
    const changed = await put(keeper, change(1, slower(90)))
    expect(changed).toMatchObject({ status: 200, body: { version: 2, changed: { author: 'keeper', reason: '演练后调整' } } })
    expect((changed.body as LaddersAnswer).ladders.risk[2].steps[3]?.afterMinutes).toBe(90)
    expect((await world.engine.settings(clock.now())).ladders).toMatchObject({ version: 2 })
    const night = await put(keeper, { basedOn: 2, ladders: [], night: { from: 1320, to: 420 }, reason: '夜班改时' })
    expect(night.body).toMatchObject({ version: 3, ladders: { night: { from: 1320, to: 420 } } })
    const { items } = (await get(manager, '/history')).body
    expect(items.map((item: { version: number; changes: { ladders: { kind: string; severity: number }[]; night: unknown } }) => [item.version, item.changes.ladders.map(({ kind, severity }) => `${kind} ${severity}`), item.changes.night !== null])).toEqual([[3, [], true], [2, ['risk 2'], false]])
    const { rows } = await world.pool.query("select detail -> 'changed' as changed from audit_log where action = 'ladders_changed' order by id")
    expect(rows).toEqual([{ changed: ['risk 2'] }, { changed: ['night'] }])
  })

  test('are refused when they are stale, name nobody who may answer, or are not sound, with the place and the mend', async () => {
    expect(await put(keeper, change(1, slower(95)))).toMatchObject({ status: 409, body: { error: { code: 'stale_version', expected: '3' } } })
    const silent = { ...YELLOW, steps: [{ afterMinutes: 0, targets: [{ role: 'exec', at: 'province' }], channels: ['in_app'] }] }
    expect(await put(keeper, change(3, silent))).toMatchObject({ status: 400, body: { error: { code: 'bad_ladder', field: 'risk 2 step 1', expected: expect.stringContaining('none of those called may acknowledge') } } })
    for (const broken of [{ ...YELLOW, steps: [] }, { ...YELLOW, handlingOver: { kind: 'raise' } }, { ...YELLOW, reminder: { everyMinutes: 0, channels: ['im'] } }]) expect((await put(keeper, change(3, broken))).body.error).toMatchObject({ code: 'bad_ladder' })
    for (const broken of [{ ...YELLOW, channels: [] }, { ...YELLOW, steps: [{ ...YELLOW.steps[0], channels: ['pigeon'] }] }]) expect((await put(keeper, change(3, broken))).status).toBe(400)
    expect((await get(keeper)).body.version).toBe(3)
  })

  test('say who would be told now, step by step, where a position is vacant and whom the call goes to then', async () => {
    const { status, body } = await get(manager, '/preview?kind=risk&severity=2&region=320500')
    expect(status).toBe(200)
    expect(body).toMatchObject({ ackMinutes: 15, reminderMinutes: 15, handlingOver: 'next_step' })
    expect(body.steps.map((step: { afterMinutes: number; via: string; people: { role: string }[]; vacant: { role: string }[] }) => [step.afterMinutes, step.via, step.people.map(({ role }) => role), step.vacant.map(({ role }) => role)])).toEqual([
      [0, 'step', ['duty_manager'], ['duty_leader', 'dept_owner']],
      [15, 'step', ['duty_manager'], []],
      [30, 'next_step', ['province_cs_dept'], ['province_center_director']],
      [90, 'step', ['province_cs_dept'], []],
    ])
    expect((await get(manager, '/preview?kind=risk&severity=2&region=330100')).status).toBe(404)
    expect((await get(manager, '/preview?kind=risk&severity=7&region=320500')).status).toBe(400)
  })
})

test('a newer Tocsin puts its ladders in force where nobody has ever changed them, and nowhere else', async () => {
  const fresh = await serverWorld({ clock })
  try {
    const newest = async () => (await fresh.pool.query('select version, author from config_version where kind = $1 order by version desc limit 1', ['ladders'])).rows[0]
    await inTransaction(fresh.pool, (tx) => renewLadders(tx, clock.now()))
    expect(await newest()).toEqual({ version: 1, author: 'tocsin' })
    const old = { ...DEFAULT_LADDERS, risk: { ...DEFAULT_LADDERS.risk, 2: { ...YELLOW, steps: YELLOW.steps.slice(0, 2) } } }
    await fresh.pool.query('update config_version set body = $1 where kind = $2', [JSON.stringify(old), 'ladders'])
    await inTransaction(fresh.pool, (tx) => renewLadders(tx, clock.now()))
    expect(await newest()).toEqual({ version: 2, author: 'tocsin' })
    await inTransaction(fresh.pool, (tx) => saveSettings(tx, { kind: 'ladders', body: old, author: 'keeper', reason: 'ours', effectiveFrom: clock.now(), now: clock.now() }))
    await inTransaction(fresh.pool, (tx) => renewLadders(tx, clock.now()))
    expect(await newest()).toEqual({ version: 3, author: 'keeper' })
  } finally {
    await fresh.stop()
  }
})
