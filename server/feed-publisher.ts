import { SECOND } from '../core/domain/time.ts'
import type { Pool } from '../core/platform/database.ts'
import type { Logger } from '../core/platform/log.ts'
import { type FeedListener, listenToFeed } from '../core/store/feed-listener.ts'
import { latestSeq, loadFeedAfter, type StoredFeedRow } from '../core/store/feed-store.ts'
import { FeedWindow } from './feed-window.ts'

const POLL_MS = 500
const BATCH = 1_000
export const WINDOW_ROWS = 5_000
const RELISTEN_MS = SECOND
/** A feed that ends before the place where we are is another history: the database was replaced. */
const LOOK_BACK_MS = 10 * SECOND

/**
 * Reads the feed in order, once per server process, and hands every batch on. Woken by NOTIFY on a connection of its own; looks by itself every
 * half second, so a lost connection costs that much and no row. Every process reads for itself: no fan-out between processes is needed.
 */
export class FeedPublisher {
  readonly #pool: Pool
  readonly #log: Logger
  readonly #publish: (rows: readonly StoredFeedRow[]) => void
  readonly #timers: NodeJS.Timeout[] = []
  #window = new FeedWindow(WINDOW_ROWS, 0)
  #listener: FeedListener | null = null
  #isListening = false
  #reading: Promise<void> | null = null
  #isWanted = false
  #isStarted = false
  #isClosed = false

  constructor(pool: Pool, log: Logger, publish: (rows: readonly StoredFeedRow[]) => void) {
    this.#pool = pool
    this.#log = log
    this.#publish = publish
  }

  /** The newest published rows. */
  get window(): FeedWindow {
    return this.#window
  }

  /** Starts reading at the end of the feed. A database that is away is waited for. */
  start(): void {
    this.wake()
    void this.#listen()
    this.#timers.push(setInterval(() => this.wake(), POLL_MS), setInterval(() => void this.#listen(), RELISTEN_MS), setInterval(() => void this.#lookBack(), LOOK_BACK_MS))
  }

  /** There may be new rows. */
  wake(): void {
    this.#isWanted = true
    if (this.#reading === null && !this.#isClosed) this.#reading = this.#read().finally(() => { this.#reading = null })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    await this.#listener?.close()
    await this.#reading
  }

  async #read(): Promise<void> {
    try {
      if (!this.#isStarted) await this.#begin()
      while (this.#isWanted && !this.#isClosed) {
        this.#isWanted = false
        const rows = await loadFeedAfter(this.#pool, this.#window.last, BATCH)
        if (rows.length === 0) continue
        this.#window.add(rows)
        this.#publish(rows)
        if (rows.length === BATCH) this.#isWanted = true
      }
    } catch (error) {
      if (!this.#isClosed) this.#log.debug({ err: error }, 'feed not readable just now')
    }
  }

  /** The last rows before the present end fill the window without being published: whoever connects may have missed them. */
  async #begin(): Promise<void> {
    const end = await latestSeq(this.#pool)
    const floor = Math.max(0, end - WINDOW_ROWS)
    const window = new FeedWindow(WINDOW_ROWS, floor)
    for (;;) {
      const rows = (await loadFeedAfter(this.#pool, window.last, BATCH)).filter(({ seq }) => seq <= end)
      window.add(rows)
      if (rows.length < BATCH) break
    }
    this.#window = window
    this.#isStarted = true
  }

  async #lookBack(): Promise<void> {
    try {
      if (!this.#isStarted || this.#reading !== null || (await latestSeq(this.#pool)) >= this.#window.last) return
      this.#log.warn('the feed has become shorter: another database; reading it from its end')
      this.#isStarted = false
      this.wake()
    } catch {
      // The database is away; the poll reports it.
    }
  }

  async #listen(): Promise<void> {
    if (this.#isListening || this.#isClosed) return
    this.#isListening = true
    try {
      this.#listener = await listenToFeed(this.#pool, () => this.wake(), () => {
        this.#isListening = false
        this.#listener = null
      })
      if (this.#isClosed) await this.#listener.close()
    } catch {
      this.#isListening = false
    }
  }
}
