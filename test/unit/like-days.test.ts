import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import { isLikeDay, usualDays } from '../../core/domain/like-days.ts'

const CALENDAR = calendarFrom({
  ...DEFAULT_CALENDAR,
  tags: { '2026-06-01': ['bill_day'], '2026-06-02': ['bill_day', 'price_change'], '2026-06-03': ['price_change'], '2026-11-11': ['promotion'] },
})

describe('days that are compared with each other (domain.md 5.1, 5.3.1)', () => {
  test.each([
    ['two workdays', '2026-06-11', '2026-06-04', true, true],
    ['a workday and a Sunday', '2026-06-11', '2026-06-07', false, true],
    ['a workday and a public holiday', '2026-05-08', '2026-05-01', false, false],
    ['an ordinary Sunday and a Sunday of a public holiday', '2026-04-12', '2026-04-05', false, false],
    ['a make-up Saturday and a workday', '2026-10-10', '2026-10-09', true, true],
    ['a make-up Saturday and the Saturday before, a public holiday', '2026-10-10', '2026-10-03', false, false],
    ['two days of a public holiday', '2026-10-05', '2026-10-02', true, true],
    ['days of two public holidays', '2026-10-02', '2026-09-25', true, true],
    ['a public holiday and a workday before it', '2026-10-02', '2026-09-28', false, true],
    ['days that share a tag', '2026-06-02', '2026-06-01', true, true],
    ['days with different tags', '2026-06-03', '2026-06-01', false, false],
    ['a tagged and an untagged day', '2026-06-03', '2026-05-27', false, false],
    ['an untagged and a tagged day', '2026-06-08', '2026-06-01', false, false],
    ['a year that is not loaded', '2027-10-05', '2027-10-04', true, true],
  ])('%s', (_name, day, past, same, near) => {
    expect(isLikeDay(past, day, CALENDAR, 'same')).toBe(same)
    expect(isLikeDay(past, day, CALENDAR, 'near')).toBe(near)
  })
})

describe('the days that teach the usual course of a day', () => {
  const choose = (date: string) => usualDays(date, { weeks: 8, least: 4 }, CALENDAR)

  test('are the same weekday of past weeks, holidays left out', () => {
    expect(choose('2026-07-16')).toEqual({ basis: 'weeks', back: [7, 14, 21, 28, 35, 42, 49, 56] })
    expect(choose('2026-04-13')).toEqual({ basis: 'weeks', back: [14, 21, 28, 35, 42] })
  })

  test('are the days just past where too few weeks are like: on a public holiday', () => {
    expect(choose('2026-10-05')).toEqual({ basis: 'days', back: [3, 4, 5, 6, 7, 8, 9] })
  })

  test('are the weekday as it comes where nothing is like: a make-up Saturday after a week of holiday, a tagged day', () => {
    expect(choose('2026-10-10')).toEqual({ basis: 'weeks', back: [7, 14, 21, 28, 35, 42, 49, 56] })
    expect(choose('2026-11-11').basis).toBe('weeks')
  })
})
