import { type Calendar, dayTypeOfDate } from '../day-type.ts'
import { DAY, dateOfDay, type DayNumber, dayNumber, type Instant, readingOfDay, startOfDay, type Zone } from '../time.ts'

/**
 * The kinds of time that clocks count (domain.md 3.6): all of it; every day between two readings of the clock, ms after midnight (`to` not
 * after `from` reaches into the next day); whole workdays.
 */
export type TimeKind =
  | { readonly name: 'natural' }
  | { readonly name: 'window'; readonly from: number; readonly to: number; readonly zone: Zone }
  | { readonly name: 'working_days'; readonly calendar: Calendar; readonly zone: Zone }

export const NATURAL: TimeKind = { name: 'natural' }

/** What days are counted by. */
export interface DayCount {
  readonly calendar: Calendar
  readonly zone: Zone
}

type Counted = Exclude<TimeKind, { readonly name: 'natural' }>

/** What a calendar says of a day: a calendar never changes, and a date is text that would be built anew for every question. */
interface DayKind {
  readonly isOff: boolean
  readonly isUnknown: boolean
}
const kindsOfDays = new WeakMap<Calendar, Map<DayNumber, DayKind>>()

function dayKind(day: DayNumber, calendar: Calendar): DayKind {
  const kinds = kindsOfDays.get(calendar) ?? new Map<DayNumber, DayKind>()
  let kind = kinds.get(day)
  if (kind === undefined) {
    const date = dateOfDay(day)
    kind = { isOff: dayTypeOfDate(date, calendar) === 'off', isUnknown: calendar.isWorkday(date) === null }
    if (kinds.size > 20_000) kinds.clear()
    kindsOfDays.set(calendar, kinds.set(day, kind))
  }
  return kind
}

const isOff = (day: DayNumber, calendar: Calendar): boolean => dayKind(day, calendar).isOff

/** End of what a local day contributes; its beginning is {@link countedFrom}. A window that begins on the day belongs to it as a whole. */
function countedTo(kind: Counted, day: DayNumber): Instant {
  if (kind.name === 'working_days') return startOfDay(day + 1, kind.zone)
  return readingOfDay(day, kind.to <= kind.from ? kind.to + DAY : kind.to, kind.zone)
}

function countedFrom(kind: Counted, day: DayNumber): Instant {
  return kind.name === 'working_days' ? startOfDay(day, kind.zone) : readingOfDay(day, kind.from, kind.zone)
}

const isSkipped = (kind: Counted, day: DayNumber): boolean => kind.name === 'working_days' && isOff(day, kind.calendar)

/** The day whose stretch may hold `at`: a window over midnight began on the day before. */
const firstDay = (kind: Counted, at: Instant): DayNumber => dayNumber(at, kind.zone) - (kind.name === 'window' && kind.to <= kind.from ? 1 : 0)

/** Time of that kind in [a, b), ms; 0 where b ≤ a. Additive: worked(a, b) + worked(b, c) = worked(a, c) for a ≤ b ≤ c. */
export function worked(kind: TimeKind, a: Instant, b: Instant): number {
  if (b <= a) return 0
  if (kind.name === 'natural') return b - a
  const last = dayNumber(b, kind.zone)
  let sum = 0
  for (let day = firstDay(kind, a); day <= last; day += 1) {
    if (isSkipped(kind, day)) continue
    sum += Math.max(0, Math.min(b, countedTo(kind, day)) - Math.max(a, countedFrom(kind, day)))
  }
  return sum
}

/** The earliest instant t ≥ start with worked(kind, start, t) = ms; `start` itself for ms ≤ 0. */
export function after(kind: TimeKind, start: Instant, ms: number): Instant {
  if (ms <= 0) return start
  if (kind.name === 'natural') return start + ms
  let left = ms
  for (let day = firstDay(kind, start); ; day += 1) {
    if (isSkipped(kind, day)) continue
    const from = Math.max(start, countedFrom(kind, day))
    const length = Math.max(0, countedTo(kind, day) - from)
    if (length >= left) return from + left
    left -= length
  }
}

/** End (24:00) of the day of receipt and `days` natural days more: the day of receipt is not counted (domain.md 3.6 "Counting days"). */
export function endOfNaturalDay(start: Instant, days: number, { zone }: Pick<DayCount, 'zone'>): Instant {
  return startOfDay(dayNumber(start, zone) + days + 1, zone)
}

/** End (24:00) of the `days`-th workday after the day of receipt; of the day of receipt itself, whatever day it is, for 0. */
export function endOfWorkingDay(start: Instant, days: number, { calendar, zone }: DayCount): Instant {
  let day = dayNumber(start, zone)
  for (let left = days; left > 0; ) {
    day += 1
    if (!isOff(day, calendar)) left -= 1
  }
  return startOfDay(day + 1, zone)
}

/** A deadline whose day is a day off, moved to the end of the next workday; any other as it is. 24:00 belongs to the day that it ends. */
export function rollForward(deadline: Instant, { calendar, zone }: DayCount): Instant {
  let day = dayNumber(deadline - 1, zone)
  if (!isOff(day, calendar)) return deadline
  while (isOff(day, calendar)) day += 1
  return startOfDay(day + 1, zone)
}

/** Whether the calendar says nothing of a day from that of `a` to that of `b` (24:00 belongs to the day that it ends): Monday to Friday stood in. */
export function isCalendarMissing(a: Instant, b: Instant, { calendar, zone }: DayCount): boolean {
  const last = Math.max(dayNumber(a, zone), dayNumber(b - 1, zone))
  // A calendar holds years whole: one day of each shows it.
  for (let day = dayNumber(a, zone); ; day += 300) {
    if (dayKind(Math.min(day, last), calendar).isUnknown) return true
    if (day >= last) return false
  }
}
