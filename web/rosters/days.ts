import type { OnDutyShown } from '../../core/contract/rosters.ts'
import { formatTime } from '../format/time.ts'

const DAY_MS = 86_400_000
const ofDate = (date: string): number => Date.parse(`${date}T00:00:00Z`)
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

export type View = 'week' | 'month'

/** The window that a view shows around a date: the week from Monday, or the month. */
export function windowOf(view: View, date: string): { readonly from: string; readonly days: number } {
  const ms = ofDate(date)
  if (view === 'week') return { from: dateOf(ms - ((new Date(ms).getUTCDay() + 6) % 7) * DAY_MS), days: 7 }
  const first = new Date(ms)
  const start = Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1)
  return { from: dateOf(start), days: (Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1) - start) / DAY_MS }
}

/** A date in the window before or after. */
export function stepped(view: View, date: string, by: 1 | -1): string {
  const { from, days } = windowOf(view, date)
  return by === 1 ? dateOf(ofDate(from) + days * DAY_MS) : dateOf(ofDate(from) - DAY_MS)
}

/** One day of the calendar: who is on in the stretches that begin on it. */
export interface RosterDay {
  readonly date: string
  readonly day: number
  /** 1 is Monday. */
  readonly weekday: number
  readonly spans: readonly OnDutyShown[]
}

/** The days of a window in order, with the stretches that begin on each, in the deployment's zone. */
export function daysOf(spans: readonly OnDutyShown[], { from, days }: { readonly from: string; readonly days: number }, zone: string): readonly RosterDay[] {
  return Array.from({ length: days }, (_, index) => {
    const ms = ofDate(from) + index * DAY_MS
    const date = dateOf(ms)
    return { date, day: Number(date.slice(8)), weekday: ((new Date(ms).getUTCDay() + 6) % 7) + 1, spans: spans.filter((span) => formatTime(span.from, zone, 'day') === date) }
  })
}
