import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import { judgeBatch } from '../../core/domain/risk/batch.ts'
import { type BaselineScope, isUsable, pastWindows, touchedHours } from '../../core/domain/risk/baseline.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { judgeSurge, mad, median } from '../../core/domain/risk/surge.ts'
import { atLocal, DAY, HOUR, MINUTE, timeOfDay } from '../../core/domain/time.ts'

const { surge, batch } = DEFAULT_RISK_PARAMETERS
const S1 = { weeks: [9, 11, 10, 12, 8, 10, 11, 9], days: [] }
const SHANGHAI = 'Asia/Shanghai'
const at = (date: string, hour: number, minute = 0, zone = SHANGHAI) => atLocal(date, hour * HOUR + minute * MINUTE, zone)

const CALENDAR = calendarFrom(DEFAULT_CALENDAR)

describe('median and MAD', () => {
  test('take the middle, or the mean of the two middle values', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(mad([9, 11, 10, 12, 8, 10, 11, 9])).toBe(1)
    expect(median([])).toBeNaN()
  })
})

describe('MR-02 judges a surge', () => {
  test.each([
    [6, -1.26, 0.6, 0],
    [24, 4.43, 2.4, 1],
    [50, 12.65, 5.0, 2],
    [80, 22.14, 8.0, 3],
    [108, 30.99, 10.8, 3],
    [180, 53.76, 18.0, 3],
    [130, 37.95, 13.0, 3],
    [100, 28.46, 10.0, 3],
    [72, 19.61, 7.2, 3],
    [50, 12.65, 5.0, 2],
    [32, 6.96, 3.2, 2],
    [18, 2.53, 1.8, 0],
    [10, 0, 1.0, 0],
    [5, -1.58, 0.5, 0],
  ])('as the table of S-1: x = %d gives z = %d, r = %d, level %d', (x, z, r, level) => {
    const verdict = judgeSurge(x, S1, surge)
    if (verdict.why !== 'surge') throw new Error(verdict.why)
    expect(verdict).toMatchObject({ level, baseline: 10, basis: 'weeks' })
    expect(verdict.sigma).toBeCloseTo(3.1623, 4)
    expect(verdict.z).toBeCloseTo(z, 2)
    expect(verdict.r).toBeCloseTo(r, 2)
  })

  test.each([
    ['z alone is short: 30 tickets over a past that swings between 2 and 18', 30, [2, 2, 2, 2, 18, 18, 18, 18], 0],
    ['x alone is short: 7 tickets over an empty baseline', 7, [0, 0, 0, 0], 0],
    ['all three are met exactly: 8 tickets over an empty baseline', 8, [0, 0, 0, 0], 1],
    ['r alone is short: 460 tickets over 400', 460, [400, 400, 400, 400], 0],
    ['one ticket below yellow', 19, [4, 4, 4, 4], 1],
    ['yellow exactly', 20, [4, 4, 4, 4], 2],
    // σ is √μ here: z = (x − μ) / √μ.
    ['x short of orange: 59 tickets over 9, z = 16.7, r = 6.6', 59, [9, 9, 9, 9], 2],
    ['x meets orange', 60, [9, 9, 9, 9], 3],
    ['r short of orange: 107 tickets over 36, z = 11.8', 107, [36, 36, 36, 36], 2],
    ['r meets orange: 108 over 36', 108, [36, 36, 36, 36], 3],
    ['z short of orange: 75 tickets over a past that swings by σ = 8.9, z = 7.3, r = 7.5', 75, [4, 4, 4, 4, 16, 16, 16, 16], 2],
    ['z meets orange: 82 over the same', 82, [4, 4, 4, 4, 16, 16, 16, 16], 3],
    ['x short of red: 199 tickets over 16', 199, [16, 16, 16, 16], 3],
    ['x meets red', 200, [16, 16, 16, 16], 4],
    ['r short of red: 499 tickets over 100, z = 39.9', 499, [100, 100, 100, 100], 3],
    ['r meets red: 500 over 100', 500, [100, 100, 100, 100], 4],
    ['z short of red: 226 tickets over a past that swings by σ = 17.8, z = 11.6', 226, [8, 8, 8, 8, 32, 32, 32, 32], 3],
    ['z meets red: 234 over the same', 234, [8, 8, 8, 8, 32, 32, 32, 32], 4],
  ])('needs all of z, x and r: %s', (_name, x, weeks, level) => {
    expect(judgeSurge(x, { weeks, days: [] }, surge).level).toBe(level)
  })

  test('uses the Poisson floor where the past hardly varies and the MAD where it varies much', () => {
    expect(judgeSurge(0, { weeks: [100, 100, 100, 100], days: [] }, surge)).toMatchObject({ sigma: 10 })
    expect(judgeSurge(0, { weeks: [0, 0, 0, 0], days: [] }, surge)).toMatchObject({ sigma: 1, z: 0 })
    expect(judgeSurge(0, { weeks: [60, 80, 120, 140], days: [] }, surge)).toMatchObject({ sigma: 1.4826 * 30 })
  })

  test('takes the days where fewer than four weeks are usable, and says so where both are too few', () => {
    expect(judgeSurge(30, { weeks: [1, 1, 1], days: [2, 2, 2, 2] }, surge)).toMatchObject({ basis: 'days', baseline: 2 })
    expect(judgeSurge(30, { weeks: [1, 1, 1, 1], days: [2, 2, 2, 2] }, surge)).toMatchObject({ basis: 'weeks', baseline: 1 })
    expect(judgeSurge(300, { weeks: [1, 1, 1], days: [2, 2] }, surge)).toEqual({ why: 'no_baseline', level: 0, usable: 3 })
  })

  test('leaves out a level whose threshold is null', () => {
    const withoutRed = { ...surge, x: [8, 20, 60, null] as const }
    expect(judgeSurge(5000, S1, withoutRed).level).toBe(3)
  })

  law.prop([fc.nat(2000), fc.nat(500), fc.array(fc.nat(300), { minLength: 4, maxLength: 8 })])(
    'never lowers a level when a ticket more comes',
    (x, more, weeks) => {
      expect(judgeSurge(x + more, { weeks, days: [] }, surge).level).toBeGreaterThanOrEqual(judgeSurge(x, { weeks, days: [] }, surge).level)
    },
  )
})

describe('MR-01 judges a batch', () => {
  test.each([
    [9, 'city', 0],
    [10, 'city', 1],
    [29, 'city', 1],
    [30, 'city', 2],
    [99, 'city', 2],
    [100, 'city', 3],
    [299, 'city', 3],
    [300, 'city', 4],
    [19, 'province', 0],
    [20, 'province', 1],
    [59, 'province', 1],
    [60, 'province', 2],
    [199, 'province', 2],
    [200, 'province', 3],
    [599, 'province', 3],
    [600, 'province', 4],
  ] as const)('%d customers in a %s are level %d', (x, regionLevel, level) => {
    expect(judgeBatch(x, regionLevel, batch)?.level).toBe(level)
  })

  test('is not evaluated above the province nor below the city', () => {
    expect(judgeBatch(1000, 'group', batch)).toBeNull()
    expect(judgeBatch(1000, 'district', batch)).toBeNull()
  })

  law.prop([fc.nat(1000), fc.nat(500), fc.constantFrom('city' as const, 'province' as const)])(
    'never lowers a level when a customer more comes',
    (x, more, level) => {
      expect(judgeBatch(x + more, level, batch)?.level ?? 0).toBeGreaterThanOrEqual(judgeBatch(x, level, batch)?.level ?? 0)
    },
  )
})

describe('the baseline', () => {
  const thursday = at('2026-06-11', 20, 20)
  const scope: BaselineScope = { tickAt: thursday, regionPath: '/00/32/320500/', phenomenon: 'P', firstEventAt: 0, contaminations: [] }

  test('looks at the same clock window of eight weeks and of the days 3 to 9 back', () => {
    const windows = pastWindows(thursday, HOUR, 8, SHANGHAI)
    expect(windows.filter(({ basis }) => basis === 'weeks').map(({ to }) => (thursday - to) / DAY)).toEqual([7, 14, 21, 28, 35, 42, 49, 56])
    expect(windows.filter(({ basis }) => basis === 'days').map(({ to }) => (thursday - to) / DAY)).toEqual([3, 4, 5, 6, 7, 8, 9])
    for (const { from, to } of windows) expect(to - from).toBe(HOUR)
  })

  test('keeps the clock reading across a change of clocks', () => {
    const zone = 'America/New_York'
    const afterSpring = at('2026-03-12', 14, 0, zone)
    const [last] = pastWindows(afterSpring, HOUR, 1, zone)
    expect(timeOfDay(last?.to ?? 0, zone)).toBe(14 * HOUR)
    expect(afterSpring - (last?.to ?? 0)).toBe(7 * DAY - HOUR)
  })

  test('counts a window only when it lies wholly after the first event known', () => {
    const window = { from: thursday - 7 * DAY - HOUR, to: thursday - 7 * DAY, basis: 'weeks' as const }
    expect(isUsable(window, { ...scope, firstEventAt: window.from }, SHANGHAI, CALENDAR)).toBe(true)
    expect(isUsable(window, { ...scope, firstEventAt: window.from + 1 }, SHANGHAI, CALENDAR)).toBe(false)
    expect(isUsable(window, { ...scope, firstEventAt: null }, SHANGHAI, CALENDAR)).toBe(false)
  })

  test('compares a kind of day with its own kind, by the weekday or by the calendar', () => {
    const saturday = { from: thursday - 5 * DAY - HOUR, to: thursday - 5 * DAY, basis: 'weeks' as const }
    const lastThursday = { from: thursday - 7 * DAY - HOUR, to: thursday - 7 * DAY, basis: 'weeks' as const }
    expect(isUsable(saturday, scope, SHANGHAI, CALENDAR)).toBe(false)
    expect(isUsable(lastThursday, scope, SHANGHAI, CALENDAR)).toBe(true)
    const makeUpDay = calendarFrom({ ...DEFAULT_CALENDAR, years: [{ year: 2026, off: [], worked: ['2026-06-06'] }] })
    expect(isUsable(saturday, scope, SHANGHAI, makeUpDay)).toBe(true)
    expect(isUsable({ ...saturday, basis: 'days' }, scope, SHANGHAI, CALENDAR)).toBe(true)
  })

  test('leaves out public holidays in both choices, unless it is one itself, and compares tagged days with their like only', () => {
    const before = (tickAt: number, days: number, basis: 'weeks' | 'days') => ({ from: tickAt - days * DAY - HOUR, to: tickAt - days * DAY, basis })
    const usable = (tickAt: number, days: number, basis: 'weeks' | 'days', calendar = CALENDAR) =>
      isUsable(before(tickAt, days, basis), { ...scope, tickAt }, SHANGHAI, calendar)
    const monday = at('2026-04-13', 12)
    expect([7, 14, 21, 28, 35, 42, 49, 56].map((days) => usable(monday, days, 'weeks'))).toEqual([false, true, true, true, true, true, false, false])
    expect([7, 8, 9].map((days) => usable(monday, days, 'days'))).toEqual([false, false, false])
    const nationalDay = at('2026-10-05', 12)
    expect([3, 4, 5].map((days) => usable(nationalDay, days, 'days'))).toEqual([true, true, true])
    const billing = calendarFrom({ ...DEFAULT_CALENDAR, tags: { '2026-06-04': ['bill_day'], '2026-06-11': ['bill_day'] } })
    expect([7, 14].map((days) => usable(thursday, days, 'weeks', billing))).toEqual([true, false])
    expect([3, 7].map((days) => usable(thursday, days, 'days', billing))).toEqual([false, true])
    expect([6, 13].map((days) => usable(thursday - DAY, days, 'weeks', billing))).toEqual([false, true])
  })

  test('judges a window that ends at midnight by the day it lies in', () => {
    const mondayMidnight = { ...scope, tickAt: at('2026-06-15', 0) }
    const sunday = { from: at('2026-06-07', 23), to: at('2026-06-08', 0), basis: 'weeks' as const }
    const monday = { from: at('2026-06-08', 23), to: at('2026-06-09', 0), basis: 'weeks' as const }
    expect(isUsable(sunday, mondayMidnight, SHANGHAI, CALENDAR)).toBe(true)
    expect(isUsable(monday, mondayMidnight, SHANGHAI, CALENDAR)).toBe(false)
  })

  const hours = { ...touchedHours(at('2026-06-04', 20, 20), at('2026-06-04', 21, 55), SHANGHAI), phenomenon: 'P', regionPath: '/00/32/320500/' }
  test('leaves out the hours 20:00 to 22:00 that the case of S-1 touched', () => {
    expect([hours.from, hours.to]).toEqual([at('2026-06-04', 20), at('2026-06-04', 22)])
    expect(touchedHours(at('2026-06-04', 20), at('2026-06-04', 22), SHANGHAI)).toEqual({ from: at('2026-06-04', 20), to: at('2026-06-04', 22) })
    expect(touchedHours(at('2026-06-04', 20), at('2026-06-04', 20), SHANGHAI)).toEqual({ from: at('2026-06-04', 20), to: at('2026-06-04', 21) })
  })

  test.each([
    ['a window inside them', 20, 30, '/00/32/320500/', 'P', false],
    ['a window that begins before them and reaches in', 19, 5, '/00/32/320500/', 'P', false],
    ['a window that ends as they begin', 19, 0, '/00/32/320500/', 'P', true],
    ['a window that begins as they end', 22, 0, '/00/32/320500/', 'P', true],
    ['the province above', 20, 30, '/00/32/', 'P', false],
    ['a district below', 20, 30, '/00/32/320500/320501/', 'P', false],
    ['the city beside', 20, 30, '/00/32/320100/', 'P', true],
    ['another phenomenon', 20, 30, '/00/32/320500/', 'Q', true],
  ])('handles contaminated hours: %s', (_name, hour, minute, regionPath, phenomenon, usable) => {
    const from = at('2026-06-04', hour, minute)
    expect(isUsable({ from, to: from + HOUR, basis: 'weeks' }, { ...scope, regionPath, phenomenon, contaminations: [hours] }, SHANGHAI, CALENDAR)).toBe(usable)
  })
})
