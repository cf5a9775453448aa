import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { alertWorld } from '../support/alert-world.ts'
import { hangUp, status, webhookReceiver } from '../support/webhook-receiver.ts'
import { hooks, LOOPBACK, pass, register, scene, SECRET } from '../support/webhook-scene.ts'

describe('a call', () => {
  test('is a signed POST that a receiver can verify, with nothing of a customer in it', async () => {
    const { world, receiver } = await scene()
    await world.pool.query(
      `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold, updated_at)
       values ('32:eoms:T1', '32', '320501', '/00/32/320500/320501/', 'complaint', 'broadband_down', 'processing', true, 'customer-hash-1', $1::timestamptz, true,
               '{"ticketNo": "T-1", "contentText": "张先生家宽带上不了网"}', $1::timestamptz)`,
      [new Date(T)],
    )
    const alert = await world.raise({
      kind: 'abnormal',
      ruleId: 'AT-02',
      ticketKey: '32:eoms:T1',
      regionCode: '320501',
      facts: { overdueMs: 1, text: '张先生' },
    })
    await pass(world, T + 1_500)
    const [one] = receiver.received
    expect(one).toMatchObject({
      method: 'POST',
      path: '/hook?room=1',
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-tocsin-timestamp': String(T / 1000 + 1) },
    })
    const [row] = await hooks(world)
    expect(one?.headers['x-tocsin-delivery']).toBe(row?.delivery_id)
    expect(one?.headers['x-tocsin-signature']).toBe(signatureOf(SECRET, String(one?.headers['x-tocsin-timestamp']), one?.body ?? ''))
    expect(JSON.parse(one?.body ?? '')).toEqual({
      deliveryId: row?.delivery_id,
      alertId: alert.id,
      kind: 'abnormal',
      ruleId: 'AT-02',
      colour: 'yellow',
      severity: 2,
      scope: { code: '320501', nameZh: '甲区', nameEn: 'District A' },
      phenomenon: 'broadband_down',
      tickets: 1,
      customers: 1,
      since: '2026-06-11T12:00:00Z',
      step: 0,
      asked: 'acknowledge',
      isReminder: false,
      by: '2026-06-11T13:00:00Z',
      link: `/desk/${alert.id}`,
      textZh: expect.stringContaining('甲区'),
      textEn: expect.stringContaining('District A'),
    })
    expect(one?.body).not.toMatch(/张先生|customer-hash|T-1|宽带上不了网/)
    expect(row).toMatchObject({ state: 'sent', attempts: 1, outcome: 'HTTP 204' })
  })

  test('that is refused for good is not made again', async () => {
    for (const code of [400, 401, 404, 410, 301]) {
      const { world, receiver } = await scene()
      receiver.answer = status(code, { location: '/elsewhere' })
      await world.raise()
      await pass(world, T)
      await pass(world, T + 10 * MINUTE)
      expect(
        receiver.received.map((one) => one.path),
        String(code),
      ).toEqual(['/hook?room=1'])
      expect(await hooks(world)).toMatchObject([{ state: 'failed', attempts: 1, outcome: expect.stringContaining(`HTTP ${code}`) }])
    }
  })

  test('that the provider cannot take now is made again after growing waits, with the same id and no mark of a repeat', async () => {
    const { world, receiver } = await scene()
    receiver.answer = status(503)
    await world.raise()
    await pass(world, T)
    await pass(world, T + 2 * SECOND - 1)
    expect(receiver.received).toHaveLength(1)
    await pass(world, T + 2 * SECOND)
    receiver.answer = status(200)
    await pass(world, T + 60 * SECOND)
    await pass(world, T + 120 * SECOND)
    expect(receiver.received).toHaveLength(3)
    expect(new Set(receiver.received.map((one) => one.headers['x-tocsin-delivery'])).size).toBe(1)
    expect(receiver.received.some((one) => one.body.includes('repeated'))).toBe(false)
    expect(await hooks(world)).toMatchObject([{ state: 'sent', attempts: 3 }])
  })

  test('to a port where nobody listens counts as not made, and is tried again', async () => {
    const { world, receiver } = await scene()
    const dead = await webhookReceiver()
    await new Promise<void>((resolve) => dead.close(resolve))
    await world.pool.query('update webhook_endpoint set url = $1', [dead.urlOf('/')])
    await world.raise()
    await pass(world, T)
    expect(await hooks(world)).toMatchObject([
      {
        state: 'queued',
        attempts: 1,
        unconfirmed_calls: 0,
        outcome: '未能连接（ECONNREFUSED） / not reached (ECONNREFUSED)',
        due_at: T + 2 * SECOND,
      },
    ])
    await world.pool.query('update webhook_endpoint set url = $1', [receiver.urlOf('/')])
    await pass(world, T + 2 * SECOND)
    expect(receiver.received).toHaveLength(1)
  })

  test('broken off after the request left is repeated once, with the same id and visibly, and never a third time', async () => {
    const { world, receiver } = await scene()
    receiver.answer = hangUp
    await world.raise()
    await pass(world, T)
    expect(await hooks(world)).toMatchObject([{ state: 'ambiguous', attempts: 1, unconfirmed_calls: 1 }])
    for (let second = 5; second < 800; second += 20) await pass(world, T + second * SECOND)
    expect(receiver.received).toHaveLength(2)
    const [first, second] = receiver.received
    expect(second?.headers['x-tocsin-delivery']).toBe(first?.headers['x-tocsin-delivery'])
    expect([first, second].map((one) => JSON.parse(one?.body ?? '')['repeated'])).toEqual([undefined, true])
    expect(JSON.parse(second?.body ?? '')).toMatchObject({ noticeZh: '可能重复', noticeEn: 'may be repeated' })
    expect(await hooks(world)).toMatchObject([
      { state: 'failed', attempts: 2, unconfirmed_calls: 2, outcome: expect.stringContaining('unconfirmed twice') },
    ])
  })

  test('of a worker that died between claim and receipt is repeated once by another, with the same id', async () => {
    for (const hadCalled of [true, false]) {
      const { world, receiver } = await scene()
      await world.raise()
      await runEscalate(world.engine, T)
      if (hadCalled) await pass(world, T)
      // The row as a SIGKILL after the claim leaves it.
      await world.pool.query(
        `update outbox set state = 'sending', sent_at = null, claim_token = gen_random_uuid(), attempts = 1, call_begun = true, claimed_until = due_at + interval '20 seconds' where channel = 'webhook'`,
      )
      await pass(world, T + 20 * SECOND - 1)
      expect(receiver.received).toHaveLength(hadCalled ? 1 : 0)
      await pass(world, T + 20 * SECOND)
      await pass(world, T + 10 * MINUTE)
      expect(receiver.received).toHaveLength(hadCalled ? 2 : 1)
      expect(new Set(receiver.received.map((one) => one.headers['x-tocsin-delivery'])).size).toBe(1)
      expect(JSON.parse(receiver.received.at(-1)?.body ?? '')['repeated']).toBe(true)
      expect(await hooks(world)).toMatchObject([{ state: 'sent', attempts: 2, unconfirmed_calls: 1, outcome: 'HTTP 204；重发 / HTTP 204; repeated' }])
      // It dies in the repeat too: nobody calls a third time.
      await world.pool.query(`update outbox set state = 'sending', claim_token = gen_random_uuid(), call_begun = true, claimed_until = due_at where channel = 'webhook'`)
      await pass(world, T + 12 * MINUTE)
      expect(receiver.received).toHaveLength(hadCalled ? 2 : 1)
      expect(await hooks(world)).toMatchObject([{ state: 'failed', outcome: expect.stringContaining('unconfirmed twice: may have arrived') }])
    }
  })

  test('of workers that died again and again before they had begun to call is made, as no repeat: nobody was called', async () => {
    const { world, receiver } = await scene()
    await world.raise()
    await runEscalate(world.engine, T)
    for (let dead = 0; dead < 4; dead += 1) {
      await world.pool.query(`update outbox set state = 'sending', claim_token = gen_random_uuid(), attempts = attempts + 1, call_begun = false, claimed_until = due_at where channel = 'webhook'`)
    }
    await pass(world, T + SECOND)
    expect(receiver.received.map(({ body }) => JSON.parse(body)['repeated'])).toEqual([undefined])
    expect(await hooks(world)).toMatchObject([{ state: 'sent', unconfirmed_calls: 0 }])
  })

  test('whose claim has no time left for a call gives the row back unharmed', async () => {
    const { world, receiver } = await scene()
    await world.raise()
    await runEscalate(world.engine, T)
    // Each look at the clock takes fifteen seconds: a claim is over before its call can begin.
    const slow = { now: () => { world.clock.advance(15 * SECOND); return world.clock.now() } }
    for (let tries = 0; tries < 3; tries += 1) await runNotify(world.engine, world.clock.now(), { channels: LOOPBACK, clock: slow, limit: 2 })
    expect(receiver.received).toEqual([])
    expect(await hooks(world)).toMatchObject([{ state: 'queued', attempts: 0, unconfirmed_calls: 0 }])
    await pass(world, world.clock.now())
    expect(receiver.received).toHaveLength(1)
  })

  test('of a worker that was paused is not written when it wakes up (invariant 7)', async () => {
    const { world, receiver } = await scene()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    receiver.answer = (_, response) => void held.then(() => response.writeHead(500).end())
    await world.raise()
    await runEscalate(world.engine, T)
    const slow = runNotify(world.engine, T, { channels: LOOPBACK, clock: world.clock })
    while (receiver.received.length === 0) await sleep(5)
    receiver.answer = status(204)
    world.clock.set(T + MINUTE)
    await runNotify(world.engine, T + MINUTE, { channels: LOOPBACK, clock: world.clock })
    expect(await hooks(world)).toMatchObject([{ state: 'sent', attempts: 2, outcome: 'HTTP 204；重发 / HTTP 204; repeated' }])
    release()
    await slow
    expect(await hooks(world)).toMatchObject([{ state: 'sent', attempts: 2, outcome: 'HTTP 204；重发 / HTTP 204; repeated' }])
    expect(receiver.received).toHaveLength(2)
  })

  test('whose endpoint cannot be opened with this deployment’s secret fails with what to do', async () => {
    const receiver = await webhookReceiver()
    const world = await alertWorld(T)
    await register(world, receiver.urlOf('/'), '32', 'another secret, of another deployment')
    await world.raise()
    await pass(world, T)
    expect(receiver.received).toEqual([])
    expect(await hooks(world)).toMatchObject([{ state: 'failed', outcome: expect.stringContaining('register the endpoint again') }])
  })
})

describe('addresses that are not for webhooks', () => {
  const forbidden = (port: number) => [
    `http://localhost:${port}/`,
    `http://127.0.0.1:${port}/`,
    `http://[::1]:${port}/`,
    `http://0x7f000001:${port}/`,
    `http://2130706433:${port}/`,
    `http://127.1:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    'http://[::ffff:10.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://100.64.0.1/',
    `http://0.0.0.0:${port}/`,
    'http://10.1.2.3/',
  ]

  test('are refused whatever way they are written, and nothing is sent', async () => {
    const receiver = await webhookReceiver()
    const world = await alertWorld(T)
    const urls = forbidden(receiver.port)
    for (const url of urls) await register(world, url)
    await world.raise()
    await pass(world, T, { webhookAllow: [] })
    const rows = await hooks(world)
    expect(rows).toHaveLength(urls.length)
    for (const row of rows) expect(row).toMatchObject({ state: 'failed', attempts: 1, outcome: expect.stringContaining('not allowed') })
    expect(receiver.received).toEqual([])
  })

  test('are reached when the deployment allows them, and a redirect to one is not followed', async () => {
    const receiver = await webhookReceiver()
    const world = await alertWorld(T)
    const inside = await webhookReceiver()
    await register(world, receiver.urlOf('/'))
    receiver.answer = status(307, { location: inside.urlOf('/secret') })
    await world.raise()
    await pass(world, T)
    expect([receiver.received.length, inside.received.length]).toEqual([1, 0])
    expect(await hooks(world)).toMatchObject([{ state: 'failed', outcome: expect.stringContaining('redirects are not followed') }])
  })

  test('never hold up the others: a dead endpoint leaves the living one its calls', async () => {
    const { world, receiver } = await scene()
    const silent = await webhookReceiver()
    silent.answer = () => undefined
    await register(world, silent.urlOf('/'), '00')
    await Promise.all(Array.from({ length: 6 }, (_, index) => world.raise({ ruleId: `MR-${index}` })))
    await runEscalate(world.engine, T)
    const working = runNotify(world.engine, T, { channels: LOOPBACK, clock: world.clock })
    const start = performance.now()
    while (receiver.received.length < 6 && performance.now() - start < 6_000) await sleep(20)
    expect(receiver.received).toHaveLength(6)
    expect(silent.received.length).toBeLessThanOrEqual(2)
    await world.pool.query('update webhook_endpoint set disabled_at = created_at')
    await new Promise<void>((resolve) => silent.close(resolve))
    await working
  })
})
