import { describe, expect, test } from 'vitest'
import { SENSITIVE_CONTACT } from '../../core/domain/abnormal/at-22-sensitive-contact.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { judgedBy } from '../support/abnormal.ts'
import { CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h, START } from '../support/clock-tickets.ts'

const tagged = (isSensitive: boolean, facts: Partial<Ticket> = {}) => {
  const ticket = aFolded(facts)
  return { ...ticket, marks: { ...ticket.marks, isSensitive } }
}
const judged = (ticket: Ticket, earlier: number, when = h(5), values = {}) =>
  judgedBy(SENSITIVE_CONTACT, ticket, when, values, aContext({}, { customer: { ...NO_HISTORY, sensitiveCount30d: earlier } }))

describe('AT-22 sensitive contact', () => {
  test.each([
    [0, false, 0],
    [0, true, 1],
    [1, false, 1],
    [1, true, 2],
    [2, false, 2],
    [2, true, 3],
    [3, false, 3],
    [9, true, 3],
  ] as const)('%i earlier tags, its own: %s', (earlier, isSensitive, level) => {
    expect(judged(tagged(isSensitive), earlier)).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: null })
  })

  test('holds from the acceptance on, also where the tag came later, and is taken back with it', () => {
    expect(judged(tagged(true), 1, START - 1)).toMatchObject({ level: 0, nextChangeAt: START })
    expect(judged(tagged(true), 1, START).level).toBe(2)
    const rows = [
      ['created', '2026-06-01 09:00', CREATED_PAYLOAD],
      ['marked', '2026-06-01 10:00', { sensitive: true }],
    ] as const
    expect(judged(ticketOf(...rows), 0, START).level).toBe(1)
    expect(judged(ticketOf(...rows, ['marked', '2026-06-01 11:00', { sensitive: false }]), 0)).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('the end of the ticket leaves it to a person', () => {
    for (const end of [{ completedAt: h(2) }, { cancelledAt: h(2) }, { mergedAt: h(2) }]) {
      expect(judged(tagged(true, end), 0)).toMatchObject({ level: 0, why: 'mitigated' })
    }
  })

  test('its own tag and a reopening are other causes; an earlier ticket that comes or goes late is none', () => {
    const cause = (ticket: Ticket, earlier: number) => judged(ticket, earlier).facts['cause']
    expect(cause(tagged(false), 3)).toBe(cause(tagged(false), 4))
    expect(cause(tagged(true), 3)).not.toBe(cause(tagged(false), 3))
    expect(cause(tagged(false, { reopenCount: 1 }), 3)).toBe('accepted|reopenings:1')
  })

  test('goes by the province’s own bounds, and says how many', () => {
    expect(judged(tagged(true), 0, h(5), { A1: 2 })).toMatchObject({ level: 0, why: 'never_true' })
    expect(judged(tagged(true), 1, h(5), { A3: 2 }).level).toBe(3)
    expect(judged(tagged(true), 0).facts['words']).toBe('同一号码 30 天内敏感标注 1 次 / 1 sensitive tag on the same number in 30 days')
    expect(judged(tagged(true), 1).facts['words']).toBe('同一号码 30 天内敏感标注 2 次 / 2 sensitive tags on the same number in 30 days')
  })
})
