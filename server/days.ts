import { parseRfc3339 } from '../core/domain/rfc3339.ts'
import { DAY, type Instant } from '../core/domain/time.ts'
import { Refusal } from './errors.ts'

const MOST_DAYS = 92
const FIRST_DAY = '2000-01-01'

/** Epoch ms of a day's name at UTC; null where the calendar has no such day. */
function dayNumber(day: string): number | null {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day || day < FIRST_DAY ? null : at
}

/** A day that the calendar has; refuses 31 February by its field. */
export function realDay(field: string, day: string): string {
  if (dayNumber(day) !== null) return day
  throw new Refusal(400, 'bad_day', '日期不存在', 'There is no such day', { field, expected: `${FIRST_DAY} … / YYYY-MM-DD`, mend: `更正 ${field} / mend ${field}` })
}

/** A period of local days, both ends included; refuses what is upside down or too long. */
export function daysOf({ from, to }: { readonly from: string; readonly to: string }): { readonly from: string; readonly to: string } {
  const [first, last] = [dayNumber(realDay('from', from)) ?? 0, dayNumber(realDay('to', to)) ?? 0]
  if (first <= last && last - first < MOST_DAYS * DAY) return { from, to }
  throw new Refusal(400, 'bad_period', '起止日期不合规', 'The period does not fit', { field: 'from', expected: `from ≤ to，至多 ${MOST_DAYS} 天 / at most ${MOST_DAYS} days` })
}

/** The instant that a field of the query asks for; refuses what is none by its field. */
export function instantOf(field: string, text: string): Instant {
  const instant = parseRfc3339(text)
  if (instant !== null) return instant
  throw new Refusal(400, 'bad_instant', '不是带时区的时刻', 'Not an instant with its zone', {
    field, expected: 'RFC 3339，例如 / for example 2026-06-01T09:00:00+08:00', mend: `更正 ${field}；查询串中 + 写作 %2B / mend ${field}; a + in a query is written %2B`,
  })
}
