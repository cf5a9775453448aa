import { type Contacts, CONTACT_KINDS, PROVIDER_KINDS, type ProviderKind } from '../domain/notification/contact.ts'
import type { Means, Reachable } from '../domain/notification/choose-channels.ts'
import type { Sql } from '../platform/database.ts'
import { seal, unseal } from '../platform/seal.ts'
import { contactContext, loadContacts, type StoredContact } from '../store/contact-store.ts'
import { loadPushed } from '../store/push-store.ts'
import { findProviders } from '../store/provider-store.ts'
import type { Engine } from './context.ts'

/** A person's contacts as they may lie in the database. */
export const sealContacts = (secret: string, userId: string, contacts: Contacts): string => seal(secret, contactContext(userId), JSON.stringify(contacts))

/** A person's contacts in the clear; none where the deployment's secret was changed since. */
export function openContacts(secret: string, stored: Pick<StoredContact, 'userId' | 'sealed'>): Contacts {
  try {
    return JSON.parse(unseal(secret, contactContext(stored.userId), stored.sealed)) as Contacts
  } catch {
    return {}
  }
}

/** What can be reached of these people, by user; nothing of those who have registered nothing. */
export async function loadReachable(sql: Sql, engine: Pick<Engine, 'secret'>, userIds: readonly string[]): Promise<(userId: string) => Reachable> {
  const stored = await loadContacts(sql, userIds)
  const pushed = await loadPushed(sql, userIds)
  const known = new Map(
    stored.map((one): [string, Reachable] => {
      const contacts = openContacts(engine.secret, one)
      return [one.userId, { has: new Set(CONTACT_KINDS.filter((kind) => contacts[kind] !== undefined)), preferredIm: one.preferredIm }]
    }),
  )
  return (userId) => ({ ...(known.get(userId) ?? { has: new Set(), preferredIm: null }), hasPush: pushed.has(userId) })
}

/** By which channels anybody can be told of alerts at `regionPath`. */
export async function loadMeans(sql: Sql, regionPath: string): Promise<Means> {
  const providers = await findProviders(sql, Object.keys(PROVIDER_KINDS) as ProviderKind[], regionPath)
  return new Set(providers.map(({ kind }) => PROVIDER_KINDS[kind]))
}
