import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binStart, CellSums } from '../../core/domain/count/cell-sums.ts'
import type { Fact } from '../../core/domain/count/fact.ts'
import { bucketOf, quantile, RELATIVE_ERROR, valueOf } from '../../core/domain/count/sketch.ts'
import { HOUR } from '../../core/domain/time.ts'
import { aRegionTree, at, SHANGHAI } from '../support/builders.ts'

const sketchOf = (seconds: readonly number[], n = 1): [number, number][] => seconds.map((value) => [bucketOf(value), n])

describe('a sketch', () => {
  test.each([
    [0, 0],
    [0.999, 0],
    [1, 1],
  ])('%d s lie in bucket %i', (seconds, bucket) => {
    expect(bucketOf(seconds)).toBe(bucket)
  })

  test('tells a value within the relative error, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e8, noNaN: true }), (seconds) => {
        expect(Math.abs(valueOf(bucketOf(seconds)) - seconds)).toBeLessThanOrEqual(RELATIVE_ERROR * seconds * 1.000_001)
      }),
    )
  })

  test.each([
    [[60, 600, 6_000], 0.5, 600],
    [[60, 600], 0.5, 60],
    [[60, 600, 6_000, 60_000], 0.5, 600],
    [[60, 600, 6_000], 0.9, 6_000],
    [[60, 600, 6_000], 0.34, 600],
    [[60, 600, 6_000], 0, 60],
    [[60, 600, 6_000], 1, 6_000],
  ])('of %j at %d is %i by nearest rank', (seconds, share, value) => {
    expect(quantile(sketchOf(seconds), share)).toBe(valueOf(bucketOf(value)))
  })

  test('adds entries of one bucket, forgets what was taken away, and is nothing where nothing is left', () => {
    expect(quantile(sketchOf([60, 600, 600, 600]), 0.5)).toBe(valueOf(bucketOf(600)))
    expect(quantile([...sketchOf([60, 600, 6_000]), ...sketchOf([6_000], -1)], 1)).toBe(valueOf(bucketOf(600)))
    expect(quantile([...sketchOf([60, 600]), ...sketchOf([6_000], -1)], 1)).toBe(valueOf(bucketOf(600)))
    expect(quantile([...sketchOf([60]), ...sketchOf([60], -1)], 0.5)).toBeNull()
  })
})

describe('cells', () => {
  const fact = (more: Partial<Fact> = {}): Fact => ({
    ...{
      base: 'FIN',
      at: at('2026-06-01 09:40'),
      regionCode: '320501',
      kind: 'complaint',
      by: { unit: 'U1' },
      measures: { finished: 1, net_seconds: 60 },
    },
    ...{ sketched: 60, ...more },
  })
  const sumsOf = (...changes: readonly (readonly [fact: Fact, times: number])[]) => {
    const sums = new CellSums(aRegionTree(), SHANGHAI)
    for (const [one, times] of changes) sums.add(one, times)
    return sums
  }

  test('and their sketches lose as much as they gain, and say so', () => {
    const day = (sums: CellSums) =>
      sums
        .cells()
        .filter(({ cube }) => cube === 'FIN/day')
        .map(({ n }) => [n[0], n[4]])
    const buckets = (sums: CellSums) =>
      sums
        .buckets()
        .filter(({ cube }) => cube === 'FIN/day')
        .map(({ bucket, n }) => [bucket, n])
    const [lost, both] = [sumsOf([fact(), -2]), sumsOf([fact(), 1], [fact(), -1])]
    expect([day(lost), buckets(lost)]).toEqual([[[-2, -120]], [[bucketOf(60), -2]]])
    expect([both.cells(), both.buckets()]).toEqual([[], []])
  })

  test('stand in the order of their keys, however they came: region before kind, value last', () => {
    const spread = ['330101', '320501', '320101'].flatMap((regionCode) =>
      ['U2', 'U1'].flatMap((unit) => ['query', 'complaint'].map((kind) => fact({ regionCode, kind, by: { unit } }))),
    )
    const places = sumsOf(...spread.map((one) => [one, 1] as const))
      .cells()
      .filter(({ cube }) => cube === 'FIN/day/unit')
      .map(({ regionCode, kind, value }) => `${regionCode} ${kind} ${value}`)
    expect(places).toEqual([...places].sort())
    expect(places).toHaveLength(12)
  })

  test('of an hour are cut by the clock on the wall, also where that is half an hour apart', () => {
    const instant = Date.parse('2026-06-01T09:40:00+05:30')
    expect(binStart(instant, 'hour', 'Asia/Kolkata')).toBe(Date.parse('2026-06-01T09:00:00+05:30'))
    expect(binStart(instant, 'hour', SHANGHAI)).toBe(Date.parse('2026-06-01T12:00:00+08:00'))
    expect(binStart(at('2026-06-30 23:59'), 'month', SHANGHAI)).toBe(at('2026-06-01'))
    expect(binStart(at('2026-06-01') + HOUR, 'month', SHANGHAI)).toBe(at('2026-06-01'))
  })
})
