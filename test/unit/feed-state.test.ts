import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { feedState, silentAfter } from '../../core/domain/feed-state.ts'
import { atLocal, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'

const at = (hour: number, minute: number, second = 0) => atLocal('2026-06-11', hour * HOUR + minute * MINUTE + second * SECOND, 'Asia/Shanghai')

describe('the state of a feed', () => {
  test.each([
    [8.4, 10],
    [2, 10],
    [1.99, 11],
    [0.2, 100],
    [0.167, 120],
  ])('with %d events per minute expected is stale after %d minutes', (expected, minutes) => {
    expect(silentAfter(expected)).toBe(minutes * MINUTE)
  })

  test('turns stale at 10:12:30 when the last event of S-9 came at 10:02:30, not a second before', () => {
    expect(feedState(at(10, 2, 30), 8.4, at(10, 12, 29)).state).toBe('live')
    expect(feedState(at(10, 2, 30), 8.4, at(10, 12, 30)).state).toBe('stale')
  })

  test('says nothing by silence where nothing is expected, and "never" where nothing was ever heard', () => {
    expect(feedState(at(1, 0), 0, at(23, 0))).toEqual({ state: 'live', silentAfterMs: Number.POSITIVE_INFINITY })
    expect(feedState(at(1, 0), null, at(23, 0)).state).toBe('live')
    expect(feedState(null, 8.4, at(10, 0)).state).toBe('never')
  })

  law.prop([fc.float({ min: Math.fround(0.001), max: 1000, noNaN: true }), fc.nat(1_000_000), fc.nat(1_000_000)])(
    'once stale stays stale until something is heard',
    (expected, silence, more) => {
      if (feedState(0, expected, silence * SECOND).state === 'stale') expect(feedState(0, expected, (silence + more) * SECOND).state).toBe('stale')
    },
  )
})
