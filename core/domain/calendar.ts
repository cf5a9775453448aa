import type { Calendar } from './day-type.ts'
import { dateOfDay, dayNumber, dayOfDate, type Instant, startOfDay, type Zone } from './time.ts'

/** Days off in a row with their holiday, both ends included, dates `YYYY-MM-DD`. */
export interface DaysOff {
  readonly from: string
  readonly to: string
  readonly nameZh: string
  readonly nameEn: string
}

/** One year as the State Council's notice gives it (domain.md 2.5): what differs from Monday to Friday. */
export interface CalendarYear {
  readonly year: number
  readonly off: readonly DaysOff[]
  /** Week-end days that are worked. */
  readonly worked: readonly string[]
}

/** The calendar as configuration, kind `calendar` (domain.md 2.5, Appendix C). */
export interface CalendarBody {
  readonly years: readonly CalendarYear[]
  /** Tags by date, for baselines that compare a day with its like only (core/domain/calendar-tags.ts). */
  readonly tags: Readonly<Record<string, readonly string[]>>
}

/** A calendar that knows what it covers. */
export interface LoadedCalendar extends Calendar {
  readonly coversYear: (year: number) => boolean
  /** The holiday of a day off, or null. */
  readonly holidayOf: (date: string) => DaysOff | null
  readonly tagsOf: (date: string) => readonly string[]
}

/** 2026 by the State Council's notice (domain.md Appendix C [S20]): 248 workdays. */
export const DEFAULT_CALENDAR: CalendarBody = {
  years: [
    {
      year: 2026,
      off: [
        { from: '2026-01-01', to: '2026-01-03', nameZh: '元旦', nameEn: "New Year's Day" },
        { from: '2026-02-15', to: '2026-02-23', nameZh: '春节', nameEn: 'Spring Festival' },
        { from: '2026-04-04', to: '2026-04-06', nameZh: '清明节', nameEn: 'Tomb-sweeping Day' },
        { from: '2026-05-01', to: '2026-05-05', nameZh: '劳动节', nameEn: 'Labour Day' },
        { from: '2026-06-19', to: '2026-06-21', nameZh: '端午节', nameEn: 'Dragon Boat Festival' },
        { from: '2026-09-25', to: '2026-09-27', nameZh: '中秋节', nameEn: 'Mid-Autumn Festival' },
        { from: '2026-10-01', to: '2026-10-07', nameZh: '国庆节', nameEn: 'National Day' },
      ],
      worked: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
    },
  ],
  tags: {},
}

/** 1970-01-01 was a Thursday. */
const isMondayToFriday = (day: number): boolean => (((day + 3) % 7) + 7) % 7 < 5
export const yearOf = (date: string): number => Number(date.slice(0, 4))

const calendars = new WeakMap<CalendarBody, LoadedCalendar>()

/**
 * The calendar that a body describes: a year that it holds is known to the last day, of any other it says nothing. The same body gives the
 * same calendar, so that what is remembered by calendar stays remembered.
 */
export function calendarFrom(body: CalendarBody): LoadedCalendar {
  const calendar = calendars.get(body) ?? build(body)
  calendars.set(body, calendar)
  return calendar
}

function build(body: CalendarBody): LoadedCalendar {
  const years = new Set(body.years.map(({ year }) => year))
  const worked = new Set(body.years.flatMap((year) => year.worked))
  const off = new Map<string, DaysOff>()
  for (const range of body.years.flatMap((year) => year.off)) {
    for (let day = dayOfDate(range.from); day <= dayOfDate(range.to); day += 1) off.set(dateOfDay(day), range)
  }
  return {
    coversYear: (year) => years.has(year),
    isWorkday: (date) => {
      if (!years.has(yearOf(date))) return null
      if (off.has(date)) return false
      return worked.has(date) || isMondayToFriday(dayOfDate(date))
    },
    holidayOf: (date) => off.get(date) ?? null,
    tagsOf: (date) => body.tags[date] ?? [],
  }
}

/** The workdays of a year that the calendar covers. */
export function workdaysOf(calendar: LoadedCalendar, year: number): number {
  let count = 0
  for (let day = dayOfDate(`${year}-01-01`); day < dayOfDate(`${year + 1}-01-01`); day += 1) if (calendar.isWorkday(dateOfDay(day)) === true) count += 1
  return count
}

/** What is wrong with a calendar and how to mend it. Texts are `中文 / English`. */
export interface CalendarFault {
  /** Place in the body, for example `years[0].off[2].to`. */
  readonly field: string
  readonly expected: string
  readonly mend: string
}

export const fault = (field: string, expected: string, mend: string): CalendarFault => ({ field, expected, mend })
/** Whether a text is a real day `YYYY-MM-DD`. */
export const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(dayOfDate(text)) && dateOfDay(dayOfDate(text)) === text

/** What is wrong with a date of a year, or null. */
export function dateFault(text: string, year: number, field: string): CalendarFault | null {
  if (isDate(text) && yearOf(text) === year) return null
  return fault(
    field,
    `${year} 年内真实存在的日期 YYYY-MM-DD，收到 ${text} / a real date of ${year} as YYYY-MM-DD, not ${text}`,
    '改正日期；跨年假期请分到两年 / correct the date; split a holiday that crosses the year between the two years',
  )
}

function rangesFault(year: CalendarYear, at: string): CalendarFault | null {
  const seen = new Set<string>()
  for (const [index, range] of year.off.entries()) {
    const field = `${at}off[${index}]`
    const bad = dateFault(range.from, year.year, `${field}.from`) ?? dateFault(range.to, year.year, `${field}.to`)
    if (bad !== null) return bad
    if (range.nameZh.trim() === '' || range.nameEn.trim() === '') {
      return fault(
        `${field}.${range.nameZh.trim() === '' ? 'nameZh' : 'nameEn'}`,
        '节日名称 / the name of the holiday',
        '填写中英文名称 / give it in both languages',
      )
    }
    if (range.to < range.from) return fault(`${field}.to`, `不早于 ${range.from} / not before ${range.from}`, '对调起止日期 / swap the two dates')
    for (let day = dayOfDate(range.from); day <= dayOfDate(range.to); day += 1) {
      const date = dateOfDay(day)
      if (seen.has(date))
        return fault(
          field,
          `每个日期只属于一个假期，${date} 重复 / each date in one holiday only, ${date} is in two`,
          '改正起止日期 / correct the range',
        )
      seen.add(date)
    }
  }
  return workedFault(year, seen, at)
}

function workedFault(year: CalendarYear, off: ReadonlySet<string>, at: string): CalendarFault | null {
  const seen = new Set<string>()
  for (const [index, date] of year.worked.entries()) {
    const field = `${at}worked[${index}]`
    const bad = dateFault(date, year.year, field)
    if (bad !== null) return bad
    if (seen.has(date)) return fault(field, `每个日期一次，${date} 重复 / each date once, ${date} is there twice`, '删去一个 / remove one')
    if (off.has(date))
      return fault(field, `不在假期内，${date} 已列为休息 / not in a holiday, ${date} is off`, '从其中一处删去 / remove it from one of the two')
    if (isMondayToFriday(dayOfDate(date))) {
      return fault(field, `周六或周日，${date} 本就是工作日 / a Saturday or Sunday, ${date} is a workday anyway`, '删去或改正 / remove or correct it')
    }
    seen.add(date)
  }
  return null
}

// A notice takes some 11 weekdays off and works some 6 week-end days: far from that it is a slip, and clocks would run wrong for a year.
const WORKDAYS_LEAST = 230
const WORKDAYS_MOST = 270

/** The first fault of a calendar, or null. A sound one has real dates of its year, no day twice, and a believable number of workdays. */
export function calendarFault(body: CalendarBody): CalendarFault | null {
  const years = new Set<number>()
  for (const [index, year] of body.years.entries()) {
    const at = `years[${index}].`
    const bad = yearFault(year, at)
    if (bad !== null) return bad
    if (years.has(year.year))
      return fault(`${at}year`, `每年一次，${year.year} 重复 / each year once, ${year.year} is there twice`, '合并两处 / join the two')
    years.add(year.year)
  }
  const odd = Object.keys(body.tags).find((date) => !isDate(date))
  return odd === undefined ? null : fault(`tags.${odd}`, '日期 YYYY-MM-DD / a date as YYYY-MM-DD', '改正日期 / correct the date')
}

/** The first fault of one year, its fields named after `at`; or null. */
export function yearFault(year: CalendarYear, at = ''): CalendarFault | null {
  if (!Number.isInteger(year.year) || year.year < 2015 || year.year > 2100) {
    return fault(`${at}year`, '2015 至 2100 的整数 / a whole number from 2015 to 2100', '改正年份 / correct the year')
  }
  const bad = rangesFault(year, at)
  if (bad !== null) return bad
  const workdays = workdaysOf(calendarFrom({ years: [year], tags: {} }), year.year)
  if (workdays >= WORKDAYS_LEAST && workdays <= WORKDAYS_MOST) return null
  return fault(
    `${at}off`,
    `全年工作日 ${WORKDAYS_LEAST} 至 ${WORKDAYS_MOST} 天，现为 ${workdays} / ${WORKDAYS_LEAST} to ${WORKDAYS_MOST} workdays in the year, these make ${workdays}`,
    '按国务院通知逐条核对 / compare with the notice line by line',
  )
}

/** A body with this year in place of what it held of it; years in their order. */
export function withYear(body: CalendarBody, year: CalendarYear): CalendarBody {
  return { ...body, years: [...body.years.filter((one) => one.year !== year.year), year].sort((a, b) => a.year - b.year) }
}

const NOTICE_DAYS = 60

/** Years that ought to be loaded by `now` and are not: the running one, and the next from 60 days before it begins (domain.md 2.5). */
export function missingYears(calendar: LoadedCalendar, now: Instant, zone: Zone): readonly number[] {
  const year = yearOf(dateOfDay(dayNumber(now, zone)))
  const isNoticeDue = now >= startOfDay(dayOfDate(`${year + 1}-01-01`) - NOTICE_DAYS, zone)
  return [year, ...(isNoticeDue ? [year + 1] : [])].filter((one) => !calendar.coversYear(one))
}
