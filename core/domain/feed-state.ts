import { type Instant, MINUTE } from './time.ts'

/** Whether a province's feed is heard of (domain.md MR-17, S-9). */
export interface FeedReading {
  /** `live` heard of within T, `stale` silent for T or longer, `never` no event yet. */
  readonly state: 'live' | 'stale' | 'never'
  /** T in ms; Infinity where nothing is expected, so that silence says nothing. */
  readonly silentAfterMs: number
}

const FLOOR_MINUTES = 10
const EXPECTED_EVENTS = 20

/** T of domain.md MR-17 in ms: max(10 min, ceil(20 ÷ expected events per minute) min); null or 0 expected gives Infinity. */
export function silentAfter(expectedPerMinute: number | null): number {
  if (expectedPerMinute === null || expectedPerMinute <= 0) return Number.POSITIVE_INFINITY
  return Math.max(FLOOR_MINUTES, Math.ceil(EXPECTED_EVENTS / expectedPerMinute)) * MINUTE
}

/**
 * Reads a feed at `now` from the arrival of its last event and the events per minute expected at this hour.
 * Missing data is never zero (invariant 12): a stale or never-heard feed neither opens nor releases anything.
 */
export function feedState(lastReceivedAt: Instant | null, expectedPerMinute: number | null, now: Instant): FeedReading {
  const silentAfterMs = silentAfter(expectedPerMinute)
  if (lastReceivedAt === null) return { state: 'never', silentAfterMs }
  return { state: now - lastReceivedAt >= silentAfterMs ? 'stale' : 'live', silentAfterMs }
}
