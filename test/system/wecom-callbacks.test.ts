import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { wecomDecrypt, wecomEncrypt, wecomSignature, xmlText } from '../../core/platform/wecom-crypto.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { SPEC } from '../support/alert-world.ts'
import { OPEN, type Page } from '../support/channel-scene.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

const clock = new ManualClock(T)
const as: Record<string, Caller> = {}
const CORP = 'corp1'
const TOKEN = 'callback-token'
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const APP = { kind: 'wecom_app', url: 'http://127.0.0.1:1/', account: CORP, sender: '1000002', perMinute: 6000, isEnabled: true, takesAnswers: true, secret: 'app-secret', callbackToken: TOKEN, callbackKey: KEY }
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
    await call(login, 'PUT', '/me/contacts', { wecom: `wx-${login}` })
  }
  provider = (await call('admin', 'POST', '/providers', { ...APP, regionCode: '32' })).body.id
}, 120_000)
afterAll(async () => { await world?.stop() })
beforeEach(() => clock.set(T))

type Card = { touser: string; msgtype: string; template_card?: { task_id: string; sub_title_text: string; card_action: unknown; button_list: { key: string }[] } }

async function told() {
  const receiver = await webhookReceiver()
  receiver.answer = (request, response) => void response.writeHead(200).end(JSON.stringify(request.path.includes('/gettoken') ? { errcode: 0, access_token: 'a' } : { errcode: 0, invaliduser: '' }))
  await world.pool.query("update provider set url = $1 where kind = 'wecom_app'", [receiver.urlOf('/')])
  await world.pool.query('delete from send_limit')
  await world.pool.query('delete from page_storm')
  const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, { ...SPEC, ruleId: `MR-${randomUUID().slice(0, 4)}`, severity: 2, regionCode: '32', openedAt: clock.now() }))
  await runEscalate(world.engine, clock.now())
  await runNotify(world.engine, clock.now(), { channels: OPEN })
  const cards = receiver.received.filter(({ path }) => path.includes('/message/send')).map(({ body }) => JSON.parse(body) as Card)
  const of = (login: string) => cards.find(({ touser }) => touser === `wx-${login}`) as Card
  const state = async () => (await world.pool.query<{ state: string; login: string | null }>('select a.state, u.login from alert a left join app_user u on u.id = a.acked_by where a.id = $1', [alert.id])).rows[0]
  const page = async (login: string) => (await world.pool.query<Page>('select o.* from outbox o join app_user u on u.id::text = o.target where o.alert_id = $1 and u.login = $2', [alert.id, login])).rows[0]
  return { alert, of, key: (login: string) => of(login).template_card?.button_list[0]?.key ?? '', state, page }
}

interface Press { key: string; user: string; at?: number; corp?: string; agent?: string; token?: string; event?: string; second?: number; task?: string }
/** A pressed button as the platform sends it: encrypted, signed, in XML. */
function pressed({ key, user, at = clock.now(), corp = CORP, agent = '1000002', token = TOKEN, event = 'template_card_event', second = at / 1_000, task = 't' }: Press) {
  const plain = `<xml><ToUserName><![CDATA[${corp}]]></ToUserName><FromUserName><![CDATA[${user}]]></FromUserName><CreateTime>${second}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${event}]]></Event><EventKey><![CDATA[${key}]]></EventKey><TaskId><![CDATA[${task}]]></TaskId><CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[r]]></ResponseCode><AgentID>${agent}</AgentID></xml>`
  const encrypted = wecomEncrypt(KEY, corp, plain)
  const timestamp = String(Math.floor(at / 1_000))
  return { encrypted, query: { msg_signature: wecomSignature(token, timestamp, 'nonce1', encrypted), timestamp, nonce: 'nonce1' } }
}
const post = ({ encrypted, query }: ReturnType<typeof pressed>, to = provider) =>
  world.call(NOBODY, 'POST', `/api/v1/callbacks/wecom/${to}?${new URLSearchParams(query)}`, `<xml><ToUserName><![CDATA[${CORP}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`, { 'content-type': 'text/xml' })
/** What the button says after an answer, opened as the platform opens it. */
function said({ text }: { text: string }): string {
  const encrypted = xmlText(text, 'Encrypt')
  expect(xmlText(text, 'MsgSignature')).toBe(wecomSignature(TOKEN, xmlText(text, 'TimeStamp'), xmlText(text, 'Nonce'), encrypted))
  const plain = wecomDecrypt(KEY, CORP, encrypted) ?? ''
  expect(xmlText(plain, 'MsgType')).toBe('update_button')
  return xmlText(plain, 'ReplaceName')
}
const outcomes = async () => (await world.pool.query<{ outcome: string }>('select outcome from page_answer order by at, outcome')).rows.map(({ outcome }) => outcome)

test('the scheme opens the platform’s published example', () => {
  // The numbers of the example in the platform's own description of the scheme.
  const key = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
  const encrypted = 'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=='
  expect(wecomSignature('QDG6eK', '1409659813', '1372623149', encrypted)).toBe('477715d11cdb4164915debcba66cb864d751f3e6')
  expect(xmlText(wecomDecrypt(key, 'wx5823bf96d3bd56c7', encrypted) ?? '', 'Content')).toBe('hello')
})

describe('a card', () => {
  test('has the button that acknowledges, and the link, and nothing of a customer', async () => {
    const { of, key, alert } = await told()
    const card = of('manager')
    expect(card).toMatchObject({ msgtype: 'template_card', template_card: { card_type: 'button_interaction', card_action: { type: 1, url: expect.stringContaining('https://tocsin.example/ack/') }, button_list: [{ text: '确认 Acknowledge', style: 1 }] } })
    expect(card.template_card?.sub_title_text).toContain(`#${alert.id}`)
    expect(key('manager')).toMatch(/^[\w-]{22}\.[\w-]{22}$/)
    expect(key('leader')).not.toBe(key('manager'))
  })

  test('pressed acknowledges as the person; who is second reads on the button who was first', async () => {
    const { key, state, page } = await told()
    clock.set(T + MINUTE)
    expect(said(await post(pressed({ key: key('manager'), user: 'wx-manager' })))).toBe('已确认，由您处理')
    expect(await state()).toEqual({ state: 'acknowledged', login: 'manager' })
    expect(await page('manager')).toMatchObject({ state: 'delivered', read_at: T + MINUTE, fallback_at: null })
    expect(said(await post(pressed({ key: key('leader'), user: 'wx-leader' })))).toBe('已由江苏值班经理于 06-11 20:01 先确认，您无需处理')
  })

  test('whose press the platform repeats is answered as before and does nothing', async () => {
    const { key, alert } = await told()
    const press = pressed({ key: key('manager'), user: 'wx-manager', task: alert.id })
    const before = (await outcomes()).length
    for (let time = 0; time < 3; time += 1) expect(said(await post(press))).toBe('已确认，由您处理')
    expect(await outcomes()).toHaveLength(before + 1)
  })

  test('pressed by another account is refused and recorded', async () => {
    const { key, state, page } = await told()
    expect(said(await post(pressed({ key: key('manager'), user: 'wx-leader', task: 'stolen' })))).toContain('未识别')
    expect(await outcomes()).toContain('wrong_sender')
    expect(await state()).toEqual({ state: 'open', login: null })
    expect(await page('manager')).toMatchObject({ state: 'sent', outcome: expect.stringContaining('已拒绝') })
  })
})

describe('a callback', () => {
  test('of the platform’s verification is echoed in the clear, and only when it is signed', async () => {
    const encrypted = wecomEncrypt(KEY, CORP, 'echo-1234')
    const timestamp = String(T / 1_000)
    const echo = (signature: string) => world.call(NOBODY, 'GET', `/api/v1/callbacks/wecom/${provider}?${new URLSearchParams({ msg_signature: signature, timestamp, nonce: 'n', echostr: encrypted })}`)
    const verified = await echo(wecomSignature(TOKEN, timestamp, 'n', encrypted))
    expect([verified.status, verified.text]).toEqual([200, 'echo-1234'])
    expect((await echo(wecomSignature('another', timestamp, 'n', encrypted))).status).toBe(401)
  })

  test('that was forged, altered, is stale, meant for another or comes where none is expected is refused', async () => {
    const { key, state } = await told()
    const good = { key: key('manager'), user: 'wx-manager', task: 'refused' }
    const press = pressed(good)
    const bad = [
      pressed({ ...good, token: 'a guess' }),
      pressed({ ...good, at: T - 6 * MINUTE }),
      pressed({ ...good, at: T + 6 * MINUTE }),
      pressed({ ...good, corp: 'corp2' }),
      { ...press, encrypted: `${press.encrypted.slice(0, -8)}AAAAAAA=` },
      { ...press, query: { ...press.query, nonce: 'nonce2' } },
      { ...press, query: { ...press.query, timestamp: String(T / 1_000 + 1) } },
      { ...press, encrypted: '' },
    ]
    for (const [index, one] of bad.entries()) expect(await post(one), String(index)).toMatchObject({ status: 401, body: { error: { code: 'bad_signature' } } })
    // Signed by whoever holds the token, but not encrypted with the key.
    const loose = 'AAAA'
    expect((await post({ encrypted: loose, query: { ...press.query, msg_signature: wecomSignature(TOKEN, press.query.timestamp, 'nonce1', loose) } })).status).toBe(401)
    expect((await post(press, randomUUID())).status).toBe(401)
    await world.pool.query('update provider set takes_answers = false where id = $1', [provider])
    expect((await post(press)).status).toBe(401)
    await world.pool.query('update provider set takes_answers = true where id = $1', [provider])
    expect(await state()).toEqual({ state: 'open', login: null })
    expect((await world.call(NOBODY, 'POST', `/api/v1/callbacks/wecom/${provider}?msg_signature=x`, '<xml/>', { 'content-type': 'text/xml' })).status).toBe(400)
  })

  test('of another event, another application or an unknown button does nothing', async () => {
    const { key, state } = await told()
    for (const other of [{ event: 'enter_agent' }, { agent: '1000003' }]) expect(await post(pressed({ key: key('manager'), user: 'wx-manager', ...other }))).toMatchObject({ status: 200, text: '' })
    for (const [index, forged] of ['x', `${key('manager').slice(0, -2)}AA`, ''].entries()) expect(said(await post(pressed({ key: forged, user: 'wx-manager', task: `f${index}` })))).toContain('未识别')
    expect(await state()).toEqual({ state: 'open', login: null })
    clock.set(T + 24 * HOUR)
    expect(said(await post(pressed({ key: key('manager'), user: 'wx-manager' })))).toContain('24 小时')
  })

  test('secrets are given out nowhere', async () => {
    const listed = await call('admin', 'GET', '/providers')
    const stored = JSON.stringify([(await world.pool.query('select * from provider')).rows, (await world.pool.query('select * from audit_log')).rows])
    for (const secret of [TOKEN, KEY]) expect(listed.text + stored).not.toContain(secret)
    expect(listed.body.items[0]).toMatchObject({ takesAnswers: true })
  })
})
