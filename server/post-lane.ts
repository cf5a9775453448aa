import type { IntakeAnswer, ItemOutcome } from '../core/contract/events.ts'
import { isUnavailable } from '../core/platform/database.ts'
import { Refusal } from './errors.ts'

interface Post {
  readonly items: readonly unknown[]
  readonly resolve: (answer: IntakeAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Larger posts make a good batch by themselves. */
const SMALL = 50
const ITEMS_AT_ONCE = 1_000
const POSTS_WAITING = 10_000

function tally(items: readonly ItemOutcome[]): IntakeAnswer {
  const count = (outcome: ItemOutcome['outcome']) => items.filter((item) => item.outcome === outcome).length
  return { accepted: count('accepted'), duplicate: count('duplicate'), refused: count('refused'), items: [...items] }
}

/**
 * Joins the small posts of one sender that arrive while a batch of his is being written into the next batch: no timer, no added wait,
 * and a thousand posts a second cost a few dozen transactions. Every post is answered for itself, and only once its items are durable.
 */
export class PostLane {
  readonly #write: (items: readonly unknown[]) => Promise<IntakeAnswer>
  #waiting: Post[] = []
  #isWriting = false

  constructor(write: (items: readonly unknown[]) => Promise<IntakeAnswer>) {
    this.#write = write
  }

  /** True while nothing of this sender is under way. */
  get isIdle(): boolean {
    return !this.#isWriting && this.#waiting.length === 0
  }

  /** Takes the items in; the answer's indexes are those of `items`. */
  post(items: readonly unknown[]): Promise<IntakeAnswer> {
    if (items.length > SMALL) return this.#write(items)
    if (this.#waiting.length >= POSTS_WAITING) {
      return Promise.reject(new Refusal(503, 'busy', '接入繁忙，请稍后重发', 'Busy; send it again in a moment', { retryAfterSeconds: 1 }))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject })
      if (!this.#isWriting) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) await this.#flush(this.#next())
    this.#isWriting = false
  }

  #next(): Post[] {
    let size = 0
    const end = this.#waiting.findIndex((post) => (size += post.items.length) > ITEMS_AT_ONCE)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(end, 1))
  }

  async #flush(posts: readonly Post[]): Promise<void> {
    try {
      const answer = await this.#write(posts.flatMap((post) => post.items))
      let start = 0
      for (const post of posts) {
        const items = answer.items.slice(start, start + post.items.length)
        post.resolve(tally(items.map((item, index) => ({ ...item, index }))))
        start += post.items.length
      }
    } catch (error) {
      // One post must not take the others down with it: each by itself then, unless the database is away for all.
      if (posts.length === 1 || isUnavailable(error)) for (const post of posts) post.reject(error)
      else for (const post of posts) await this.#flush([post])
    }
  }
}
