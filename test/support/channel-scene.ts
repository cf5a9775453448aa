import { randomUUID } from 'node:crypto'
import type { Contacts, ImChannel, ProviderKind } from '../../core/domain/notification/contact.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import type { LadderChannel, Severity } from '../../core/domain/vocabulary.ts'
import { sealContacts } from '../../core/engine/contacts.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { seal } from '../../core/platform/seal.ts'
import { saveContact } from '../../core/store/contact-store.ts'
import { saveProvider } from '../../core/store/provider-store.ts'
import type { ChannelContext } from '../../workers/channels/channel.ts'
import { pass } from './webhook-scene.ts'
import { T } from './alert-builders.ts'
import { type AlertWorld, alertWorld } from './alert-world.ts'

export const OPEN: ChannelContext = { webhookAllow: ['127.0.0.0/8'], publicUrl: 'https://tocsin.example' }
export const KEYS = { token: 'robot-key-1', secret: 'SEC-of-the-robot' }

/** Everything that a person could be reached by, invented. */
export const CONTACTS: Contacts = { mobile: '13900000001', email: 'someone@staff.example', wecom: 'member1', dingtalk: 'ding1', feishu: 'ou_1' }

/** Registers a provider of the whole deployment unless told otherwise. */
export async function addProvider(
  world: AlertWorld,
  kind: ProviderKind,
  url: string,
  given: { regionCode?: string; perMinute?: number; account?: string; sender?: string; keys?: Partial<Record<keyof typeof KEYS | 'callbackToken' | 'callbackKey', string>>; takesAnswers?: boolean; at?: number } = {},
): Promise<string> {
  const { regionCode = '00', perMinute = 60, account = '', sender = '', keys = KEYS, takesAnswers = false, at = T } = given
  const id = randomUUID()
  const secretsSealed = seal(world.engine.secret, id, JSON.stringify(keys))
  await inTransaction(world.pool, (tx) => saveProvider(tx, { id, kind, regionCode, url, account, sender, perMinute, isEnabled: true, takesAnswers, secretsSealed }, at))
  return id
}

export async function setContacts(world: AlertWorld, userId: string, contacts: Contacts, preferredIm: ImChannel | null = null): Promise<void> {
  await saveContact(world.pool, { userId, sealed: sealContacts(world.engine.secret, userId, contacts), preferredIm, updatedAt: T })
}

/** A world in which every step of a risk case of this colour uses these channels and calls the province's duty manager. */
export async function channelWorld(channels: readonly LadderChannel[], severity: Severity = 2): Promise<AlertWorld> {
  const world = await alertWorld(T)
  const ladder = DEFAULT_LADDERS.risk[severity]
  const steps = ladder.steps.map((step) => ({ ...step, channels, targets: [{ role: 'duty_manager', at: 'province' }] }))
  const body = { ...DEFAULT_LADDERS, risk: { ...DEFAULT_LADDERS.risk, [severity]: { ...ladder, steps, reminder: null } } }
  await world.pool.query("update config_version set body = $1 where kind = 'ladders'", [JSON.stringify(body)])
  return world
}

export interface Page {
  id: number
  delivery_id: string
  channel: string
  target: string
  state: string
  outcome: string | null
  attempts: number
  due_at: number
  fallback_at: number | null
  fallback_of: string | null
  delivered_at: number | null
  read_at: number | null
  payload: Record<string, unknown>
}
export const pages = (world: AlertWorld) => world.rows<Page>('select * from outbox order by id')
/** Channel and state of every page, in their order. */
export const told = async (world: AlertWorld) => (await pages(world)).map(({ channel, state }) => `${channel} ${state}`)

/** Both workers at `at`. */
export const run = (world: AlertWorld, at: number) => pass(world, at, OPEN)
