import { describe, expect, test } from 'vitest'
import { ESCALATION_TENDENCY } from '../../core/domain/abnormal/at-11-escalation-tendency.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, aReply, aSurvey, h, START } from '../support/clock-tickets.ts'

const tending = (escalationTendency: number, facts: Partial<Ticket> = {}) => {
  const ticket = aFolded(facts)
  return { ...ticket, marks: { ...ticket.marks, escalationTendency } }
}
const seen = (ticket: Ticket, when: number, values = {}) => {
  const { level, why, nextChangeAt } = judgedBy(ESCALATION_TENDENCY, ticket, when, values)
  return [level, why, nextChangeAt]
}

describe('AT-11 escalation tendency', () => {
  test.each([
    [-1, 0, 'never_true'],
    [0, 0, 'never_true'],
    [1, 3, 'true'],
    [2, 3, 'true'],
    [3, 2, 'true'],
    [4, 2, 'true'],
  ] as const)('tendency %i: level %i', (code, level, why) => {
    expect(seen(tending(code), START)).toEqual([level, why, null])
    expect(seen(tending(code), h(900))).toEqual([level, why, null])
  })

  test('holds from the acceptance on, whether said then or marked later, and is taken back where the mark was wrong', () => {
    const created = ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, escalation_tendency: 1 }] as const
    const marked = ['marked', '2026-06-01 10:00', { tendency: 2 }] as const
    const undone = ['corrected', '2026-06-01 11:00', { field: 'escalation_tendency', old: 2, new: 0 }] as const
    expect(seen(ticketOf(created), START)).toEqual([3, 'true', null])
    expect(seen(ticketOf(['created', '2026-06-01 09:00'], marked), START)).toEqual([3, 'true', null])
    expect(seen(ticketOf(created, undone), h(3))).toEqual([0, 'never_true', null])
  })

  test.each([
    ['agreed', { customerReplies: [aReply(h(2))] }, 'cleared'],
    ['told and not agreeing', { customerReplies: [aReply(h(2), { isAgreed: false })] }, 'true'],
    ['cancelling', { cancelledAt: h(2) }, 'cleared'],
    ['of a merged ticket', { mergedAt: h(2) }, 'cleared'],
    ['whose ticket was completed', { completedAt: h(2) }, 'true'],
    ['who had agreed before it was completed', { completedAt: h(3), customerReplies: [aReply(h(2))] }, 'cleared'],
  ] as const)('a customer %s', (_, facts, why) => {
    expect(judgedBy(ESCALATION_TENDENCY, tending(1, facts as Partial<Ticket>), h(4)).why).toBe(why)
  })

  test('of a completed ticket it stands until three quiet days have passed', () => {
    const ticket = tending(3, { completedAt: h(2) })
    const end = h(2) + 3 * DAY
    expect([h(1), h(2), end - 1, end, end + DAY].map((when) => seen(ticket, when))).toEqual([
      [2, 'true', end],
      [2, 'true', end],
      [2, 'true', end],
      [0, 'cleared', null],
      [0, 'cleared', null],
    ])
    expect(seen(ticket, h(3), { quietDays: 1 })).toEqual([2, 'true', h(26)])
  })

  test.each([
    ['a chase', { expedites: [{ at: h(26), by: 'customer', channel: 'hotline', status: 'completed' }] }],
    ['a call in which the customer did not agree', { customerReplies: [aReply(h(26), { isAgreed: false })] }],
    ['a bad survey', { surveys: [aSurvey({ endedAt: h(26), result: 'dissatisfied' })] }],
    ['a first contact', { firstContactedAt: h(26) }],
  ] as const)('%s after the completion begins the three days anew', (_, facts) => {
    expect(seen(tending(1, { completedAt: h(2), ...(facts as Partial<Ticket>) }), h(2) + 3 * DAY)).toEqual([3, 'true', h(26) + 3 * DAY])
  })

  test.each([
    ['a chase by staff', { expedites: [{ at: h(26), by: 'staff', channel: '', status: 'completed' }] }],
    ['a good survey', { surveys: [aSurvey({ endedAt: h(26), result: 'satisfied' })] }],
    ['a contact before the completion', { firstContactedAt: h(1) }],
    ['a contact at the very end of the three days', { firstContactedAt: h(2) + 3 * DAY }],
  ] as const)('%s does not', (_, facts) => {
    expect(seen(tending(1, { completedAt: h(2), ...(facts as Partial<Ticket>) }), h(2) + 3 * DAY)).toEqual([0, 'cleared', null])
  })

  test('another ticket of the matter or an appeal is a contact too', () => {
    for (const more of [{ repeatedAt: h(26) }, { appealedAt: h(26) }]) {
      const context = aContext({}, { customer: { ...NO_HISTORY, ...more } })
      expect(judgedBy(ESCALATION_TENDENCY, tending(1, { completedAt: h(2) }), h(28), {}, context).nextChangeAt).toBe(h(26) + 3 * DAY)
    }
  })

  test('a reopening is another cause, and an agreement before it answers nothing after it', () => {
    const rows = [
      ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, escalation_tendency: 2 }],
      ['customer_replied', '2026-06-01 10:00', { method: 'call', call_record_no: 'r1', agreed: true }],
      ['completed', '2026-06-01 10:10', { result_code: 'solved' }],
    ] as const
    const when = at('2026-06-01 12:00')
    expect(judgedBy(ESCALATION_TENDENCY, ticketOf(...rows), when)).toMatchObject({ level: 0, why: 'cleared', facts: { cause: 'tendency:2' } })
    const again = judgedBy(ESCALATION_TENDENCY, ticketOf(...rows, ['reopened', '2026-06-01 11:00', {}]), when)
    expect(again).toMatchObject({
      level: 3,
      why: 'true',
      facts: { cause: 'tendency:2|reopenings:1', words: '升级倾向 2（监管） / escalation tendency 2 (regulator)' },
    })
  })
})
