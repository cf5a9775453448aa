import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Deliveries } from '../../core/contract/deliveries.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { openAlerts } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { at } from '../support/builders.ts'
import { type Caller, serverWorld, type ServerWorld } from '../support/server.ts'

const T = at('2026-06-11 10:00')
const clock = new ManualClock(T)
let world: ServerWorld
let manager: Caller
const raise = (count: number, severity: 2 | 4, regionCode: string) =>
  inEngineTransaction(world.engine, clock.now(), (etx) =>
    openAlerts(etx, Array.from({ length: count }, (_, n) => ({ kind: 'risk' as const, ruleId: `MR-0${n % 9 + 1}`, severity, ticketKey: null, regionCode, facts: {}, parameters: {}, ruleVersion: 1, openedAt: clock.now(), suppressedBy: null }))),
  )
const log = async (query = '', caller = manager) => {
  const { status, body } = await world.call(caller, 'GET', `/api/v1/deliveries${query}`)
  expect(status).toBe(200)
  expect([...Value.Errors(Deliveries, body)]).toEqual([])
  return body as Deliveries
}

beforeAll(async () => {
  world = await serverWorld({ clock })
  await world.addUser('manager', 'duty_manager', '32')
  await world.addUser('elsewhere', 'duty_manager', '33')
  manager = await world.signIn('manager')
  await raise(30, 2, '320500')
  await raise(1, 4, '33')
  await runEscalate(world.engine, T)
  await runNotify(world.engine, T, { channels: { webhookAllow: [] } })
})
afterAll(async () => { await world?.stop() })

test('the log of notifications holds every one of the scope and none of another, newest first, by pages without gap or repeat', async () => {
  const { rows } = await world.pool.query("select o.id::text from outbox o join alert a on a.id = o.alert_id where a.region_code = '320500' order by o.id desc")
  const ids: string[] = []
  for (let next: string | null = null, page = 0; page === 0 || next !== null; page += 1) {
    const answer: Deliveries = await log(next === null ? '' : `?before=${next}`)
    expect(answer.items.length).toBeLessThanOrEqual(50)
    ids.push(...answer.items.map(({ id }) => id))
    next = answer.next
  }
  expect(ids.length).toBeGreaterThan(50)
  expect(ids).toEqual(rows.map(({ id }) => id))
  const elsewhere = await log('', await world.signIn('elsewhere'))
  expect(elsewhere.items.length).toBeGreaterThan(0)
  expect(elsewhere.items.every(({ regionNameZh }) => regionNameZh === '浙江')).toBe(true)
})

test('by group, channel and time, with how many there are of each group; what was not sent says why', async () => {
  const all = await log()
  const { waiting, sent, delivered, failed, refused, cancelled } = all.totals
  const { rows } = await world.pool.query("select count(*)::int as n from outbox o join alert a on a.id = o.alert_id where a.region_code = '320500'")
  expect(waiting + sent + delivered + failed + refused + cancelled).toBe(rows[0].n)
  const unsent = await log('?group=refused')
  expect(refused).toBeGreaterThan(0)
  expect(unsent.items.every(({ group, outcome }) => group === 'refused' && outcome?.includes('not sent:'))).toBe(true)
  expect(unsent.totals).toEqual(all.totals)
  const inApp = await log('?channel=in_app')
  expect(inApp.items.length).toBeGreaterThan(0)
  expect(inApp.items[0]).toMatchObject({ channel: 'in_app', target: '名 manager', step: 0, round: 0, dueAt: T, group: 'sent' })
  clock.set(T + HOUR + MINUTE)
  manager = await world.signIn('manager')
  expect((await log('?hours=1')).items).toEqual([])
  expect((await log('?hours=2')).items.length).toBeGreaterThan(0)
})

test('refuses what is no choice, and people who see no alerts', async () => {
  for (const query of ['?group=lost', '?channel=Sms', '?hours=0', '?hours=745', '?before=x']) expect((await world.call(manager, 'GET', `/api/v1/deliveries${query}`)).status, query).toBe(400)
  expect((await world.call({ headers: {}, token: null }, 'GET', '/api/v1/deliveries')).status).toBe(401)
})
