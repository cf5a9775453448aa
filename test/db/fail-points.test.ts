import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../core/platform/clock.ts'
import { createPool } from '../../core/platform/database.ts'
import { armFailPoints, FAIL_POINTS } from '../../core/platform/fail-point.ts'
import { createLogger } from '../../core/platform/log.ts'
import { createQueues } from '../../core/queue/queues.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { alertWorld } from '../support/alert-world.ts'
import { testDatabase } from '../support/database.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'
import { LOOPBACK, register } from '../support/webhook-scene.ts'

const reached = new Set<string>()
armFailPoints(async (name) => void reached.add(name))
afterAll(() => armFailPoints(() => Promise.resolve()))

test('a breach that is opened, paged and answered passes every fail-point: none is a name without a place', { timeout: 60_000 }, async () => {
  const receiver = await webhookReceiver()
  const world = await alertWorld(systemClock.now())
  await register(world, receiver.urlOf('/'))
  const person = await world.user('duty_manager', '32')
  const { url } = await testDatabase({ isEmpty: true })
  const queues = await createQueues({ pool: createPool(url, { max: 10 }), log: createLogger('silent') })
  let ring = () => {}
  const rung = new Promise<void>((resolve) => {
    ring = resolve
  })
  await queues.work('escalate', async () => {
    await runEscalate(world.engine, world.clock.now())
    await runNotify(world.engine, world.clock.now(), { channels: LOOPBACK, clock: world.clock })
    ring()
  })
  const alert = await world.raise()
  await queues.ring('escalate')
  await rung
  expect(receiver.received).toHaveLength(1)
  expect(await world.move(alert.id, { move: 'ack' }, person)).toMatchObject({ ok: true })
  await queues.close()
  expect([...reached].sort()).toEqual([...FAIL_POINTS].sort())
})
