import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { feishuDecrypt, feishuEncrypt, feishuSignature } from '../../core/platform/feishu-crypto.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { SPEC } from '../support/alert-world.ts'
import { OPEN } from '../support/channel-scene.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

const clock = new ManualClock(T)
const as: Record<string, Caller> = {}
const TOKEN = 'verification-token'
const KEY = 'encrypt-key-of-the-app'
const APP = { kind: 'feishu_app', url: 'http://127.0.0.1:1/', account: 'cli_1', sender: '', perMinute: 6000, isEnabled: true, takesAnswers: true, secret: 'app-secret', callbackToken: TOKEN, callbackKey: KEY }
let world: ServerWorld
let provider = ''
const call = (who: string, method: string, path: string, body?: unknown) => world.call(as[who] as Caller, method, `/api/v1${path}`, body)

beforeAll(async () => {
  world = await serverWorld({ clock })
  const steps = DEFAULT_LADDERS.risk[2].steps.map((step) => ({ ...step, channels: ['im'], targets: [{ role: 'duty_manager', at: 'province' }, { role: 'duty_leader', at: 'province' }] }))
  const body = { ...DEFAULT_LADDERS, risk: { ...DEFAULT_LADDERS.risk, 2: { ...DEFAULT_LADDERS.risk[2], steps, reminder: null } } }
  await world.pool.query("update config_version set body = $1 where kind = 'ladders'", [JSON.stringify(body)])
  for (const [login, role] of [['admin', 'admin'], ['manager', 'duty_manager'], ['leader', 'duty_leader']] as const) {
    await world.addUser(login, role, '32')
    as[login] = await world.signIn(login)
    await call(login, 'PUT', '/me/contacts', { feishu: `ou_${login}` })
  }
  provider = (await call('admin', 'POST', '/providers', { ...APP, regionCode: '32' })).body.id
}, 120_000)
afterAll(async () => { await world?.stop() })
beforeEach(() => clock.set(T))

async function told() {
  const receiver = await webhookReceiver()
  receiver.answer = (_, response) => void response.writeHead(200).end(JSON.stringify({ code: 0, tenant_access_token: 't-1' }))
  await world.pool.query("update provider set url = $1 where kind = 'feishu_app'", [receiver.urlOf('/open-apis')])
  await world.pool.query('delete from send_limit')
  await world.pool.query('delete from page_storm')
  const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, { ...SPEC, ruleId: `MR-${randomUUID().slice(0, 4)}`, severity: 2, regionCode: '32', openedAt: clock.now() }))
  await runEscalate(world.engine, clock.now())
  await runNotify(world.engine, clock.now(), { channels: OPEN })
  const sent = receiver.received.filter(({ path }) => path.includes('/im/v1/messages'))
  const of = (login: string) => sent.map(({ body }) => JSON.parse(body) as { receive_id: string; msg_type: string; content: string; uuid: string }).find(({ receive_id: id }) => id === `ou_${login}`)
  const key = (login: string) => (JSON.parse(of(login)?.content ?? '{}') as { elements: { actions?: { value?: { token: string } }[] }[] }).elements[1]?.actions?.[0]?.value?.token ?? ''
  const state = async () => (await world.pool.query<{ state: string; login: string | null }>('select a.state, u.login from alert a left join app_user u on u.id = a.acked_by where a.id = $1', [alert.id])).rows[0]
  return { alert, receiver, sent, of, key, state }
}

interface Press { token: string; user: string; eventId?: string; verification?: string; type?: string }
const eventOf = ({ token, user, eventId = randomUUID(), verification = TOKEN, type = 'card.action.trigger' }: Press) =>
  ({ schema: '2.0', header: { event_id: eventId, token: verification, event_type: type, app_id: 'cli_1' }, event: { operator: { open_id: user }, action: { tag: 'button', value: { token } } } })
/** A callback as the platform sends it: encrypted, and signed over its very bytes. */
function sealed(event: unknown, { key = KEY, at = clock.now(), signedWith = KEY } = {}) {
  const body = JSON.stringify({ encrypt: feishuEncrypt(key, JSON.stringify(event)) })
  const timestamp = String(Math.floor(at / 1_000))
  const headers: Record<string, string> = { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': 'n1', 'x-lark-signature': feishuSignature(signedWith, timestamp, 'n1', body) }
  return { body, headers }
}
const post = ({ body, headers }: ReturnType<typeof sealed>, to = provider) => world.call(NOBODY, 'POST', `/api/v1/callbacks/feishu/${to}`, body, { 'content-type': 'application/json', ...headers })

test('the scheme opens the platform’s published example', () => {
  expect(feishuDecrypt('test key', 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=')).toBe('hello world')
})

describe('a card', () => {
  test('is sent by the application to the person alone, with the link and the button, under an id that the platform takes once', async () => {
    const { alert, of, sent } = await told()
    const card = of('manager')
    const content = JSON.parse(card?.content ?? '{}')
    expect(sent[0]?.headers['authorization']).toBe('Bearer t-1')
    expect(card).toMatchObject({ msg_type: 'interactive', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(content.elements[0].text.content).toContain(`#${alert.id}`)
    expect(content.elements[1].actions).toMatchObject([{ value: { token: expect.stringMatching(/^[\w-]{22}\.[\w-]{22}$/) } }, { url: expect.stringContaining('https://tocsin.example/ack/') }])
  })

  test('pressed acknowledges; the second is told who was first; what is repeated is answered as before', async () => {
    const { key, state } = await told()
    const press = eventOf({ token: key('manager'), user: 'ou_manager' })
    for (let time = 0; time < 2; time += 1) expect((await post(sealed(press))).body).toMatchObject({ toast: { type: 'success', content: '已确认，由您处理' } })
    expect(await state()).toEqual({ state: 'acknowledged', login: 'manager' })
    expect((await post(sealed(eventOf({ token: key('leader'), user: 'ou_leader' })))).body).toMatchObject({ toast: { type: 'info', content: '已由江苏值班经理于 06-11 20:00 先确认，您无需处理' } })
  })

  test('pressed by another account is refused', async () => {
    const { key, state } = await told()
    expect((await post(sealed(eventOf({ token: key('manager'), user: 'ou_leader' })))).body.toast.content).toContain('未识别')
    expect(await state()).toEqual({ state: 'open', login: null })
  })
})

describe('a callback', () => {
  test('that verifies the address gets its challenge back, when the token is ours', async () => {
    const verify = (token: string) => post({ ...sealed({ type: 'url_verification', challenge: 'c-1', token }), headers: {} })
    expect(await verify(TOKEN)).toMatchObject({ status: 200, body: { challenge: 'c-1' } })
    expect((await verify('another')).status).toBe(401)
  })

  test('that was forged, altered, is stale, unsigned, in the clear or comes where none is expected is refused', async () => {
    const { key, state } = await told()
    const press = eventOf({ token: key('manager'), user: 'ou_manager' })
    const good = sealed(press)
    for (const [index, bad] of [
      sealed(press, { signedWith: 'another' }),
      sealed(press, { key: 'another', signedWith: 'another' }),
      sealed(press, { at: T - 6 * MINUTE }),
      sealed(press, { at: T + 6 * MINUTE }),
      sealed(eventOf({ token: key('manager'), user: 'ou_manager', verification: 'another' })),
      { ...good, headers: {} },
      { ...good, headers: { ...good.headers, 'x-lark-request-nonce': 'n2' } },
      { ...good, body: `${good.body} ` },
      { ...good, body: JSON.stringify(press) },
      { ...good, body: 'no json' },
    ].entries()) expect((await post(bad)).status, String(index)).toBe(401)
    expect((await post(good, randomUUID())).status).toBe(401)
    await world.pool.query('update provider set takes_answers = false where id = $1', [provider])
    expect((await post(good)).status).toBe(401)
    await world.pool.query('update provider set takes_answers = true where id = $1', [provider])
    expect(await state()).toEqual({ state: 'open', login: null })
    expect((await post(sealed(eventOf({ token: key('manager'), user: 'ou_manager', type: 'im.message.receive_v1' })))).body).toEqual({})
  })
})
