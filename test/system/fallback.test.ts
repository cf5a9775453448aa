import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import type { LadderChannel, Severity } from '../../core/domain/vocabulary.ts'
import { markReceived } from '../../core/store/notification-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { addProvider, channelWorld, CONTACTS, OPEN, pages, run, setContacts, told } from '../support/channel-scene.ts'
import { status, webhookReceiver } from '../support/webhook-receiver.ts'

/** One duty manager with every contact, and a provider for chat, SMS and voice that accepts everything. */
async function scene(channels: readonly LadderChannel[], severity: Severity = 2, perMinute = 60) {
  const receiver = await webhookReceiver()
  receiver.answer = (_, response) => void response.writeHead(200).end('{"errcode":0}')
  const world = await channelWorld(channels, severity)
  const manager = await world.user('duty_manager', '32')
  await setContacts(world, manager.userId, CONTACTS)
  for (const kind of ['wecom_robot', 'sms_gateway', 'voice_gateway'] as const) await addProvider(world, kind, receiver.urlOf(`/${kind}`), { perMinute })
  return { world, manager, receiver, raise: (ruleId = 'MR-01') => world.raise({ severity, ruleId }) }
}
const NEXT_STEP = { 2: 15 * MINUTE, 3: 10 * MINUTE }
const to = (body: string | undefined) => (JSON.parse(body ?? '{}') as { to?: string }).to

describe('silence', () => {
  test('of the application, then the chat, then the short message goes on to the next at 60, 120 and 180 s, to the millisecond', async () => {
    const { world, raise } = await scene(['in_app'], 3)
    await raise()
    await run(world, T)
    await run(world, T + MINUTE - 1)
    expect(await told(world)).toEqual(['in_app sent'])
    await run(world, T + MINUTE)
    expect(await told(world)).toEqual(['in_app sent', 'wecom sent'])
    await run(world, T + 3 * MINUTE - 1)
    expect(await told(world)).toHaveLength(2)
    await run(world, T + 3 * MINUTE)
    expect(await told(world)).toEqual(['in_app sent', 'wecom sent', 'sms sent'])
    await run(world, T + 6 * MINUTE - 1)
    expect(await told(world)).toHaveLength(3)
    await run(world, T + 6 * MINUTE)
    expect(await told(world)).toEqual(['in_app sent', 'wecom sent', 'sms sent', 'voice sent'])
    const all = await pages(world)
    expect(all.map(({ fallback_of }) => fallback_of)).toEqual([null, ...all.slice(0, 3).map(({ delivery_id }) => delivery_id)])
    await run(world, T + 9 * MINUTE)
    expect(await told(world)).toHaveLength(4)
    expect((await pages(world)).at(-1)).toMatchObject({ fallback_at: null, outcome: expect.stringContaining('nobody else holds the position') })
  })

  test('ends with a short message for yellow, and is none at all for blue', async () => {
    const yellow = await scene(['in_app'], 2)
    await yellow.raise()
    for (let minute = 0; minute < 15; minute += 1) await run(yellow.world, T + minute * MINUTE)
    expect(await told(yellow.world)).toEqual(['in_app sent', 'wecom sent', 'sms sent'])
    const blue = await scene(['in_app'], 1)
    await blue.raise()
    for (let minute = 0; minute < 15; minute += 1) await run(blue.world, T + minute * MINUTE)
    expect(await told(blue.world)).toEqual(['in_app sent'])
  })

  test('is over when the client confirms: nothing follows', async () => {
    const { world, manager, raise } = await scene(['in_app'], 3)
    await raise()
    await run(world, T)
    const [row] = await world.rows<{ id: number }>('select id from notification')
    await markReceived(world.pool, String(row?.id), manager.userId, T + 59 * SECOND)
    await run(world, T + 9 * MINUTE)
    expect(await told(world)).toEqual(['in_app delivered'])
  })

  test('calls nobody once somebody has acknowledged, not even what was queued for it already (invariant 9)', async () => {
    const { world, manager, receiver, raise } = await scene(['in_app'], 3)
    const alert = await raise()
    await run(world, T)
    receiver.answer = status(503)
    await run(world, T + MINUTE)
    expect(await told(world)).toEqual(['in_app sent', 'wecom queued'])
    receiver.answer = (_, response) => void response.writeHead(200).end('{"errcode":0}')
    const calls = receiver.received.length
    await world.move(alert.id, { move: 'ack' }, manager)
    for (let minute = 2; minute < 9; minute += 1) await run(world, T + minute * MINUTE)
    expect(await told(world)).toEqual(['in_app sent', 'wecom cancelled'])
    expect(receiver.received).toHaveLength(calls)
    expect(await world.rows('select from outbox where fallback_at is not null and state = $1', ['sent'])).toEqual([])
  })

  test('goes to the next person who holds the position when a call is not answered, once each', async () => {
    const { world, receiver, raise } = await scene(['voice'], 3)
    await raise()
    await run(world, T)
    // Appointed after the step: the step itself called whoever held the position then.
    const deputy = await world.user('duty_manager', '32', '副班')
    await setContacts(world, deputy.userId, { mobile: '13900000002' })
    const third = await world.user('duty_manager', '32', '三班')
    await run(world, T + 2 * MINUTE)
    await run(world, T + 4 * MINUTE)
    for (let minute = 5; minute < 9; minute += 1) await run(world, T + minute * MINUTE)
    const all = await pages(world)
    expect(all.map(({ channel, target }) => [channel, target === deputy.userId ? 'deputy' : target === third.userId ? 'third' : 'manager'])).toEqual(
      expect.arrayContaining([['voice', 'manager'], ['voice', 'deputy'], ['in_app', 'third']]),
    )
    expect(receiver.received.map(({ body }) => to(body))).toEqual(expect.arrayContaining(['13900000001', '13900000002']))
    expect(new Set(all.map(({ channel, target }) => `${channel} ${target}`)).size).toBe(all.length)
  })

  test('seen by several workers at once is followed once', async () => {
    const { world, receiver, raise } = await scene(['in_app'])
    await Promise.all(Array.from({ length: 8 }, (_, index) => raise(`MR-0${index + 1}`)))
    await run(world, T)
    await Promise.all(Array.from({ length: 4 }, () => runNotify(world.engine, T + MINUTE, { channels: OPEN })))
    expect((await told(world)).filter((line) => line === 'wecom sent')).toHaveLength(8)
    expect(receiver.received).toHaveLength(8)
  })

  test('never delays the ladder: the next step comes at its own time (domain.md 7.3)', async () => {
    const { world, receiver, raise } = await scene(['im'])
    receiver.answer = status(503)
    await raise()
    for (let at = T; at < T + NEXT_STEP[2]; at += 30 * SECOND) await run(world, at)
    expect(await world.rows('select from escalation_step')).toHaveLength(1)
    await run(world, T + NEXT_STEP[2])
    expect(await world.rows('select from escalation_step')).toHaveLength(2)
  })
})

describe('what cannot be sent', () => {
  test('has a row with the reason, hands on at once, and shows in the alert’s deliveries', async () => {
    const { world, manager, raise } = await scene(['in_app', 'im', 'voice'])
    await setContacts(world, manager.userId, { mobile: '13900000001' })
    await world.pool.query("delete from provider where kind = 'voice_gateway'")
    await raise()
    await run(world, T)
    expect(await told(world)).toEqual(['in_app sent', 'im refused', 'voice refused', 'sms sent'])
    expect((await pages(world)).map(({ outcome }) => outcome)).toEqual([
      expect.any(String),
      '未发：本人未登记可用的即时通讯账号 / not sent: the person has no account of a chat in use',
      expect.stringContaining('not sent: no voice gateway is in use'),
      expect.stringContaining('HTTP 200'),
    ])
  })

  test('because the provider failed for good goes on to the next channel at once', async () => {
    const { world, receiver, raise } = await scene(['im'])
    receiver.answer = (request, response) => void response.writeHead(200).end(request.path.startsWith('/wecom') ? '{"errcode":93000}' : '{}')
    await raise()
    await run(world, T)
    expect(await told(world)).toEqual(['wecom failed', 'sms sent'])
  })
})

describe('a limit that is used up', () => {
  test('makes yellow wait, visibly, while orange goes first on what is kept for it', async () => {
    const { world, raise } = await scene(['im'], 2, 4)
    await world.pool.query("update config_version set body = jsonb_set(body, '{risk,3}', body #> '{risk,2}') where kind = 'ladders'")
    for (let n = 1; n <= 4; n += 1) await raise(`MR-0${n}`)
    await run(world, T)
    const states = await told(world)
    expect(states.filter((line) => line === 'wecom sent')).toHaveLength(3)
    expect((await pages(world)).find(({ state }) => state === 'queued')).toMatchObject({ outcome: expect.stringContaining("the provider's limit is used up"), due_at: T + 15 * SECOND })
    await world.raise({ ruleId: 'MR-08', severity: 3 })
    await run(world, T + 1)
    expect((await told(world)).filter((line) => line === 'wecom sent')).toHaveLength(4)
    await run(world, T + 15 * SECOND + 1)
    expect((await told(world)).filter((line) => line === 'wecom queued')).toHaveLength(1)
    await run(world, T + 45 * SECOND)
    expect((await told(world)).filter((line) => line === 'wecom sent')).toHaveLength(5)
  })

  test('sends orange by the next channel at once', async () => {
    const { world, raise } = await scene(['im'], 3, 1)
    await raise('MR-01')
    await raise('MR-02')
    await run(world, T)
    expect((await told(world)).sort()).toEqual(['sms sent', 'wecom queued', 'wecom sent'])
  })

  test('of a person holds his yellow pages of one channel apart', async () => {
    const { world, raise } = await scene(['voice'], 2, 600)
    for (let n = 1; n <= 7; n += 1) await raise(`MR-0${n}`)
    await run(world, T)
    const all = await pages(world)
    expect(all.filter(({ state }) => state === 'sent')).toHaveLength(3)
    expect(all.filter(({ state }) => state === 'queued').every(({ outcome }) => outcome?.includes("the person's limit") === true)).toBe(true)
  })
})

test('what leaves the deployment names no number of anybody, whatever the facts of the alert say (invariant 13)', async () => {
  const { world, receiver } = await scene(['in_app', 'im', 'sms', 'voice', 'email'], 3)
  await world.raise({ severity: 3, facts: { text: '客户 13812345678 身份证 11010119900307123X 来电', value: 31 } })
  await runEscalate(world.engine, T)
  for (let minute = 0; minute < 8; minute += 1) await run(world, T + minute * MINUTE)
  const bodies = [...(await pages(world)).map(({ payload, outcome }) => JSON.stringify([payload, outcome])), ...receiver.received.map(({ body }) => body.replace(/"to":"[^"]*"/, ''))]
  expect(receiver.received.length).toBeGreaterThan(2)
  for (const body of bodies) {
    expect(body).not.toMatch(/(?<!\d)1[3-9]\d{9}(?!\d)/)
    expect(body).not.toMatch(/(?<!\d)\d{17}[\dXx](?!\d)/)
    expect(body).not.toMatch(/(?<!\d)\d{3,4}-\d{7,8}(?!\d)/)
  }
})
