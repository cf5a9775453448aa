import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, quantile, RELATIVE_ERROR, valueOf } from '../../core/domain/count/sketch.ts'

const DURATIONS = fc.array(fc.integer({ min: 0, max: 40 * 86_400 }), { minLength: 1, maxLength: 300 })
const countsOf = (values: readonly number[], sign = 1) => values.map((value): [number, number] => [bucketOf(value), sign])
/** The value at a share by nearest rank, from the values themselves. */
const trueQuantile = (values: readonly number[], share: number) => [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] as number

describe('a sketch of durations', () => {
  test('answers every quantile within its relative error', () => {
    fc.assert(
      fc.property(DURATIONS, fc.constantFrom(0.01, 0.25, 0.5, 0.9, 0.95, 1), (values, share) => {
        const truth = trueQuantile(values, share)
        const read = quantile(countsOf(values), share) as number
        expect(Math.abs(read - truth)).toBeLessThanOrEqual(truth < 1 ? 1 : truth * RELATIVE_ERROR * 1.0001)
      }),
      { numRuns: 500 },
    )
  })

  test('of parts, in any order, is the sketch of the whole; what leaves leaves no trace', () => {
    fc.assert(
      fc.property(DURATIONS, DURATIONS, DURATIONS, (a, b, gone) => {
        const whole = quantile(countsOf([...a, ...b]), 0.9)
        expect(quantile([...countsOf(b), ...countsOf(gone), ...countsOf(a), ...countsOf(gone, -1)], 0.9)).toBe(whole)
      }),
    )
  })

  test('of nothing has no quantile', () => {
    expect([quantile([], 0.5), quantile([[3, 1], [3, -1]], 0.5)]).toEqual([null, null])
  })

  test('keeps buckets apart that lie more than the error apart, and a month in few hundred', () => {
    expect(bucketOf(3_600)).not.toBe(bucketOf(3_700))
    expect(bucketOf(40 * 86_400)).toBeLessThan(800)
    expect(valueOf(0)).toBe(0)
  })
})
