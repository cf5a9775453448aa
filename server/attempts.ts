import { MINUTE, type Instant } from '../core/domain/time.ts'

const WINDOW = MINUTE
const KEYS_KEPT = 10_000
const WAITING = 500

interface Record {
  /** Failures of the last minute, oldest first. */
  failures: Instant[]
  underWay: number
}

/**
 * Counts failures by key over the last minute. Attempts under way count too, so that attempts at the same time cannot pass together; but who
 * only stands behind others waits for their outcome and is not refused: a whole shift logs in from one address.
 *
 * Kept in this process: with n servers an attacker has n times the attempts, which scrypt's cost still makes slow; in exchange a flood of
 * logins writes no rows.
 */
export class Attempts {
  readonly #limit: number
  readonly #now: () => Instant
  readonly #records = new Map<string, Record>()
  #waiting: (() => void)[] = []

  constructor(limit: number, now: () => Instant) {
    this.#limit = limit
    this.#now = now
  }

  /** Begins an attempt under every key: 0 when it may go on (then {@link leave} must follow), else the seconds after which to come again. */
  async enter(keys: readonly string[]): Promise<number> {
    for (;;) {
      const wait = Math.max(...keys.map((key) => this.#waitOf(key)))
      if (wait > 0) return Math.ceil(wait / 1000)
      if (keys.every((key) => this.#isFree(key))) break
      if (this.#waiting.length >= WAITING) return 1
      await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    }
    for (const key of keys) this.#of(key).underWay += 1
    return 0
  }

  /** Ends an attempt: a failure is remembered, a success is not. */
  leave(keys: readonly string[], hasFailed: boolean): void {
    const now = this.#now()
    for (const key of keys) {
      const record = this.#of(key)
      record.underWay -= 1
      if (hasFailed) record.failures = [...record.failures, now].slice(-this.#limit)
    }
    this.#forget(now)
    const waiting = this.#waiting
    this.#waiting = []
    for (const goOn of waiting) goOn()
  }

  #of(key: string): Record {
    const record = this.#records.get(key) ?? { failures: [], underWay: 0 }
    record.failures = record.failures.filter((at) => at > this.#now() - WINDOW)
    this.#records.set(key, record)
    return record
  }

  #waitOf(key: string): number {
    const oldest = this.#of(key).failures.at(-this.#limit)
    return oldest === undefined ? 0 : oldest + WINDOW - this.#now()
  }

  #isFree(key: string): boolean {
    const { failures, underWay } = this.#of(key)
    return failures.length + underWay < this.#limit
  }

  #forget(now: Instant): void {
    if (this.#records.size <= KEYS_KEPT) return
    for (const [key, { failures, underWay }] of this.#records) if (underWay === 0 && (failures.at(-1) ?? 0) <= now - WINDOW) this.#records.delete(key)
  }
}
