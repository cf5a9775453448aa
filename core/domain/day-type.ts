import { Temporal } from 'temporal-polyfill'
import { type Instant, localDate, type Zone } from './time.ts'

/** Days that are compared with each other (domain.md 5.3.1): a workday only with workdays. */
export type DayType = 'workday' | 'off'

/** A deployment's calendar of holidays and make-up days; null where it says nothing about a date. */
export interface Calendar {
  readonly isWorkday: (date: string) => boolean | null
}

/** No calendar: Monday to Friday are workdays. */
export const NO_CALENDAR: Calendar = { isWorkday: () => null }

const typeOfWeekday = new Map<string, DayType>()

/** The kind of day of a local date `YYYY-MM-DD`: what the calendar says, else Monday to Friday (domain.md 5.3.1). */
export function dayTypeOfDate(date: string, calendar: Calendar): DayType {
  const said = calendar.isWorkday(date)
  if (said !== null) return said ? 'workday' : 'off'
  let type = typeOfWeekday.get(date)
  if (type === undefined) {
    type = Temporal.PlainDate.from(date).dayOfWeek <= 5 ? 'workday' : 'off'
    if (typeOfWeekday.size > 20_000) typeOfWeekday.clear()
    typeOfWeekday.set(date, type)
  }
  return type
}

/** The kind of the local day that holds `at`. */
export function dayTypeAt(at: Instant, zone: Zone, calendar: Calendar): DayType {
  return dayTypeOfDate(localDate(at, zone), calendar)
}
