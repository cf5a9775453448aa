import { describe, expect, test } from 'vitest'
import { UNCLAIMED } from '../../core/domain/abnormal/at-09-unclaimed.ts'
import type { Leg } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, aLeg, h, START, suspended } from '../support/clock-tickets.ts'

const withLegs = (legs: readonly Leg[], facts: Partial<Ticket> = {}) => aFolded({ firstDispatchedAt: START, legs, ...facts })
const judged = (legs: readonly Leg[], when: number, facts: Partial<Ticket> = {}, values = {}) =>
  judgedBy(UNCLAIMED, withLegs(legs, facts), when, values)

describe('AT-09 unclaimed', () => {
  test.each([
    ['on arrival', 0, 0, 2 * HOUR + 1],
    ['at exactly 2 h', 2 * HOUR, 0, 2 * HOUR + 1],
    ['a millisecond more', 2 * HOUR + 1, 2, 4 * HOUR + 1],
    ['at exactly 4 h', 4 * HOUR, 2, 4 * HOUR + 1],
    ['a millisecond over 4 h', 4 * HOUR + 1, 3, null],
  ] as const)('%s', (_, offset, level, next) => {
    const verdict = judged([aLeg()], START + offset)
    expect(verdict).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: next === null ? null : START + next })
  })

  test('the night does not count', () => {
    const legs = [aLeg({ receivedAt: at('2026-06-01 19:00') })]
    expect(judged(legs, at('2026-06-02 09:00'))).toMatchObject({ level: 0, nextChangeAt: at('2026-06-02 09:00') + 1 })
    expect(judged(legs, at('2026-06-02 09:00') + 1)).toMatchObject({ level: 2, nextChangeAt: at('2026-06-02 11:00') + 1 })
    expect(judged([aLeg({ receivedAt: at('2026-06-01 21:00') })], at('2026-06-02 10:00') + 1).level).toBe(2)
  })

  test('a limit that ends with the day shift is over right then, as its clock says', () => {
    const legs = [aLeg({ receivedAt: at('2026-06-01 18:00') })]
    expect(judged(legs, at('2026-06-01 20:00'))).toMatchObject({ level: 0, nextChangeAt: at('2026-06-01 20:00') + 1 })
    expect(judged(legs, at('2026-06-01 20:00') + 1)).toMatchObject({ level: 2, nextChangeAt: at('2026-06-02 10:00') + 1 })
  })

  test('the day shift is the configured one', () => {
    const context = aContext({ dayShiftStart: 10 * 60 })
    const noon = at('2026-06-01 12:00')
    expect(judgedBy(UNCLAIMED, withLegs([aLeg()]), noon, {}, context)).toMatchObject({ level: 0, nextChangeAt: noon + 1 })
  })

  test.each([['appeal', 2], ['enquiry', 0], ['fault', 0], ['collab', 0]] as const)('a ticket of kind %s: level %i', (kind, level) => {
    expect(judged([aLeg()], h(3), { kind }).level).toBe(level)
  })

  test.each([
    ['claimed late', [aLeg({ firstClaimedAt: h(3) })], {}, 'cleared'],
    ['claimed in time', [aLeg({ firstClaimedAt: h(2) })], {}, 'never_true'],
    ['claimed and released', [aLeg({ claimedAt: null, firstClaimedAt: h(1) })], {}, 'never_true'],
    ['returned unclaimed', [aLeg({ finishedAt: h(3), finish: 'returned' })], {}, 'cleared'],
    ['recalled, so that the stay is void', [aLeg({ finishedAt: h(3), finish: 'recalled' })], {}, 'never_true'],
    ['completed', [aLeg()], { completedAt: h(3) }, 'cleared'],
    ['cancelled', [aLeg()], { cancelledAt: h(3) }, 'cleared'],
    ['merged', [aLeg()], { mergedAt: h(3) }, 'cleared'],
    ['never with a unit', [], {}, 'never_true'],
  ] as const)('of a ticket that was %s', (_, legs, facts, why) => {
    expect(judged(legs, h(9), facts as Partial<Ticket>)).toMatchObject({ level: 0, why, nextChangeAt: null })
  })

  test('a ticket handed on late has answered the first unit’s delay, and the next unit’s is another cause', () => {
    const legs = [aLeg({ finishedAt: h(3), finish: 'transferred' }), aLeg({ legId: 'L2', receivedAt: h(3) })]
    expect(judged(legs, h(5))).toMatchObject({ level: 0, why: 'cleared', nextChangeAt: h(5) + 1 })
    expect(judged(legs, h(5) + 1)).toMatchObject({ level: 2, why: 'true', facts: { cause: `received:${h(3)}` } })
    expect(judged(legs.slice(0, 1), h(3)).facts['cause']).toBe(`received:${h(0)}`)
  })

  test('handed on in time it was never true', () => {
    const legs = [aLeg({ finishedAt: h(1), finish: 'transferred' }), aLeg({ legId: 'L2', receivedAt: h(1) })]
    expect(judged(legs, h(2))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('a stay that bears the id of an earlier one, or of a helper, has a clock of its own', () => {
    const helper = aLeg({ isAssist: true, receivedAt: h(4), firstClaimedAt: h(4) })
    const again = [aLeg({ finishedAt: h(2), firstClaimedAt: h(1), finish: 'replied' }), aLeg({ receivedAt: h(2) }), helper]
    expect(judged(again, h(4) + 1)).toMatchObject({ level: 2, facts: { cause: `received:${h(2)}` } })
  })

  test('a helper that claims nothing is no matter', () => {
    expect(judged([aLeg({ firstClaimedAt: h(0.5) }), aLeg({ legId: 'H', isAssist: true })], h(9))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('a suspension stops nothing', () => {
    expect(judged([aLeg()], h(5), { suspensions: suspended([1, null]) }).level).toBe(3)
  })

  test('a reopened ticket comes back claimed', () => {
    const reopened = ticketOf(
      ['created', '2026-06-01 09:00'],
      ['dispatched', '2026-06-01 09:00', { to_unit: 'A', leg_id: 'L1' }],
      ['completed', '2026-06-01 12:00', { result_code: 'solved' }],
      ['reopened', '2026-06-01 13:00', {}],
    )
    expect(judgedBy(UNCLAIMED, reopened, h(9))).toMatchObject({ level: 0, why: 'cleared' })
  })

  test('goes by the province’s own bounds', () => {
    const values = { A2: 15, A3: 90 }
    expect(judged([aLeg()], START + 15 * MINUTE, {}, values)).toMatchObject({ level: 0, nextChangeAt: START + 15 * MINUTE + 1 })
    expect(judged([aLeg()], h(1.5) + 1, {}, values)).toMatchObject({ level: 3, nextChangeAt: null })
  })

  test('says how long, by the clock of its limit', () => {
    expect(judged([aLeg({ receivedAt: at('2026-06-01 19:00') })], at('2026-06-02 09:05')).facts).toMatchObject({
      words: '到达单位后白班 2 小时 5 分钟未接单 / not claimed for 2 h 5 min of the day shift after reaching the unit',
      deadlineAt: at('2026-06-02 09:00'),
      limitMs: 2 * HOUR,
    })
  })
})
