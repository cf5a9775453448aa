import { type Calendar, dayTypeAt } from '../day-type.ts'
import { type Instant, shiftDays, type Zone } from '../time.ts'
import { binStart } from './cell-sums.ts'

/** Start of the month that lies `months` after the one that starts at `monthAt`. */
export function shiftMonths(monthAt: Instant, months: number, zone: Zone): Instant {
  let at = monthAt
  // From the first day 31 days on lies the next month, one day back the one before.
  for (let step = 0; step < Math.abs(months); step += 1) at = binStart(shiftDays(at, months > 0 ? 31 : -1, zone), 'month', zone)
  return at
}

/**
 * When a month freezes: at the end of the `workday`th working day of the next month (domain.md 3.8), so that what a steward confirms on that
 * day still counts.
 */
export function monthFreezesAt(monthAt: Instant, workday: number, calendar: Calendar, zone: Zone): Instant {
  let day = shiftMonths(monthAt, 1, zone)
  for (let worked = 0; ; day = shiftDays(day, 1, zone)) {
    if (dayTypeAt(day, zone, calendar) === 'workday') worked += 1
    if (worked >= workday) return shiftDays(day, 1, zone)
  }
}
