import { describe, expect, test } from 'vitest'
import { LONG_PENDING } from '../../core/domain/abnormal/at-03-long-pending.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aSuspension, aTicket, at, ticketOf } from '../support/builders.ts'

const START = at('2026-06-01 09:00')
const OVER = START + 48 * HOUR + 1

describe('AT-03 long pending', () => {
  test.each([
    ['at acceptance', 0, 0, 48 * HOUR + 1],
    ['at exactly 48 h', 48 * HOUR, 0, 48 * HOUR + 1],
    ['a millisecond more', 48 * HOUR + 1, 1, 7 * DAY + 1],
    ['at exactly 7 d', 7 * DAY, 1, 7 * DAY + 1],
    ['a millisecond more than that', 7 * DAY + 1, 2, 15 * DAY + 1],
    ['at exactly 15 d', 15 * DAY, 2, 15 * DAY + 1],
    ['a millisecond over 15 d', 15 * DAY + 1, 3, 30 * DAY + 1],
    ['at exactly 30 d', 30 * DAY, 3, 30 * DAY + 1],
    ['a millisecond over 30 d', 30 * DAY + 1, 4, null],
  ] as const)('%s', (_, offset, level, next) => {
    const verdict = judgedBy(LONG_PENDING, aTicket(), START + offset)
    expect(verdict).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: next === null ? null : START + next })
  })

  test('counts suspension as it counts any time', () => {
    const ticket = aTicket({ suspensions: [aSuspension(START + HOUR, null)] })
    expect(judgedBy(LONG_PENDING, ticket, OVER)).toMatchObject({ level: 1, nextChangeAt: START + 7 * DAY + 1 })
  })

  test.each([
    ['completed after 48 h', { completedAt: OVER + 1 }, 'cleared'],
    ['completed in the millisecond in which it would have become true', { completedAt: OVER }, 'never_true'],
    ['found to have been completed before', { completedAt: START + HOUR }, 'never_true'],
    ['cancelled', { cancelledAt: OVER + 1 }, 'cleared'],
    ['merged', { mergedAt: OVER + 1 }, 'cleared'],
    ['on a watch list', { kind: 'track' }, 'never_true'],
    ['a business lead', { kind: 'lead' }, 'never_true'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(judgedBy(LONG_PENDING, aTicket(facts as Partial<Ticket>), START + 8 * DAY)).toMatchObject({ level: 0, why, nextChangeAt: null })
  })

  test.each(['appeal', 'enquiry', 'query', 'fault', 'install', 'collab', 'pre_accept'] as const)('looks at a ticket of kind %s', (kind) => {
    expect(judgedBy(LONG_PENDING, aTicket({ kind }), OVER).level).toBe(1)
  })

  test('a reopened ticket is as old as its acceptance, and the reopening is another cause', () => {
    const reopened = ticketOf(
      ['created', '2026-06-01 09:00'], ['completed', '2026-06-02 09:00', { result_code: 'solved' }], ['reopened', '2026-06-08 10:00', {}],
    )
    const verdict = judgedBy(LONG_PENDING, reopened, START + 7 * DAY + HOUR)
    expect(verdict).toMatchObject({ level: 2, why: 'true', facts: { cause: 'accepted|reopenings:1' } })
    expect(judgedBy(LONG_PENDING, aTicket(), OVER).facts['cause']).toBe('accepted')
  })

  test('goes by the province’s own bounds', () => {
    const values = { A1: 24, A2: 3 }
    expect(judgedBy(LONG_PENDING, aTicket(), START + 24 * HOUR, values)).toMatchObject({ level: 0, nextChangeAt: START + 24 * HOUR + 1 })
    expect(judgedBy(LONG_PENDING, aTicket(), START + 24 * HOUR + 1, values)).toMatchObject({ level: 1, nextChangeAt: START + 3 * DAY + 1 })
    expect(judgedBy(LONG_PENDING, aTicket(), START + 3 * DAY + 1, values).level).toBe(2)
  })

  test('says how long', () => {
    expect(judgedBy(LONG_PENDING, aTicket(), START + 8 * DAY + 3 * HOUR).facts['words']).toBe('受理后 8 天 3 小时 / 8 d 3 h since acceptance')
  })
})
