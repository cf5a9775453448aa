import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import type { LadderChannel, Severity } from '../../core/domain/vocabulary.ts'
import { takeReceipt } from '../../core/engine/receipts.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { addProvider, channelWorld, OPEN, run, setContacts } from '../support/channel-scene.ts'
import { hangUp, status, webhookReceiver } from '../support/webhook-receiver.ts'

interface Row {
  id: string
  alert_id: string
  delivery_id: string
  channel: string
  state: string
  outcome: string | null
  carried_by: string | null
  together: { alerts: number; textZh: string } | null
  fallback_at: number | null
  due_at: number
}
interface Said {
  readonly id: string
  readonly text: string
  readonly link: string
  readonly repeated: boolean
  readonly to: string
}

/** One duty manager, told by short message of every case of yellow; a gateway that takes everything. */
async function scene(channels: readonly LadderChannel[] = ['sms']) {
  const receiver = await webhookReceiver()
  receiver.answer = (_, response) => void response.writeHead(200).end('{}')
  const world = await channelWorld(channels, 2)
  const manager = await world.user('duty_manager', '32')
  await setContacts(world, manager.userId, { mobile: '13900000001' })
  const provider = await addProvider(world, 'sms_gateway', receiver.urlOf('/sms'), { perMinute: 6_000 })
  await addProvider(world, 'voice_gateway', receiver.urlOf('/voice'), { perMinute: 6_000 })
  let raised = 0
  const raise = (at: number, severity: Severity = 2) => {
    world.clock.set(at)
    raised += 1
    return world.raise({ severity, ruleId: `MR-${raised}` })
  }
  const rows = () => world.rows<Row>('select id::text, alert_id::text, delivery_id, channel, state, outcome, carried_by, together, fallback_at, due_at from outbox order by id')
  const said = () => receiver.received.map(({ body }) => JSON.parse(body) as Said)
  return { world, manager, receiver, provider, raise, rows, said }
}
type Scene = Awaited<ReturnType<typeof scene>>

/** Twelve alerts at T: two of them wait, whichever they are. */
async function stormy(): Promise<Scene & { readonly held: readonly string[]; readonly heldRows: () => Promise<Row[]> }> {
  const its = await scene()
  for (let n = 0; n < 12; n += 1) await its.raise(T)
  await run(its.world, T)
  const held = (await its.rows()).filter(({ state }) => state === 'queued').map(({ alert_id }) => alert_id)
  expect(held).toHaveLength(2)
  return { ...its, held, heldRows: async () => (await its.rows()).filter(({ alert_id }) => held.includes(alert_id)) }
}

describe('a storm of alerts for one person (domain.md 7.4)', () => {
  test('400 yellow in 10 minutes: one by one 10, then one message per 10 minutes, and the red in between singly and at once (S-14, 12)', async () => {
    const { world, receiver, raise, rows, said } = await scene()
    const ladder = "update config_version set body = jsonb_set(body, '{risk,4}', body #> '{risk,2}') where kind = 'ladders'"
    await world.pool.query(ladder)
    const heard: { at: number; isTogether: boolean; isRed: boolean }[] = []
    let isRed: string | null = null
    for (let step = 0; step <= 50; step += 1) {
      const at = T + step * 15 * SECOND
      if (step < 40) for (let n = 0; n < 10; n += 1) await raise(at)
      if (step === 20) isRed = (await raise(at, 4)).id
      await run(world, at)
      for (const one of said().slice(heard.length)) heard.push({ at: at - T, isTogether: one.text.startsWith('【汇总】'), isRed: one.text.includes(` #${isRed} `) })
    }
    const together = heard.filter((one) => one.isTogether)
    expect(heard.filter((one) => !one.isTogether && !one.isRed).map(({ at }) => at)).toEqual(Array.from({ length: 10 }, () => 0))
    expect(together.map(({ at }) => at)).toEqual([75 * SECOND, 675 * SECOND])
    // The red one by short message at once and, that being silent, by telephone after 180 s.
    expect(heard.filter((one) => one.isRed).map(({ at }) => at)).toEqual([5 * MINUTE, 8 * MINUTE])
    expect(receiver.received).toHaveLength(14)
    // Nothing is lost: each of the 401 alerts was said, by itself or by the message that its row names.
    const all = await rows()
    expect(all).toHaveLength(402)
    expect(all.every(({ state }) => state === 'sent')).toBe(true)
    const carriers = all.filter((row) => row.together !== null)
    expect(carriers.map(({ together: message }) => message?.alerts)).toEqual([50, 340])
    expect(carriers.map(({ delivery_id: id }) => all.filter(({ carried_by }) => carried_by === id).length)).toEqual([49, 339])
    expect(all.map(({ outcome }) => outcome)).toContain('合并通知，共 50 件；HTTP 200 / said together, 50 alerts; HTTP 200')
    expect(said().find(({ text }) => text.startsWith('【汇总】'))).toMatchObject({ text: expect.stringContaining('新增待确认预警 50 件（黄色 50）'), link: 'https://tocsin.example/desk' })
  })

  test('says why something waits, and until when', async () => {
    const { rows } = await stormy()
    expect((await rows()).filter(({ state }) => state === 'queued')).toMatchObject([
      { due_at: T + MINUTE, outcome: '10 分钟内通知过多，于 06-11 20:01 与其他预警合并为一条 / too many in 10 minutes: said with others at 06-11 20:01' },
      { due_at: T + MINUTE },
    ])
  })

  test('leaves out what was answered while it waited; one alert alone goes by itself, with its link', async () => {
    const { world, manager, held, rows, said } = await stormy()
    await world.move(held[0] as string, { move: 'ack' }, manager)
    await run(world, T + MINUTE)
    expect(said()).toHaveLength(11)
    expect(said().at(-1)).toMatchObject({ text: expect.stringContaining(` #${held[1]} `), link: expect.stringContaining('/ack/') })
    expect((await rows()).filter(({ alert_id }) => held.includes(alert_id)).map(({ state }) => state)).toEqual(['cancelled', 'sent'])
  })

  test('of two workers that look at the same instant one says it, once', async () => {
    const { world, said, rows, raise } = await stormy()
    for (let n = 0; n < 30; n += 1) await raise(T + 10 * SECOND)
    await run(world, T + 10 * SECOND)
    world.clock.set(T + MINUTE)
    await Promise.all(Array.from({ length: 4 }, () => runNotify(world.engine, T + MINUTE, { channels: OPEN })))
    expect(said().slice(10).map(({ text }) => text.slice(0, 16))).toEqual(['【汇总】新增待确认预警 32 件'])
    expect((await rows()).every(({ state }) => state === 'sent')).toBe(true)
  })
})

describe('a message that says several', () => {
  test('that was refused for a while is said again, for all of them', async () => {
    const { world, receiver, rows, said, heldRows } = await stormy()
    receiver.answer = status(503)
    await run(world, T + MINUTE)
    const waiting = await heldRows()
    expect(waiting.map(({ state, carried_by: by }) => [state, by]).sort()).toEqual([['queued', waiting.find(({ together }) => together !== null)?.delivery_id], ['queued', null]].sort())
    receiver.answer = status(200)
    await run(world, T + MINUTE + 3 * SECOND)
    const [first, second] = said().slice(-2)
    expect(second).toEqual(first)
    expect((await rows()).every(({ state }) => state === 'sent')).toBe(true)
  })

  test('is said anew for the others, at once, when the alert whose row carries them is answered', async () => {
    const { world, manager, receiver, rows, said, raise } = await scene()
    for (let n = 0; n < 13; n += 1) await raise(T)
    await run(world, T)
    receiver.answer = status(503)
    await run(world, T + MINUTE)
    receiver.answer = status(200)
    const carrier = (await rows()).find(({ together }) => together !== null)
    await world.move(carrier?.alert_id as string, { move: 'ack' }, manager)
    await run(world, T + MINUTE + 2 * SECOND)
    expect(said().slice(11).map(({ text }) => text.slice(0, 18))).toEqual(['【汇总】新增待确认预警 2 件（黄色'])
    expect(said().at(-1)?.id).not.toBe(carrier?.delivery_id)
    expect((await rows()).filter(({ state }) => state !== 'sent').map(({ alert_id, state }) => [alert_id, state])).toEqual([[carrier?.alert_id, 'cancelled']])
  })

  test('of which nobody knows whether it was heard is repeated for the others, marked, when the alert whose row carries them is answered', async () => {
    const { world, manager, receiver, rows, said, raise } = await scene()
    for (let n = 0; n < 13; n += 1) await raise(T)
    await run(world, T)
    receiver.answer = hangUp
    await run(world, T + MINUTE)
    receiver.answer = status(200)
    const carrier = (await rows()).find(({ together }) => together !== null)
    await world.move(carrier?.alert_id as string, { move: 'ack' }, manager)
    await run(world, T + 2 * MINUTE)
    expect(said().slice(11).map(({ repeated, text }) => [repeated, text.slice(0, 24)])).toEqual([[true, '【可能重复】【汇总】新增待确认预警 2 件（黄色']])
    expect((await rows()).filter(({ state }) => state !== 'sent').map(({ alert_id, state }) => [alert_id, state])).toEqual([[carrier?.alert_id, 'failed']])
  })

  test('says that it is a repeat also where a limit held it up between', async () => {
    const { world, manager, receiver, rows, said, raise } = await scene()
    for (let n = 0; n < 13; n += 1) await raise(T)
    await run(world, T)
    receiver.answer = hangUp
    await run(world, T + MINUTE)
    receiver.answer = status(200)
    const carrier = (await rows()).find(({ together }) => together !== null)
    await world.move(carrier?.alert_id as string, { move: 'ack' }, manager)
    // One that was never called is the first whose turn it is, and carries those that may have been heard.
    const fresh = await raise(T + 90 * SECOND)
    const calls = said().length
    await runEscalate(world.engine, T + 90 * SECOND)
    await world.pool.query('update outbox set due_at = to_timestamp($1::float8 / 1000) where alert_id = $2', [T, fresh.id])
    await world.pool.query("update send_limit set tokens = 0, at = to_timestamp($1::float8 / 1000) where name like 'person%'", [T + 2 * MINUTE])
    await run(world, T + 2 * MINUTE)
    expect(said()).toHaveLength(calls)
    await run(world, T + 4 * MINUTE)
    expect(said().slice(calls).map(({ repeated, text }) => [repeated, text.slice(0, 24)])).toEqual([[true, '【可能重复】【汇总】新增待确认预警 3 件（黄色']])
  })

  test('that nobody can vouch for is repeated once, marked, with the same id, and not a third time', async () => {
    const { world, receiver, heldRows, said } = await stormy()
    receiver.answer = hangUp
    await run(world, T + MINUTE)
    expect((await heldRows()).map(({ state }) => state).sort()).toEqual(['ambiguous', 'queued'])
    await run(world, T + MINUTE + 6 * SECOND)
    await run(world, T + 3 * MINUTE)
    const [first, second, ...more] = said().slice(10)
    expect(more).toEqual([])
    expect([first?.repeated, second?.repeated, second?.id === first?.id]).toEqual([false, true, true])
    expect((await heldRows()).map(({ state }) => state)).toEqual(['failed', 'failed'])
  })

  test('whose worker died is another’s: before its call it is called once, unmarked; after its call had begun marked', async () => {
    const before = await stormy()
    const dead = (begun: boolean) => `update outbox set state = 'sending', claim_token = gen_random_uuid(), claimed_until = to_timestamp(${(T + MINUTE + 20 * SECOND) / 1_000}), call_begun = ${begun}, attempts = 1 where together is not null`
    before.receiver.answer = status(503)
    await run(before.world, T + MINUTE)
    before.receiver.answer = status(200)
    await before.world.pool.query(dead(false))
    await run(before.world, T + 2 * MINUTE)
    expect(before.said().slice(11).map(({ repeated }) => repeated)).toEqual([false])
    expect((await before.rows()).every(({ state }) => state === 'sent')).toBe(true)
    const after = await stormy()
    after.receiver.answer = status(503)
    await run(after.world, T + MINUTE)
    after.receiver.answer = status(200)
    await after.world.pool.query(dead(true))
    await run(after.world, T + 2 * MINUTE)
    expect(after.said().slice(11).map(({ repeated }) => repeated)).toEqual([true])
  })

  test('is delivered for all when the gateway says so, and failed for all when it says that', async () => {
    const { world, provider, rows, heldRows } = await stormy()
    await run(world, T + MINUTE)
    const carrier = (await rows()).find(({ together }) => together !== null)
    const receipt = (one: 'delivered' | 'failed', at: number) =>
      takeReceipt(world.engine, at, { id: provider, kind: 'sms_gateway' }, { id: carrier?.delivery_id as string, status: one })
    expect(await receipt('delivered', T + MINUTE + SECOND)).toEqual({ known: true, effect: 'delivers', acknowledged: false })
    expect((await heldRows()).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    expect((await receipt('failed', T + MINUTE + 2 * SECOND)).effect).toBe('nothing')
    const other = await stormy()
    await run(other.world, T + MINUTE)
    const unheard = (await other.rows()).find(({ together }) => together !== null)?.delivery_id as string
    await takeReceipt(other.world.engine, T + 2 * MINUTE, { id: other.provider, kind: 'sms_gateway' }, { id: unheard, status: 'failed' })
    expect((await other.heldRows()).map(({ state }) => state)).toEqual(['failed', 'failed'])
  })

  test('by telephone asks for no key, and the key 1 acknowledges none of its alerts', async () => {
    const { world, said, rows } = await (async () => {
      const its = await scene(['voice'])
      // More than three calls to one person at once wait for his limit; what a storm says is said all the same.
      for (let n = 0; n < 12; n += 1) await its.raise(T)
      for (let minute = 0; minute <= 50; minute += 1) await run(its.world, T + minute * MINUTE)
      return its
    })()
    const message = said().find(({ text }) => text.startsWith('【汇总】'))
    expect(message?.text).not.toContain('请按 1')
    const { rows: providers } = await world.pool.query("select id from provider where kind = 'voice_gateway'")
    const answered = await takeReceipt(world.engine, T + 51 * MINUTE, { id: providers[0].id, kind: 'voice_gateway' }, { id: message?.id as string, status: 'answered', key: '1' })
    expect(answered).toMatchObject({ effect: 'delivers', acknowledged: false })
    expect((await rows()).filter(({ delivery_id: id, carried_by: by }) => id === message?.id || by === message?.id).every(({ state }) => state === 'delivered' || state === 'cancelled')).toBe(true)
  })
})

test('silence on a chat that says several is followed for each of its alerts, together again', async () => {
  const { world, receiver, rows, said, manager } = await scene(['im'])
  receiver.answer = (_, response) => void response.writeHead(200).end('{"errcode":0}')
  await addProvider(world, 'dingtalk_robot', receiver.urlOf('/dingtalk'), { perMinute: 6_000 })
  await setContacts(world, manager.userId, { mobile: '13900000001', dingtalk: 'ding1' })
  for (let n = 0; n < 30; n += 1) await world.raise({ severity: 2, ruleId: `MR-${n}` })
  for (let second = 0; second <= 300; second += 10) await run(world, T + second * SECOND)
  const all = await rows()
  expect(all.filter(({ channel }) => channel === 'dingtalk')).toHaveLength(30)
  expect(all.filter(({ channel }) => channel === 'sms')).toHaveLength(30)
  expect(all.every(({ state }) => state === 'sent')).toBe(true)
  // Ten and one by the chat; 120 s later the same by short message.
  expect(receiver.received.filter(({ path }) => path.startsWith('/dingtalk'))).toHaveLength(11)
  expect(said().filter(({ to }) => to === '13900000001')).toHaveLength(11)
})
