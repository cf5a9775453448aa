import { describe, expect, test } from 'vitest'
import { REPEAT_COMPLAINT } from '../../core/domain/abnormal/at-05-repeat-complaint.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import type { ParameterValues } from '../../core/domain/abnormal/abnormal-rule.ts'
import { judgedBy } from '../support/abnormal.ts'
import { ticketOf } from '../support/builders.ts'
import { aContext, aFolded, aLeg, aReply, h, START } from '../support/clock-tickets.ts'

const judged = (ticket: Ticket, count: number, when = h(5), values: ParameterValues = {}) =>
  judgedBy(REPEAT_COMPLAINT, ticket, when, values, aContext({}, { customer: { ...NO_HISTORY, repeatCount30d: count } }))
const dispatched = (facts: Partial<Ticket> = {}) => aFolded({ legs: [aLeg()], firstDispatchedAt: START, ...facts })

describe('AT-05 repeat complaint', () => {
  test.each([[0, 0], [1, 1], [2, 2], [3, 2], [4, 3], [9, 3]] as const)('%i earlier tickets: level %i', (count, level) => {
    expect(judged(dispatched(), count)).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: null })
  })

  test('holds from the acceptance', () => {
    expect(judged(dispatched(), 2, START).level).toBe(2)
    expect(judged(dispatched(), 2, START - 1)).toMatchObject({ level: 0, nextChangeAt: START })
  })

  test.each([['appeal', 1], ['enquiry', 0], ['query', 0], ['fault', 0]] as const)('a ticket of kind %s: level %i', (kind, level) => {
    expect(judged(dispatched({ kind }), 1).level).toBe(level)
  })

  test.each([
    ['completed after a valid reply', { completedAt: h(4), customerReplies: [aReply(h(3))] }, 'cleared'],
    ['completed, the reply valid only later', { completedAt: h(4), customerReplies: [aReply(h(4.5))] }, 'cleared'],
    ['completed without a reply', { completedAt: h(4) }, 'mitigated'],
    ['completed with a reply that has no record', { completedAt: h(4), customerReplies: [aReply(h(3), { recordNo: null })] }, 'mitigated'],
    ['completed with a record of 9 s', { completedAt: h(4), customerReplies: [aReply(h(3), { recordSeconds: 9 })] }, 'mitigated'],
    ['completed with a record of 10 s', { completedAt: h(4), customerReplies: [aReply(h(3), { recordSeconds: 10 })] }, 'cleared'],
    ['solved at acceptance, in the call itself', { completedAt: h(0.1), legs: [], firstDispatchedAt: null }, 'cleared'],
    ['cancelled', { cancelledAt: h(4) }, 'cleared'],
    ['merged', { mergedAt: h(4) }, 'cleared'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(judged(dispatched(facts as Partial<Ticket>), 2)).toMatchObject({ level: 0, why })
  })

  test('a reply alone does not end it', () => {
    expect(judged(dispatched({ customerReplies: [aReply(h(3))] }), 2)).toMatchObject({ level: 2, why: 'true' })
  })

  test('a reopening is another cause, and what was replied before it answers no second completion', () => {
    const rows = [
      ['created', '2026-06-01 09:00'], ['dispatched', '2026-06-01 09:10', { to_unit: 'A', leg_id: 'L1' }],
      ['customer_replied', '2026-06-01 10:00', { method: 'call', call_record_no: 'r1' }],
      ['completed', '2026-06-01 10:00', { result_code: 'solved' }],
      ['reopened', '2026-06-01 11:00', {}],
    ] as const
    const again = ['completed', '2026-06-01 12:00', { result_code: 'solved' }] as const
    const reply = ['customer_replied', '2026-06-01 11:30', { method: 'call', call_record_no: 'r2' }] as const
    expect(judged(ticketOf(...rows), 1)).toMatchObject({ level: 1, why: 'true', facts: { cause: 'accepted|reopenings:1' } })
    expect(judged(ticketOf(...rows, again), 1).why).toBe('mitigated')
    expect(judged(ticketOf(...rows, reply, again), 1).why).toBe('cleared')
  })

  test('is taken back or lowered where the earlier tickets were none, and is the same cause all the while', () => {
    const [two, one, none] = [2, 1, 0].map((count) => judged(dispatched(), count))
    expect([two, one, none].map((verdict) => [verdict!.level, verdict!.why])).toEqual([[2, 'true'], [1, 'true'], [0, 'never_true']])
    expect(two!.facts['cause']).toBe(one!.facts['cause'])
  })

  test('goes by the province’s own bounds', () => {
    expect(judged(dispatched(), 3, h(5), { A3: 3 }).level).toBe(3)
    expect(judged(dispatched(), 1, h(5), { A1: 2 })).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('says how many', () => {
    expect(judged(dispatched(), 1).facts['words']).toBe('受理前 30 天内已有工单 1 件 / 1 earlier ticket in the 30 days before acceptance')
    expect(judged(dispatched(), 3).facts['words']).toBe('受理前 30 天内已有工单 3 件 / 3 earlier tickets in the 30 days before acceptance')
  })
})
