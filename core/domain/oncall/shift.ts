import { type Calendar, dayTypeOfDate } from '../day-type.ts'
import { dateOfDay, type DayNumber, dayNumber, type Instant, MINUTE, readingOfDay, type Zone } from '../time.ts'

/** How a position's days are cut (domain.md 2.5): the monitoring centre by day and night, departments by working hours and what lies outside of them. */
export const SHIFT_PATTERNS = ['day_night', 'workday'] as const
export type ShiftPattern = (typeof SHIFT_PATTERNS)[number]
export const SHIFT_KINDS = ['day', 'night', 'work', 'outside'] as const
export type ShiftKind = (typeof SHIFT_KINDS)[number]

/** The kinds of shifts that a pattern has. */
export const KINDS_OF: Readonly<Record<ShiftPattern, readonly ShiftKind[]>> = { day_night: ['day', 'night'], workday: ['work', 'outside'] }

/** Where each local day is cut: its first shift runs from `fromMinute` to `toMinute` (minutes after midnight), its second until the next day's first. */
export interface ShiftTimes {
  readonly pattern: ShiftPattern
  readonly fromMinute: number
  readonly toMinute: number
}

/** Day 08:00–20:00 and night; working hours 09:00–18:00 (domain.md 2.5). */
export const DEFAULT_TIMES: Readonly<Record<ShiftPattern, ShiftTimes>> = {
  day_night: { pattern: 'day_night', fromMinute: 8 * 60, toMinute: 20 * 60 },
  workday: { pattern: 'workday', fromMinute: 9 * 60, toMinute: 18 * 60 },
}

/** Names one shift: the local date `YYYY-MM-DD` on which it begins, and whether it is the day's first (0) or second (1). */
export interface ShiftKey {
  readonly date: string
  readonly part: 0 | 1
}

/** One shift, from `from` until just before `to`. */
export interface Shift extends ShiftKey {
  readonly kind: ShiftKind
  readonly from: Instant
  readonly to: Instant
}

/** What days are cut by. */
export interface Cut {
  readonly times: ShiftTimes
  readonly zone: Zone
  readonly calendar: Calendar
}

function kindOf({ times, calendar }: Cut, date: string, part: 0 | 1): ShiftKind {
  if (times.pattern === 'day_night') return part === 0 ? 'day' : 'night'
  return part === 0 && dayTypeOfDate(date, calendar) === 'workday' ? 'work' : 'outside'
}

/** The shift that begins on a local day; of a workday pattern a day off has two that lie outside. */
export function shiftOf(cut: Cut, day: DayNumber, part: 0 | 1): Shift {
  const { times, zone } = cut
  const [first, second] = [times.fromMinute * MINUTE, times.toMinute * MINUTE]
  const date = dateOfDay(day)
  const from = readingOfDay(day, part === 0 ? first : second, zone)
  const to = part === 0 ? readingOfDay(day, second, zone) : readingOfDay(day + 1, first, zone)
  return { date, part, kind: kindOf(cut, date, part), from, to }
}

/** The one shift that holds an instant: shifts leave no hole and do not overlap. */
export function shiftAt(cut: Cut, at: Instant): Shift {
  const day = dayNumber(at, cut.zone)
  const first = shiftOf(cut, day, 0)
  if (at < first.from) return shiftOf(cut, day - 1, 1)
  return at < first.to ? first : shiftOf(cut, day, 1)
}

/** Every shift that holds any instant from `from` until just before `to`, in time. */
export function shiftsBetween(cut: Cut, from: Instant, to: Instant): readonly Shift[] {
  const shifts: Shift[] = []
  for (let shift = shiftAt(cut, from); shift.from < to; shift = shiftAt(cut, shift.to)) shifts.push(shift)
  return shifts
}
