export type TimeKind = 'clock' | 'minute' | 'day' | 'day_minute' | 'day_clock' | 'month_day'

const OPTIONS: Readonly<Record<TimeKind, Intl.DateTimeFormatOptions>> = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  day: { year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short' },
  day_minute: { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  day_clock: { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  month_day: { month: '2-digit', day: '2-digit' },
}

const PATTERNS: Readonly<Record<TimeKind, readonly string[]>> = {
  clock: ['hour', ':', 'minute', ':', 'second'],
  minute: ['hour', ':', 'minute'],
  day: ['year', '-', 'month', '-', 'day'],
  day_minute: ['month', '-', 'day', ' ', 'hour', ':', 'minute'],
  day_clock: ['month', '-', 'day', ' ', 'hour', ':', 'minute', ':', 'second'],
  month_day: ['month', '-', 'day'],
}

const formats = new Map<string, Intl.DateTimeFormat>()

function partsOf(at: number, zone: string, kind: TimeKind): ReadonlyMap<string, string> {
  const key = `${zone}|${kind}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { ...OPTIONS[kind], timeZone: zone, hourCycle: 'h23' })
    formats.set(key, format)
  }
  return new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
}

/** An instant (epoch ms) as wall-clock text in the snapshot's zone: `14:05`, `2026-11-22`. The same on every client, whatever its own zone. */
export function formatTime(at: number, zone: string, kind: TimeKind): string {
  const parts = partsOf(at, zone, kind)
  return PATTERNS[kind].map((part) => parts.get(part) ?? part).join('')
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = Lowercase<(typeof WEEKDAYS)[number]>

/** The weekday of an instant in a zone, as a key of the dictionaries. */
export function weekdayOf(at: number, zone: string): Weekday {
  const name = partsOf(at, zone, 'day').get('weekday') ?? 'Mon'
  return (WEEKDAYS.find((day) => day === name) ?? 'Mon').toLowerCase() as Weekday
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A length of time as `m:ss` or `h:mm:ss`, of its absolute value; whole seconds, rounded up while it counts down to zero. */
export function formatSpan(ms: number): string {
  const seconds = ms >= 0 ? Math.ceil(ms / 1_000) : Math.floor(-ms / 1_000)
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor((seconds % 3_600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`
}

/** An age in its largest sensible unit; the word comes from the dictionary under `age.<unit>`. */
export interface Age {
  readonly unit: 'now' | 'second' | 'minute' | 'hour' | 'day'
  readonly count: number
}

export function ageOf(ms: number, grain: 'second' | 'minute' = 'minute'): Age {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 60) return grain === 'second' ? { unit: 'second', count: seconds } : { unit: 'now', count: 0 }
  if (seconds < 3_600) return { unit: 'minute', count: Math.floor(seconds / 60) }
  if (seconds < 172_800) return { unit: 'hour', count: Math.floor(seconds / 3_600) }
  return { unit: 'day', count: Math.floor(seconds / 86_400) }
}

/** The instant at which a day (`2026-11-22`) begins in a zone. */
export function startOfDay(date: string, zone: string): number {
  const wanted = Date.parse(`${date}T00:00:00Z`)
  const readAs = (at: number) => Date.parse(`${formatTime(at, zone, 'day')}T${formatTime(at, zone, 'clock')}Z`)
  let at = wanted
  // A second look: the first may have taken the offset of the other side of a change of the clocks.
  for (let look = 0; look < 2; look += 1) at += wanted - readAs(at)
  return at
}
