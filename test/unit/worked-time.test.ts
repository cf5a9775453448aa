import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import { dayTypeOfDate } from '../../core/domain/day-type.ts'
import {
  after as deadlineAfter,
  endOfNaturalDay,
  endOfWorkingDay,
  isCalendarMissing,
  NATURAL,
  rollForward,
  type TimeKind,
  worked,
} from '../../core/domain/ticket/worked-time.ts'
import { DAY, HOUR, localDate, MINUTE, timeOfDay, type Zone } from '../../core/domain/time.ts'
import { at, SHANGHAI } from '../support/builders.ts'

const calendar = calendarFrom(DEFAULT_CALENDAR)
const NEW_YORK = 'America/New_York'
const windowOf = (from: number, to: number, zone: Zone = SHANGHAI): TimeKind => ({ name: 'window', from: from * HOUR, to: to * HOUR, zone })
const workdays = (zone: Zone = SHANGHAI): TimeKind => ({ name: 'working_days', calendar, zone })
const days = { calendar, zone: SHANGHAI }

/** Ten years. */
const FROM = Date.UTC(2019, 11, 31)
const LENGTH = Date.UTC(2030, 0, 2) - FROM
const QUARTER = 15 * MINUTE

/** How many counted steps lie before each step: asked of each step by itself. */
function naive(isCounted: (instant: number) => boolean, step: number): Int32Array {
  const sums = new Int32Array(LENGTH / step + 1)
  for (let index = 0; index < LENGTH / step; index += 1) sums[index + 1] = sums[index]! + (isCounted(FROM + index * step) ? 1 : 0)
  return sums
}

const dayTypes = new Map<number, boolean>()
const isWorkday = (instant: number, zone: Zone): boolean => {
  const quarter = Math.floor(instant / QUARTER) * (zone === SHANGHAI ? 1 : -1)
  const answer = dayTypes.get(quarter) ?? dayTypeOfDate(localDate(instant, zone), calendar) === 'workday'
  dayTypes.set(quarter, answer)
  return answer
}
const inWindow = (from: number, to: number, zone: Zone) => (minute: number) => {
  const reading = timeOfDay(minute, zone)
  return from < to ? reading >= from * HOUR && reading < to * HOUR : reading >= from * HOUR || reading < to * HOUR
}

/** The kinds that clocks use are counted by the minute, the odd ones by the quarter hour, on which every change of theirs falls. */
const KINDS: readonly (readonly [string, TimeKind, number, (instant: number) => boolean])[] = [
  ['natural time', NATURAL, MINUTE, () => true],
  ['the window 08:00–20:00', windowOf(8, 20), MINUTE, inWindow(8, 20, SHANGHAI)],
  ['working days', workdays(), MINUTE, (instant) => isWorkday(instant, SHANGHAI)],
  ['a window over midnight', windowOf(20, 8), QUARTER, inWindow(20, 8, SHANGHAI)],
  ['the whole day as a window', windowOf(0, 24), QUARTER, () => true],
  ['the window in New York', windowOf(8, 20, NEW_YORK), QUARTER, inWindow(8, 20, NEW_YORK)],
  ['a window that the change of the clock cuts', windowOf(1, 3, NEW_YORK), QUARTER, inWindow(1, 3, NEW_YORK)],
  ['working days in New York', workdays(NEW_YORK), QUARTER, (instant) => isWorkday(instant, NEW_YORK)],
]

describe.each(KINDS)('%s over 2020–2029', (_, kind, step, isCounted) => {
  const steps = LENGTH / step
  const sums = naive(isCounted, step)
  const naively = (a: number, b: number) => (sums[b]! - sums[a]!) * step

  test('is the naive count, step by step, and additive', () => {
    let wrong = 0
    let sum = 0
    // Each step against the one before: with the sum it gives every [a, b) of the ten years.
    for (let index = 0; index < steps; index += 1) {
      const one = worked(kind, FROM + index * step, FROM + (index + 1) * step)
      sum += one
      if (one !== naively(index, index + 1) || sum !== naively(0, index + 1)) wrong += 1
    }
    expect(wrong).toBe(0)
    expect(worked(kind, FROM, FROM + LENGTH)).toBe(sum)
  })

  test('is the naive count between any two steps, and additive at any millisecond', () => {
    const instants = fc.tuple(fc.integer({ min: 0, max: steps }), fc.integer({ min: 0, max: (60 * DAY) / step }))
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: MINUTE }), ([from, length], ms) => {
        const to = Math.min(from + length, steps)
        const [a, c] = [FROM + from * step, FROM + to * step]
        const b = Math.min(c, a + Math.floor((c - a) / 3) + ms)
        expect(worked(kind, a, c)).toBe(naively(from, to))
        expect(worked(kind, a, b) + worked(kind, b, c)).toBe(worked(kind, a, c))
      }),
      { numRuns: 1_000 },
    )
  })

  test('after() is the earliest instant with so much time', () => {
    const starts = fc.integer({ min: FROM, max: FROM + LENGTH - 90 * DAY })
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 20 * DAY }), (start, limit) => {
        const deadline = deadlineAfter(kind, start, limit)
        expect(worked(kind, start, deadline)).toBe(limit)
        expect(worked(kind, start, deadline - 1)).toBe(limit - 1)
      }),
      { numRuns: 500 },
    )
    expect(deadlineAfter(kind, FROM, 0)).toBe(FROM)
  })
})

describe('working time', () => {
  test('is nothing backwards', () => {
    for (const [, kind] of KINDS) expect(worked(kind, FROM + HOUR, FROM)).toBe(0)
  })

  test('in a window goes on the next morning', () => {
    expect(deadlineAfter(windowOf(8, 20), at('2026-06-01 19:00'), 2 * HOUR)).toBe(at('2026-06-02 09:00'))
    expect(deadlineAfter(windowOf(8, 20), at('2026-06-01 18:00'), 2 * HOUR)).toBe(at('2026-06-01 20:00'))
    expect(deadlineAfter(windowOf(8, 20), at('2026-06-01 23:00'), 2 * HOUR)).toBe(at('2026-06-02 10:00'))
  })

  test('goes by the clock of the zone where it changes', () => {
    const ny = (text: string) => Date.parse(text)
    // 2026-03-08 has 23 hours there, 2026-11-01 has 25.
    expect(worked(windowOf(0, 24, NEW_YORK), ny('2026-03-08T00:00-05:00'), ny('2026-03-09T00:00-04:00'))).toBe(23 * HOUR)
    expect(worked(windowOf(1, 3, NEW_YORK), ny('2026-11-01T00:00-04:00'), ny('2026-11-02T00:00-05:00'))).toBe(3 * HOUR)
    expect(endOfNaturalDay(ny('2026-10-31T15:00-04:00'), 1, { zone: NEW_YORK })).toBe(ny('2026-11-02T00:00-05:00'))
    expect(deadlineAfter(windowOf(8, 20, NEW_YORK), ny('2026-03-07T19:00-05:00'), 2 * HOUR)).toBe(ny('2026-03-08T09:00-04:00'))
  })
})

describe('counting days (domain.md 3.6, S-7)', () => {
  const received = at('2026-09-24 15:00')
  test.each([
    ['2 working days', endOfWorkingDay(received, 2, days), '2026-09-30 00:00'],
    ['5 working days', endOfWorkingDay(received, 5, days), '2026-10-10 00:00'],
    ['10 natural days', endOfNaturalDay(received, 10, days), '2026-10-05 00:00'],
    ['10 natural days rolled forward', rollForward(endOfNaturalDay(received, 10, days), days), '2026-10-09 00:00'],
    ['15 natural days', endOfNaturalDay(received, 15, days), '2026-10-10 00:00'],
    ['30 natural days', endOfNaturalDay(received, 30, days), '2026-10-25 00:00'],
    ['the same day', endOfWorkingDay(received, 0, days), '2026-09-25 00:00'],
  ])('%s', (_, deadline, expected) => {
    expect(deadline).toBe(at(expected))
  })

  test('counts a make-up Saturday and not the Friday off before it (S-14-10)', () => {
    expect(endOfWorkingDay(at('2026-10-09 10:00'), 1, days)).toBe(at('2026-10-11 00:00'))
    expect(endOfWorkingDay(at('2026-09-24 10:00'), 1, days)).toBe(at('2026-09-29 00:00'))
  })

  test('leaves a deadline on a workday where it is', () => {
    expect(rollForward(at('2026-10-10 00:00'), days)).toBe(at('2026-10-10 00:00'))
    expect(rollForward(at('2026-10-04 12:00'), days)).toBe(at('2026-10-09 00:00'))
  })

  test('does not count the day of receipt from its first to its last millisecond', () => {
    const ends = ['2026-06-01 00:00', '2026-06-01 23:59'].map((text) => endOfNaturalDay(at(text), 1, days))
    expect(ends).toEqual([at('2026-06-03 00:00'), at('2026-06-03 00:00')])
    expect(endOfNaturalDay(at('2026-06-02 00:00'), 1, days)).toBe(at('2026-06-04 00:00'))
  })

  test('says where Monday to Friday stood in', () => {
    expect(isCalendarMissing(at('2026-12-01 10:00'), at('2027-01-01 00:00'), days)).toBe(false)
    expect(isCalendarMissing(at('2026-12-01 10:00'), at('2027-01-01 00:00') + 1, days)).toBe(true)
    expect(isCalendarMissing(at('2025-12-31 23:59'), at('2026-01-02 00:00'), days)).toBe(true)
    expect(isCalendarMissing(at('2025-06-01 00:00'), at('2027-06-01 00:00'), days)).toBe(true)
  })
})
