import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergedIntervals, touchesAny } from '../../core/domain/risk/baseline.ts'
import { DEFAULT_RISK_PARAMETERS, type Thresholds } from '../../core/domain/risk/reading.ts'
import { type BaselineValues, judgeSurge, usualUnder } from '../../core/domain/risk/surge.ts'

const { surge } = DEFAULT_RISK_PARAMETERS
const windowsOf = ({ weeks, days }: BaselineValues) => [...weeks.map((value) => ({ basis: 'weeks', value }) as const), ...days.map((value) => ({ basis: 'days', value }) as const)]

const values = fc.oneof(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 8 }))
const thresholds = (max: number): fc.Arbitrary<Thresholds> => {
  const one = fc.option(fc.double({ min: -1, max, noNaN: true }), { freq: 6 })
  return fc.tuple(one, one, one, one)
}
const parameters = fc.oneof(
  fc.constant(surge),
  fc.record({ minValues: fc.integer({ min: 1, max: 4 }), z: thresholds(8), x: thresholds(20), r: thresholds(4) }).map((own) => ({ ...surge, ...own })),
)

test('law: what is usual is left unread only where there is no colour, and what was read gives the same verdict', () => {
  let [left, coloured] = [0, 0]
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), values, values, parameters, (x, weeks, days, own) => {
      const whole = judgeSurge(x, { weeks, days }, own)
      const read = usualUnder(x, windowsOf({ weeks, days }), own, ({ value }) => value)
      if (read === null) {
        left += 1
        expect(whole.level).toBe(0)
      } else {
        coloured += Number(whole.level > 0)
        expect(judgeSurge(x, read, own)).toEqual(whole)
      }
    }),
    { numRuns: 5_000 },
  )
  expect(Math.min(left, coloured)).toBeGreaterThan(500)
})

test('reads no more than it takes: half of the weeks and one, where they are as busy as now', () => {
  let asked = 0
  expect(usualUnder(100, windowsOf({ weeks: Array<number>(8).fill(99), days: [] }), surge, ({ value }) => { asked += 1; return value })).toBeNull()
  expect(asked).toBe(5)
})

test('law: a window touches merged intervals exactly where it touches one of them', () => {
  const interval = fc.record({ from: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 1, max: 9 }) }).map(({ from, length }) => ({ from, to: from + length }))
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 8 }), interval, (intervals, window) => {
      expect(touchesAny(window, mergedIntervals(intervals))).toBe(intervals.some(({ from, to }) => window.from < to && from < window.to))
    }),
    { numRuns: 1_000 },
  )
})
