import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AbnormalRule } from '../../core/domain/abnormal/abnormal-rule.ts'
import { LONG_PENDING } from '../../core/domain/abnormal/at-03-long-pending.ts'
import { REPEATED_EXPEDITES } from '../../core/domain/abnormal/at-04-repeated-expedites.ts'
import { REPEAT_COMPLAINT } from '../../core/domain/abnormal/at-05-repeat-complaint.ts'
import { PING_PONG_TRANSFER } from '../../core/domain/abnormal/at-06-ping-pong-transfer.ts'
import { RETURNED_OR_REDISPATCHED } from '../../core/domain/abnormal/at-07-returned-or-redispatched.ts'
import { UNDISPATCHED } from '../../core/domain/abnormal/at-08-undispatched.ts'
import { UNCLAIMED } from '../../core/domain/abnormal/at-09-unclaimed.ts'
import { NO_FIRST_RESPONSE } from '../../core/domain/abnormal/at-10-no-first-response.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { isValid, type Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aContext } from '../support/clock-tickets.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

const RULES: readonly AbnormalRule[] = [
  LONG_PENDING, REPEATED_EXPEDITES, REPEAT_COMPLAINT, PING_PONG_TRANSFER, RETURNED_OR_REDISPATCHED, UNDISPATCHED, UNCLAIMED, NO_FIRST_RESPONSE,
]
const CONTEXT = aContext({}, { customer: { ...NO_HISTORY, repeatCount30d: 2 } })

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  const stands = (ticket: Ticket, when: number) => judgedBy(rule, ticket, when, {}, CONTEXT)

  test('law: of any ticket it changes at the instants that it names and nowhere else, and time lowers nothing', () => {
    fc.assert(fc.property(ticketHistories('T1', 16), fc.array(fc.nat(40 * 24 * 60), { minLength: 5, maxLength: 5 }), (events, minutes) => {
      const ticket = foldTicket(events)
      if (!isValid(ticket)) return
      const { firstEventAt, lastEventAt } = ticket
      const instants = [firstEventAt, ...minutes.map((minute) => firstEventAt + minute * MINUTE), lastEventAt, lastEventAt + 40 * DAY]
      let before = stands(ticket, Math.min(...instants))
      for (const when of instants.sort((a, b) => a - b).slice(1)) {
        let limit = 10
        for (; before.nextChangeAt !== null && before.nextChangeAt <= when && limit > 0; limit--) {
          const change = before.nextChangeAt
          const [just, then] = [stands(ticket, change - 1), stands(ticket, change)]
          expect([just.level, just.why]).toEqual([before.level, before.why])
          expect([then.level, then.why]).not.toEqual([before.level, before.why])
          expect(then.level).toBeGreaterThan(before.level)
          before = then
        }
        const now = stands(ticket, when)
        expect([now.level, now.why]).toEqual([before.level, before.why])
        before = now
      }
    }), { numRuns: 150 })
  })

  test('names its cause and says itself in two languages, whenever it is true', () => {
    fc.assert(fc.property(ticketHistories('T1', 16), fc.nat(40 * 24 * 60), (events, minutes) => {
      const ticket = foldTicket(events)
      const { level, facts } = stands(ticket, ticket.firstEventAt + minutes * MINUTE)
      if (!isValid(ticket) || level === 0) return
      expect(facts['cause']).toMatch(/^[a-z_]+/)
      expect(String(facts['words']).split(' / ')).toEqual([expect.stringMatching(/[\u4e00-\u9fff]/), expect.stringMatching(/^[a-z0-9, -]+$/i)])
    }), { numRuns: 100 })
  })

  test('explains itself in both languages, with whole numbers in their ranges', () => {
    for (const text of [rule.nameZh, rule.meaningZh, rule.clearsZh]) expect(text).toMatch(/[\u4e00-\u9fff]/)
    for (const text of [rule.nameEn, rule.meaningEn, rule.clearsEn, rule.source]) expect(text).toMatch(/[a-z]/)
    for (const { default: usual, least, most } of rule.parameters) {
      expect([usual, least, most].every(Number.isInteger)).toBe(true)
      expect(least <= usual && usual <= most).toBe(true)
    }
  })
})

test('an open case keeps exactly these of them from paging', () => {
  expect(RULES.filter(({ suppressedByCase }) => suppressedByCase).map(({ id }) => id)).toEqual(['AT-05', 'AT-08', 'AT-09', 'AT-10'])
})
