import { describe, expect, test } from 'vitest'
import { IMPORTANT_CUSTOMER } from '../../core/domain/abnormal/at-14-important-customer.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aFolded, aLeg, aReply, gaps, h, START, suspended } from '../support/clock-tickets.ts'

const BASIS = { star: 3, isVip: true, isKeyPerson: false, isSkipLevel: false, isAppeal: false }
const vip = (facts: Partial<Ticket> = {}) => aFolded({ isVip: true, limitBasis: BASIS, legs: [aLeg()], firstDispatchedAt: START, ...facts })
const judged = (ticket: Ticket, when: number, values = {}) => judgedBy(IMPORTANT_CUSTOMER, ticket, when, values)
const seen = (ticket: Ticket, when: number, values = {}) => {
  const { level, why, nextChangeAt } = judged(ticket, when, values)
  return [level, why, nextChangeAt]
}
const chased = (day: string, ...times: readonly string[]) =>
  times.map((time) => ['expedited', `2026-05-${day} ${time}`, { by: 'customer', channel: 'hotline' }] as const)

describe('AT-14 important customer', () => {
  test.each([
    ['a VIP', { isVip: true }, 2],
    ['a key person', { isVip: false, isKeyPerson: true }, 2],
    ['of star 5', { isVip: false, star: 5 }, 2],
    ['of star 4', { isVip: false, star: 4 }, 0],
    ['of an unknown star', { isVip: false, star: -1 }, 0],
  ] as const)('a customer who is %s', (_, facts, level) => {
    expect(judged(vip(facts), START)).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true' })
  })

  const day = [
    ['created', '2026-05-12 09:00', { ...CREATED_PAYLOAD, star: 7 }] as const,
    ...chased('12', '10:30', '13:05', '14:20', '15:10', '17:15'),
  ]
  test.each([
    ['09:00', 2, 0],
    ['13:05', 2, 1],
    ['15:09', 2, 1],
    ['15:10', 3, 2],
    ['17:15', 3, 3],
  ] as const)('S-4: at %s level %i, %i valid expedites', (time, level, count) => {
    const when = at(`2026-05-12 ${time}`)
    const known = day.filter(([, local]) => at(local) <= when)
    expect(judged(ticketOf(...known), when)).toMatchObject({ level, why: 'true' })
    expect(judged(ticketOf(...known), when).facts['words']).toContain(`有效催单 ${count} 次`)
  })

  test('S-4: its limit is 24 h, and it is red a day after that', () => {
    const ticket = ticketOf(...day)
    const deadline = at('2026-05-13 09:00')
    expect(judged(ticket, deadline)).toMatchObject({
      level: 3,
      facts: { deadlineAt: deadline, limitMs: 24 * HOUR },
      nextChangeAt: deadline + 24 * HOUR + 1,
    })
    expect(judged(ticket, deadline + 24 * HOUR)).toMatchObject({ level: 3 })
    expect(judged(ticket, deadline + 24 * HOUR + 1)).toMatchObject({ level: 4, nextChangeAt: null })
  })

  test('S-4 by night: the fifth of the night and one in the morning are two', () => {
    const night = [
      ['created', '2026-05-12 18:00', { ...CREATED_PAYLOAD, star: 7 }] as const,
      ...chased('12', '20:10', '21:00', '22:00', '23:00'),
      ...chased('13', '00:30', '01:00', '09:00'),
    ]
    expect(judged(ticketOf(...night.slice(0, -1)), at('2026-05-13 08:59')).level).toBe(2)
    expect(judged(ticketOf(...night), at('2026-05-13 09:00')).level).toBe(3)
  })

  test.each([
    ['at the deadline', h(24), 2, h(24) + 1],
    ['a millisecond after it', h(24) + 1, 3, h(48) + 1],
    ['at exactly 24 h over', h(48), 3, h(48) + 1],
    ['a millisecond more', h(48) + 1, 4, null],
  ] as const)('%s', (_, when, level, next) => {
    expect(seen(vip(), when)).toEqual([level, 'true', next])
  })

  test('stands still with C_HANDLE, and what it had reached before stays', () => {
    expect(seen(vip({ suspensions: suspended([10, 20]) }), h(34))).toEqual([2, 'true', h(34) + 1])
    expect(seen(vip({ suspensions: suspended([30, 40]) }), h(40))).toEqual([3, 'true', h(58) + 1])
    expect(seen(vip({ suspensions: suspended([10, null]) }), h(20))).toEqual([2, 'true', h(96) + 1])
    expect(seen(vip({ closedGaps: gaps([10, 20]), reopenCount: 1 }), h(34))).toEqual([2, 'true', h(34) + 1])
  })

  test('of a kind without C_HANDLE only expedites raise it', () => {
    expect(seen(vip({ kind: 'fault' }), h(400))).toEqual([2, 'true', null])
    expect(judged(vip({ kind: 'fault' }), h(400)).facts).toEqual({
      cause: 'important',
      words: '要客（VIP），有效催单 0 次 / important customer (VIP), 0 valid expedites',
    })
  })

  test.each([
    ['completed after a valid reply', { completedAt: h(4), customerReplies: [aReply(h(3))] }, 'cleared'],
    ['completed without a reply', { completedAt: h(4) }, 'mitigated'],
    ['completed, the valid reply later', { completedAt: h(4), customerReplies: [aReply(h(4.5))] }, 'cleared'],
    ['cancelled', { cancelledAt: h(4) }, 'cleared'],
    ['merged', { mergedAt: h(4) }, 'cleared'],
    ['replied to only', { customerReplies: [aReply(h(3))] }, 'true'],
    ['no VIP’s after all', { isVip: false }, 'never_true'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(judged(vip(facts as Partial<Ticket>), h(5)).why).toBe(why)
  })

  test('a further valid expedite, the deadline and a reopening are other causes; one that did not count is none', () => {
    const causeAt = (time: string, count: number) => judged(ticketOf(...day.slice(0, count)), at(`2026-05-12 ${time}`)).facts['cause']
    expect(
      [
        ['14:00', 3],
        ['14:30', 4],
        ['15:10', 5],
        ['17:15', 6],
      ].map(([time, count]) => causeAt(String(time), Number(count))),
    ).toEqual(['important', 'important', 'important|expedites:2', 'important|expedites:3'])
    expect(judged(ticketOf(...day), at('2026-05-13 10:00')).facts).toMatchObject({
      cause: 'important|expedites:3|overdue',
      overMs: HOUR,
      words: '要客（7 星），有效催单 3 次，超时 1 小时 / important customer (star 7), 3 valid expedites, 1 h overdue',
    })
    expect(judged(vip({ closedGaps: gaps([1, 2]), reopenCount: 1 }), h(3)).facts['cause']).toBe('important|reopenings:1')
  })

  test('goes by the province’s own bounds', () => {
    expect(judged(vip({ isVip: false, star: 4 }), h(1), { star: 4 }).level).toBe(2)
    expect(judged(ticketOf(...day.slice(0, 3)), at('2026-05-12 13:05'), { A3: 1 }).level).toBe(3)
    expect(seen(vip(), h(26) + 1, { A4: 2 })).toEqual([4, 'true', null])
  })
})
