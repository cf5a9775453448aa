import { describe, expect, test } from 'vitest'
import { ABNORMAL_REFUND } from '../../core/domain/abnormal/at-21-abnormal-refund.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import type { Refund } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h } from '../support/clock-tickets.ts'

const aRefund = (facts: Partial<Refund> = {}): Refund => ({
  refundNo: 'R1',
  type: 'refund',
  amountCents: 3_000,
  calculatedCents: null,
  requestedAt: h(1),
  approvedAt: null,
  rejectedAt: null,
  paidAt: null,
  auditResult: null,
  ...facts,
})
const withRefunds = (...refunds: Refund[]) => aFolded({ refunds })
const seen = (ticket: Ticket, when: number, values = {}, refundCount90d = 0) =>
  judgedBy(ABNORMAL_REFUND, ticket, when, values, aContext({}, { customer: { ...NO_HISTORY, refundCount90d } }))

describe('AT-21 abnormal refund: the amount', () => {
  test.each([
    ['as calculated', 'complaint', { calculatedCents: 3_000 }, 0],
    ['a cent more than calculated', 'complaint', { calculatedCents: 2_999 }, 2],
    ['a cent less than calculated', 'complaint', { calculatedCents: 3_001 }, 2],
    ['a cent', 'complaint', { amountCents: 1 }, 0],
    ['nothing', 'complaint', { amountCents: 0 }, 2],
    ['less than nothing', 'complaint', { amountCents: -1 }, 2],
    ['a cent below 500 yuan on a complaint', 'complaint', { amountCents: 49_999 }, 0],
    ['500 yuan on a complaint', 'complaint', { amountCents: 50_000 }, 2],
    ['500 yuan on an appeal', 'appeal', { amountCents: 50_000 }, 2],
    ['200 yuan on a query', 'query', { amountCents: 20_000 }, 0],
    ['a cent above 200 yuan on a query', 'query', { amountCents: 20_001 }, 2],
  ] as const)('%s', (_, kind, facts, level) => {
    expect(seen(aFolded({ kind, refunds: [aRefund(facts)] }), h(2)).level).toBe(level)
  })

  test('in doubt from its request, and for the customer’s earlier refunds', () => {
    const ticket = withRefunds(aRefund({ amountCents: 0 }))
    expect([h(1) - 1, h(1)].map((when) => seen(ticket, when).level)).toEqual([0, 2])
    expect([0, 1, 2].map((count) => seen(withRefunds(aRefund()), h(2), {}, count).level)).toEqual([0, 2, 2])
    expect(seen(withRefunds(aRefund()), h(2), { earlierRefunds: 3 }, 2).level).toBe(0)
  })

  test('goes by the numbers that are set', () => {
    expect(seen(withRefunds(aRefund({ amountCents: 30_000 })), h(2), { complaintCents: 30_000 }).level).toBe(2)
    expect(seen(aFolded({ kind: 'query', refunds: [aRefund({ amountCents: 30_000 })] }), h(2), { smallCents: 30_000 }).level).toBe(0)
  })

  test.each([
    ['paid', { paidAt: h(3) }],
    ['refused', { rejectedAt: h(3) }],
    ['approved after a passed audit', { approvedAt: h(3), auditResult: 'passed' }],
    ['passed by the audit in the only word there was', { auditResult: 'passed' }],
  ])('answered when %s', (_, facts) => {
    expect(seen(withRefunds(aRefund({ amountCents: 0, ...facts })), h(4))).toMatchObject({ level: 0, why: 'cleared' })
  })

  test('not answered by an audit that refused, by an approval or by the end of the ticket, but by its cancellation', () => {
    for (const facts of [{ auditResult: 'refused' }, { approvedAt: h(3) }]) {
      expect(seen(withRefunds(aRefund({ amountCents: 0, ...facts })), h(4))).toMatchObject({ level: 2, why: 'true' })
    }
    expect(seen(aFolded({ refunds: [aRefund({ amountCents: 0 })], completedAt: h(2) }), h(4))).toMatchObject({ level: 2, why: 'true' })
    expect(seen(aFolded({ refunds: [aRefund({ amountCents: 0 })], cancelledAt: h(2) }), h(4))).toMatchObject({ level: 0, why: 'cleared' })
  })
})

describe('AT-21 abnormal refund: approved and not paid', () => {
  const approved = withRefunds(aRefund({ approvedAt: h(1) }))

  test.each([
    ['at exactly 24 h', h(25), 0, 'never_true', h(25) + 1],
    ['a millisecond more', h(25) + 1, 2, 'true', h(73) + 1],
    ['at exactly 72 h', h(73), 2, 'true', h(73) + 1],
    ['a millisecond more than that', h(73) + 1, 3, 'true', null],
  ] as const)('%s', (_, when, level, why, nextChangeAt) => {
    expect(seen(approved, when)).toMatchObject({ level, why, nextChangeAt })
  })

  test('an audit pays nobody; payment and refusal do answer', () => {
    const [audited, late, refused, inTime] = [{ auditResult: 'passed' }, { paidAt: h(30) }, { rejectedAt: h(30) }, { paidAt: h(25) }].map((facts) =>
      seen(withRefunds(aRefund({ approvedAt: h(1), ...facts })), h(31)),
    )
    expect(audited).toMatchObject({ level: 2, why: 'true' })
    expect(late).toMatchObject({ level: 0, why: 'cleared' })
    expect(refused).toMatchObject({ level: 0, why: 'cleared' })
    expect(inTime).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('goes by the hours that are set, and says them', () => {
    expect(seen(approved, h(4), { A2: 2, A3: 6 })).toMatchObject({ level: 2, nextChangeAt: h(7) + 1 })
    expect(seen(approved, h(31)).facts).toEqual({
      cause: 'refund:R1:unpaid',
      words: '批准后 30 小时未到账，时限 24 小时 / unpaid 30 h after approval, limit 24 h',
      deadlineAt: h(25),
      limitMs: 24 * HOUR,
      overMs: 6 * HOUR,
    })
  })

  test('S-2: approved 15:00, the one paid within 24 h is no case of it, the other is', () => {
    const course = (...paid: [string][]) =>
      ticketOf(
        ['created', '2026-03-03 10:00', CREATED_PAYLOAD],
        ['refund_requested', '2026-03-03 14:00', { refund_no: 'F1', type: 'refund', amount_cents: 3_000, calculated_cents: 3_000 }],
        ['refund_approved', '2026-03-03 15:00', { refund_no: 'F1', amount_cents: 3_000, audit_result: 'passed' }],
        ...paid.map(([when]) => ['refund_paid', when, { refund_no: 'F1', amount_cents: 3_000 }] as const),
      )
    const when = at('2026-03-04 15:00') + MINUTE
    expect(seen(course(['2026-03-04 15:00']), when)).toMatchObject({ level: 0, why: 'never_true' })
    expect(seen(course(), when)).toMatchObject({ level: 2, why: 'true' })
  })
})

describe('AT-21 abnormal refund: several', () => {
  test('is answered when all of them are', () => {
    const [first, second] = [aRefund({ amountCents: 0 }), aRefund({ refundNo: 'R2', amountCents: -1 })]
    expect(seen(withRefunds(first, { ...second, paidAt: h(3) }), h(4))).toMatchObject({ level: 2, why: 'true' })
    expect(seen(withRefunds({ ...first, paidAt: h(2) }, { ...second, rejectedAt: h(3) }), h(4))).toMatchObject({ level: 0, why: 'cleared' })
  })

  test('a further refund is a new cause, and so is that it stays unpaid', () => {
    const doubtful = aRefund({ amountCents: 0, approvedAt: h(2) })
    const further = aRefund({ refundNo: 'R2', amountCents: 60_000, requestedAt: h(3) })
    const causes = [withRefunds(doubtful), withRefunds(doubtful, further)].map((ticket) => seen(ticket, h(4)).facts['cause'])
    expect(causes).toEqual(['refund:R1:none', 'refund:R1:none,refund:R2:large'])
    expect(seen(withRefunds(doubtful), h(26) + 1).facts['cause']).toBe('refund:R1:none,refund:R1:unpaid')
    expect(seen(withRefunds(doubtful), h(4)).nextChangeAt).toBe(h(26) + 1)
  })

  test('was never true when the amount is corrected', () => {
    expect(seen(withRefunds(aRefund({ amountCents: 3_000, calculatedCents: 3_000 })), h(4))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('says the amounts, in one sentence of two languages', () => {
    const words = seen(withRefunds(aRefund({ amountCents: 60_000, calculatedCents: 58_000 })), h(2)).facts['words'] as string
    expect(words).toBe(
      '退费 600.00 元，应退 580.00 元；退费 600.00 元，界限 500.00 元 / refund of 600.00 yuan, 580.00 calculated; refund of 600.00 yuan, the bound is 500.00',
    )
  })
})
