import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runBackTests } from '../../core/engine/back-test-runs.ts'
import { runTally } from '../../core/engine/tally.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { createdEvent } from '../support/complaints.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-11 10:02'))
let world: ServerWorld
let [jiangsu, keeper, other, group]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['cs', 'province_cs_dept', '32'], ['zj', 'province_cs_dept', '33'], ['hq', 'admin', '00']] as const) await world.addUser(login, role, code)
  const items = Array.from({ length: 12 }, (_, index) => createdEvent({ no: `E${index}`, at: at('2026-06-11 09:31') + index * 1_000, region: index < 11 ? '320500' : '320100', payload: { limit_minutes: 60 } }))
  expect((await world.call(key, 'POST', '/api/v1/events', items)).body).toMatchObject({ accepted: 12, refused: 0 })
  await runIngest(world.engine, clock.now())
  await runTally(world.engine, clock.now())
  clock.set(at('2026-06-12 10:00'))
  ;[jiangsu, keeper, other, group] = [await world.signIn('js'), await world.signIn('cs'), await world.signIn('zj'), await world.signIn('hq')]
})
afterAll(async () => { await world?.stop() })

const call = (caller: Caller | undefined, method: string, path: string, body?: unknown) => world.call(caller as Caller, method, `/api/v1/back-tests${path}`, body)
const asked = { rule: 'MR-01', from: '2026-06-11T09:00:00+08:00', to: '2026-06-11T11:00:00+08:00' }
const done = async (caller: Caller | undefined, body: unknown) => {
  const { status, body: run } = await call(caller, 'POST', '', body)
  expect(status).toBe(202)
  await runBackTests(world.engine, clock)
  return (await call(caller, 'GET', `/${run.id}`)).body
}

describe('back-tests over HTTP', () => {
  test('wait, run in a worker and say what would have been raised in the caller’s place', async () => {
    const { body: waiting } = await call(keeper, 'POST', '', asked)
    expect(waiting).toMatchObject({ state: 'waiting', ticksDone: 0, ticksTotal: 24, scope: '32', scopeNameZh: expect.stringContaining('江苏'), askedBy: 'cs', report: null })
    await runBackTests(world.engine, clock)
    const { body: run } = await call(keeper, 'GET', `/${waiting.id}`)
    expect(run).toMatchObject({ state: 'done', ticksDone: 24, endedAt: clock.now(), report: { ticks: 24, onlyWould: 1, onlyDid: 0, matchedCount: 0, byDay: [{ day: '2026-06-11', would: 1, did: 0 }] } })
    expect(run.report.onlyWouldCases).toMatchObject([{ matter: '无法上网', regionCode: '320500', severity: 1, openedAt: at('2026-06-11 09:35') }])
    const values = { 'batch.city': [50, null, null, null], 'batch.province': [50, null, null, null] }
    expect(await done(keeper, { ...asked, values })).toMatchObject({ given: values, report: { would: { cases: 0 } } })
  })

  test('are seen by those whose region they lie in, and by nobody else', async () => {
    const run = await done(keeper, asked)
    expect((await call(other, 'GET', `/${run.id}`)).status).toBe(404)
    expect((await call(other, 'POST', `/${run.id}/cancel`)).status).toBe(404)
    expect((await call(other, 'GET', '')).body.items).toEqual([])
    expect((await call(group, 'GET', `/${run.id}`)).status).toBe(200)
    expect((await call(keeper, 'GET', '?rule=MR-01')).body.items[0]).toMatchObject({ id: run.id, state: 'done' })
    expect((await call(keeper, 'GET', '?rule=MR-02')).body.items).toEqual([])
    expect((await call(jiangsu, 'POST', '', asked)).status).toBe(403)
    expect((await call(jiangsu, 'GET', '')).status).toBe(403)
    expect((await call(keeper, 'POST', '', { ...asked, scope: '33' })).status).toBe(404)
  })

  test('are cancelled while they wait, and one at a time for each person', async () => {
    const { body: run } = await call(keeper, 'POST', '', asked)
    expect((await call(keeper, 'POST', '', asked)).status).toBe(409)
    expect((await call(group, 'POST', '', asked)).status).toBe(202)
    expect((await call(keeper, 'POST', `/${run.id}/cancel`)).body).toMatchObject({ state: 'cancelled', report: null })
    expect((await call(keeper, 'POST', `/${run.id}/cancel`)).status).toBe(409)
    expect(await runBackTests(world.engine, clock)).toBe(1)
    expect((await call(keeper, 'GET', `/${run.id}`)).body.state).toBe('cancelled')
  })

  test('of an abnormal rule are about single tickets: 24 hours in the place of 48 would have told of all of them', async () => {
    const day = { rule: 'AT-03', from: '2026-06-11T09:00:00+08:00', to: '2026-06-12T10:00:00+08:00' }
    expect(await done(keeper, day)).toMatchObject({ state: 'done', ticksDone: 26, report: { would: { cases: 0 }, did: { cases: 0 } } })
    const { report, given } = await done(keeper, { ...day, values: { A1: 24 } })
    expect(given).toEqual({ A1: 24 })
    expect(report).toMatchObject({ would: { cases: 12, byColour: [12, 0, 0, 0], pages: 12 }, onlyWould: 12, byDay: [{ day: '2026-06-11', would: 0 }, { day: '2026-06-12', would: 12 }] })
    expect(report.onlyWouldCases[0]).toMatchObject({ matterKind: 'ticket', matter: '32:eoms:E0', regionCode: '320500', severity: 1, openedAt: at('2026-06-12 09:31') + 1 })
    // The place that is asked about, and no other.
    expect((await done(keeper, { ...day, scope: '320100', values: { A1: 24 } })).report.would.cases).toBe(1)
  })

  test('say of every rule whether it can be tested back, and why not', async () => {
    const { rules } = (await call(keeper, 'GET', '')).body
    expect(rules.find(({ id }: { id: string }) => id === 'MR-01')).toEqual({ id: 'MR-01', whyNot: null })
    expect(rules.find(({ id }: { id: string }) => id === 'MR-17').whyNot).toEqual({ zh: expect.any(String), en: expect.any(String) })
  })

  test.each([
    [{ rule: 'MR-17' }, 'rule', 'not_replayable'],
    [{ rule: 'MR-99' }, 'rule', 'unknown_rule'],
    [{ from: 'x' }, 'from', 'bad_instant'],
    [{ to: '2026-06-11T08:00:00+08:00' }, 'to', 'bad_span'],
    [{ to: '2026-06-13T08:00:00+08:00' }, 'to', 'bad_span'],
    [{ from: '2025-05-01T00:00:00+08:00' }, 'to', 'bad_span'],
    [{ values: { 'batch.city': [30, 10, 5, 1] } }, 'values.batch.city', 'bad_rule'],
    [{ values: { kinds: ['appeal'] } }, 'values.kinds', 'bad_rule'],
    [{ rule: 'AT-03', values: { A1: 0 } }, 'values.A1', 'bad_rule'],
    [{ rule: 'AT-03', values: { 'batch.city': 1 } }, 'values.batch.city', 'bad_rule'],
  ])('refuse %j by its field', async (change, field, code) => {
    const { status, body } = await call(keeper, 'POST', '', { ...asked, ...change })
    expect([status, body.error.field]).toEqual([400, field])
    if (code !== 'bad_instant') expect(body.error.code).toBe(code)
    expect((await world.pool.query(`select from back_test where state = 'waiting'`)).rowCount).toBe(0)
  })
})
