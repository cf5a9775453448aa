import { type FeedReading, feedState } from '../domain/feed-state.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { FeedState } from '../contract/wall.ts'
import type { ProvinceFeed } from '../store/province-feed-store.ts'
import type { DayBaseline } from './day-baseline.ts'

/** How a province's feed stands at `now`, by what it usually sends (domain.md MR-17). An undefined feed was never heard of. */
export function readFeed(feed: ProvinceFeed | undefined, provinceCode: string, baseline: DayBaseline, now: Instant): FeedReading {
  if (feed === undefined) return feedState(null, baseline.perMinute(provinceCode, now, now), now)
  return feedState(feed.lastReceivedAt, baseline.perMinute(provinceCode, feed.lastReceivedAt, now), now)
}

/** Longer than any T that means something; stands for "silence says nothing" where a number is needed. */
const NO_EXPECTATION = 365 * DAY

/** The same, as screens carry it. */
export function shownFeed(feed: ProvinceFeed | undefined, provinceCode: string, baseline: DayBaseline, now: Instant): FeedState {
  const { state, silentAfterMs } = readFeed(feed, provinceCode, baseline, now)
  return {
    state,
    lastOccurredAt: feed?.lastOccurredAt ?? null,
    lastReceivedAt: feed?.lastReceivedAt ?? null,
    silentAfterMs: Math.min(silentAfterMs, NO_EXPECTATION),
  }
}
