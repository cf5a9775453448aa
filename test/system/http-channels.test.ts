import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { SPEC } from '../support/alert-world.ts'
import { OPEN, type Page } from '../support/channel-scene.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

let world: ServerWorld
const clock = new ManualClock(T)
const as: Record<string, Caller> = {}
const ids: Record<string, string> = {}
const SECRET = 'a secret of the gateway'

beforeAll(async () => {
  world = await serverWorld({ clock })
  // Every step of an orange case: by voice, to the province's duty manager.
  const steps = DEFAULT_LADDERS.risk[3].steps.map((step) => ({ ...step, channels: ['voice', 'sms'], targets: [{ role: 'duty_manager', at: 'province' }] }))
  const body = { ...DEFAULT_LADDERS, risk: { ...DEFAULT_LADDERS.risk, 3: { ...DEFAULT_LADDERS.risk[3], steps } } }
  await world.pool.query("update config_version set body = $1 where kind = 'ladders'", [JSON.stringify(body)])
  for (const [login, role, region] of [
    ['admin-32', 'admin', '32'],
    ['admin-33', 'admin', '33'],
    ['manager-32', 'duty_manager', '32'],
    ['agent-32', 'duty_agent', '32'],
  ] as const) {
    ids[login] = await world.addUser(login, role, region)
    as[login] = await world.signIn(login)
  }
}, 120_000)
afterAll(async () => { await world?.stop() })

const call = (who: string, method: string, path: string, body?: unknown) => world.call(as[who] as Caller, method, `/api/v1${path}`, body)
const GATEWAY = { url: 'https://gateway.example/sms', account: 'acct', sender: '', perMinute: 60, isEnabled: true }
const audits = async () => JSON.stringify((await world.pool.query('select * from audit_log')).rows)

describe('contacts', () => {
  test('are changed by the person and by the administrator, kept sealed, given masked, audited by their kind alone', async () => {
    const made = await call('manager-32', 'PUT', '/me/contacts', { mobile: '13900000001', email: 'someone@staff.example', preferredIm: 'feishu' })
    expect([made.status, made.body]).toEqual([
      200,
      { masked: { mobile: '139****0001', email: 's***@staff.example', wecom: null, dingtalk: null, feishu: null }, preferredIm: 'feishu', updatedAt: T },
    ])
    const changed = await call('admin-32', 'PUT', `/users/${ids['manager-32']}/contacts`, { wecom: 'member1', email: null })
    expect(changed.body.masked).toEqual({ mobile: '139****0001', email: null, wecom: 'me***', dingtalk: null, feishu: null })
    expect((await call('manager-32', 'GET', '/me/contacts')).body).toEqual(changed.body)
    expect((await call('admin-32', 'GET', `/users/${ids['manager-32']}/contacts`)).body).toEqual(changed.body)
    const stored = JSON.stringify((await world.pool.query('select * from user_contact')).rows) + (await audits())
    for (const secret of ['13900000001', 'someone@', 'member1']) expect(stored).not.toContain(secret)
    expect(await audits()).toContain('contacts_changed')
  })

  test('that cannot be one are refused by their field, and those of another province are not found', async () => {
    expect(await call('manager-32', 'PUT', '/me/contacts', { mobile: '139-abc' })).toMatchObject({ status: 400, body: { error: { code: 'bad_contact', field: 'mobile' } } })
    expect(await call('manager-32', 'PUT', '/me/contacts', { email: 'a@b.example\r\nBcc: x@y.example' })).toMatchObject({ status: 400 })
    expect(await call('manager-32', 'PUT', '/me/contacts', { pager: '1' })).toMatchObject({ status: 400 })
    expect(await call('admin-33', 'GET', `/users/${ids['manager-32']}/contacts`)).toMatchObject({ status: 404 })
    expect(await call('admin-33', 'PUT', `/users/${ids['manager-32']}/contacts`, { wecom: 'x' })).toMatchObject({ status: 404 })
    expect(await call('agent-32', 'GET', `/users/${ids['manager-32']}/contacts`)).toMatchObject({ status: 403 })
  })
})

describe('providers', () => {
  test('are added and changed by administrators of the place, their secrets never given out or logged', async () => {
    const made = await call('admin-32', 'POST', '/providers', { ...GATEWAY, kind: 'sms_gateway', regionCode: '32', secret: SECRET })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ ...GATEWAY, kind: 'sms_gateway', regionCode: '32', provedAt: null, isBeingTested: false })
    const changed = await call('admin-32', 'PUT', `/providers/${made.body.id}`, { ...GATEWAY, perMinute: 5 })
    expect(changed.body).toMatchObject({ perMinute: 5 })
    const listed = await call('admin-32', 'GET', '/providers')
    expect(listed.body.items).toEqual([changed.body])
    expect((await call('admin-33', 'GET', '/providers')).body.items).toEqual([])
    expect((await call('admin-33', 'PUT', `/providers/${made.body.id}`, GATEWAY)).status).toBe(404)
    expect((await call('admin-33', 'POST', `/providers/${made.body.id}/test`)).status).toBe(404)
    expect((await call('admin-32', 'POST', '/providers', { ...GATEWAY, kind: 'sms_gateway', regionCode: '33', secret: SECRET })).status).toBe(404)
    expect(made.text + listed.text + (await audits()) + JSON.stringify((await world.pool.query('select * from provider')).rows)).not.toContain(SECRET)
    await call('admin-32', 'PUT', `/providers/${made.body.id}`, { ...GATEWAY, isEnabled: false })
    expect(await call('admin-32', 'POST', `/providers/${made.body.id}/test`)).toMatchObject({ status: 409, body: { error: { code: 'provider_disabled' } } })
  })

  test('that do not fit their kind are refused by the field', async () => {
    const field = async (given: object) => {
      const { status, body } = await call('admin-32', 'POST', '/providers', { ...GATEWAY, regionCode: '32', ...given })
      return [status, body.error?.field]
    }
    expect(await field({ kind: 'smtp', url: 'https://mail.example', sender: 'a@b.example' })).toEqual([400, 'url'])
    expect(await field({ kind: 'smtp', url: 'smtp://user:pass@mail.example' })).toEqual([400, 'url'])
    expect(await field({ kind: 'smtp', url: 'smtp://mail.example', sender: '' })).toEqual([400, 'sender'])
    expect(await field({ kind: 'wecom_robot', url: 'https://qyapi.example/send?key=abc', token: 'abc' })).toEqual([400, 'url'])
    expect(await field({ kind: 'dingtalk_robot', url: 'https://oapi.example/robot/send' })).toEqual([400, 'token'])
    expect(await field({ kind: 'wecom_app', sender: 'not a number', secret: 'x' })).toEqual([400, 'sender'])
    expect(await field({ kind: 'voice_gateway', secret: 'short' })).toEqual([400, 'secret'])
    expect((await call('manager-32', 'GET', '/providers')).status).toBe(403)
  })

  test('send a test to the one who asks, and keep the answer as their proof', async () => {
    const receiver = await webhookReceiver()
    receiver.answer = (_, response) => void response.writeHead(200).end('{"errcode":0}')
    const { id } = (await call('admin-32', 'POST', '/providers', { ...GATEWAY, kind: 'wecom_robot', regionCode: '32', url: receiver.urlOf('/send'), token: 'key-1' })).body
    const proof = async () => (await call('admin-32', 'GET', '/providers')).body.items.find((row: { id: string }) => row.id === id)
    const tested = async () => {
      expect((await call('admin-32', 'POST', `/providers/${id}/test`)).body).toMatchObject({ isBeingTested: true })
      expect(await proof()).toMatchObject({ isBeingTested: true })
      await runNotify(world.engine, T, { channels: OPEN })
      return proof()
    }
    expect(await tested()).toMatchObject({ isBeingTested: false, proofOk: false, proof: expect.stringContaining('no contact for this channel'), provedAt: T })
    expect(receiver.received).toEqual([])
    await call('admin-32', 'PUT', '/me/contacts', { wecom: 'boss1' })
    expect(await tested()).toMatchObject({ proofOk: true, proof: expect.stringContaining('accepted by the platform') })
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ text: { mentioned_list: ['boss1'], content: expect.stringContaining('Tocsin channel test') } })
    await runNotify(world.engine, T, { channels: OPEN })
    expect(receiver.received).toHaveLength(1)
    receiver.answer = (_, response) => void response.writeHead(200).end('{"errcode":93000}')
    expect(await tested()).toMatchObject({ proofOk: false, proof: 'errcode 93000' })
  })
})

describe('receipts', () => {
  let providers: Record<'sms' | 'voice', string>

  /** An orange case of which the manager was told by voice and SMS. */
  async function told() {
    const receiver = await webhookReceiver()
    receiver.answer = (_, response) => void response.writeHead(200).end('{}')
    if (providers === undefined) {
      await call('manager-32', 'PUT', '/me/contacts', { mobile: '13900000001' })
      const add = async (kind: string) => (await call('admin-32', 'POST', '/providers', { ...GATEWAY, kind, regionCode: '32', url: 'http://127.0.0.1:1/', perMinute: 6000, secret: SECRET })).body.id as string
      providers = { sms: await add('sms_gateway'), voice: await add('voice_gateway') }
    }
    await world.pool.query("update provider set url = $1 where kind like '%gateway'", [receiver.urlOf('/')])
    const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, { ...SPEC, ruleId: `MR-${randomUUID().slice(0, 4)}`, severity: 3, regionCode: '32', openedAt: clock.now() }))
    await runEscalate(world.engine, clock.now())
    await runNotify(world.engine, clock.now(), { channels: OPEN })
    const page = async (channel: string) => (await world.pool.query<Page>('select * from outbox where alert_id = $1 and channel = $2', [alert.id, channel])).rows[0]!
    return { alert, page, state: async () => (await world.pool.query('select state, acked_by from alert where id = $1', [alert.id])).rows[0] }
  }

  const receipt = (provider: string, body: { id: string; status: string; key?: string; code?: string }, signing: { secret?: string; at?: number } = {}) => {
    const timestamp = String(Math.floor((signing.at ?? clock.now()) / 1_000))
    const text = [body.id, body.status, body.key ?? '', body.code ?? ''].join('.')
    return world.call(NOBODY, 'POST', `/api/v1/receipts/${provider}`, body, { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signatureOf(signing.secret ?? SECRET, timestamp, text) })
  }

  test('make a short message delivered, and stop its fallback; repeated, reordered and unknown ones change nothing', async () => {
    const { page } = await told()
    const { delivery_id: id } = await page('sms')
    expect(await page('sms')).toMatchObject({ state: 'sent', fallback_at: T + 180 * SECOND })
    clock.set(T + 5 * SECOND)
    expect((await receipt(providers.sms, { id, status: 'failed', code: 'MK_0001' })).body).toEqual({ known: true, effect: 'fails', acknowledged: false })
    expect((await receipt(providers.sms, { id, status: 'delivered' })).body).toEqual({ known: true, effect: 'delivers', acknowledged: false })
    const settled = await page('sms')
    expect(settled).toMatchObject({ state: 'delivered', delivered_at: T + 5 * SECOND, fallback_at: null })
    clock.set(T + 6 * SECOND)
    for (const status of ['delivered', 'failed', 'delivered']) expect((await receipt(providers.sms, { id, status })).body.effect).toBe('nothing')
    expect(await page('sms')).toEqual(settled)
    expect((await receipt(providers.sms, { id: randomUUID(), status: 'delivered' })).body).toEqual({ known: false, effect: 'nothing', acknowledged: false })
    // The id of a page of another channel is as unknown to this gateway.
    expect((await receipt(providers.sms, { id: (await page('voice')).delivery_id, status: 'delivered' })).body.known).toBe(false)
    clock.set(T)
  })

  test('of failure start the fallback at once', async () => {
    const { page } = await told()
    const { delivery_id: id } = await page('voice')
    await receipt(providers.voice, { id, status: 'failed', code: 'busy' })
    expect(await page('voice')).toMatchObject({ state: 'failed', outcome: '网关回执：未送达（busy） / receipt: not delivered (busy)', fallback_at: T })
  })

  test('of a call count only by the key 1, which acknowledges as the person called; twice is once', async () => {
    const { page, state } = await told()
    const { delivery_id: id } = await page('voice')
    expect((await receipt(providers.voice, { id, status: 'answered' })).body).toEqual({ known: true, effect: 'notes', acknowledged: false })
    expect((await receipt(providers.voice, { id, status: 'answered', key: '7' })).body).toEqual({ known: true, effect: 'notes', acknowledged: false })
    expect(await state()).toMatchObject({ state: 'open' })
    expect(await page('voice')).toMatchObject({ state: 'sent' })
    expect((await receipt(providers.voice, { id, status: 'answered', key: '1' })).body).toEqual({ known: true, effect: 'delivers', acknowledged: true })
    expect(await state()).toEqual({ state: 'acknowledged', acked_by: ids['manager-32'] })
    expect(await page('voice')).toMatchObject({ state: 'delivered', read_at: T })
    expect((await receipt(providers.voice, { id, status: 'answered', key: '1' })).body).toEqual({ known: true, effect: 'nothing', acknowledged: false })
  })

  test('that are forged, old, of another provider or of a disabled one are not taken', async () => {
    const { page } = await told()
    const { delivery_id: id } = await page('voice')
    const delivered = { id, status: 'answered', key: '1' }
    expect((await receipt(providers.voice, delivered, { secret: 'a guess of sixteen' })).status).toBe(401)
    expect((await receipt(providers.voice, delivered, { at: T - 6 * MINUTE })).status).toBe(401)
    expect((await receipt(randomUUID(), delivered)).status).toBe(401)
    const tampered = await world.call(NOBODY, 'POST', `/api/v1/receipts/${providers.voice}`, delivered, {
      'x-tocsin-timestamp': String(T / 1_000), 'x-tocsin-signature': signatureOf(SECRET, String(T / 1_000), `${id}.failed..`),
    })
    expect(tampered).toMatchObject({ status: 401, body: { error: { code: 'bad_signature' } } })
    expect((await world.call(NOBODY, 'POST', `/api/v1/receipts/${providers.voice}`, delivered)).status).toBe(400)
    expect(await page('voice')).toMatchObject({ state: 'sent' })
    await world.pool.query('update provider set is_enabled = false where id = $1', [providers.voice])
    expect((await receipt(providers.voice, delivered)).status).toBe(401)
  })
})
