import { Temporal } from 'temporal-polyfill'

/** Milliseconds since 1970-01-01T00:00Z. Instants are UTC everywhere; only cutting into days and showing use a zone. */
export type Instant = number

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** An IANA zone, for example `Asia/Shanghai` (domain.md 0.2-1). */
export type Zone = string

const offsets = new Map<string, number>()

/**
 * The zone's offset from UTC at `at`, in milliseconds, east positive.
 * Cached per quarter hour: every zone changes its offset on a quarter-hour boundary.
 */
export function zoneOffset(at: Instant, zone: Zone): number {
  const key = `${zone}|${Math.floor(at / (15 * MINUTE))}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    offset = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6
    if (offsets.size > 200_000) offsets.clear()
    offsets.set(key, offset)
  }
  return offset
}

/** Calendar date `YYYY-MM-DD` of an instant in a zone. */
export function localDate(at: Instant, zone: Zone): string {
  return new Date(at + zoneOffset(at, zone)).toISOString().slice(0, 10)
}

/** Milliseconds since local midnight (wall-clock reading, 0 … 24 h). */
export function timeOfDay(at: Instant, zone: Zone): number {
  const local = at + zoneOffset(at, zone)
  return ((local % DAY) + DAY) % DAY
}

/** The instant at which a local wall-clock reading `YYYY-MM-DD` + `msOfDay` occurs; in a gap the later, in an overlap the earlier. */
export function atLocal(date: string, msOfDay: number, zone: Zone): Instant {
  const whole = Temporal.PlainDate.from(date).add({ days: Math.floor(msOfDay / DAY) })
  const rest = ((msOfDay % DAY) + DAY) % DAY
  const time = Temporal.PlainTime.from('00:00').add({ milliseconds: rest })
  return whole.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds
}

/** Start (00:00) of the local day that holds `at`. */
export function dayStart(at: Instant, zone: Zone): Instant {
  return atLocal(localDate(at, zone), 0, zone)
}

/** Start (Monday 00:00) of the local ISO week that holds `at` (domain.md 0.2-3). */
export function weekStart(at: Instant, zone: Zone): Instant {
  const date = Temporal.PlainDate.from(localDate(at, zone))
  return atLocal(date.subtract({ days: date.dayOfWeek - 1 }).toString(), 0, zone)
}

/** `at` moved by whole local days, keeping the wall-clock reading (a week back means the same clock time, also across DST). */
export function shiftDays(at: Instant, days: number, zone: Zone): Instant {
  const date = Temporal.PlainDate.from(localDate(at, zone)).add({ days }).toString()
  return atLocal(date, timeOfDay(at, zone), zone)
}

/** ISO week label `2026-W47` of an instant in a zone. */
export function isoWeek(at: Instant, zone: Zone): string {
  const date = Temporal.PlainDate.from(localDate(at, zone))
  return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`
}

/** Monday 00:00 of ISO week `week` of `isoYear`; week 53 of a 52-week year gives null. */
export function isoWeekStart(isoYear: number, week: number, zone: Zone): Instant | null {
  const fourth = Temporal.PlainDate.from({ year: isoYear, month: 1, day: 4 })
  const monday = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ days: 7 * (week - 1) })
  if (monday.add({ days: 3 }).yearOfWeek !== isoYear) return null
  return atLocal(monday.toString(), 0, zone)
}

/** Largest multiple of `size` (ms, from the epoch) that is ≤ `at`. */
export function floorTo(at: Instant, size: number): Instant {
  return Math.floor(at / size) * size
}
