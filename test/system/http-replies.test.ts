import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { replyCode } from '../../core/platform/reply-code.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { deleteNotifications } from '../../core/store/retention-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { SPEC } from '../support/alert-world.ts'
import { OPEN, type Page } from '../support/channel-scene.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'
import { type Receiver, webhookReceiver } from '../support/webhook-receiver.ts'

let world: ServerWorld
let provider = ''
const clock = new ManualClock(T)
const as: Record<string, Caller> = {}
const SECRET = 'a secret of the gateway'
const NUMBERS = { 'manager-32': '13900000001', 'leader-32': '13900000002' } as const
const GATEWAY = { kind: 'sms_gateway', url: 'http://127.0.0.1:1/', account: '', sender: '', perMinute: 6000, isEnabled: true, takesAnswers: true, secret: SECRET }

const call = (who: string, method: string, path: string, body?: unknown) => world.call(as[who] as Caller, method, `/api/v1${path}`, body)

beforeAll(async () => {
  world = await serverWorld({ clock })
  const called = (severity: Severity) => {
    const ladder = DEFAULT_LADDERS.risk[severity]
    const steps = ladder.steps.map((step) => ({ ...step, channels: ['sms'], targets: [{ role: 'duty_manager', at: 'province' }, { role: 'duty_leader', at: 'province' }] }))
    return { ...ladder, steps, reminder: null }
  }
  const body = { ...DEFAULT_LADDERS, risk: { 1: called(1), 2: called(2), 3: called(3), 4: called(4) } }
  await world.pool.query("update config_version set body = $1 where kind = 'ladders'", [JSON.stringify(body)])
  for (const [login, role, region] of [['admin-32', 'admin', '32'], ['admin-33', 'admin', '33'], ['manager-32', 'duty_manager', '32'], ['leader-32', 'duty_leader', '32']] as const) {
    await world.addUser(login, role, region)
    as[login] = await world.signIn(login)
  }
  for (const [login, mobile] of Object.entries(NUMBERS)) await call(login, 'PUT', '/me/contacts', { mobile })
  provider = (await call('admin-32', 'POST', '/providers', { ...GATEWAY, regionCode: '32' })).body.id
}, 120_000)
afterAll(async () => { await world?.stop() })
beforeEach(() => clock.set(T))

/** A case of which both were told by short message, and the code that stands in each one's. */
async function told(severity: Severity = 2) {
  const receiver: Receiver = await webhookReceiver()
  receiver.answer = (_, response) => void response.writeHead(200).end('{}')
  await world.pool.query("update provider set url = $1 where kind = 'sms_gateway'", [receiver.urlOf('/')])
  // More cases than one person is told of by short message in a quarter of an hour.
  // Each scene is its own: nobody has been told of more than its one alert.
  await world.pool.query("delete from send_limit where name like 'person%'")
  await world.pool.query('delete from page_storm')
  const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, { ...SPEC, ruleId: `MR-${randomUUID().slice(0, 4)}`, severity, regionCode: '32', openedAt: clock.now() }))
  await runEscalate(world.engine, clock.now())
  await runNotify(world.engine, clock.now(), { channels: OPEN })
  const messages = receiver.received.map(({ body }) => JSON.parse(body) as { to: string; text: string; textEn: string; replyCode?: string })
  const codes = Object.fromEntries(Object.entries(NUMBERS).map(([login, number]) => [login, messages.find(({ to, text }) => to === number && text.includes(`#${alert.id} `))?.replyCode ?? 'none']))
  const page = async (login: string) => (await world.pool.query<Page>('select o.* from outbox o join app_user u on u.id::text = o.target where o.alert_id = $1 and u.login = $2', [alert.id, login])).rows[0]!
  const state = async () => (await world.pool.query<{ state: string; login: string | null }>('select a.state, u.login from alert a left join app_user u on u.id = a.acked_by where a.id = $1', [alert.id])).rows[0]
  return { alert, messages, codes, page, state }
}

const signed = (body: { id: string; from: string; text: string }, { secret = SECRET, at = clock.now() } = {}) => {
  const timestamp = String(Math.floor(at / 1_000))
  return { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signatureOf(secret, timestamp, [body.id, body.from, body.text].join('.')) }
}
const reply = async (who: keyof typeof NUMBERS | string, text: string, given: { id?: string; secret?: string; at?: number; provider?: string } = {}) => {
  const body = { id: given.id ?? randomUUID(), from: NUMBERS[who as keyof typeof NUMBERS] ?? who, text }
  return world.call(NOBODY, 'POST', `/api/v1/replies/${given.provider ?? provider}`, body, signed(body, given))
}
const upgrade = (id: string, toSeverity: 3 | 4) => inEngineTransaction(world.engine, clock.now(), (etx) => moveAlert(etx, id, { move: 'upgrade', toSeverity, reason: 'rule' }, { kind: 'engine' }, 'engine'))
const answered = async (alertId: string) => (await world.pool.query<{ outcome: string }>('select p.outcome from page_answer p join outbox o on o.id = p.outbox_id where o.alert_id = $1 order by p.at, p.event_hash', [alertId])).rows.map(({ outcome }) => outcome)

describe('a short message that asks', () => {
  test('carries a code of six digits, another for each person, which is stored as a keyed hash alone', async () => {
    const { messages, codes, page, alert } = await told()
    const code = codes['manager-32'] as string
    expect(code).toMatch(/^\d{6}$/)
    expect(codes['leader-32']).not.toBe(code)
    expect(messages.find(({ to }) => to === NUMBERS['manager-32'])).toMatchObject({ text: expect.stringMatching(`。回复 ${code} 即确认$`), textEn: expect.stringMatching(`Reply ${code} to acknowledge$`) })
    const { delivery_id: deliveryId, target: userId } = await page('manager-32')
    expect(replyCode(world.engine.secret, { deliveryId, userId, alertId: alert.id, step: 0 })).toBe(code)
    const stored = JSON.stringify([(await world.pool.query('select * from reply_code')).rows, (await world.pool.query('select payload, outcome from outbox')).rows])
    expect(stored).not.toContain(code)
  })

  test('carries none where replies do not come back', async () => {
    await world.pool.query('update provider set takes_answers = false')
    const { messages } = await told()
    expect(messages.map(({ text, replyCode: code }) => [text.includes('回复'), code])).toEqual([[false, undefined], [false, undefined]])
    await world.pool.query('update provider set takes_answers = true where id = $1', [provider])
  })
})

describe('a reply', () => {
  test('acknowledges as the person; who comes second is told which position was first; nobody is named', async () => {
    const { alert, codes, page, state } = await told()
    clock.set(T + 3 * MINUTE)
    expect(await reply('manager-32', ` ＯＫ ${codes['manager-32']}`)).toMatchObject({ status: 200, body: { outcome: 'taken', repeated: false, replyZh: '已确认，由您处理' } })
    expect(await state()).toEqual({ state: 'acknowledged', login: 'manager-32' })
    expect(await page('manager-32')).toMatchObject({ state: 'delivered', read_at: T + 3 * MINUTE, fallback_at: null })
    clock.set(T + 4 * MINUTE)
    const late = await reply('leader-32', codes['leader-32'] as string)
    expect(late.body).toMatchObject({ outcome: 'late', replyZh: '已由江苏值班经理于 06-11 20:03 先确认，您无需处理' })
    expect(late.text).not.toContain('名 manager')
    expect(await answered(alert.id)).toEqual(['taken', 'late'])
    expect((await page('leader-32')).outcome).toContain('20:03')
    const { rows } = await world.pool.query("select client from alert_transition where alert_id = $1 and move = 'ack'", [alert.id])
    expect(rows).toEqual([{ client: 'sms' }])
  })

  test('that the gateway sends again is answered as before, at once and later, and does nothing', async () => {
    const { alert, codes } = await told()
    const [first, second] = await Promise.all([reply('manager-32', codes['manager-32'] as string, { id: `m-${alert.id}` }), reply('manager-32', codes['manager-32'] as string, { id: `m-${alert.id}` })])
    expect([first.body, second.body].map(({ outcome, repeated }) => [outcome, repeated]).sort()).toEqual([['taken', false], ['taken', true]])
    clock.set(T + 2 * MINUTE)
    expect((await reply('manager-32', codes['manager-32'] as string, { id: `m-${alert.id}` })).body).toMatchObject({ outcome: 'taken', repeated: true, replyZh: '已确认，由您处理' })
    expect(await answered(alert.id)).toEqual(['taken'])
    // A new message with the same code: it was for once.
    expect((await reply('manager-32', codes['manager-32'] as string)).body).toMatchObject({ outcome: 'used' })
  })

  test('of two at the same time has one winner', async () => {
    const { codes, alert } = await told()
    const both = await Promise.all((['manager-32', 'leader-32'] as const).map((who) => reply(who, codes[who] as string)))
    expect(both.map(({ body }) => body.outcome).sort()).toEqual(['late', 'taken'])
    expect((await world.pool.query("select from alert_transition where alert_id = $1 and move = 'ack'", [alert.id])).rowCount).toBe(1)
  })

  test('with a code of somebody else’s phone is refused in the words of an unknown code, and recorded', async () => {
    const { alert, codes, state, page } = await told()
    const stolen = await reply('leader-32', codes['manager-32'] as string)
    const unknown = await reply('leader-32', '000000')
    const stranger = await reply('13999999999', codes['manager-32'] as string)
    expect(stolen.body).toMatchObject({ outcome: 'wrong_sender', replyZh: unknown.body.replyZh, replyEn: unknown.body.replyEn })
    expect(stranger.body.outcome).toBe('wrong_sender')
    expect(await state()).toEqual({ state: 'open', login: null })
    expect(await answered(alert.id)).toEqual(['wrong_sender', 'wrong_sender'])
    expect(await page('manager-32')).toMatchObject({ state: 'sent', delivered_at: null, outcome: expect.stringContaining('已拒绝') })
    const kept = JSON.stringify([(await world.pool.query('select * from page_answer')).rows, (await world.pool.query('select * from send_limit')).rows, (await world.pool.query('select * from audit_log')).rows])
    for (const number of [...Object.values(NUMBERS), '13999999999']) expect(kept).not.toContain(number)
  })

  test('of yellow does not take an orange unseen', async () => {
    const { alert, codes, state } = await told()
    await upgrade(alert.id, 3)
    expect((await reply('manager-32', codes['manager-32'] as string)).body.outcome).toBe('changed')
    expect(await state()).toMatchObject({ state: 'open' })
  })

  test('gives no right that the person does not have, and answers nothing that is over', async () => {
    const red = await told(4)
    expect((await reply('leader-32', red.codes['leader-32'] as string)).body.outcome).toBe('not_allowed')
    const gone = await told()
    await world.pool.query("update alert set state = 'closed', ended_at = now() where id = $1", [gone.alert.id])
    expect((await reply('manager-32', gone.codes['manager-32'] as string)).body.outcome).toBe('over')
  })

  test('lasts 24 hours, and dies with the account', async () => {
    const { codes, state } = await told()
    await world.pool.query("update app_user set disabled_at = now() where login = 'leader-32'")
    expect((await reply('leader-32', codes['leader-32'] as string)).body.outcome).toBe('wrong_sender')
    await world.pool.query("update app_user set disabled_at = null where login = 'leader-32'")
    const again = await told()
    clock.set(T + 24 * HOUR)
    expect((await reply('manager-32', codes['manager-32'] as string)).body.outcome).toBe('expired')
    expect(await state()).toMatchObject({ state: 'open' })
    clock.set(T + 24 * HOUR - SECOND)
    expect((await reply('manager-32', again.codes['manager-32'] as string)).body.outcome).toBe('taken')
  })

  test('is not taken when it is forged, altered, old, of a provider that hands on none or of another province', async () => {
    const { codes, state } = await told()
    const code = codes['manager-32'] as string
    expect((await reply('manager-32', code, { secret: 'a guess of sixteen' })).status).toBe(401)
    for (const at of [T - 6 * MINUTE, T + 6 * MINUTE]) expect((await reply('manager-32', code, { at })).status).toBe(401)
    const body = { id: 'x1', from: NUMBERS['manager-32'], text: code }
    for (const altered of [{ ...body, text: '000000' }, { ...body, from: NUMBERS['leader-32'] }, { ...body, id: 'x2' }]) {
      expect(await world.call(NOBODY, 'POST', `/api/v1/replies/${provider}`, altered, signed(body))).toMatchObject({ status: 401, body: { error: { code: 'bad_signature' } } })
    }
    expect((await reply('manager-32', code, { provider: randomUUID() })).status).toBe(401)
    expect((await world.call(NOBODY, 'POST', `/api/v1/replies/${provider}`, { ...body, from: 'x' }, signed(body))).status).toBe(400)
    const elsewhere = (await call('admin-33', 'POST', '/providers', { ...GATEWAY, regionCode: '33' })).body.id
    expect((await reply('manager-32', code, { provider: elsewhere })).body.outcome).toBe('unknown')
    await world.pool.query('update provider set takes_answers = false where id = $1', [provider])
    expect((await reply('manager-32', code)).status).toBe(401)
    await world.pool.query('update provider set takes_answers = true where id = $1', [provider])
    expect(await state()).toMatchObject({ state: 'open' })
  })

  test('that guesses is soon not listened to', async () => {
    const { codes, state } = await told()
    clock.set(T + HOUR)
    const outcomes: string[] = []
    for (let tried = 0; tried < 31; tried += 1) outcomes.push((await reply('13988888888', String(tried).padStart(6, '9'))).body.outcome)
    expect([outcomes.filter((one) => one === 'unknown').length, outcomes.at(-1)]).toEqual([30, 'too_many'])
    expect((await reply('13988888888', codes['manager-32'] as string)).body.outcome).toBe('too_many')
    expect(await state()).toMatchObject({ state: 'open' })
  })
})

test('answers are kept as long as messages: those to none go by their own time, those to a page with it', async () => {
  const { alert, codes } = await told()
  await reply('leader-32', '000001')
  await reply('manager-32', codes['manager-32'] as string)
  const count = async () => (await world.pool.query('select from page_answer where outbox_id is null')).rowCount
  expect(await count()).toBeGreaterThan(0)
  await inTransaction(world.pool, (tx) => deleteNotifications(tx, T - 30 * 24 * HOUR, 100))
  expect(await count()).toBeGreaterThan(0)
  await inTransaction(world.pool, (tx) => deleteNotifications(tx, T + 30 * 24 * HOUR, 100))
  expect(await count()).toBe(0)
  // Of an alert that lives.
  expect(await answered(alert.id)).toEqual(['taken'])
  await world.pool.query("update alert set state = 'closed', ended_at = now() where id = $1", [alert.id])
  await inTransaction(world.pool, (tx) => deleteNotifications(tx, T + 30 * 24 * HOUR, 10_000))
  expect(await answered(alert.id)).toEqual([])
  expect((await world.pool.query('select from reply_code c join outbox o on o.id = c.outbox_id where o.alert_id = $1', [alert.id])).rowCount).toBe(0)
})

test('answers are asked of those that have them alone, and cards need what proves their callbacks', async () => {
  const field = async (given: object) => (await call('admin-32', 'POST', '/providers', { ...GATEWAY, regionCode: '32', ...given })).body.error?.field
  expect(await field({ kind: 'voice_gateway' })).toBe('takesAnswers')
  expect(await field({ kind: 'wecom_app', sender: '1000002', account: 'corp1' })).toBe('callbackToken')
  expect(await field({ kind: 'wecom_app', sender: '1000002', account: 'corp1', callbackToken: 't', callbackKey: 'short' })).toBe('callbackKey')
})
