import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 08:00'))
const KEY = encodeURIComponent('32:crm:T1')
let world: ServerWorld
let [jiangsu, auditor, zhejiang, executive]: Caller[] = []

const LEG = { to_unit: 'net', leg_id: 'L1' }
const SENT = [
  anItemAt('created', '06-01 09:00', { product_no: '19912345678', region_code: '320500', content_text: '我的手机13800001111不能上网' }),
  anItemAt('dispatched', '06-01 09:10', LEG),
  anItemAt('claimed', '06-01 09:20', { leg_id: 'L1', handler_id: 'h1' }),
  anItemAt('suspended', '06-01 10:00', { reason_code: 'customer_later', approver: 'b1', planned_resume_at: '2026-06-01T12:00:00+08:00' }),
  anItemAt('resumed', '06-01 11:00'),
  anItemAt('expedited', '06-01 11:30', { by: 'customer', channel: 'hotline' }),
]

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['aud', 'auditor', '00'], ['zj', 'duty_manager', '33'], ['boss', 'exec', '00']] as const) await world.addUser(login, role, code)
  clock.set(at('2026-06-01 12:00'))
  expect((await world.call(key, 'POST', '/api/v1/events', SENT)).body).toMatchObject({ accepted: SENT.length, refused: 0 })
  await runIngest(world.engine, clock.now())
  // The limit of 48 h, one of them suspended, ends on the third at ten.
  clock.set(at('2026-06-03 09:40'))
  await runTimers(world.engine, clock.now())
  ;[jiangsu, auditor, zhejiang, executive] = [await world.signIn('js'), await world.signIn('aud'), await world.signIn('zj'), await world.signIn('boss')]
})
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, key = KEY) => world.call(caller as Caller, 'GET', `/api/v1/tickets/${key}`)

describe('GET /tickets/:key', () => {
  test('shows how it stands, its deadline and the clock that sets it, clocks as of now, legs, pauses, chases, alerts with their reason', async () => {
    const { status, body, text } = await get(jiangsu)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ticketKey: '32:crm:T1', ticketNo: 'T1', kind: 'complaint', status: 'processing', regionCode: '320500', regionNameEn: 'Suzhou', productMask: '199****5678',
      contentText: '我的手机138****1111不能上网', acceptedAt: at('2026-06-01 09:00'), closedAt: null, asOf: at('2026-06-03 09:40'), level: 2,
      legs: [{ legId: 'L1', unitId: 'net', receivedAt: at('2026-06-01 09:10'), claimedAt: at('2026-06-01 09:20'), finishedAt: null, finish: null }],
      suspensions: [{ from: at('2026-06-01 10:00'), to: at('2026-06-01 11:00'), reason: 'customer_later' }],
      expedites: [{ at: at('2026-06-01 11:30'), by: 'customer', isValid: false }],
      alerts: [{ card: { ruleId: 'AT-01', severity: 2, state: 'open', ticketKey: '32:crm:T1' }, endedAt: null }],
      eventTotal: 6,
    })
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual(['expedited', 'resumed', 'suspended', 'claimed', 'dispatched', 'created'])
    const handling = body.clocks.find(({ clock: name }: { clock: string }) => name === 'C_HANDLE')
    expect(handling).toMatchObject({ deadlineAt: at('2026-06-03 10:00'), isRunning: true, isOverdue: false })
    expect(body.clocks.filter(({ isRunning, clock: name }: { isRunning: boolean; clock: string }) => isRunning && name !== 'C_HANDLE_RAW').map(({ deadlineAt }: { deadlineAt: number }) => deadlineAt).sort()[0]).toBe(body.deadline.at)
    expect(body.deadline.name).toEqual({ zh: expect.any(String), en: expect.any(String) })
    expect(text).not.toMatch(/13800001111|19912345678/u)
  })

  test('without text and number to who may not see them, and not at all to other provinces and to executives', async () => {
    expect((await get(auditor)).body).toMatchObject({ contentText: null, productMask: null, suspensions: [{ reason: null }] })
    expect((await get(zhejiang)).status).toBe(404)
    expect((await get(executive)).status).toBe(403)
    expect((await get(jiangsu, encodeURIComponent('32:crm:none'))).status).toBe(404)
    expect((await get(jiangsu, 'x%00y')).status).toBeLessThan(500)
  })

  test('writes down who opened a text, and nobody who saw none', async () => {
    const { rows } = await world.pool.query("select action, subject, count(*)::int as n from audit_log where action = 'ticket_text_opened' group by 1, 2")
    expect(rows).toEqual([{ action: 'ticket_text_opened', subject: 'ticket 32:crm:T1', n: 1 }])
  })
})

test('GET /alerts?group=ticket: one card with its rules, beside the list of alerts as it was', async () => {
  const grouped = await world.call(jiangsu as Caller, 'GET', '/api/v1/alerts?group=ticket')
  expect(grouped.body.items).toMatchObject([{ ruleId: 'AT-01', ticketKey: '32:crm:T1', isPaging: true, rules: [{ ruleId: 'AT-01', severity: 2, state: 'open' }] }])
  const { body } = await world.call(jiangsu as Caller, 'GET', '/api/v1/alerts')
  expect(body.items).toMatchObject([{ ruleId: 'AT-01' }])
  expect(body.items[0]).not.toHaveProperty('rules')
  expect((await world.call(jiangsu as Caller, 'GET', '/api/v1/alerts?group=rule')).status).toBe(400)
})
