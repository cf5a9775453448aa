import { randomUUID } from 'node:crypto'
import { judgeReceipt } from '../domain/notification/receipt.ts'
import type { Instant } from '../domain/time.ts'
import { deliveryOfToken } from '../platform/ack-token.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { vapidPair } from '../platform/push-endpoint.ts'
import { eventHash } from '../platform/reply-code.ts'
import { seal, unseal } from '../platform/seal.ts'
import { loadOwnPushRows, loadPushKeys, loadPushTargets, lockPushedPage, lockPushOf, type PushRow, savePush, savePushKeys } from '../store/push-store.ts'
import { markDelivered } from '../store/receipt-store.ts'
import type { Engine } from './context.ts'
import { inEngineTransaction } from './transaction.ts'

const CONTEXT = 'web-push'

/** A browser's own address and keys (RFC 8030, 8291). */
export interface Browser {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** The key that browsers subscribe with; made on first use. */
export async function pushPublicKey(engine: Pick<Engine, 'secret'>, sql: Sql, now: Instant): Promise<string> {
  const stored = await loadPushKeys(sql)
  if (stored !== undefined) return stored.publicKey
  const { publicKey, privateKey } = vapidPair()
  await savePushKeys(sql, publicKey, seal(engine.secret, CONTEXT, privateKey), now)
  // Another process may have been faster: what stands counts.
  return (await loadPushKeys(sql))?.publicKey ?? publicKey
}

/** Both keys for signing; null where there are none yet or the deployment's secret was changed. */
export async function openPushKeys(engine: Pick<Engine, 'secret'>, sql: Sql): Promise<{ publicKey: string; privateKey: string } | null> {
  const stored = await loadPushKeys(sql)
  if (stored === undefined) return null
  try {
    return { publicKey: stored.publicKey, privateKey: unseal(engine.secret, CONTEXT, stored.privateSealed) }
  } catch {
    return null
  }
}

/** Registers a browser for a person; one that was somebody else's shows from now on what he is told, and no longer what the other is. */
export async function subscribePush(engine: Pick<Engine, 'secret'>, tx: Tx, userId: string, browser: Browser, now: Instant): Promise<PushRow | undefined> {
  const endpointHash = eventHash(browser.endpoint)
  const id = (await lockPushOf(tx, endpointHash)) ?? randomUUID()
  const sealed = seal(engine.secret, id, JSON.stringify(browser))
  return savePush(tx, { id, userId, endpointHash, host: new URL(browser.endpoint).host, sealed }, now)
}

/** How many browsers of a person show pages. */
export async function countPush(sql: Sql, userId: string): Promise<number> {
  return (await loadOwnPushRows(sql, userId)).filter(({ removedAt }) => removedAt === null).length
}

/** The browsers of a person, opened; those that do not open are left out. */
export async function openBrowsers(engine: Pick<Engine, 'secret'>, sql: Sql, userId: string): Promise<(Browser & { readonly id: string })[]> {
  const targets = await loadPushTargets(sql, userId)
  return targets.flatMap(({ id, sealed }) => {
    try {
      return [{ id, ...(JSON.parse(unseal(engine.secret, id, sealed)) as Browser) }]
    } catch {
      return []
    }
  })
}

/**
 * Takes what a browser says of a page: shown makes that page delivered (domain.md 7.3); opened counts for the same step in the application too, so that no chat
 * follows. Unknown tokens, repetitions and any order change nothing.
 */
export function takePushReceipt(engine: Engine, now: Instant, { token, status }: { readonly token: string; readonly status: 'shown' | 'opened' }): Promise<{ known: boolean }> {
  const deliveryId = deliveryOfToken(engine.secret, token)
  if (deliveryId === null) return Promise.resolve({ known: false })
  return inEngineTransaction(engine, now, async ({ tx, feed }) => {
    const page = await lockPushedPage(tx, deliveryId)
    if (page === undefined) return { known: false }
    const kind = status === 'opened' ? 'read' : 'delivered'
    const isNew = judgeReceipt('web_push', page.state, kind) === 'delivers'
    if (isNew || (status === 'opened' && page.state === 'delivered')) await markDelivered(tx, page.id, kind, now)
    if (status === 'opened' && page.inAppId !== null) await markDelivered(tx, page.inAppId, 'read', now)
    const { regionCode, regionPath, alertId } = page
    if (isNew || status === 'opened') feed.add({ topic: 'timeline', regionCode, regionPath, payload: { alertId } })
    return { known: true }
  })
}
