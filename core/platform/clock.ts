import type { Instant } from '../domain/time.ts'

/** Where the present comes from. Everything outside this file is handed a clock, or `now` itself. */
export interface Clock {
  /** The present instant, epoch ms (UTC). */
  now(): Instant
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until it is moved: replays set it to the time of the data, tests to the edge that they look at. */
export class ManualClock implements Clock {
  #at: Instant

  constructor(start: Instant) {
    this.#at = start
  }

  now(): Instant {
    return this.#at
  }

  /** Moves the clock to `at`, forwards or backwards. */
  set(at: Instant): void {
    this.#at = at
  }

  /** Moves the clock by `ms` and returns the new instant. */
  advance(ms: number): Instant {
    this.#at += ms
    return this.#at
  }
}
