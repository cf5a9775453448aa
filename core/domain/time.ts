import { Temporal } from 'temporal-polyfill'

/** Milliseconds since 1970-01-01T00:00Z. Instants are UTC everywhere; only cutting into days and showing use a zone. */
export type Instant = number

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** An IANA zone, for example `Asia/Shanghai` (domain.md 0.2-1). */
export type Zone = string

/** A bounded memory of what a zone answers for a whole number (a quarter hour, a day). */
function remembered(ask: (index: number, zone: Zone) => number): (index: number, zone: Zone) => number {
  const byZone = new Map<Zone, Map<number, number>>()
  // A deployment has one zone: the last one asked about is nearly always the next.
  let lastZone: Zone | null = null
  let answers = new Map<number, number>()
  return (index, zone) => {
    if (zone !== lastZone || answers.size > 200_000) {
      const known = byZone.get(zone)
      answers = known === undefined || known.size > 200_000 ? new Map() : known
      byZone.set(zone, answers)
      lastZone = zone
    }
    const held = answers
    let answer = held.get(index)
    if (answer === undefined) {
      answer = ask(index, zone)
      held.set(index, answer)
    }
    return answer
  }
}

const QUARTER_HOUR = 15 * MINUTE

/** Every zone changes its offset on a quarter-hour boundary. */
const offsetOfQuarter = remembered(
  (quarter, zone) => Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_HOUR).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6,
)

const QUARTERS_A_DAY = DAY / QUARTER_HOUR
/** The offset that holds all of a UTC day; NaN on a day on which it changes. No zone changes it and back within a day. */
const offsetOfUtcDay = remembered((day, zone) => {
  const offset = offsetOfQuarter(day * QUARTERS_A_DAY, zone)
  return offsetOfQuarter((day + 1) * QUARTERS_A_DAY, zone) === offset ? offset : Number.NaN
})

/** The zone's offset from UTC at `at`, in milliseconds, east positive. Throws RangeError for an unknown zone. */
export function zoneOffset(at: Instant, zone: Zone): number {
  const offset = offsetOfUtcDay(Math.floor(at / DAY), zone)
  return Number.isNaN(offset) ? offsetOfQuarter(Math.floor(at / QUARTER_HOUR), zone) : offset
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

const two = (value: number) => String(value).padStart(2, '0')

/** `06-11 21:05`: month, day and time of day of the zone's reading. */
export function clockTime(at: Instant, zone: Zone): string {
  const ms = timeOfDay(at, zone)
  return `${localDate(at, zone).slice(5)} ${two(Math.floor(ms / HOUR))}:${two(Math.floor((ms % HOUR) / MINUTE))}`
}

/** The instant at which a local wall-clock reading `YYYY-MM-DD` + `msOfDay` occurs; in a gap the later, in an overlap the earlier. */
export function atLocal(date: string, msOfDay: number, zone: Zone): Instant {
  const whole = Temporal.PlainDate.from(date).add({ days: Math.floor(msOfDay / DAY) })
  const rest = ((msOfDay % DAY) + DAY) % DAY
  const time = Temporal.PlainTime.from('00:00').add({ milliseconds: rest })
  return whole.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds
}

/** A local calendar day as a whole number: 0 is 1970-01-01. Days can be counted with it where dates cannot. */
export type DayNumber = number

/** The local day that holds `at`. */
export function dayNumber(at: Instant, zone: Zone): DayNumber {
  return Math.floor((at + zoneOffset(at, zone)) / DAY)
}

/** The day of a calendar date `YYYY-MM-DD`; NaN where the text is no date. */
export const dayOfDate = (date: string): DayNumber => Date.parse(`${date}T00:00:00Z`) / DAY

/** Calendar date `YYYY-MM-DD` of a day. */
export function dateOfDay(day: DayNumber): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** Start (00:00, or the first instant where the clock skips it) of a local day. */
export const startOfDay = remembered((day, zone) => atLocal(dateOfDay(day), 0, zone))

/** The instant at which a local day's clock reads `msOfDay` (from 24 h on: a later day's); in a gap the later, in an overlap the earlier, as {@link atLocal}. */
export function readingOfDay(day: DayNumber, msOfDay: number, zone: Zone): Instant {
  if (msOfDay >= DAY) return readingOfDay(day + 1, msOfDay - DAY, zone)
  const start = startOfDay(day, zone)
  const plain = start + msOfDay
  // Where the offset changed in between, the reading is not that many hours after midnight.
  return zoneOffset(plain, zone) === zoneOffset(start, zone) ? plain : atLocal(dateOfDay(day), msOfDay, zone)
}

/** Start (00:00, or the first instant where the clock skips it) of the local day that holds `at`. */
export function dayStart(at: Instant, zone: Zone): Instant {
  return startOfDay(dayNumber(at, zone), zone)
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

/** RFC 3339 text of an instant with the zone's offset, to the second: `2015-06-23T14:50:00-04:00`. */
export function zonedText(at: Instant, zone: Zone): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', smallestUnit: 'second' })
}
