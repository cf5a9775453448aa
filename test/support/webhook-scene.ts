import { randomUUID } from 'node:crypto'
import { seal } from '../../core/platform/seal.ts'
import { insertWebhook } from '../../core/store/webhook-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import type { ChannelContext } from '../../workers/channels/channel.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from './alert-builders.ts'
import { type AlertWorld, alertWorld } from './alert-world.ts'
import { type Receiver, webhookReceiver } from './webhook-receiver.ts'

export const SECRET = 'the endpoint and we know this'
export const LOOPBACK: ChannelContext = { webhookAllow: ['127.0.0.0/8'] }

/** Registers an endpoint whose secret is {@link SECRET}. */
export async function register(world: AlertWorld, url: string, regionCode = '32', sealedWith = world.engine.secret): Promise<string> {
  const id = randomUUID()
  await insertWebhook(world.pool, { id, regionCode, url, secretSealed: seal(sealedWith, id, SECRET), createdBy: null }, T)
  return id
}

export interface Sent {
  state: string
  attempts: number
  unconfirmed_calls: number
  outcome: string | null
  delivery_id: string
  step: number
  due_at: number
  target: string
}
/** The webhook rows of the outbox, oldest first. */
export const hooks = (world: AlertWorld) => world.rows<Sent>("select * from outbox where channel = 'webhook' order by id")

/** Both workers at `at`, as their queues would run them. */
export async function pass(world: AlertWorld, at: number, channels = LOOPBACK): Promise<void> {
  world.clock.set(at)
  await runEscalate(world.engine, at)
  await runNotify(world.engine, at, { channels, clock: world.clock })
}

/** A world with one endpoint of province 32, at a receiver of its own. */
export async function scene(): Promise<{ world: AlertWorld; receiver: Receiver; id: string }> {
  const receiver = await webhookReceiver()
  const world = await alertWorld(T)
  return { world, receiver, id: await register(world, receiver.urlOf('/hook?room=1')) }
}
