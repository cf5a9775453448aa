import { describe, expect, test } from 'vitest'
import { SUPERVISION_UNANSWERED } from '../../core/domain/abnormal/at-27-supervision-unanswered.ts'
import type { Supervision } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h } from '../support/clock-tickets.ts'

const demand = (facts: Partial<Supervision> = {}): Supervision => ({ level: 'group', at: h(1), dueAt: null, answeredAt: null, ...facts })
const demanded = (...supervisions: Supervision[]) => aFolded({ supervisions })
const seen = (ticket: Ticket, when: number, values = {}, limits = {}) => judgedBy(SUPERVISION_UNANSWERED, ticket, when, values, aContext(limits))

describe('AT-27 supervision unanswered', () => {
  test.each([
    ['a millisecond before 75 % of 12 h', h(10) - 1, 0, 'never_true', h(10)],
    ['at 75 %', h(10), 2, 'true', h(13) + 1],
    ['at exactly 12 h', h(13), 2, 'true', h(13) + 1],
    ['a millisecond more', h(13) + 1, 4, 'true', null],
  ] as const)('%s', (_, when, level, why, nextChangeAt) => {
    expect(seen(demanded(demand()), when)).toMatchObject({ level, why, nextChangeAt })
  })

  test('a date that it names is its limit, and one that had passed is none', () => {
    const dated = demanded(demand({ dueAt: h(5) }))
    expect([h(4) - 1, h(4), h(5), h(5) + 1].map((when) => seen(dated, when).level)).toEqual([0, 2, 2, 4])
    expect([h(1), h(1) + 1].map((when) => seen(demanded(demand({ dueAt: h(0) })), when).level)).toEqual([2, 4])
  })

  test.each([
    ['answered late', aFolded({ supervisions: [demand({ answeredAt: h(14) })] }), 'cleared'],
    ['answered in time', aFolded({ supervisions: [demand({ answeredAt: h(9) })] }), 'never_true'],
    ['completed late', aFolded({ supervisions: [demand()], completedAt: h(14) }), 'cleared'],
    ['completed before the demand', aFolded({ supervisions: [demand({ at: h(5) })], completedAt: h(4) }), 'never_true'],
  ])('%s', (_, ticket, why) => {
    expect(seen(ticket, h(20))).toMatchObject({ level: 0, why })
  })

  test('several: true while any is unanswered, each a cause of its own', () => {
    const [first, second] = [demand(), demand({ at: h(4), level: 'province' })]
    expect(seen(demanded({ ...first, answeredAt: h(14) }, second), h(15))).toMatchObject({ level: 4, why: 'true' })
    expect(seen(demanded({ ...first, answeredAt: h(11) }, second), h(12))).toMatchObject({ level: 0, why: 'cleared', nextChangeAt: h(13) })
    expect(seen(demanded({ ...first, answeredAt: h(11) }, second), h(13))).toMatchObject({ level: 2, why: 'true' })
    const causes = [demanded(first), demanded(first, second)].map((ticket) => seen(ticket, h(14)).facts['cause'])
    expect(causes).toEqual([`supervision:group:${h(1)}`, `supervision:group:${h(1)},supervision:province:${h(4)}`])
  })

  test('goes by the numbers that are set, and the limit of the clock', () => {
    expect(seen(demanded(demand()), h(7), { A2: 50, A4: 150 })).toMatchObject({ level: 2, nextChangeAt: h(19) + 1 })
    expect(seen(demanded(demand()), h(4), {}, { supervision: 4 * 60 })).toMatchObject({ level: 2, nextChangeAt: h(5) + 1 })
  })

  test('says the limit and what is used of it', () => {
    expect(seen(demanded(demand()), h(11)).facts).toEqual({
      cause: `supervision:group:${h(1)}`,
      words: '督办限 12 小时回复，已过 10 小时 / answer demanded within 12 h, 10 h have passed',
      deadlineAt: h(13),
      limitMs: 12 * HOUR,
      leftMs: 2 * HOUR,
    })
  })

  test('was never true when an answer in time comes to light', () => {
    const rows = [
      ['created', '2026-06-01 09:00', CREATED_PAYLOAD],
      ['supervised', '2026-06-01 10:00', { level: 'group', due_at: '2026-06-01T14:00:00+08:00' }],
      ['supervision_answered', '2026-06-01 12:30', {}],
    ] as const
    const when = at('2026-06-01 13:30')
    expect(seen(ticketOf(...rows.slice(0, 2)), when)).toMatchObject({ level: 2, why: 'true' })
    expect(seen(ticketOf(...rows), when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
