import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { announceFeed, type FeedItem, insertFeed, lockFeed } from '../store/feed-store.ts'

/** The key under which a client replaces what it has (core/contract/wall.ts); null for topics in which every row counts. */
function keyOf({ topic, userId, payload }: FeedItem): string | null {
  const held = payload as { readonly id?: unknown; readonly regionCode?: unknown }
  if (topic === 'figures') return `figures|${String(held.regionCode)}`
  if (topic === 'alert') return `alert|${String(held.id)}|${userId ?? ''}`
  return null
}

/**
 * What one transaction will publish. Rows are kept until {@link FeedBuffer.flush}, which must be the transaction's last act: the lock it
 * takes makes seq grow in commit order and stands in everybody's way until the commit.
 */
export class FeedBuffer {
  readonly #items = new Map<string, FeedItem>()
  #added = 0

  /** Puts a row in line; a later `figures` or `alert` row with the same key replaces an earlier one and takes its own, later place. */
  add(item: FeedItem): void {
    this.#added += 1
    const key = keyOf(item) ?? `#${this.#added}`
    this.#items.delete(key)
    this.#items.set(key, item)
  }

  get size(): number {
    return this.#items.size
  }

  /** Publishes everything in line, in order, as of `now`, and returns the last seq; null when there was nothing. */
  async flush(tx: Tx, now: Instant): Promise<number | null> {
    if (this.#items.size === 0) return null
    const items = [...this.#items.values()]
    this.#items.clear()
    await lockFeed(tx)
    const seq = await insertFeed(tx, items, now)
    await announceFeed(tx, seq)
    return seq
  }
}
