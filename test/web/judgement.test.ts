import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIVE_VERSION } from '../../core/contract/wall.ts'
import { retryDelay } from '../../web/live/connection.ts'
import { judgeFreshness, type Signs } from '../../web/live/freshness.ts'
import { readBeat, readResume, readRows, readSnapshot } from '../../web/live/frame.ts'
import { readServerTime, UNSET_CLOCK } from '../../web/live/server-clock.ts'
import { card, figures, snapshotOf } from './live-fixtures.ts'

const signs = (given: Partial<Signs>): Signs => ({ now: 10_000, startedAt: 0, beatAt: 9_500, beatServerTime: 1_000_000, engineBeatAt: 1_000_000, serverNow: 1_000_500, ...given })

describe('whether the figures are of now', () => {
  it.each([
    ['a beat just heard', {}, { kind: 'fresh' }],
    ['3,999 ms without a beat', { beatAt: 6_001 }, { kind: 'fresh' }],
    ['4,000 ms without a beat', { beatAt: 6_000 }, { kind: 'stale', why: 'no_beat', sinceAt: 1_000_000 }],
    ['an engine beat of 5,000 ms ago', { serverNow: 1_005_000 }, { kind: 'fresh' }],
    ['an engine beat of 5,001 ms ago while the socket lives', { serverNow: 1_005_001 }, { kind: 'stale', why: 'engine', sinceAt: 1_000_000 }],
    ['an engine that never beat', { engineBeatAt: null }, { kind: 'stale', why: 'engine', sinceAt: null }],
    ['no beat yet, one second after the start', { beatAt: null, beatServerTime: null, serverNow: null, now: 1_000 }, { kind: 'connecting' }],
    ['no beat yet, four seconds after the start', { beatAt: null, beatServerTime: null, serverNow: null, now: 4_000 }, { kind: 'stale', why: 'no_beat', sinceAt: null }],
  ] as const)('judges %s', (_, given, expected) => {
    expect(judgeFreshness(signs(given))).toEqual(expected)
  })
})

describe('the server clock', () => {
  it('takes the median, so that up to four late beats of nine move nothing', () => {
    let clock = UNSET_CLOCK
    for (const late of [0, 900, 0, 3_000, 0, 50_000, 0, 0, 700]) clock = readServerTime(clock, 1_000_000 - late, 500_000)
    expect(clock.offset).toBe(500_000)
  })

  it('follows the server within nine beats after it was set', () => {
    let clock = UNSET_CLOCK
    for (let beat = 0; beat < 9; beat += 1) clock = readServerTime(clock, 0, 0)
    for (let beat = 0; beat < 5; beat += 1) clock = readServerTime(clock, 60_000, 0)
    expect(clock.offset).toBe(60_000)
    expect(clock.offsets).toHaveLength(9)
  })
})

describe('frames off the wire', () => {
  it('keeps the rows that fit and counts the others', () => {
    const good = { seq: 1, at: 0, topic: 'figures', payload: figures('32', 1) }
    expect(readRows([good, { ...good, payload: {} }, { ...good, topic: 'unknown' }, null])).toEqual({ rows: [good], refused: 3 })
    expect(readRows('nonsense')).toEqual({ rows: [], refused: 1 })
  })

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (frame) => {
        readRows(frame)
        readBeat(frame)
        readResume(frame)
        readSnapshot(frame)
      }),
      { numRuns: 500 },
    )
  })

  it('takes a beat only whole', () => {
    const beat = { version: LIVE_VERSION, serverTime: 1, lastSeq: 2, engineBeatAt: null }
    expect(readBeat(beat)).toEqual(beat)
    for (const key of Object.keys(beat)) expect(readBeat({ ...beat, [key]: 'x' })).toBeNull()
  })

  it('counts an answer to a resume that does not fit as "no longer kept"', () => {
    expect(readResume({ kind: 'rows', rows: [] })).toEqual({ kind: 'rows', rows: [], refused: 0 })
    expect(readResume({ kind: 'resnapshot' })).toEqual({ kind: 'resnapshot' })
    expect(readResume(undefined)).toEqual({ kind: 'resnapshot' })
  })

  it('takes the snapshot of the contract and refuses one with a hole', () => {
    const snapshot = snapshotOf({ alerts: [card({ id: '1' })] })
    expect(readSnapshot(snapshot)).toEqual(snapshot)
    expect(readSnapshot({ ...snapshot, curve: null })).toBeNull()
  })
})

describe('waiting before the next try', () => {
  it('stays between half a second and ten seconds and spreads over half its length', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const delay = retryDelay(attempt, random)
        expect(delay).toBeGreaterThanOrEqual(500)
        expect(delay).toBeLessThanOrEqual(10_000)
      }),
    )
    expect([retryDelay(0, 0), retryDelay(0, 1), retryDelay(20, 0), retryDelay(20, 1)]).toEqual([500, 1_000, 5_000, 10_000])
  })
})
