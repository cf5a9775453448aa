import { dateOfDay, dayOfDate, type Instant } from '../time.ts'
import type { ChangeBody, RosterBody } from './roster.ts'
import { type Shift, type ShiftKey, shiftOf } from './shift.ts'
import { type RosterBook, versionInForce } from './who-is-on.ts'

/** Whether a text is a real date `YYYY-MM-DD`. */
export const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(dayOfDate(text)) && dateOfDay(dayOfDate(text)) === text

/** The shift that a key names by the roster in force then; null where there is none yet, and for a date that is none. */
export function shiftNamed(book: RosterBook, { date, part }: ShiftKey): Shift | null {
  const newest = versionInForce(book.versions, Number.MAX_SAFE_INTEGER)
  if (newest === null || !isDate(date)) return null
  const by = (body: RosterBody) => shiftOf({ times: body, zone: book.zone, calendar: book.calendar }, dayOfDate(date), part)
  const then = versionInForce(book.versions, by(newest.body).from)
  return then === null ? null : by(then.body)
}

/** From when to when a change is about something; null where its shifts are none. */
export function spanOfChange(book: RosterBook, body: ChangeBody): { readonly from: Instant; readonly to: Instant } | null {
  if (body.kind === 'leave') return body
  const shifts = (body.kind === 'override' ? [body.shift] : body.shifts).map((key) => shiftNamed(book, key)).filter((shift) => shift !== null)
  return shifts.length === 0 ? null : { from: Math.min(...shifts.map(({ from }) => from)), to: Math.max(...shifts.map(({ to }) => to)) }
}
