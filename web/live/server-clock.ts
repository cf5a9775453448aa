/** How many beats the clock remembers. An odd number, so that the median is one of them. */
const KEPT = 9

/**
 * The server's clock as seen from here: the median of the last nine offsets between a beat's server time and our monotonic clock.
 * A late beat or a changed wall clock of the client moves it by nothing.
 */
export interface ServerClock {
  readonly offsets: readonly number[]
  /** Add to the monotonic clock (ms) to get epoch ms; null before the first beat. */
  readonly offset: number | null
}

export const UNSET_CLOCK: ServerClock = { offsets: [], offset: null }

/** Takes in one reading: `serverTime` (epoch ms) received at `monotonic` (ms). */
export function readServerTime(clock: ServerClock, serverTime: number, monotonic: number): ServerClock {
  const offsets = [...clock.offsets.slice(-(KEPT - 1)), serverTime - monotonic]
  const sorted = [...offsets].sort((a, b) => a - b)
  return { offsets, offset: sorted[Math.floor(sorted.length / 2)] ?? null }
}
