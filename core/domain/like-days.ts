import type { LoadedCalendar } from './calendar.ts'
import { type DayType, dayTypeOfDate } from './day-type.ts'
import { dateOfDay, dayOfDate } from './time.ts'

/** How far a past day may differ: `same` for the days of past weeks, `near` for the days just past that are taken where those are too few (domain.md 5.3.1). */
export type Likeness = 'same' | 'near'

/** What a day is compared by, beside its tags: a public holiday is no ordinary day off (domain.md 5.1 Baseline hygiene). */
type DayKind = DayType | 'holiday'

const kindOf = (date: string, calendar: LoadedCalendar): DayKind => (calendar.holidayOf(date) === null ? dayTypeOfDate(date, calendar) : 'holiday')

/**
 * Whether a past day may teach what is usual on another, both local dates `YYYY-MM-DD` (domain.md 5.1, 5.3.1). A tagged day is compared with days
 * that share a tag, and with no other; else a day with its own kind: workday, day off or public holiday. Of the days just past every untagged one
 * will do, but a public holiday for a public holiday only.
 */
export function isLikeDay(past: string, day: string, calendar: LoadedCalendar, likeness: Likeness): boolean {
  const [before, now] = [calendar.tagsOf(past), calendar.tagsOf(day)]
  if (before.length > 0 || now.length > 0) return now.some((tag) => before.includes(tag))
  const [was, is] = [kindOf(past, calendar), kindOf(day, calendar)]
  return was === is || (likeness === 'near' && was !== 'holiday')
}

/** t−3 d … t−9 d: two days' gap, so that a beginning surge does not teach the baseline (domain.md 5.3.1). */
export const NEAR_DAYS: readonly number[] = [3, 4, 5, 6, 7, 8, 9]

/** Which past days teach the usual course of a day: so many days back, of past weeks or of the days just past. */
export interface UsualDays {
  readonly basis: 'weeks' | 'days'
  readonly back: readonly number[]
}

/**
 * The past days that teach the usual course of a local date: those like it of the last weeks, where fewer than `least` those of the days just past,
 * and where those are too few as well the same weekday as it comes: of a feed of which nothing is expected no silence could be told (MR-17).
 */
export function usualDays(date: string, { weeks, least }: { readonly weeks: number; readonly least: number }, calendar: LoadedCalendar): UsualDays {
  const day = dayOfDate(date)
  const like = (back: readonly number[], likeness: Likeness) => back.filter((days) => isLikeDay(dateOfDay(day - days), date, calendar, likeness))
  const weekly = Array.from({ length: weeks }, (_, index) => 7 * (index + 1))
  const same = like(weekly, 'same')
  if (same.length >= least) return { basis: 'weeks', back: same }
  const near = like(NEAR_DAYS, 'near')
  return near.length >= least ? { basis: 'days', back: near } : { basis: 'weeks', back: weekly }
}
