import { describe, expect, test } from 'vitest'
import { addCounts, cutoffsAt, DEFAULT_RETENTION, NO_COUNTS, retentionFaults } from '../../core/domain/protect/retention.ts'
import { at } from '../support/builders.ts'

const SHANGHAI = 'Asia/Shanghai'

describe('cutoffs', () => {
  test('by default are those of domain.md Appendix A', () => {
    expect(DEFAULT_RETENTION).toEqual({ rawEvents: 36, text: 24, aggregates: 120, alerts: 60, logs: 36 })
  })

  test.each([
    ['at the first instant of a day', '2026-06-15 00:00', 24, '2024-06-15 00:00'],
    ['at its last', '2026-06-15 23:59:59', 24, '2024-06-15 00:00'],
    ['into a month that has no such day', '2026-03-31 12:00', 1, '2026-02-28 00:00'],
    ['into a leap day', '2024-03-31 12:00', 1, '2024-02-29 00:00'],
    ['over the turn of the year', '2026-01-10 12:00', 6, '2025-07-10 00:00'],
  ])('are the start of the local day calendar months back: %s', (_, now, months, cutoff) => {
    expect(cutoffsAt(at(now), { ...DEFAULT_RETENTION, logs: months }, SHANGHAI).logs).toBe(at(cutoff))
  })

  test('follow the deployment’s zone', () => {
    const now = Date.UTC(2026, 5, 15, 20)
    expect(cutoffsAt(now, DEFAULT_RETENTION, SHANGHAI).text).toBe(Date.UTC(2024, 5, 15, 16))
    expect(cutoffsAt(now, DEFAULT_RETENTION, 'Europe/Berlin').text).toBe(Date.UTC(2024, 5, 14, 22))
  })
})

describe('keeping times', () => {
  test.each([
    ['the defaults', {}, []],
    ['the shortest', { rawEvents: 1, text: 1, aggregates: 1, alerts: 1, logs: 6 }, []],
    ['logs below what the law asks for', { logs: 5 }, ['logs']],
    ['text kept longer than the events it is in', { text: 37 }, ['text']],
    ['aggregates kept shorter than the events that change them', { aggregates: 35 }, ['aggregates']],
    ['no time at all', { alerts: 0 }, ['alerts']],
    ['half a month', { alerts: 1.5 }, ['alerts']],
    ['a text', { alerts: '60' as unknown as number }, ['alerts']],
    ['a slip of units', { aggregates: 3_650 }, ['aggregates']],
  ])('%s', (_, change, faulty) => {
    const faults = retentionFaults({ ...DEFAULT_RETENTION, ...change })
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(faulty)
    for (const fault of faults) expect(fault).toMatch(/[一-龥].* \/ \w/)
  })
})

test('counts add up by name', () => {
  expect(addCounts(addCounts(NO_COUNTS, { texts: 2 }), { texts: 1, audit: 4 })).toEqual({ ...NO_COUNTS, texts: 3, audit: 4 })
  const { trials: _, ...older } = NO_COUNTS
  expect(addCounts(older, { texts: 1 })).toEqual({ ...NO_COUNTS, texts: 1 })
})
