import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { hangUp } from '../support/webhook-receiver.ts'
import { hooks, LOOPBACK, pass, scene, type Sent } from '../support/webhook-scene.ts'

describe('the ladder over real HTTP', () => {
  test('calls at once, calls again at T + limit while nobody answers, and is silent after the answer', async () => {
    const { world, receiver } = await scene()
    const manager = await world.user('duty_manager', '32')
    const alert = await world.raise()
    await pass(world, T)
    await pass(world, T + 15 * MINUTE - 1)
    expect(receiver.received).toHaveLength(1)
    await pass(world, T + 15 * MINUTE)
    expect(receiver.received.map((one) => JSON.parse(one.body)['step'])).toEqual([0, 1])
    world.clock.advance(MINUTE)
    expect((await world.move(alert.id, { move: 'ack' }, manager)).ok).toBe(true)
    for (let hour = 1; hour < 5; hour += 1) await pass(world, T + hour * 60 * MINUTE)
    expect(receiver.received).toHaveLength(2)
  })

  test('stops at the answer: step 2 is never called', async () => {
    const { world, receiver } = await scene()
    const manager = await world.user('duty_manager', '32')
    const alert = await world.raise()
    await pass(world, T)
    world.clock.set(T + 15 * MINUTE - 1)
    await world.move(alert.id, { move: 'ack' }, manager)
    await pass(world, T + 60 * MINUTE)
    expect(receiver.received).toHaveLength(1)
  })

  test('starts again with T = the upgrade', async () => {
    const { world, receiver } = await scene()
    const alert = await world.raise()
    await pass(world, T)
    world.clock.set(T + 12 * MINUTE)
    await world.move(alert.id, { move: 'upgrade', toSeverity: 4 })
    await pass(world, T + 12 * MINUTE)
    await pass(world, T + 17 * MINUTE - 1)
    // Red reminds every 3 minutes.
    const steps = () => receiver.received.map((one) => JSON.parse(one.body)).filter((body) => body['isReminder'] === false)
    expect(steps().map((body) => [body['colour'], body['step']])).toEqual([
      ['yellow', 0],
      ['red', 0],
    ])
    await pass(world, T + 17 * MINUTE)
    expect(steps()).toHaveLength(3)
  })

  test('is not heard outside its region, and blue calls no webhook', async () => {
    const { world, receiver } = await scene()
    await world.raise({ regionCode: '330100' })
    await world.raise({ severity: 1 })
    await pass(world, T)
    expect(receiver.received).toEqual([])
  })
})

describe('acknowledge wins (invariant 9)', () => {
  test('what waits is taken back in the transaction of the acknowledgement', async () => {
    const { world, receiver } = await scene()
    const manager = await world.user('duty_manager', '32')
    const alert = await world.raise()
    await runEscalate(world.engine, T)
    expect((await hooks(world)).map((row) => row.state)).toEqual(['queued'])
    await world.move(alert.id, { move: 'ack' }, manager)
    expect((await world.rows<Sent>('select * from outbox')).map((row) => row.state)).toEqual(['cancelled', 'cancelled'])
    await pass(world, T + 20 * MINUTE)
    expect(receiver.received).toEqual([])
  })

  test('an unconfirmed call is not repeated', async () => {
    const { world, receiver } = await scene()
    const manager = await world.user('duty_manager', '32')
    receiver.answer = hangUp
    const alert = await world.raise()
    await pass(world, T)
    await world.move(alert.id, { move: 'ack' }, manager)
    await pass(world, T + 20 * MINUTE)
    expect(receiver.received).toHaveLength(1)
    expect(await hooks(world)).toMatchObject([{ state: 'failed', outcome: expect.stringContaining('unconfirmed, not repeated; acknowledged') }])
  })

  test('a call that was held up is not made when the answer came meanwhile', async () => {
    const { world, receiver } = await scene()
    const manager = await world.user('duty_manager', '32')
    const alert = await world.raise()
    await runEscalate(world.engine, T)
    // Looking up the endpoint takes a second here, and in that second somebody acknowledges.
    const slow = new Proxy(world.pool, {
      get: (pool, name) => {
        if (name !== 'query') return Reflect.get(pool, name)
        return async (text: string, values: unknown[]) => {
          if (text.includes('secret_sealed')) {
            await world.move(alert.id, { move: 'ack' }, manager)
            world.clock.advance(SECOND)
          }
          return pool.query(text, values)
        }
      },
    })
    await runNotify({ ...world.engine, pool: slow }, T, { channels: LOOPBACK, clock: world.clock })
    expect(receiver.received).toEqual([])
    expect(await hooks(world)).toMatchObject([{ state: 'cancelled', outcome: expect.stringContaining('cancelled; acknowledged') }])
  })

  test('while workers are at it: nothing is handed over later than 200 ms after the commit', async () => {
    const { world, receiver } = await scene()
    const manager = await world.user('duty_manager', '32')
    const late: number[] = []
    for (let round = 0; round < 10; round += 1) {
      receiver.received.length = 0
      const alerts = await Promise.all(Array.from({ length: 6 }, (_, index) => world.raise({ ruleId: `MR-${round}-${index}` })))
      await runEscalate(world.engine, T)
      const working = runNotify(world.engine, T, { channels: LOOPBACK, clock: world.clock })
      await sleep(round * 3)
      const committed = new Map<string, number>()
      await Promise.all(
        alerts.map(async (alert) => {
          await world.move(alert.id, { move: 'ack' }, manager)
          committed.set(alert.id, performance.now())
        }),
      )
      await working
      await runNotify(world.engine, T, { channels: LOOPBACK, clock: world.clock })
      for (const one of receiver.received) late.push(one.at - (committed.get(JSON.parse(one.body)['alertId']) ?? 0))
    }
    expect(late.length).toBeGreaterThan(0)
    expect(Math.max(...late)).toBeLessThan(200)
    expect(await world.rows("select from outbox where state in ('queued', 'sending', 'ambiguous')")).toEqual([])
  })
})
