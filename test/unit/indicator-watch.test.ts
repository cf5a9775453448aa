import { describe, expect, test } from 'vitest'
import { INDICATORS } from '../../core/domain/indicator/catalogue.ts'
import { LATENCY_EDGES, latencyEdge, latencyWithin, type WatchMeasure } from '../../core/domain/indicator/watch.ts'
import { receptionOf } from '../../core/domain/quality/reception.ts'

type Counts = Partial<Record<WatchMeasure, number>>
const figureOf = (
  id: string,
  counts: Counts | null,
  { latency = [], hasData = true }: { latency?: readonly (readonly [number, number])[]; hasData?: boolean } = {},
) =>
  INDICATORS.find((one) => one.id === id)?.compute({
    startAt: 0,
    endAt: 1,
    sum: (_, measure) => ({ accepted: 200, raised: 3 })[measure as string] ?? 0,
    running: () => 0,
    hasData,
    watch: counts === null ? null : { count: (measure) => counts[measure] ?? 0, latency },
  })

describe('indicators of the monitoring itself', () => {
  test.each([
    ['K-32', { handle_due: 20, handled_in_time: 19 }, 19, 20, 95],
    ['K-74', { closed_true: 7, closed_false: 3 }, 7, 10, 70],
    ['K-75', { acked: 4, ack_seconds: 1_470 }, 1_470, 4, 6.13],
    ['K-76', { resolved: 3, resolve_seconds: 54_000 }, 54_000, 3, 5],
    ['K-77', { ack_due: 50, acked_in_time: 49 }, 49, 50, 98],
    ['K-78', {}, 3, 200, 1.5],
    ['K-80', { received: 1_000, complete: 995 }, 995, 1_000, 99.5],
    ['K-82', { missed: 2 }, 2, null, 2],
    ['K-83', { review_due: 10, reviewed_in_time: 9 }, 9, 10, 90],
    ['K-84', { sent: 200, delivered: 197 }, 197, 200, 98.5],
  ] as const)('%s of %o', (id, counts, numerator, denominator, value) => {
    expect(figureOf(id, counts)).toEqual({ numerator, denominator, value, status: 'ok' })
  })

  test.each(['K-32', 'K-74', 'K-75', 'K-76', 'K-77', 'K-79', 'K-80', 'K-83', 'K-84'])('%s of nothing is no data, never 0', (id) => {
    expect(figureOf(id, {})).toMatchObject({ value: null, status: 'no_data' })
    expect(figureOf(id, null)).toEqual({ numerator: null, denominator: null, value: null, status: 'no_data' })
  })

  test('K-82 is 0 where the period has data, and unknown where it has none, but never less than what was entered', () => {
    expect(figureOf('K-82', {})?.value).toBe(0)
    expect(figureOf('K-82', {}, { hasData: false })?.status).toBe('no_data')
    expect(figureOf('K-82', { missed: 1 }, { hasData: false })?.value).toBe(1)
    expect(figureOf('K-82', null)?.status).toBe('no_data')
  })

  test('K-79 is the edge within which 95 of a hundred came: at 95 it holds, at 94 the next one is needed', () => {
    expect(
      figureOf(
        'K-79',
        {},
        {
          latency: [
            [60, 95],
            [120, 5],
          ],
        },
      ),
    ).toEqual({ numerator: null, denominator: 100, value: 60, status: 'ok' })
    expect(
      figureOf(
        'K-79',
        {},
        {
          latency: [
            [120, 6],
            [60, 94],
          ],
        },
      )?.value,
    ).toBe(120)
  })

  test('name in both languages what they count; thresholds are those of the text', () => {
    const of = (id: string) => INDICATORS.find((one) => one.id === id)?.thresholds
    expect(['K-32', 'K-74', 'K-77', 'K-79', 'K-80', 'K-82', 'K-83', 'K-84'].map(of).map((one) => one && [one.target, one.warn, one.alarm])).toEqual([
      [95, 95, 90],
      [70, 60, 40],
      [98, 95, 90],
      [60, 120, 600],
      [99.5, 99, 97],
      [0, 1, 3],
      [100, 90, 80],
      [99, 97, 90],
    ])
  })
})

describe('latencies', () => {
  test('are counted by edges that rise and hold every level of K-79', () => {
    expect(LATENCY_EDGES.every((edge, place) => place === 0 || edge > (LATENCY_EDGES[place - 1] as number))).toBe(true)
    for (const level of [60, 120, 600]) expect(LATENCY_EDGES).toContain(level)
  })

  test.each([
    [-5, 1],
    [0, 1],
    [59.999, 60],
    [60, 60],
    [60.001, 70],
    [119, 120],
    [120, 120],
    [601, 700],
    [99_000_000, 9_000_000],
  ])('of %d s lie within %d', (seconds, edge) => {
    expect(latencyEdge(seconds)).toBe(edge)
  })

  test('of nothing have no share', () => {
    expect(latencyWithin([], 0.95)).toBeNull()
  })
})

describe('a reception', () => {
  const dims = (occurredAt: number, receivedAt: number, isComplete: boolean) =>
    receptionOf({ occurredAt, receivedAt }, isComplete).map(({ checkId, dimension, checked, failed }) => [checkId, dimension, checked, failed])

  test('counts as received, as complete where it is, and by how late it came', () => {
    expect(dims(0, 60_000, true)).toEqual([
      ['K-80', 'received', 1, 0],
      ['K-80', 'complete', 1, 0],
      ['K-79', '60', 1, 0],
    ])
    expect(dims(0, 60_001, false)).toEqual([
      ['K-80', 'received', 1, 0],
      ['K-79', '70', 1, 0],
    ])
  })

  test('before it happened counts as at once, and that it did is counted by itself', () => {
    expect(dims(1, 0, false)).toEqual([
      ['K-80', 'received', 1, 0],
      ['K-79', '1', 1, 0],
      ['K-79', 'skew', 1, 0],
    ])
  })
})
