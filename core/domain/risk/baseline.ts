import type { LoadedCalendar } from '../calendar.ts'
import { isLikeDay, NEAR_DAYS } from '../like-days.ts'
import { overlaps } from '../region.ts'
import { DAY, HOUR, type Instant, localDate, shiftDays, type Zone, zoneOffset } from '../time.ts'

/** Half-open `[from, to)`. */
export interface Interval {
  readonly from: Instant
  readonly to: Instant
}

/** One past window that the present one may be compared with. */
export interface PastWindow extends Interval {
  readonly basis: 'weeks' | 'days'
}

/** A time and place that must not teach the baseline: the hours of a confirmed case (domain.md 5.1 Baseline hygiene). */
export interface Contamination extends Interval {
  readonly phenomenon: string
  readonly regionPath: string
}

/** Windows of the same length that end at the same clock time, `weeks` weeks back and, as the second choice, 3 … 9 days back. */
export function pastWindows(tickAt: Instant, windowMs: number, weeks: number, zone: Zone): PastWindow[] {
  const back = (days: number, basis: PastWindow['basis']): PastWindow => {
    const to = shiftDays(tickAt, -days, zone)
    return { from: to - windowMs, to, basis }
  }
  const weekly = Array.from({ length: weeks }, (_, index) => back(7 * (index + 1), 'weeks'))
  return [...weekly, ...NEAR_DAYS.map((days) => back(days, 'days'))]
}

const startOfHour = (at: Instant, zone: Zone): Instant => {
  const offset = zoneOffset(at, zone)
  return Math.floor((at + offset) / HOUR) * HOUR - offset
}

/** The whole local hours that a case touched: from the hour of its first true tick to the end of the hour of its last. */
export function touchedHours(firstTrueAt: Instant, lastTrueAt: Instant, zone: Zone): Interval {
  const from = startOfHour(firstTrueAt, zone)
  const last = startOfHour(lastTrueAt, zone)
  return { from, to: Math.max(last === lastTrueAt ? last : last + HOUR, from + HOUR) }
}

/** Where and when a reading is taken, and what is known about the past of that place. */
export interface BaselineScope {
  readonly tickAt: Instant
  readonly regionPath: string
  readonly phenomenon: string
  /** The first event known of the place's feeds; null: nothing known, so no past window is usable. */
  readonly firstEventAt: Instant | null
  readonly contaminations: readonly Contamination[]
}

const touches = (a: Interval, b: Interval) => a.from < b.to && b.from < a.to

/**
 * Whether a past window may be compared with: wholly after the first event known, on a day like the present one, and touching no hour of a
 * confirmed case of the phenomenon in an overlapping region (domain.md 5.1, 5.3.1). The seven days of the second choice are of any ordinary
 * kind: seven days of one kind there never are.
 */
export function isUsable(window: PastWindow, scope: BaselineScope, zone: Zone, calendar: LoadedCalendar): boolean {
  if (scope.firstEventAt === null || window.from < scope.firstEventAt) return false
  const likeness = window.basis === 'weeks' ? 'same' : 'near'
  if (!isLikeDay(localDate(window.to - 1, zone), localDate(scope.tickAt - 1, zone), calendar, likeness)) return false
  return !scope.contaminations.some(
    (spoilt) =>
      spoilt.phenomenon === scope.phenomenon &&
      overlaps(scope.regionPath, spoilt.regionPath) &&
      touches(window, spoilt),
  )
}

/** The same times in as few intervals as there can be, in order. */
export function mergedIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: { from: Instant; to: Instant }[] = []
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** Whether a window has any time in common with intervals of {@link mergedIntervals}. */
export function touchesAny(window: Interval, merged: readonly Interval[]): boolean {
  let [low, high] = [0, merged.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((merged[middle]?.from ?? 0) < window.to) low = middle + 1
    else high = middle
  }
  const last = merged[low - 1]
  return last !== undefined && last.to > window.from
}

/** How far back past windows reach, with a day to spare for a change of clocks. */
export const baselineReach = (weeks: number, windowMs: number): number => (Math.max(weeks * 7, 9) + 1) * DAY + windowMs
