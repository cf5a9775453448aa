import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AbnormalRule } from '../../core/domain/abnormal/abnormal-rule.ts'
import { ESCALATION_TENDENCY } from '../../core/domain/abnormal/at-11-escalation-tendency.ts'
import { STRICTEST_SCENE } from '../../core/domain/abnormal/at-12-strictest-scene.ts'
import { APPEAL_DEADLINE } from '../../core/domain/abnormal/at-13-appeal-deadline.ts'
import { IMPORTANT_CUSTOMER } from '../../core/domain/abnormal/at-14-important-customer.ts'
import { DISSATISFIED_SURVEY } from '../../core/domain/abnormal/at-15-dissatisfied-survey.ts'
import { CLOSED_WITHOUT_REPLY } from '../../core/domain/abnormal/at-16-closed-without-reply.ts'
import { ABUSE_OF_SUSPENSION } from '../../core/domain/abnormal/at-18-abuse-of-suspension.ts'
import { REOPENED } from '../../core/domain/abnormal/at-19-reopened.ts'
import { SENSITIVE_CONTACT } from '../../core/domain/abnormal/at-22-sensitive-contact.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Suspension } from '../../core/domain/ticket/parts.ts'
import { isValid, type Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aContext, aSurvey } from '../support/clock-tickets.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

const RULES: readonly AbnormalRule[] = [
  ESCALATION_TENDENCY,
  STRICTEST_SCENE,
  APPEAL_DEADLINE,
  IMPORTANT_CUSTOMER,
  DISSATISFIED_SURVEY,
  CLOSED_WITHOUT_REPLY,
  ABUSE_OF_SUSPENSION,
  REOPENED,
  SENSITIVE_CONTACT,
]
const CONTEXT = aContext({}, { customer: { ...NO_HISTORY, sensitiveCount30d: 1 } })

/** Marked, of an important customer, an appeal, dissatisfied, suspended or not: so that every rule has something to judge. */
const subjects = fc.record({
  tendency: fc.integer({ min: -1, max: 4 }),
  scene: fc.integer({ min: -1, max: 2 }),
  isVip: fc.boolean(),
  isAppeal: fc.boolean(),
  isDissatisfied: fc.boolean(),
  /** Hours of running and of suspension in turns; the last suspension may last. */
  turns: fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 90 })), { maxLength: 4 }),
  isLasting: fc.boolean(),
})

function suspendedIn(turns: readonly (readonly [number, number])[], start: number, isLasting: boolean): Suspension[] {
  const suspensions: Suspension[] = []
  let at = start
  for (const [index, [run, rest]] of turns.entries()) {
    const from = at + run * HOUR
    at = from + rest * HOUR
    const to = isLasting && index === turns.length - 1 ? null : at
    suspensions.push({ from, to, reason: 'third_party', approver: 'u1', plannedResumeAt: from + 40 * HOUR })
  }
  return suspensions
}

const tickets = fc.tuple(ticketHistories('T1', 16), subjects).map(([events, subject]): Ticket => {
  const ticket = foldTicket(events)
  const { tendency, scene, isVip, isAppeal, isDissatisfied, turns, isLasting } = subject
  const marks = { ...ticket.marks, escalationTendency: tendency, strictestScene: scene }
  const bad = isDissatisfied ? [aSurvey({ endedAt: ticket.lastEventAt, result: 'dissatisfied' })] : []
  const suspensions = turns.length === 0 ? ticket.suspensions : suspendedIn(turns, ticket.firstEventAt, isLasting)
  // An approval that lies ahead changes C_HANDLE's limit when it comes, at an instant that no reading names.
  const extensions = ticket.extensions.map((extension) => ({ ...extension, answeredAt: null }))
  return { ...ticket, marks, isVip, kind: isAppeal ? 'appeal' : ticket.kind, surveys: [...ticket.surveys, ...bad], suspensions, extensions }
})

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const stands = (ticket: Ticket, when: number) => judgedBy(rule, ticket, when, {}, CONTEXT)

  test('law: of any ticket it changes at the instants that it names and nowhere else', () => {
    fc.assert(
      fc.property(tickets, fc.array(fc.nat(20 * 24 * 60), { minLength: 5, maxLength: 5 }), (ticket, minutes) => {
        if (!isValid(ticket)) return
        const { firstEventAt, lastEventAt } = ticket
        const instants = [firstEventAt - 1, ...minutes.map((minute) => firstEventAt + minute * MINUTE), lastEventAt, lastEventAt + 40 * DAY].sort(
          (a, b) => a - b,
        )
        let before = stands(ticket, instants[0]!)
        for (const when of instants.slice(1)) {
          for (let limit = 20; before.nextChangeAt !== null && before.nextChangeAt <= when && limit > 0; limit--) {
            const change = before.nextChangeAt
            const [just, then] = [stands(ticket, change - 1), stands(ticket, change)]
            expect([just.level, just.why]).toEqual([before.level, before.why])
            if (then.nextChangeAt !== null) expect(then.nextChangeAt).toBeGreaterThan(change)
            if (then.level < before.level) expect([id, then.why]).toEqual(['AT-11', 'cleared'])
            before = then
          }
          const now = stands(ticket, when)
          expect([now.level, now.why]).toEqual([before.level, before.why])
          before = now
        }
      }),
      { numRuns: 200 },
    )
  })

  test('names its cause and says itself in two languages, whenever it is true', () => {
    fc.assert(
      fc.property(tickets, fc.nat(20 * 24 * 60), (ticket, minutes) => {
        const { level, facts } = stands(ticket, ticket.firstEventAt + minutes * MINUTE)
        if (!isValid(ticket) || level === 0) return
        expect(facts['cause']).toMatch(/^[a-z]+/)
        expect(String(facts['words']).split(' / ')).toEqual([expect.stringMatching(/[\u4e00-\u9fff]/), expect.stringMatching(/^[a-z0-9 (),-]+$/i)])
        expect(['cause', 'words', 'deadlineAt', 'limitMs', 'leftMs', 'overMs']).toEqual(expect.arrayContaining(Object.keys(facts)))
      }),
      { numRuns: 100 },
    )
  })

  test('explains itself in both languages, with whole numbers in their ranges, and pages during an open case', () => {
    for (const text of [rule.nameZh, rule.meaningZh, rule.clearsZh]) expect(text).toMatch(/[\u4e00-\u9fff]/)
    for (const text of [rule.nameEn, rule.meaningEn, rule.clearsEn, rule.source]) expect(text).toMatch(/[a-z]/)
    for (const { default: usual, least, most } of rule.parameters) {
      expect([usual, least, most].every(Number.isInteger)).toBe(true)
      expect(least <= usual && usual <= most).toBe(true)
    }
    expect(rule.suppressedByCase).toBe(false)
  })
})
