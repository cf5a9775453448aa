import { describe, expect, test } from 'vitest'
import { REPEATED_EXPEDITES } from '../../core/domain/abnormal/at-04-repeated-expedites.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aTicket, at, ticketOf } from '../support/builders.ts'
import { aContext, aReply } from '../support/clock-tickets.ts'

const DAY_OF = '2026-05-12'
const VIP = { kind: 'complaint', channel: 'hotline', source_category: 'province_complaint', phenomenon_l1: 'network', star: 7 }
const chase = (time: string) => ['expedited', time, { by: 'customer', channel: 'hotline' }] as const

/** S-4 by day: five chases, three of them valid. */
const byDay = (): Ticket =>
  ticketOf(
    ['created', `${DAY_OF} 09:00`, VIP],
    ...['10:30', '13:05', '14:20', '15:10', '17:15'].map((time) => chase(`${DAY_OF} ${time}`)),
  )

/** Chased validly so often, by the group, two hours apart from 10:00. */
const chased = (times: number, facts: Partial<Ticket> = {}): Ticket => {
  const one = { by: 'group', channel: '', status: 'processing' as const }
  return aTicket({ expedites: Array.from({ length: times }, (_, index) => ({ ...one, at: at('2026-06-01 10:00') + index * 2 * HOUR })), ...facts })
}
const LATER = at('2026-06-02 09:00')

describe('AT-04 repeated expedites', () => {
  test.each([
    ['15:09', 0, 'never_true'],
    ['15:10', 2, 'true'],
    ['17:14', 2, 'true'],
    ['17:15', 3, 'true'],
    ['23:00', 3, 'true'],
  ] as const)('S-4: at %s', (time, level, why) => {
    expect(judgedBy(REPEATED_EXPEDITES, byDay(), at(`${DAY_OF} ${time}`))).toMatchObject({ level, why })
  })

  test('S-4 by night: the fifth of the night and one in the morning are two', () => {
    const evening = ['20:10', '21:00', '22:00', '23:00'].map((time) => chase(`2026-05-12 ${time}`))
    const next = ['00:30', '01:00', '09:00'].map((time) => chase(`2026-05-13 ${time}`))
    const ticket = ticketOf(['created', '2026-05-12 18:00', VIP], ...evening, ...next)
    expect(judgedBy(REPEATED_EXPEDITES, ticket, at('2026-05-13 09:00') - 1)).toMatchObject({ level: 0, why: 'never_true' })
    expect(judgedBy(REPEATED_EXPEDITES, ticket, at('2026-05-13 09:00'))).toMatchObject({ level: 2, why: 'true', facts: { cause: 'expedites:2' } })
  })

  test.each([[0, 0], [1, 0], [2, 2], [3, 3], [4, 3], [5, 4], [6, 4]] as const)('%i valid ones: level %i', (times, level) => {
    expect(judgedBy(REPEATED_EXPEDITES, chased(times), LATER)).toMatchObject({ level, nextChangeAt: null })
  })

  test('the day and its window are the configured ones', () => {
    const limits = { dayShiftStart: 11 * 60, dayShiftEnd: 15 * 60 }
    expect(judgedBy(REPEATED_EXPEDITES, byDay(), at(`${DAY_OF} 23:00`), {}, aContext(limits)).level).toBe(0)
  })

  test.each([
    ['contacted after the last', { firstContactedAt: at('2026-06-01 12:00') + 1 }, 'mitigated'],
    ['replied to after the last', { customerReplies: [aReply(at('2026-06-01 13:00'))] }, 'mitigated'],
    ['completed', { completedAt: at('2026-06-01 13:00') }, 'cleared'],
    ['cancelled', { cancelledAt: at('2026-06-01 13:00') }, 'cleared'],
    ['contacted and completed', { firstContactedAt: at('2026-06-01 12:30'), completedAt: at('2026-06-01 13:00') }, 'cleared'],
    ['completed at the very last of them', { completedAt: at('2026-06-01 12:00') }, 'never_true'],
  ] as const)('of a ticket whose customer was %s', (_, facts, why) => {
    expect(judgedBy(REPEATED_EXPEDITES, chased(2, facts as Partial<Ticket>), LATER)).toMatchObject({ level: 0, why })
  })

  test('contact before or with the last one does not end it, and one more after the contact has it true again', () => {
    const contacted = { firstContactedAt: at('2026-06-01 12:00') }
    expect(judgedBy(REPEATED_EXPEDITES, chased(2, contacted), LATER)).toMatchObject({ level: 2, why: 'true' })
    const replied = { customerReplies: [aReply(at('2026-06-01 13:00'))] }
    const [ended, again] = [chased(2, replied), chased(3, replied)].map((ticket) => judgedBy(REPEATED_EXPEDITES, ticket, LATER))
    expect(ended).toMatchObject({ level: 0, why: 'mitigated' })
    expect(again).toMatchObject({ level: 3, why: 'true' })
    expect(again!.facts['cause']).not.toBe(ended!.facts['cause'])
  })

  test('is taken back where a chase turns out not to have been one', () => {
    expect(judgedBy(REPEATED_EXPEDITES, chased(2), LATER).why).toBe('true')
    expect(judgedBy(REPEATED_EXPEDITES, chased(1), LATER).why).toBe('never_true')
  })

  test('a chase dated ahead is counted when it comes', () => {
    const last = at('2026-06-01 12:00')
    expect(judgedBy(REPEATED_EXPEDITES, chased(2), last - 1)).toMatchObject({ level: 0, nextChangeAt: last })
  })

  test('goes by the province’s own bounds', () => {
    expect(judgedBy(REPEATED_EXPEDITES, chased(1), LATER, { A2: 1 }).level).toBe(2)
    expect(judgedBy(REPEATED_EXPEDITES, chased(4), LATER, { A4: 4 }).level).toBe(4)
  })

  test.each([[1, '有效催单 1 次 / 1 valid expedite'], [3, '有效催单 3 次 / 3 valid expedites']] as const)('says how many: %i', (times, words) => {
    expect(judgedBy(REPEATED_EXPEDITES, chased(times), LATER).facts['words']).toBe(words)
  })
})
