import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { createdEvent } from '../support/complaints.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-11 10:02'))
let world: ServerWorld
let [jiangsu, suzhou]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['sz', 'city_owner', '320500']] as const) await world.addUser(login, role, code)
  const items = Array.from({ length: 12 }, (_, index) => createdEvent({ no: `E${index}`, at: at('2026-06-11 09:31') + index * 1_000, region: index < 11 ? '320500' : '320100', payload: { limit_minutes: 60 } }))
  expect((await world.call(key, 'POST', '/api/v1/events', items)).body).toMatchObject({ accepted: 12, refused: 0 })
  await runIngest(world.engine, clock.now())
  await runTally(world.engine, clock.now())
  clock.set(at('2026-06-12 10:00'))
  ;[jiangsu, suzhou] = [await world.signIn('js'), await world.signIn('sz')]
})
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, query: Record<string, string>) => world.call(caller as Caller, 'GET', `/api/v1/explain?${new URLSearchParams(query)}`)

describe('GET /explain', () => {
  test('tells a rule’s numbers in a region, at the fixed tick at or before the instant', async () => {
    const { status, body } = await get(suzhou, { rule: 'MR-02', scope: '320500', at: '2026-06-11T09:40:00+08:00' })
    expect([status, body.rule.nameZh, body.judgedAt, body.fires, body.asKnownNow]).toEqual([200, '投诉突增', at('2026-06-11 09:40'), false, true])
    const batch = (await get(suzhou, { rule: 'MR-01', scope: '320500', at: '2026-06-11T09:39:59+08:00' })).body
    expect(batch).toMatchObject({ judgedAt: at('2026-06-11 09:35'), fires: true, parameterVersion: 1, readings: [{ matter: '无法上网', level: 1, value: 11, needs: [10, 30, 100, 300], next: 2, missing: 19, ticketCount: 11 }] })
  })

  test('refuses what it cannot answer, with field and mend', async () => {
    for (const [query, field] of [
      [{ rule: 'MR-99', scope: '32' }, 'rule'],
      [{ rule: 'MR-01', scope: 'ticket:32:eoms:E1' }, 'scope'],
      [{ rule: 'AT-02', scope: '32' }, 'scope'],
      [{ rule: 'MR-01', scope: '32', at: 'yesterday' }, 'at'],
      [{ rule: 'MR-01', scope: '32', at: '2026-06-13T00:00:00+08:00' }, 'at'],
    ] as const) {
      const { status, body } = await get(jiangsu, query)
      expect([status, body.error.field]).toEqual([400, field])
      expect(JSON.stringify(body.error)).toContain('mend')
    }
  })

  test('keeps a reader to his own scopes', async () => {
    expect((await get(suzhou, { rule: 'MR-01', scope: '32' })).status).toBe(404)
    expect((await get(jiangsu, { rule: 'MR-01', scope: '33' })).status).toBe(404)
    expect((await get(suzhou, { rule: 'AT-02', scope: 'ticket:32:eoms:E11' })).status).toBe(404)
    expect((await get(jiangsu, { rule: 'AT-02', scope: 'ticket:32:eoms:E11' })).status).toBe(200)
  })

  test('judges a ticket as of the instant: not yet accepted, in time, overdue', async () => {
    const ask = (clockTime: string) => get(jiangsu, { rule: 'AT-02', scope: 'ticket:32:eoms:E0', at: `2026-06-11T${clockTime}:00+08:00` })
    const [before, intime, late] = [await ask('09:30'), await ask('10:30'), await ask('10:33')]
    expect(before?.body).toMatchObject({ fires: false, readings: [], notRead: { en: 'Nothing of the ticket had happened by then' } })
    expect(intime?.body).toMatchObject({ fires: false, readings: [{ level: 0, clear: { zh: expect.any(String) } }] })
    expect(late?.body).toMatchObject({ fires: true, readings: [{ matter: '32:eoms:E0', level: 2 }] })
    expect(intime?.body.readings[0].nextChangeAt).toBe(at('2026-06-11 10:31') + 1)
  })
})
