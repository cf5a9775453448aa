import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import type { ProviderKind } from '../../core/domain/notification/contact.ts'
import type { LadderChannel } from '../../core/domain/vocabulary.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { ackToken } from '../../core/platform/ack-token.ts'
import { T } from '../support/alert-builders.ts'
import { addProvider, channelWorld, CONTACTS, KEYS, pages, run, setContacts } from '../support/channel-scene.ts'
import { type Answer, hangUp, type Receiver, status, webhookReceiver } from '../support/webhook-receiver.ts'

const says = (body: unknown, code = 200): Answer => (_, response) => void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const OK = says({ errcode: 0, errmsg: 'ok' })

/** A yellow case whose only channel is this one, its provider at a receiver of its own, the manager's contacts known. */
async function scene(channel: LadderChannel, kind: ProviderKind, answer: Answer, given: Parameters<typeof addProvider>[3] = {}) {
  const receiver = await webhookReceiver()
  receiver.answer = answer
  const world = await channelWorld([channel])
  const manager = await world.user('duty_manager', '32')
  await setContacts(world, manager.userId, CONTACTS)
  const providerId = await addProvider(world, kind, receiver.urlOf('/robot/send'), given)
  const alert = await world.raise()
  return { world, receiver, manager, providerId, alert }
}
const body = (receiver: Receiver, index = 0) => JSON.parse(receiver.received[index]?.body ?? 'null') as { readonly [field: string]: unknown; readonly text?: { readonly content?: string } }
const query = (receiver: Receiver, index = 0) => new URL(receiver.received[index]?.path ?? '', 'http://x').searchParams

describe('DingTalk', () => {
  test('is called with the platform’s own signature, names the person, and says who, what and by when', async () => {
    const { world, receiver, alert } = await scene('im', 'dingtalk_robot', OK)
    await run(world, T)
    const timestamp = String(T)
    expect(Object.fromEntries(query(receiver))).toEqual({
      access_token: KEYS.token,
      timestamp,
      sign: createHmac('sha256', KEYS.secret).update(`${timestamp}\n${KEYS.secret}`).digest('base64'),
    })
    expect(body(receiver)).toMatchObject({ msgtype: 'text', at: { atUserIds: ['ding1'], isAtAll: false } })
    const content = body(receiver).text?.content
    expect(content).toContain(`【黄色】MR-01 #${alert.id}`)
    expect(content).toContain(`[yellow] MR-01 #${alert.id}`)
    const [page] = await pages(world)
    expect(content).toContain(`https://tocsin.example/ack/${ackToken(world.engine.secret, page?.delivery_id ?? '')}`)
    expect([page]).toMatchObject([{ channel: 'dingtalk', state: 'sent', delivered_at: null, fallback_at: T + 120 * SECOND }])
  })

  test('that answers 200 with an error has not taken it', async () => {
    const { world, receiver } = await scene('im', 'dingtalk_robot', says({ errcode: 310000, errmsg: 'sign not match' }))
    await run(world, T)
    await run(world, T + MINUTE)
    expect(receiver.received).toHaveLength(1)
    expect((await pages(world))[0]).toMatchObject({ state: 'failed', outcome: 'errcode 310000' })
  })

  test('that is flooded is left alone, and the next channel does not wait for it', async () => {
    const { world, receiver } = await scene('im', 'dingtalk_robot', says({ errcode: 130101, errmsg: 'send too fast' }))
    await run(world, T)
    expect((await pages(world))[0]).toMatchObject({ state: 'queued', outcome: 'errcode 130101', due_at: T + 5 * MINUTE, fallback_at: T + 2 * MINUTE })
    await run(world, T + 2 * MINUTE)
    expect(receiver.received).toHaveLength(1)
    expect(await pages(world)).toMatchObject([{ state: 'queued' }, { channel: 'sms', state: 'refused' }])
  })
})

describe('Feishu', () => {
  test('is called with the platform’s own signature in the body, at the address of its hook', async () => {
    const { world, receiver } = await scene('im', 'feishu_robot', says({ code: 0, msg: 'success' }))
    await run(world, T)
    const timestamp = String(T / 1_000)
    expect(receiver.received[0]?.path).toBe(`/robot/send/${KEYS.token}`)
    expect(body(receiver)).toMatchObject({
      timestamp,
      sign: createHmac('sha256', `${timestamp}\n${KEYS.secret}`).update('').digest('base64'),
      msg_type: 'text',
      content: { text: expect.stringMatching(/^<at user_id="ou_1"><\/at>【黄色】/) },
    })
    expect((await pages(world))[0]).toMatchObject({ channel: 'feishu', state: 'sent' })
  })

  test('that refuses the signature, is flooded, or answers what nobody understands has not taken it', async () => {
    for (const [answer, expected] of [
      [says({ code: 19021, msg: 'sign match fail' }), { state: 'failed', outcome: 'errcode 19021' }],
      [says({ code: 11232, msg: 'frequency limited' }), { state: 'queued', due_at: T + MINUTE }],
      [says('<html>'), { state: 'failed', outcome: expect.stringContaining("not the platform's") }],
      [status(429, { 'retry-after': '30' }), { state: 'queued', due_at: T + 30 * SECOND }],
      [hangUp, { state: 'ambiguous' }],
    ] as const) {
      const { world } = await scene('im', 'feishu_robot', answer)
      await run(world, T)
      expect((await pages(world))[0]).toMatchObject(expected)
    }
  })
})

describe('WeCom', () => {
  test('by a robot names the member', async () => {
    const { world, receiver } = await scene('im', 'wecom_robot', OK)
    await run(world, T)
    expect(Object.fromEntries(query(receiver))).toEqual({ key: KEYS.token })
    expect(body(receiver)).toMatchObject({ msgtype: 'text', text: { mentioned_list: ['member1'] } })
    expect((await pages(world))[0]).toMatchObject({ channel: 'wecom', state: 'sent' })
  })

  const app: Answer = (request, response) => {
    const answer = request.path.includes('/gettoken') ? { errcode: 0, access_token: 'access-1', expires_in: 7200 } : { errcode: 0, invaliduser: '' }
    says(answer)(request, response)
  }

  test('by an application fetches a token, sends a card with the link to the person alone, and keeps the token', async () => {
    const { world, receiver } = await scene('im', 'wecom_app', app, { account: 'corp1', sender: '1000002' })
    await run(world, T)
    await world.raise({ ruleId: 'MR-02' })
    await run(world, T + SECOND)
    expect(receiver.received.map(({ path }) => path)).toEqual([
      `/robot/send/gettoken?corpid=corp1&corpsecret=${KEYS.secret}`,
      '/robot/send/message/send?access_token=access-1',
      '/robot/send/message/send?access_token=access-1',
    ])
    expect(body(receiver, 1)).toMatchObject({
      touser: 'member1',
      msgtype: 'textcard',
      agentid: 1000002,
      textcard: { url: `https://tocsin.example/ack/${ackToken(world.engine.secret, (await pages(world))[0]?.delivery_id ?? '')}` },
      enable_duplicate_check: 1,
    })
  })

  test('by an application asks for its token before the last look: an answer that comes meanwhile is not overtaken (invariant 9)', async () => {
    const { world, receiver, alert } = await scene('im', 'wecom_app', app, { account: 'corp9', sender: '1000002' })
    const { rows } = await world.pool.query<{ id: string }>("select id from app_user where role = 'duty_manager'")
    receiver.answer = (request, response) => {
      world.clock.advance(2 * SECOND)
      void world.move(alert.id, { move: 'ack' }, { kind: 'user', userId: rows[0]?.id ?? '', name: 'x', role: 'duty_manager', regionPath: '/00/32/' }).then(() => app(request, response))
    }
    await run(world, T)
    expect(receiver.received.map(({ path }) => path.includes('/gettoken'))).toEqual([true])
    expect(await pages(world)).toMatchObject([{ channel: 'wecom', state: 'cancelled' }])
  })

  test('by an application whose token has run out fetches another, and an unknown member is a failure', async () => {
    const { world, receiver } = await scene('im', 'wecom_app', app, { account: 'corp1', sender: '1' })
    let given = 0
    receiver.answer = (request, response) => {
      if (request.path.includes('/gettoken')) return says({ errcode: 0, access_token: `access-${(given += 1)}` })(request, response)
      return says(request.path.endsWith('access-1') ? { errcode: 42001 } : { errcode: 0, invaliduser: 'member1' })(request, response)
    }
    await run(world, T)
    expect((await pages(world))[0]).toMatchObject({ state: 'queued', outcome: 'errcode 42001' })
    await run(world, T + 2 * SECOND)
    expect(given).toBe(2)
    expect((await pages(world))[0]).toMatchObject({ state: 'failed', outcome: expect.stringContaining('does not know the member') })
  })
})

describe('gateways', () => {
  test('for SMS and voice get one signed message with the number, which stands nowhere in our own tables', async () => {
    for (const [channel, kind] of [['sms', 'sms_gateway'], ['voice', 'voice_gateway']] as const) {
      const { world, receiver } = await scene(channel, kind, says({ ok: true }), { account: 'acct', sender: '警钟' })
      await run(world, T)
      const [one] = receiver.received
      const [page] = await pages(world)
      expect(one?.headers['x-tocsin-signature']).toBe(signatureOf(KEYS.secret, String(one?.headers['x-tocsin-timestamp']), one?.body ?? ''))
      expect(body(receiver)).toMatchObject({ id: page?.delivery_id, kind: channel, to: CONTACTS.mobile, account: 'acct', sender: '警钟', text: expect.stringContaining('【黄色】') })
      expect(page).toMatchObject({ channel, state: 'sent', delivered_at: null })
      const dump = JSON.stringify([await pages(world), await world.rows('select * from user_contact'), await world.rows('select * from provider'), await world.rows('select * from feed')])
      expect(dump).not.toContain(CONTACTS.mobile)
      expect(dump).not.toContain(KEYS.secret)
    }
  })

  test('that say no in a 200 have not taken it, and a body that never ends is repeated once, visibly', async () => {
    const refused = await scene('sms', 'sms_gateway', says({ ok: false, reason: 'template' }))
    await run(refused.world, T)
    expect((await pages(refused.world))[0]).toMatchObject({ state: 'failed', outcome: '网关未受理 / the gateway refused' })
    const slow = await scene('sms', 'sms_gateway', (_, response) => void response.writeHead(200).write('{"ok"'))
    await run(slow.world, T)
    expect((await pages(slow.world))[0]).toMatchObject({ state: 'ambiguous' })
    slow.receiver.answer = says({ ok: true })
    await run(slow.world, T + 5 * SECOND)
    expect([0, 1].map((index) => body(slow.receiver, index)['repeated'])).toEqual([false, true])
    expect(body(slow.receiver, 1)['id']).toBe(body(slow.receiver, 0)['id'])
    expect(body(slow.receiver, 1)['text']).toMatch(/^【可能重复】/)
  }, 30_000)

  test('of the nearest region come first, and a call that failed goes to the next one', async () => {
    const { world, receiver } = await scene('sms', 'sms_gateway', says({ ok: true }))
    const near = await webhookReceiver()
    near.answer = status(503)
    await addProvider(world, 'sms_gateway', near.urlOf('/'), { regionCode: '32' })
    const elsewhere = await webhookReceiver()
    await addProvider(world, 'sms_gateway', elsewhere.urlOf('/'), { regionCode: '33' })
    await run(world, T)
    expect([near.received.length, receiver.received.length]).toEqual([1, 0])
    await run(world, T + 2 * SECOND)
    expect([near.received.length, receiver.received.length, elsewhere.received.length]).toEqual([1, 1, 0])
    expect((await pages(world))[0]).toMatchObject({ state: 'sent', attempts: 2 })
  })
})
