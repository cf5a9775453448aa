import { describe, expect, test } from 'vitest'
import { UNDISPATCHED } from '../../core/domain/abnormal/at-08-undispatched.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { ticketOf } from '../support/builders.ts'
import { aFolded, aLeg, h, START, suspended } from '../support/clock-tickets.ts'

const judged = (facts: Partial<Ticket>, when: number, values = {}) => judgedBy(UNDISPATCHED, aFolded(facts), when, values)

describe('AT-08 undispatched', () => {
  test.each([
    ['at acceptance', 0, 0, 30 * MINUTE + 1],
    ['at exactly 30 min', 30 * MINUTE, 0, 30 * MINUTE + 1],
    ['a millisecond more', 30 * MINUTE + 1, 1, 2 * HOUR + 1],
    ['at exactly 2 h', 2 * HOUR, 1, 2 * HOUR + 1],
    ['a millisecond more than that', 2 * HOUR + 1, 2, 4 * HOUR + 1],
    ['at exactly 4 h', 4 * HOUR, 2, 4 * HOUR + 1],
    ['a millisecond over 4 h', 4 * HOUR + 1, 3, null],
  ] as const)('%s', (_, offset, level, next) => {
    const verdict = judged({}, START + offset)
    expect(verdict).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: next === null ? null : START + next })
  })

  test('its bounds are its own: the clock’s shorter limit for high value changes none of them', () => {
    const limitBasis = { ...aFolded().limitBasis, star: 7 }
    expect(judged({ limitBasis }, h(1))).toMatchObject({ level: 1, facts: { limitMs: 30 * MINUTE, deadlineAt: h(0.5) } })
    expect(judged({}, h(1))).toMatchObject({ level: 1, facts: { limitMs: 2 * HOUR, deadlineAt: h(2) } })
  })

  test.each([
    ['appeal', 3], ['enquiry', 3], ['query', 3], ['pre_accept', 3], ['fault', 0], ['install', 0], ['collab', 0], ['track', 0],
  ] as const)('a ticket of kind %s: level %i', (kind, level) => {
    expect(judged({ kind }, h(5)).level).toBe(level)
  })

  test.each([
    ['dispatched late', { firstDispatchedAt: h(1) }, 'cleared'],
    ['dispatched in time', { firstDispatchedAt: h(0.5) }, 'never_true'],
    ['dispatched in the millisecond in which it would have become true', { firstDispatchedAt: h(0.5) + 1 }, 'never_true'],
    ['kept by the hot-line', { legs: [aLeg({ receivedAt: h(1), firstClaimedAt: h(1) })] }, 'cleared'],
    ['completed undispatched', { completedAt: h(1) }, 'cleared'],
    ['cancelled', { cancelledAt: h(1) }, 'cleared'],
    ['merged', { mergedAt: h(1) }, 'cleared'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(judged(facts as Partial<Ticket>, h(5))).toMatchObject({ level: 0, why, nextChangeAt: null })
  })

  test('is not true again of a ticket that its unit returned', () => {
    const returned = ticketOf(
      ['created', '2026-06-01 09:00'],
      ['dispatched', '2026-06-01 09:10', { to_unit: 'A', leg_id: 'L1' }],
      ['returned', '2026-06-01 09:20', { leg_id: 'L1' }],
    )
    expect(judgedBy(UNDISPATCHED, returned, h(9))).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: null })
  })

  test('a suspension stops nothing', () => {
    expect(judged({ suspensions: suspended([0.1, null]) }, h(5)).level).toBe(3)
  })

  test('goes by the province’s own bounds', () => {
    const values = { A1: 10, A2: 20, A3: 60 }
    expect(judged({}, START + 10 * MINUTE, values)).toMatchObject({ level: 0, nextChangeAt: START + 10 * MINUTE + 1 })
    expect(judged({}, START + 20 * MINUTE + 1, values)).toMatchObject({ level: 2, nextChangeAt: START + HOUR + 1 })
  })

  test('says how long, and a reopening is another cause', () => {
    expect(judged({}, START + 35 * MINUTE).facts).toMatchObject({
      cause: 'undispatched', words: '受理后 35 分钟未派单 / not dispatched for 35 min after acceptance',
    })
    expect(judged({ reopenCount: 1 }, h(1)).facts['cause']).toBe('undispatched|reopenings:1')
  })
})
