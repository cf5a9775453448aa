import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OwnReadiness, ReadinessAnswer } from '../../core/contract/readiness.ts'
import { RostersAnswer } from '../../core/contract/rosters.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { runNotify } from '../../workers/notify.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { OPEN } from '../support/channel-scene.ts'
import { type Caller, NOBODY, type ServerWorld, serverWorld } from '../support/server.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

const NOW = at('2026-06-02 10:00')
const SECRET = 'a secret of the gateway'
const clock = new ManualClock(NOW)
const PEOPLE = [
  ['day', 'duty_manager', '32'], ['night', 'duty_manager', '32'], ['agent', 'duty_agent', '32'], ['cs', 'province_cs_dept', '32'], ['steward', 'data_steward', '32'],
  ['manager-33', 'duty_manager', '33'], ['admin', 'admin', '00'], ['group', 'group_ops', '00'],
] as const

let world: ServerWorld
let sms = ''
const ids: Record<string, string> = {}
const callers: Record<string, Caller> = {}
beforeAll(async () => {
  world = await serverWorld({ clock, env: { TOCSIN_WEBHOOK_ALLOW: '127.0.0.0/8' } })
  for (const [login, role, region] of PEOPLE) {
    ids[login] = await world.addUser(login, role, region)
    callers[login] = await world.signIn(login)
  }
}, 120_000)
afterAll(async () => {
  await world?.stop()
})

const call = (who: string, method: string, path: string, body?: unknown) => world.call(callers[who] as Caller, method, `/api/v1${path}`, body)
const fits = (schema: TSchema, body: unknown) => expect([...Value.Errors(schema, body)]).toEqual([])
const states = async (who: string, path = '/readiness') => {
  const { body } = await call(who, 'GET', path)
  fits(ReadinessAnswer, body)
  return (body as ReadinessAnswer).items.map(({ name, role, readiness, duty }) => [name.replace('名 ', ''), role, readiness.state, duty?.as ?? null, duty?.isNow ?? null])
}
const own = async (who: string) => {
  const { body } = await call(who, 'GET', '/me/readiness')
  fits(OwnReadiness, body)
  return body as OwnReadiness
}
const alerts = async (who: string) => {
  await runSweep(world.engine, clock.now())
  return (await call(who, 'GET', '/configuration-alerts')).body.items.map(({ code }: { code: string }) => code.replace(ids['day'] ?? '', 'day').replace(ids['night'] ?? '', 'night')).toSorted()
}

describe('readiness over HTTP', () => {
  test('is of those whom ladders name, in the scope of who asks', async () => {
    expect(await states('agent')).toEqual([['agent', 'duty_agent', 'unreachable', null, null], ['cs', 'province_cs_dept', 'unreachable', null, null], ['day', 'duty_manager', 'unreachable', null, null], ['night', 'duty_manager', 'unreachable', null, null]])
    expect((await states('manager-33')).map(([name]) => name)).toEqual(['manager-33'])
    expect((await states('group')).map(([name]) => name).toSorted()).toEqual(['agent', 'cs', 'day', 'group', 'manager-33', 'night'])
    expect((await call('manager-33', 'GET', '/readiness?region=32')).status).toBe(404)
    expect((await call('steward', 'GET', '/readiness')).status).toBe(403)
    expect((await call('group', 'GET', '/readiness?limit=1')).body).toMatchObject({ total: 6, counts: { unreachable: 6, partly: 0, reachable: 0 }, items: [{}] })
    expect((await call('group', 'GET', '/readiness?limit=0')).body.error).toMatchObject({ field: 'querystring/limit' })
    expect((await own('steward')).items.filter(({ readiness }) => readiness.state !== 'not_called')).toEqual([])
  })

  test('that nothing goes out is told to everybody, until a provider is in use; then of the person on duty, until he registers something', async () => {
    const crews = (who: string) => [{ primary: ids[who], deputy: who === 'day' ? ids['cs'] : null }]
    const roster = { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations: [{ kinds: ['day'], crews: crews('day'), anchor: '2026-06-01', turnDays: 1 }, { kinds: ['night'], crews: crews('night'), anchor: '2026-06-01', turnDays: 1 }] }
    expect((await call('cs', 'PUT', '/rosters/duty_manager/32', { basedOn: 0, roster, reason: '六月排班' })).status).toBe(200)
    expect(await alerts('manager-33')).toEqual(['channels_none:all'])
    const made = await call('admin', 'POST', '/providers', { kind: 'sms_gateway', regionCode: '00', url: 'http://127.0.0.1:1/sms', account: 'acct', sender: '', perMinute: 60, isEnabled: true, secret: SECRET })
    expect(made.status).toBe(201)
    sms = made.body.id
    expect(await alerts('cs')).toEqual(['duty_unreachable:duty_manager@32:day', 'duty_unreachable:duty_manager@32:night'])
    expect(await alerts('manager-33')).toEqual([])
    expect((await call('day', 'PUT', '/me/contacts', { mobile: '13900000001' })).status).toBe(200)
    expect(await alerts('group')).toEqual(['duty_unreachable:duty_manager@32:night'])
    expect((await call('admin', 'PUT', `/users/${ids['night']}/contacts`, { mobile: '13900000002' })).status).toBe(200)
    expect(await alerts('group')).toEqual([])
  })

  test('shows whoever is on, with what is missing, without a number', async () => {
    const answer = await call('agent', 'GET', '/rosters')
    fits(RostersAnswer, answer.body)
    const on = (answer.body as RostersAnswer).items.find(({ role }) => role === 'duty_manager')
    expect(on).toMatchObject({ now: { primary: { userId: ids['day'] } }, readiness: { state: 'partly', why: null, colours: [{ missing: ['im'] }, { missing: ['im', 'voice'] }, { missing: ['im', 'voice'] }, { missing: ['im', 'voice'] }] } })
    expect(await states('cs')).toEqual([
      ['cs', 'duty_manager', 'unreachable', 'deputy', true], ['agent', 'duty_agent', 'unreachable', null, null], ['cs', 'province_cs_dept', 'unreachable', null, null],
      ['day', 'duty_manager', 'partly', 'primary', true], ['night', 'duty_manager', 'partly', 'primary', false],
    ])
    for (const path of ['/rosters', '/readiness']) expect((await call('cs', 'GET', path)).text).not.toContain('1390000')
    expect((await own('cs')).items.map(({ role, duty }) => [role, duty?.as ?? null])).toEqual([['duty_manager', 'deputy'], ['province_cs_dept', null]])
  })
})

describe('a test to oneself', () => {
  const smsOf = async () => (await own('day')).items[0]?.readiness.channels.find(({ channel }) => channel === 'sms')

  test('goes through the providers of the region once, proves the channel as far as the provider says, and wholly by its receipt', async () => {
    const gateway = await webhookReceiver()
    await world.pool.query('update provider set url = $1', [gateway.urlOf('/sms')])
    expect((await smsOf())?.proof).toBeNull()
    const asked = await call('day', 'POST', '/me/test-messages', { channel: 'sms' })
    fits(OwnReadiness, asked.body)
    expect([asked.status, asked.body.tests]).toEqual([202, [{ channel: 'sms', askedAt: NOW, doneAt: null, ok: null, outcome: null }]])
    expect((await call('day', 'POST', '/me/test-messages', { channel: 'sms' })).body.error).toMatchObject({ code: 'tested_just_now', field: 'channel' })
    clock.set(NOW + SECOND)
    for (let run = 0; run < 2; run += 1) await runNotify(world.engine, clock.now(), { channels: OPEN })
    expect(gateway.received).toHaveLength(1)
    expect((await own('day')).tests).toMatchObject([{ channel: 'sms', doneAt: NOW + SECOND, ok: true }])
    expect((await smsOf())?.proof).toEqual({ at: NOW + SECOND, how: 'test' })
    const { id } = (await world.pool.query<{ id: string }>('select id from contact_test')).rows[0] ?? { id: '' }
    const receipt = async (secret: string) => {
      const timestamp = String(Math.floor(clock.now() / 1_000))
      const signed = { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signatureOf(secret, timestamp, `${id}.delivered..`) }
      return world.call(NOBODY, 'POST', `/api/v1/receipts/${sms}`, { id, status: 'delivered' }, signed)
    }
    expect((await receipt('another secret')).status).toBe(401)
    expect((await smsOf())?.proof?.how).toBe('test')
    clock.set(NOW + 2 * SECOND)
    expect((await receipt(SECRET)).status).toBe(200)
    expect((await smsOf())?.proof).toEqual({ at: NOW + 2 * SECOND, how: 'delivered' })
  })

  test('that cannot be sent says why, and proves nothing; one of a changed number is forgotten', async () => {
    clock.set(NOW + 2 * MINUTE)
    expect((await call('day', 'POST', '/me/test-messages', { channel: 'voice' })).status).toBe(202)
    await runNotify(world.engine, clock.now(), { channels: OPEN })
    expect((await own('day')).tests.find(({ channel }) => channel === 'voice')).toMatchObject({ ok: false, outcome: '没有启用的通道 / no provider is in use' })
    expect((await call('day', 'PUT', '/me/contacts', { mobile: '13900000009' })).status).toBe(200)
    expect((await smsOf())?.proof).toBeNull()
    expect((await call('day', 'POST', '/me/test-messages', { channel: 'pigeon' })).status).toBe(400)
    const kept = JSON.stringify([(await world.pool.query('select * from contact_test')).rows, (await world.pool.query('select * from audit_log')).rows])
    expect(kept).not.toContain('139000')
  })
})
