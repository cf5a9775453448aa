import { afterAll, expect, test } from 'vitest'
import { MINUTE } from '../../core/domain/time.ts'
import { createPool } from '../../core/platform/database.ts'
import { armFailPoints, FAIL_POINTS } from '../../core/platform/fail-point.ts'
import { createLogger } from '../../core/platform/log.ts'
import { createQueues } from '../../core/queue/queues.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { addProvider, channelWorld, CONTACTS, setContacts } from '../support/channel-scene.ts'
import { testDatabase } from '../support/database.ts'
import { mailbox } from '../support/mailbox.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'
import { LOOPBACK, register } from '../support/webhook-scene.ts'

const reached = new Set<string>()
armFailPoints(async (name) => void reached.add(name))
afterAll(() => armFailPoints(() => Promise.resolve()))

test('breaches that are opened, paged, in a storm and answered pass every fail-point: none is a name without a place', { timeout: 60_000 }, async () => {
  const receiver = await webhookReceiver()
  const world = await channelWorld(['webhook', 'email'])
  await register(world, receiver.urlOf('/'))
  const person = await world.user('duty_manager', '32')
  const mails = await mailbox()
  await setContacts(world, person.userId, CONTACTS)
  await addProvider(world, 'smtp', mails.url, { account: 'tocsin', sender: 'tocsin@staff.example' })
  const { url } = await testDatabase({ isEmpty: true })
  const queues = await createQueues({ pool: createPool(url, { max: 10 }), log: createLogger('silent') })
  let ring = () => {}
  const rung = new Promise<void>((resolve) => {
    ring = resolve
  })
  await queues.work('escalate', async () => {
    await runEscalate(world.engine, world.clock.now())
    await runNotify(world.engine, world.clock.now(), { channels: LOOPBACK, clock: world.clock })
    world.clock.set(world.clock.now() + MINUTE)
    await runNotify(world.engine, world.clock.now(), { channels: LOOPBACK, clock: world.clock })
    ring()
  })
  const alert = await world.raise()
  for (let more = 0; more < 11; more += 1) await world.raise({ ruleId: `MR-${more}` })
  await queues.ring('escalate')
  await rung
  expect(receiver.received).toHaveLength(12)
  expect(mails.mails).toHaveLength(11)
  expect(await world.move(alert.id, { move: 'ack' }, person)).toMatchObject({ ok: true })
  await queues.close()
  expect([...reached].sort()).toEqual([...FAIL_POINTS].sort())
})
