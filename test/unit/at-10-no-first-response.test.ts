import { describe, expect, test } from 'vitest'
import { NO_FIRST_RESPONSE } from '../../core/domain/abnormal/at-10-no-first-response.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aContext, aFolded, aReply, gaps, h, START, suspended } from '../support/clock-tickets.ts'

const judged = (facts: Partial<Ticket>, when: number, values = {}) => judgedBy(NO_FIRST_RESPONSE, aFolded(facts), when, values)
const failed = (...hours: number[]): Partial<Ticket> => ({ contactFailures: hours.map(h) })

describe('AT-10 no first response', () => {
  test.each([
    ['at acceptance', 0, 0, 24 * HOUR + 1],
    ['at exactly the limit', 24 * HOUR, 0, 24 * HOUR + 1],
    ['a millisecond over it', 24 * HOUR + 1, 2, 48 * HOUR + 1],
    ['at exactly twice the limit', 48 * HOUR, 2, 48 * HOUR + 1],
    ['a millisecond over that', 48 * HOUR + 1, 3, null],
  ] as const)('%s', (_, offset, level, next) => {
    const verdict = judged({}, START + offset)
    expect(verdict).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: next === null ? null : START + next })
  })

  test('where the golden half hour is promised, that is the limit', () => {
    const ticket = aFolded({ firstOwner: { unitId: 'gold', actorId: null } })
    const golden = (when: number) => judgedBy(NO_FIRST_RESPONSE, ticket, when, {}, aContext({ goldenUnits: ['gold'] }))
    expect(golden(START + 30 * MINUTE)).toMatchObject({ level: 0, nextChangeAt: START + 30 * MINUTE + 1 })
    expect(golden(START + 30 * MINUTE + 1)).toMatchObject({ level: 2, nextChangeAt: h(1) + 1, facts: { limitMs: 30 * MINUTE } })
    expect(golden(h(1) + 1).level).toBe(3)
  })

  test('stands still while suspended and from a completion to its reopening', () => {
    expect(judged({ suspensions: suspended([20, 30]) }, h(34))).toMatchObject({ level: 0, nextChangeAt: h(34) + 1 })
    expect(judged({ suspensions: suspended([20, 30]) }, h(34) + 1)).toMatchObject({ level: 2, nextChangeAt: h(58) + 1 })
    expect(judged({ closedGaps: gaps([2, 12]), suspensions: suspended([13, 14]), reopenCount: 1 }, h(35)).nextChangeAt).toBe(h(35) + 1)
  })

  test('a suspension that begins with the limit puts off the millisecond after it; a later one lowers nothing', () => {
    expect(judged({ suspensions: suspended([24, 30]) }, h(29))).toMatchObject({ level: 0, nextChangeAt: h(30) + 1 })
    expect(judged({ suspensions: [{ ...suspended([0, 30])[0]!, from: h(24) + 1 }] }, h(24) + 1).level).toBe(2)
    expect(judged({ suspensions: suspended([25, null]) }, h(29))).toMatchObject({ level: 2, nextChangeAt: h(25 + 72 + 23) + 1 })
  })

  test('beyond the cap of suspension it runs again by itself', () => {
    expect(judged({ suspensions: suspended([0, null]) }, h(96))).toMatchObject({ level: 0, nextChangeAt: h(96) + 1 })
    expect(judged({ kind: 'appeal', suspensions: suspended([0, null]) }, h(24) + 1).level).toBe(2)
  })

  test.each([['appeal', 2], ['enquiry', 0], ['fault', 0]] as const)('a ticket of kind %s: level %i', (kind, level) => {
    expect(judged({ kind }, h(25)).level).toBe(level)
  })

  test.each([
    ['contacted late', { firstContactedAt: h(25) }, 'cleared'],
    ['contacted at the limit', { firstContactedAt: h(24) }, 'never_true'],
    ['replied to late, with a record', { customerReplies: [aReply(h(25))] }, 'cleared'],
    ['completed', { completedAt: h(25) }, 'cleared'],
    ['cancelled', { cancelledAt: h(25) }, 'cleared'],
    ['merged', { mergedAt: h(25) }, 'cleared'],
    ['tried three times within 24 h to the instant', failed(10, 25, 34), 'mitigated'],
    ['tried three times close together after two long before', failed(1, 2, 30, 31, 32), 'mitigated'],
    ['tried three times and then contacted', { ...failed(10, 25, 34), firstContactedAt: h(40) }, 'cleared'],
    ['tried three times before the limit was over', failed(1, 2, 3), 'never_true'],
  ] as const)('of a customer who was %s', (_, facts, why) => {
    expect(judged(facts as Partial<Ticket>, h(50))).toMatchObject({ level: 0, why, nextChangeAt: null })
  })

  test.each([
    ['two attempts', failed(25, 26)],
    ['three attempts, the last a millisecond too late', { contactFailures: [h(10), h(25), h(34) + 1] }],
    ['a reply without a record', { customerReplies: [aReply(h(25), { recordNo: null })] }],
  ] as const)('is not ended by %s', (_, facts) => {
    expect(judged(facts, h(48))).toMatchObject({ level: 2, why: 'true' })
  })

  test('goes by the province’s own bounds', () => {
    expect(judged({}, h(12), { A2: 50 })).toMatchObject({ level: 0, nextChangeAt: h(12) + 1 })
    expect(judged({}, h(36) + 1, { A3: 150 }).level).toBe(3)
    expect(judged(failed(25, 26), h(30), { attempts: 2 }).why).toBe('mitigated')
    expect(judged(failed(25), h(30), { attempts: 1 }).why).toBe('mitigated')
    expect(judged(failed(25, 26, 28), h(30), { attemptHours: 2 }).why).toBe('true')
    expect(judged(failed(25, 26, 28), h(30), { attemptHours: 3 }).why).toBe('mitigated')
  })

  test('says how long, and a reopening is another cause', () => {
    expect(judged({}, h(25)).facts).toEqual({
      cause: 'first_contact',
      words: '首次联系时限 24 小时，已用 25 小时 / 25 h used of the 24 h for the first contact',
      deadlineAt: h(24),
      limitMs: 24 * HOUR,
      overMs: HOUR,
    })
    expect(judged({ reopenCount: 1 }, h(25)).facts['cause']).toBe('first_contact|reopenings:1')
  })
})
