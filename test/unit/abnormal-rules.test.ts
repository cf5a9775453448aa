import { describe, expect, test } from 'vitest'
import type { AbnormalVerdict } from '../../core/domain/abnormal/abnormal-rule.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { aSuspension, aTicket, at } from '../support/builders.ts'
import { BY_DEADLINE, onlyRules } from '../support/abnormal.ts'
import { aContext } from '../support/clock-tickets.ts'

const CONTEXT = aContext()
const START = at('2026-06-01 09:00')
const DEADLINE = START + 48 * HOUR
const judge = (ticket: Ticket, when: Instant) => judgeTicket(ticket, CONTEXT, BY_DEADLINE, when)
const verdictOf = (id: string, ticket: Ticket, when: Instant): AbnormalVerdict => judge(ticket, when).verdicts.find(({ ruleId }) => ruleId === id)!

describe('AT-01 near time-out', () => {
  test.each([
    ['a millisecond before the window', -120 * MINUTE - 1, 0, 'never_true', -120 * MINUTE],
    ['at exactly 120 min', -120 * MINUTE, 1, 'true', -30 * MINUTE],
    ['a millisecond before 30 min', -30 * MINUTE - 1, 1, 'true', -30 * MINUTE],
    ['at exactly 30 min', -30 * MINUTE, 2, 'true', 0],
    ['a millisecond before the deadline', -1, 2, 'true', 0],
    ['at the deadline nothing is left', 0, 0, 'absorbed', null],
    ['after it', 1, 0, 'absorbed', null],
  ] as const)('%s', (_, offset, level, why, next) => {
    expect(verdictOf('AT-01', aTicket(), DEADLINE + offset)).toMatchObject({ level, why, nextChangeAt: next === null ? null : DEADLINE + next })
  })

  test.each([
    ['completed inside the window', { completedAt: DEADLINE - HOUR }, 'cleared'],
    ['completed at exactly the window’s first millisecond, so never inside it', { completedAt: DEADLINE - 2 * HOUR }, 'never_true'],
    ['cancelled inside the window', { cancelledAt: DEADLINE - HOUR }, 'cleared'],
    ['cancelled long before it', { cancelledAt: START + HOUR }, 'never_true'],
    ['merged inside the window', { mergedAt: DEADLINE - HOUR }, 'cleared'],
    ['voided', { voidedAt: DEADLINE - HOUR }, 'never_true'],
    ['a test ticket after all', { isTest: true }, 'never_true'],
    ['suspended inside the window', { suspensions: [aSuspension(DEADLINE - HOUR, null)] }, 'cleared'],
    ['suspended long before it', { suspensions: [aSuspension(START + HOUR, null)] }, 'never_true'],
    ['of a kind without this clock', { kind: 'fault' }, 'never_true'],
    ['not accepted', { acceptedAt: null }, 'never_true'],
  ] as const)('a ticket that was %s', (_, facts, why) => {
    expect(verdictOf('AT-01', aTicket(facts as Partial<Ticket>), DEADLINE - HOUR + MINUTE)).toMatchObject({ level: 0, why })
  })

  test('is true from acceptance where the limit is shorter than the window', () => {
    expect(verdictOf('AT-01', aTicket({ limitMinutesGiven: 90 }), START)).toMatchObject({ level: 1, why: 'true', nextChangeAt: START + HOUR })
  })

  test('names its deadline as the causing fact', () => {
    expect(verdictOf('AT-01', aTicket(), DEADLINE - HOUR).facts).toEqual({
      deadlineAt: DEADLINE,
      limitMs: 48 * HOUR,
      leftMs: HOUR,
      cause: `deadline:${DEADLINE}`,
    })
  })
})

describe('AT-02 overdue', () => {
  test.each([
    ['at the deadline', 0, 0, 'never_true', 1],
    ['a millisecond after it', 1, 2, 'true', 24 * HOUR + 1],
    ['at exactly 24 h', 24 * HOUR, 2, 'true', 24 * HOUR + 1],
    ['a millisecond more', 24 * HOUR + 1, 3, 'true', 72 * HOUR + 1],
    ['at exactly 72 h', 72 * HOUR, 3, 'true', 72 * HOUR + 1],
    ['a millisecond more than that', 72 * HOUR + 1, 4, 'true', null],
  ] as const)('%s', (_, offset, level, why, next) => {
    expect(verdictOf('AT-02', aTicket(), DEADLINE + offset)).toMatchObject({ level, why, nextChangeAt: next === null ? null : DEADLINE + next })
  })

  test.each([
    ['completed late', { completedAt: DEADLINE + SECOND }, 'cleared'],
    ['completed at the deadline', { completedAt: DEADLINE }, 'never_true'],
    ['cancelled late', { cancelledAt: DEADLINE + SECOND }, 'cleared'],
    ['cancelled in time', { cancelledAt: DEADLINE }, 'never_true'],
    ['voided', { voidedAt: DEADLINE + DAY }, 'never_true'],
    ['found to have been suspended for a day', { suspensions: [aSuspension(START + HOUR, START + 25 * HOUR)] }, 'never_true'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(verdictOf('AT-02', aTicket(facts as Partial<Ticket>), DEADLINE + 2 * HOUR)).toMatchObject({ level: 0, why })
  })

  test('stands at its level while the ticket is suspended, though the ticket is not counted as overdue (K-23)', () => {
    const ticket = aTicket({ suspensions: [aSuspension(DEADLINE + HOUR, null)] })
    expect(judge(ticket, DEADLINE + HOUR - 1).isOverdue).toBe(true)
    expect(judge(ticket, DEADLINE + 30 * HOUR)).toMatchObject({ isOverdue: false, deadlineAt: null, level: 2, nextCheckAt: DEADLINE + 73 * HOUR })
    expect(judge(ticket, DEADLINE + 73 * HOUR)).toMatchObject({ isOverdue: true, level: 2, nextCheckAt: DEADLINE + 72 * HOUR + 24 * HOUR + 1 })
  })

  test('names the reopening as a new causing fact', () => {
    const reopened = aTicket({ reopenCount: 1, closedGaps: [{ from: DEADLINE + 1, to: DEADLINE + 2 }] })
    expect(verdictOf('AT-02', aTicket(), DEADLINE + HOUR).facts['cause']).not.toBe(verdictOf('AT-02', reopened, DEADLINE + HOUR).facts['cause'])
  })
})

describe('a ticket’s judgement', () => {
  test('walks from check to check through every instant at which something changes', () => {
    const walk: [number, number][] = []
    for (let when: Instant | null = START; when !== null; ) {
      const judgement = judge(aTicket(), when)
      walk.push([when - DEADLINE, judgement.level])
      when = judgement.nextCheckAt
    }
    expect(walk).toEqual([
      [-48 * HOUR, 0],
      [-120 * MINUTE, 1],
      [-30 * MINUTE, 2],
      [0, 0],
      [1, 2],
      [24 * HOUR + 1, 3],
      [72 * HOUR + 1, 4],
    ])
  })

  test('takes the highest level of its rules and only open tickets are judged', () => {
    expect(judge(aTicket(), DEADLINE + 25 * HOUR)).toMatchObject({ level: 3, isOverdue: true, deadlineAt: DEADLINE })
    expect(judge(aTicket({ completedAt: DEADLINE + 25 * HOUR }), DEADLINE + 26 * HOUR)).toMatchObject({
      level: 0,
      isOverdue: false,
      deadlineAt: null,
      nextCheckAt: null,
    })
  })

  test('leaves out rules that are switched off', () => {
    expect(judgeTicket(aTicket(), CONTEXT, onlyRules('AT-01'), DEADLINE + HOUR).verdicts.map(({ ruleId }) => ruleId)).toEqual(['AT-01'])
  })
})
