import { MINUTE, type Instant } from '../core/domain/time.ts'

const WINDOW = MINUTE
const KEPT = 10_000

/**
 * Counts failures by key over the last minute. Kept in this process: with n servers an attacker has n times the attempts,
 * which scrypt's cost still makes slow; in exchange a lost database or a flood of logins costs no rows.
 */
export class Attempts {
  readonly #limit: number
  readonly #at = new Map<string, Instant[]>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Takes one attempt for every key, or none: 0 when it may go on, else the seconds to wait.
   * Taken before the password is checked, so that attempts at the same time cannot pass together.
   */
  take(keys: readonly string[], now: Instant): number {
    const wait = Math.max(0, ...keys.map((key) => this.#waitOf(key, now)))
    if (wait > 0) return Math.ceil(wait / 1000)
    for (const key of keys) this.#at.set(key, [...this.#recent(key, now), now])
    this.#forget(now)
    return 0
  }

  /** Gives an attempt back: it was a success. */
  giveBack(keys: readonly string[], takenAt: Instant): void {
    for (const key of keys) {
      const list = this.#at.get(key) ?? []
      const place = list.lastIndexOf(takenAt)
      if (place >= 0) this.#at.set(key, list.toSpliced(place, 1))
    }
  }

  #recent(key: string, now: Instant): Instant[] {
    return (this.#at.get(key) ?? []).filter((at) => at > now - WINDOW)
  }

  #waitOf(key: string, now: Instant): number {
    const recent = this.#recent(key, now)
    const oldest = recent.at(-this.#limit)
    return oldest === undefined ? 0 : oldest + WINDOW - now
  }

  #forget(now: Instant): void {
    if (this.#at.size <= KEPT) return
    for (const [key, list] of this.#at) if ((list.at(-1) ?? 0) <= now - WINDOW) this.#at.delete(key)
  }
}
