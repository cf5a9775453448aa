import { describe, expect, test } from 'vitest'
import { FAULT_PAST_PROMISE } from '../../core/domain/abnormal/at-26-fault-past-promise.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h, suspended } from '../support/clock-tickets.ts'

const MIDNIGHT = at('2026-06-02 00:00')
const fault = (facts: Partial<Ticket> = {}) => aFolded({ kind: 'fault', ...facts })
const seen = (ticket: Ticket, when: number, limits = {}) => judgedBy(FAULT_PAST_PROMISE, ticket, when, {}, aContext(limits))

describe('AT-26 fault past its promise', () => {
  test.each([
    ['at 24:00 of the day', MIDNIGHT, 0, 'never_true', MIDNIGHT + 1],
    ['a millisecond after it', MIDNIGHT + 1, 2, 'true', h(48) + 1],
    ['at exactly 48 h', h(48), 2, 'true', h(48) + 1],
    ['a millisecond more', h(48) + 1, 4, 'true', null],
  ] as const)('reported 09:00 in a town: %s', (_, when, level, why, nextChangeAt) => {
    expect(seen(fault(), when)).toMatchObject({ level, why, nextChangeAt })
  })

  test('in the country the hard limit is 72 h', () => {
    const ticket = fault({ urbanRural: 'rural' })
    expect([h(48) + 1, h(72), h(72) + 1].map((when) => seen(ticket, when).level)).toEqual([2, 2, 4])
  })

  test('S-14-1: reported 15:59 due at 24:00, reported 16:00 due 24 h later', () => {
    const [early, late] = [at('2026-06-01 15:59'), at('2026-06-01 16:00')]
    expect([MIDNIGHT, MIDNIGHT + 1].map((when) => seen(fault({ acceptedAt: early }), when).level)).toEqual([0, 2])
    expect([late + 24 * HOUR, late + 24 * HOUR + 1].map((when) => seen(fault({ acceptedAt: late }), when).level)).toEqual([0, 2])
  })

  test.each([
    ['cleared late', { faultClearedAt: h(20), completedAt: h(20) }, 'cleared'],
    ['cleared in time', { faultClearedAt: h(10), completedAt: h(10) }, 'never_true'],
    ['cleared at the promised instant', { faultClearedAt: MIDNIGHT, completedAt: MIDNIGHT }, 'never_true'],
    ['cancelled late', { cancelledAt: h(20) }, 'cleared'],
    ['merged late', { mergedAt: h(20) }, 'cleared'],
    ['a complaint after all', { kind: 'complaint' }, 'never_true'],
    ['found to have been suspended', { suspensions: suspended([1, 16]) }, 'never_true'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(seen(fault(facts as Partial<Ticket>), h(21))).toMatchObject({ level: 0, why })
  })

  test('while it is suspended it comes to no deadline, and what was reached stays', () => {
    expect(seen(fault({ suspensions: suspended([1, null]) }), h(20))).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: null })
    expect(seen(fault({ suspensions: suspended([16, null]) }), h(60))).toMatchObject({ level: 2, why: 'true', nextChangeAt: null })
    expect(seen(fault({ suspensions: suspended([16, 20]) }), h(21))).toMatchObject({ level: 2, nextChangeAt: h(52) + 1 })
  })

  test('goes by the limits of the clocks', () => {
    expect(seen(fault(), h(31), { faultHardUrban: 30 * 60 }).level).toBe(4)
    expect(seen(fault(), MIDNIGHT + 1, { faultSameDayCut: 8 * 60 })).toMatchObject({ level: 0, nextChangeAt: h(24) + 1 })
  })

  test('says which limit has passed and by how much', () => {
    expect(seen(fault(), h(20)).facts).toEqual({
      cause: 'unrepaired',
      words: '超过承诺时间 5 小时未修复 / not repaired, 5 h past the promised time',
      deadlineAt: MIDNIGHT,
      limitMs: null,
      overMs: 5 * HOUR,
    })
    expect(seen(fault({ reopenCount: 1 }), h(50)).facts).toMatchObject({
      cause: 'unrepaired|reopenings:1',
      words: '超过 48 小时最长时限 2 小时未修复 / not repaired, 2 h past the hard limit of 48 h',
    })
  })

  test('was never true when the repair comes to light late', () => {
    const rows = [
      ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, kind: 'fault' }],
      ['fault_cleared', '2026-06-01 18:00', { by: 'tech', cause_l1: 'network' }],
    ] as const
    const when = at('2026-06-02 08:00')
    expect(seen(ticketOf(rows[0]), when)).toMatchObject({ level: 2, why: 'true' })
    expect(seen(ticketOf(...rows), when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
