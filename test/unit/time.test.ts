import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  atLocal,
  DAY,
  dayStart,
  floorTo,
  HOUR,
  isoWeek,
  isoWeekStart,
  localDate,
  MINUTE,
  shiftDays,
  timeOfDay,
  weekStart,
  zoneOffset,
} from '../../core/domain/time.ts'
import { at, SHANGHAI } from '../support/builders.ts'

const ZONES = [SHANGHAI, 'America/New_York', 'Asia/Kathmandu', 'Europe/Berlin', 'America/Havana', 'UTC']
const instants = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) })

describe('zones', () => {
  test.each([
    ['2026-06-01 00:00', '2026-06-01'],
    ['2026-05-31 23:59:59.999', '2026-05-31'],
    ['2026-01-01 07:59', '2026-01-01'],
  ])('%s in Shanghai lies on %s', (local, date) => {
    expect(localDate(at(local), SHANGHAI)).toBe(date)
  })

  test('reads midnight as 0, not as 24 hours', () => {
    expect(timeOfDay(at('2026-06-01 00:00'), SHANGHAI)).toBe(0)
    expect(timeOfDay(at('2026-05-31 23:59:59.999'), SHANGHAI)).toBe(DAY - 1)
  })

  test('knows offsets that are not whole hours and those that change', () => {
    expect(zoneOffset(at('2026-06-01 00:00'), 'Asia/Kathmandu')).toBe(5 * HOUR + 45 * MINUTE)
    expect(zoneOffset(Date.UTC(2026, 2, 29, 0, 59, 59, 999), 'Europe/Berlin')).toBe(HOUR)
    expect(zoneOffset(Date.UTC(2026, 2, 29, 1), 'Europe/Berlin')).toBe(2 * HOUR)
  })

  test('refuses a zone that does not exist', () => {
    expect(() => zoneOffset(0, 'Asia/Nowhere')).toThrow(RangeError)
  })
})

describe('days', () => {
  test('a day that the clock change shortens or lengthens starts at its own midnight', () => {
    const start = dayStart(Date.UTC(2026, 2, 29, 12), 'Europe/Berlin')
    expect(new Date(start).toISOString()).toBe('2026-03-28T23:00:00.000Z')
    expect(dayStart(start + 23 * HOUR, 'Europe/Berlin') - start).toBe(23 * HOUR)
    const autumn = dayStart(Date.UTC(2026, 9, 25, 12), 'Europe/Berlin')
    expect(dayStart(autumn + 25 * HOUR, 'Europe/Berlin') - autumn).toBe(25 * HOUR)
  })

  test('where the clock skips midnight the day starts at its first instant', () => {
    // Havana puts the clock from 00:00 to 01:00 on 2026-03-08.
    const start = dayStart(Date.UTC(2026, 2, 8, 18), 'America/Havana')
    expect(new Date(start).toISOString()).toBe('2026-03-08T05:00:00.000Z')
    expect(localDate(start - 1, 'America/Havana')).toBe('2026-03-07')
  })

  test('an instant lies in the day that starts at or before it, and its day is its own start', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
        const start = dayStart(instant, zone)
        expect(start).toBeLessThanOrEqual(instant)
        expect(instant - start).toBeLessThan(25 * HOUR + 1)
        expect(localDate(start, zone)).toBe(localDate(instant, zone))
        expect(localDate(start - 1, zone)).not.toBe(localDate(instant, zone))
        expect(dayStart(start, zone)).toBe(start)
      }),
    )
  })

  test('24:00 of a day is 00:00 of the next', () => {
    expect(atLocal('2026-05-31', DAY, SHANGHAI)).toBe(at('2026-06-01 00:00'))
    expect(atLocal('2026-06-01', -HOUR, SHANGHAI)).toBe(at('2026-05-31 23:00'))
  })

  test('moving by days keeps the wall clock across a clock change', () => {
    const noon = atLocal('2026-03-28', 12 * HOUR, 'Europe/Berlin')
    expect(shiftDays(noon, 1, 'Europe/Berlin') - noon).toBe(23 * HOUR)
    expect(shiftDays(at('2026-06-08 10:20'), -7, SHANGHAI)).toBe(at('2026-06-01 10:20'))
  })
})

describe('weeks', () => {
  test('a week starts on Monday 00:00', () => {
    expect(weekStart(at('2026-06-07 23:59:59.999'), SHANGHAI)).toBe(at('2026-06-01 00:00'))
    expect(weekStart(at('2026-06-08 00:00'), SHANGHAI)).toBe(at('2026-06-08 00:00'))
  })

  test.each([
    ['2026-12-31 12:00', '2026-W53'],
    ['2027-01-03 23:59', '2026-W53'],
    ['2027-01-04 00:00', '2027-W01'],
    ['2024-12-30 00:00', '2025-W01'],
  ])('%s belongs to %s', (local, week) => {
    expect(isoWeek(at(local), SHANGHAI)).toBe(week)
  })

  test('every week starts where its label says, and a week that a year has not is null', () => {
    expect(isoWeekStart(2025, 53, SHANGHAI)).toBeNull()
    expect(isoWeekStart(2026, 0, SHANGHAI)).toBeNull()
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
        const [year, week] = isoWeek(instant, zone).split('-W').map(Number) as [number, number]
        expect(isoWeekStart(year, week, zone)).toBe(weekStart(instant, zone))
      }),
    )
  })
})

test('a bin holds its start and not its end, also before 1970', () => {
  expect(floorTo(30_000, 30_000)).toBe(30_000)
  expect(floorTo(29_999, 30_000)).toBe(0)
  expect(floorTo(-1, 30_000)).toBe(-30_000)
})
