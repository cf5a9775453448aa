import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INDICATORS } from '../../core/domain/indicator/catalogue.ts'
import type { PeriodSums } from '../../core/domain/indicator/indicator.ts'
import { VOLUME } from '../../core/domain/indicator/k01-volume.ts'
import { HANDLED_IN_TIME } from '../../core/domain/indicator/k18-handled-in-time.ts'
import { OPEN_TICKETS } from '../../core/domain/indicator/k22-open.ts'
import { ratio } from '../../core/domain/indicator/ratio.ts'

const period = (sums: Readonly<Record<string, number>>, hasData = true): PeriodSums => ({
  startAt: 0,
  endAt: 1,
  sum: (base, measure) => sums[`${base} ${measure}`] ?? 0,
  running: (state) => sums[`running ${state}`] ?? 0,
  hasData,
  watch: null,
})

describe('a ratio', () => {
  test.each([
    [850, 1000, 85],
    [340, 850, 40],
    [289, 340, 85],
    [288, 340, 84.71],
    [51, 100, 51],
    [1, 2, 50],
    [3, 4, 75],
    [3, 5, 60],
    [2, 3, 66.67],
    [1, 3, 33.33],
    [0, 40, 0],
    [1, 8, 12.5],
    [1, 16, 6.25],
    [1, 32, 3.13],
    [10_001, 20_000, 50.01],
    [40_001, 200_000, 20],
    [201, 20_000, 1.01],
    [999_999, 1_000_000, 100],
  ])('of %i and %i is %d', (numerator, denominator, value) => {
    expect(ratio(numerator, denominator)).toEqual({ numerator, denominator, value, status: 'ok' })
  })

  test('with denominator 0 is null and says so, never 0 (S-14-3)', () => {
    expect(ratio(0, 0)).toEqual({ numerator: 0, denominator: 0, value: null, status: 'no_data' })
  })

  test('is the nearest hundredth, the upper one when two are as near', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), fc.integer({ min: 0, max: 100_000_000 }), (denominator, given) => {
        const numerator = Math.min(given, denominator)
        const hundredths = BigInt(Math.round((ratio(numerator, denominator).value as number) * 100))
        const doubledError = 2n * (10_000n * BigInt(numerator) - hundredths * BigInt(denominator))
        expect(doubledError >= -BigInt(denominator) && doubledError < BigInt(denominator)).toBe(true)
      }),
    )
  })

  test('of a month comes from summed parts and not from the mean of its days (S-14-4)', () => {
    const days = [
      [1, 1],
      [50, 99],
    ] as const
    const month = ratio(days[0][0] + days[1][0], days[0][1] + days[1][1])
    expect(month).toMatchObject({ numerator: 51, denominator: 100, value: 51 })
    expect((ratio(...days[0]).value! + ratio(...days[1]).value!) / 2).not.toBe(month.value)
  })
})

describe('the catalogue', () => {
  test('holds each indicator once, with its texts in both languages', () => {
    expect(INDICATORS.map(({ id }) => id)).toEqual(['K-01', 'K-18', 'K-22', 'K-32', 'K-74', 'K-75', 'K-76', 'K-77', 'K-78', 'K-79', 'K-80', 'K-82', 'K-83', 'K-84'])
    for (const one of INDICATORS) expect([one.nameZh, one.nameEn, one.formulaZh, one.formulaEn].every((text) => text.length > 0)).toBe(true)
  })

  test.each(INDICATORS.map((indicator) => [indicator.id, indicator] as const))('%s is null without data, never 0', (_, indicator) => {
    expect(indicator.compute(period({ 'ACC accepted': 3, 'FIN finished': 3, 'FIN in_time': 3, 'running open': 3 }, false))).toEqual({
      numerator: null,
      denominator: null,
      value: null,
      status: 'no_data',
    })
  })

  test('K-01 counts acceptances; none in a period with data is 0', () => {
    expect(VOLUME.compute(period({ 'ACC accepted': 6 }))).toEqual({ numerator: 6, denominator: null, value: 6, status: 'ok' })
    expect(VOLUME.compute(period({})).value).toBe(0)
  })

  test('K-18 divides what was finished in time by what was finished', () => {
    expect(HANDLED_IN_TIME.compute(period({ 'FIN finished': 4, 'FIN in_time': 3 }))).toEqual({
      numerator: 3,
      denominator: 4,
      value: 75,
      status: 'ok',
    })
    expect(HANDLED_IN_TIME.compute(period({ 'ACC accepted': 5 }))).toMatchObject({ value: null, status: 'no_data' })
    expect(HANDLED_IN_TIME.thresholds).toEqual({ target: 93, warn: 93, alarm: 90 })
  })

  test('K-22 is the running sum to the end of the period, not the period’s own change', () => {
    expect(OPEN_TICKETS.compute(period({ 'SNAP open': -2, 'running open': 7 })).value).toBe(7)
  })
})
