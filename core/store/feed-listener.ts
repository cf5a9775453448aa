import type { Pool } from '../platform/database.ts'
import { FEED_CHANNEL } from './feed-store.ts'

/** An ear on the feed: one connection of its own. */
export interface FeedListener {
  /** Gives the connection back. */
  close(): Promise<void>
}

/**
 * Calls `onNews` after every commit that published, as long as the connection lives; `onLost` once when it is gone.
 * News may be missed while there is no connection: whoever needs every row also looks by himself now and then.
 * @throws when no connection can be had.
 */
export async function listenToFeed(pool: Pool, onNews: () => void, onLost: (error: Error | null) => void): Promise<FeedListener> {
  const client = await pool.connect()
  let isOver = false
  const end = (error: Error | null) => {
    if (isOver) return
    isOver = true
    client.removeListener('notification', onNews)
    // Not put back: it would go on hearing on somebody else's behalf.
    client.release(true)
    onLost(error)
  }
  client.on('notification', onNews)
  client.on('error', end)
  client.on('end', () => end(null))
  try {
    await client.query(`listen ${FEED_CHANNEL}`)
  } catch (error) {
    isOver = true
    client.release(true)
    throw error
  }
  return {
    async close() {
      isOver = true
      client.removeListener('notification', onNews)
      client.release(true)
    },
  }
}
