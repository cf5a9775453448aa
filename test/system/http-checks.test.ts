import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSampled } from '../../core/domain/abnormal/check.ts'
import { makeUnitLists } from '../../core/engine/unit-lists.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 08:00'))
let world: ServerWorld
let [leader, manager, second, zhejiang]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  await setRules(world.pool, onlyRules('AT-02'))
  const key = await world.addKey('32')
  for (const [login, role, code] of [['zb', 'duty_leader', '32'], ['js', 'duty_manager', '32'], ['kf', 'province_cs_dept', '32'], ['zj', 'duty_manager', '33']] as const) await world.addUser(login, role, code)
  clock.set(at('2026-06-01 12:00'))
  const sent = [1, 2, 3].flatMap((no) => [
    anItemAt('created', '06-01 09:00', { region_code: '320500' }, { ticket_id: `T${no}`, event_id: `c${no}` }),
    anItemAt('dispatched', '06-01 09:10', { to_unit: no === 3 ? 'field' : 'net', leg_id: 'L1' }, { ticket_id: `T${no}`, event_id: `d${no}` }),
  ])
  expect((await world.call(key, 'POST', '/api/v1/events', sent)).body).toMatchObject({ accepted: sent.length, refused: 0 })
  await runIngest(world.engine, clock.now())
  // 48 h are over at nine on the third: orange a day later.
  clock.set(at('2026-06-04 10:00'))
  await runTimers(world.engine, clock.now())
  ;[leader, manager, second, zhejiang] = [await world.signIn('zb'), await world.signIn('js'), await world.signIn('kf'), await world.signIn('zj')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const call = (caller: Caller | undefined, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => world.call(caller as Caller, method, `/api/v1${path}`, body)
const alertOf = async (no: number) => String((await world.pool.query<{ id: string }>('select id from alert where ticket_key = $1', [`32:crm:T${no}`])).rows[0]?.id)
async function handled(no: number): Promise<string> {
  const id = await alertOf(no)
  expect((await call(manager, 'POST', `/alerts/${id}/moves`, { move: 'ack' })).status).toBe(200)
  expect((await call(manager, 'POST', `/alerts/${id}/moves`, { move: 'resolve', reason: '已回复客户' })).status).toBe(200)
  return id
}

describe('checks of handled alerts', () => {
  test('an A3 waits for a check, by somebody else than who handled it; its result is a line of its history', async () => {
    const id = await alertOf(1)
    const check = { result: 'confirmed', measure: 'training', note: '电话13800001111复核属实' }
    expect((await call(second, 'PUT', `/alerts/${id}/check`, check)).body).toMatchObject({ error: { code: 'not_handled' } })
    await handled(1)
    const due = (await call(second, 'GET', '/alert-checks')).body
    expect(due).toMatchObject({ due: 1, confirmed: 0, notConfirmed: 0, items: [{ card: { id, severity: 3, state: 'resolved' }, check: null }] })
    expect((await call(manager, 'PUT', `/alerts/${id}/check`, check)).body).toMatchObject({ error: { code: 'separation_of_duty' } })
    expect((await call(leader, 'PUT', `/alerts/${id}/check`, check)).status).toBe(403)
    expect((await call(zhejiang, 'PUT', `/alerts/${id}/check`, check)).status).toBe(404)
    expect((await call(manager, 'GET', `/alerts/${id}`)).body).toMatchObject({ check: null, mayCheck: false })
    expect((await call(second, 'GET', `/alerts/${id}`)).body).toMatchObject({ mayCheck: true })
    for (const [body, field] of [[{ ...check, result: 'maybe' }, 'result'], [{ ...check, measure: 'prison' }, 'measure'], [{ ...check, note: '' }, 'note']] as const) {
      const answer = await call(second, 'PUT', `/alerts/${id}/check`, body)
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(field)])
    }
    const { status, body } = await call(second, 'PUT', `/alerts/${id}/check`, check)
    expect(status).toBe(200)
    expect(body).toMatchObject({ check: { result: 'confirmed', measure: 'training', note: '电话138****1111复核属实', checkedAt: clock.now(), checkedByName: expect.any(String) } })
    expect(body.timeline.at(-1)).toMatchObject({ move: 'note', reason: '核查属实，措施：培训 / Checked: confirmed, measure: training. 电话138****1111复核属实' })
    expect((await call(second, 'GET', '/alert-checks')).body).toMatchObject({ due: 0, confirmed: 1, items: [] })
    expect((await call(second, 'PUT', `/alerts/${id}/check`, { result: 'not_confirmed', note: '更正' })).status).toBe(200)
    expect((await call(leader, 'GET', '/alert-checks?state=done')).body).toMatchObject({ confirmed: 0, notConfirmed: 1, items: [{ check: { result: 'not_confirmed', measure: null } }] })
    expect((await call(zhejiang, 'GET', '/alert-checks?state=done')).body).toMatchObject({ due: 0, notConfirmed: 0, items: [] })
  })

  test('of A2 those in the sample wait, the same that the rule says; A1 never do', async () => {
    await world.pool.query(
      `insert into alert (kind, rule_id, rule_version, ladder_version, parameters, ticket_key, province_code, region_code, region_path, severity, state, facts, opened_at, severity_since, ended_at)
       select 'abnormal', 'AT-01', 1, 1, '{}', '32:crm:X' || n, '32', '320500', '/00/32/320500/', 1 + n % 2, 'closed', '{}', to_timestamp(0), to_timestamp(0), to_timestamp($1::float8 / 1000)
         from generate_series(1, 200) n`,
      [clock.now()],
    )
    const { rows } = await world.pool.query<{ id: string }>(`select id::text as id from alert where severity = 2 and state = 'closed' order by id`)
    const sampled = rows.map(({ id }) => id).filter(isSampled)
    expect(sampled.length).toBeGreaterThan(0)
    const { items } = (await call(second, 'GET', '/alert-checks?limit=500')).body as { items: { card: { id: string } }[] }
    expect(items.map(({ card }) => card.id).sort()).toEqual(sampled.sort())
  })
})

describe('lists of units', () => {
  test('are made once at 08:30 and 14:00, by unit and deadline, and are of their scope', async () => {
    expect((await call(manager, 'GET', '/unit-lists')).body).toEqual({ slotAt: null, madeAt: null, slots: [], units: [], zone: 'Asia/Shanghai' })
    expect(await makeUnitLists(world.engine, at('2026-06-04 14:00:20'))).toBe(true)
    expect(await makeUnitLists(world.engine, at('2026-06-04 14:00:22'))).toBe(false)
    const { body } = await call(manager, 'GET', '/unit-lists')
    expect(body).toMatchObject({ slotAt: at('2026-06-04 14:00'), madeAt: at('2026-06-04 14:00:20'), slots: [at('2026-06-04 14:00')] })
    // The alert of T1 has been handled.
    expect(body.units.map(({ unitId, tickets }: { unitId: string; tickets: { ticketNo: string; level: number; rules: string[] }[] }) => [unitId, tickets.map(({ ticketNo, level, rules }) => [ticketNo, level, rules])])).toEqual([
      ['field', [['T3', 3, ['AT-02']]]],
      ['net', [['T2', 3, ['AT-02']]]],
    ])
    expect(body.units[0]).toMatchObject({ provinceCode: '32', provinceNameZh: '江苏', provinceNameEn: 'Jiangsu' })
    expect((await call(manager, 'GET', '/unit-lists?unit=net')).body.units).toHaveLength(1)
    expect((await call(zhejiang, 'GET', '/unit-lists')).body).toMatchObject({ slotAt: null, units: [] })
    expect((await call(manager, 'GET', '/unit-lists?slot=x')).status).toBe(400)
    expect(await makeUnitLists(world.engine, at('2026-06-05 08:31'))).toBe(true)
    expect((await call(manager, 'GET', '/unit-lists')).body.slots).toEqual([at('2026-06-05 08:30'), at('2026-06-04 14:00')])
    expect((await call(manager, 'GET', `/unit-lists?slot=${at('2026-06-04 14:00')}`)).body.slotAt).toBe(at('2026-06-04 14:00'))
  })
})
