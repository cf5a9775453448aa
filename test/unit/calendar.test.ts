import { describe, expect, test } from 'vitest'
import {
  type CalendarBody,
  type CalendarYear,
  calendarFault,
  calendarFrom,
  DEFAULT_CALENDAR,
  missingYears,
  withYear,
  workdaysOf,
} from '../../core/domain/calendar.ts'
import { dayTypeOfDate, NO_CALENDAR } from '../../core/domain/day-type.ts'
import { at, SHANGHAI } from '../support/builders.ts'

const calendar = calendarFrom(DEFAULT_CALENDAR)
const year = DEFAULT_CALENDAR.years[0]!

describe('the calendar of 2026 (domain.md Appendix C)', () => {
  test('has 248 workdays', () => {
    expect(workdaysOf(calendar, 2026)).toBe(248)
  })

  test.each([
    ['2026-02-14', true],
    ['2026-02-16', false],
    ['2026-09-25', false],
    ['2026-10-08', true],
    ['2026-10-10', true],
    ['2026-01-01', false],
    ['2026-01-04', true],
    ['2026-12-31', true],
    ['2026-06-06', false],
  ])('%s is a workday: %s (S-14-10)', (date, isWorkday) => {
    expect(calendar.isWorkday(date)).toBe(isWorkday)
  })

  test('names its holidays and passes its own check', () => {
    expect(calendar.holidayOf('2026-10-07')?.nameZh).toBe('国庆节')
    expect(calendar.holidayOf('2026-10-08')).toBeNull()
    expect(calendarFault(DEFAULT_CALENDAR)).toBeNull()
  })

  test('says nothing of other years: Monday to Friday stands in, as without any calendar', () => {
    for (const date of ['2025-12-31', '2027-01-01']) expect(calendar.isWorkday(date)).toBeNull()
    expect([calendar.coversYear(2026), calendar.coversYear(2027)]).toEqual([true, false])
    expect(['2027-01-01', '2027-01-02'].map((date) => dayTypeOfDate(date, calendar))).toEqual(['workday', 'off'])
    expect(['2026-10-01', '2026-10-03'].map((date) => dayTypeOfDate(date, NO_CALENDAR))).toEqual(['workday', 'off'])
  })

  test('carries tags by date', () => {
    const tagged = calendarFrom({ ...DEFAULT_CALENDAR, tags: { '2026-11-11': ['promotion'] } })
    expect([tagged.tagsOf('2026-11-11'), tagged.tagsOf('2026-11-12')]).toEqual([['promotion'], []])
  })
})

describe('a year that is not loaded', () => {
  test.each([
    ['60 days before it begins, to the millisecond', at('2026-11-02 00:00'), [2027]],
    ['not earlier', at('2026-11-02 00:00') - 1, []],
    ['still when it runs', at('2027-03-01 00:00'), [2027]],
    ['beside the running one', at('2027-12-01 00:00'), [2027, 2028]],
  ])('is reported %s', (_, now, years) => {
    expect(missingYears(calendar, now, SHANGHAI)).toEqual(years)
  })

  test('is not once it is there', () => {
    const both = withYear(DEFAULT_CALENDAR, { ...year, year: 2027, off: [], worked: [] })
    expect(missingYears(calendarFrom(both), at('2026-12-01 00:00'), SHANGHAI)).toEqual([])
    expect(withYear(both, year).years.map((one) => one.year)).toEqual([2026, 2027])
  })
})

describe('a calendar is refused', () => {
  const body = (change: Partial<CalendarYear>): CalendarBody => ({ years: [{ ...year, ...change }], tags: {} })
  const range = (from: string, to: string, nameZh = '节', nameEn = 'day') => [{ from, to, nameZh, nameEn }]

  test.each([
    ['a date that does not exist', body({ off: range('2026-02-28', '2026-02-30') }), 'years[0].off[0].to'],
    ['a date of another year', body({ off: range('2025-12-31', '2026-01-02') }), 'years[0].off[0].from'],
    ['a range that ends before it begins', body({ off: range('2026-01-03', '2026-01-01') }), 'years[0].off[0].to'],
    ['a holiday without a name', body({ off: range('2026-01-01', '2026-01-03', '元旦', ' ') }), 'years[0].off[0].nameEn'],
    ['a date in two holidays', body({ off: [...range('2026-01-01', '2026-01-03'), ...range('2026-01-03', '2026-01-04')] }), 'years[0].off[1]'],
    ['a worked day that is off', body({ worked: ['2026-10-03'] }), 'years[0].worked[0]'],
    ['a worked day that is a weekday', body({ worked: ['2026-06-01'] }), 'years[0].worked[0]'],
    ['a worked day twice', body({ worked: ['2026-10-10', '2026-10-10'] }), 'years[0].worked[1]'],
    ['a month off', body({ off: range('2026-03-01', '2026-05-01'), worked: [] }), 'years[0].off'],
    ['a year before there were tickets', body({ year: 2014 }), 'years[0].year'],
    ['a year twice', { years: [year, year], tags: {} }, 'years[1].year'],
    ['a tag on no date', { years: [year], tags: { soon: ['x'] } }, 'tags.soon'],
  ])('for %s', (_, bad, field) => {
    const fault = calendarFault(bad)
    expect(fault?.field).toBe(field)
    for (const text of [fault!.expected, fault!.mend]) expect(text).toMatch(/[\u4e00-\u9fff].* \/ .*[a-z]/)
  })
})
