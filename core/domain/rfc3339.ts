import { type Instant, MINUTE } from './time.ts'

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|([+-])(\d\d):(\d\d))$/

/** An RFC 3339 time with zone as epoch ms (finer digits cut off); null when it is none, or names a day or hour that does not exist. */
export function parseRfc3339(text: string): Instant | null {
  const part = RFC3339.exec(text)
  if (part === null) return null
  const number = (index: number) => Number(part[index] ?? 0)
  const [year, month, day, hour, minute, second] = [number(1), number(2), number(3), number(4), number(5), number(6)]
  const local = Date.UTC(year, month - 1, day, hour, minute, second, Number((part[7] ?? '').padEnd(3, '0').slice(0, 3)))
  // Date.UTC carries overflow on (30 February, 25:00): what comes back must be what went in. It also moves the years 0–99.
  const back = new Date(local)
  const isReal =
    back.getUTCFullYear() === year && back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!isReal || number(10) > 23 || number(11) > 59) return null
  const offset = (number(10) * 60 + number(11)) * MINUTE
  return part[9] === '-' ? local + offset : local - offset
}
