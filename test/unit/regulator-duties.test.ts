import { describe, expect, test } from 'vitest'
import { type InterruptedCase, type Interruption, regulatorDuties, type RegulatorDuties, type SentToRegulator } from '../../core/domain/escalation/regulator-duties.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { ALERT_STATES } from '../../core/domain/vocabulary.ts'
import { at } from '../support/builders.ts'

const T = at('2026-06-11 20:10')
const told = ({ grade, duties }: RegulatorDuties) => [
  grade, ...duties.map(({ kind, dueAt, doneAt, isLate }) => `${kind} ${dueAt === null ? 'monthly' : (dueAt - T) / HOUR}${doneAt === null ? '' : ` done ${(doneAt - T) / HOUR}`}${isLate ? ' late' : ''}`),
]
const outage = (given: Partial<Interruption> = {}): Interruption => ({ product: 'mobile', startedAt: T, users: 1_000, restoredAt: null, ...given })
const owed = (given: Partial<Omit<InterruptedCase, 'interruption'>> & { interruption?: Partial<Interruption> }, now: number, sent: SentToRegulator[] = []) =>
  told(regulatorDuties({ state: 'open', openedAt: T, seriousSince: null, ...given, interruption: outage(given.interruption) }, sent, now))
const sent = (kind: SentToRegulator['kind'], hours: number): SentToRegulator => ({ kind, at: T + hours * HOUR })

describe('an interruption is extremely serious', () => {
  test.each([
    ['500,000 users for any time: not', { users: 500_000 }, 10 * HOUR, 'general'],
    ['500,001 users for exactly an hour: not yet', { users: 500_001 }, HOUR, 'general'],
    ['500,001 users, a millisecond later', { users: 500_001 }, HOUR + 1, 'extreme'],
    ['restored after exactly an hour: never', { users: 900_000, restoredAt: T + HOUR }, 10 * HOUR, 'general'],
    ['restored a second later: it was', { users: 900_000, restoredAt: T + HOUR + SECOND }, 10 * HOUR, 'extreme'],
    ['a number of users that nobody told: not', { users: null }, 10 * HOUR, 'general'],
    ['traffic between networks for exactly five hours: not yet', { product: 'inter_network', users: null }, 5 * HOUR, 'general'],
    ['traffic between networks, a millisecond later', { product: 'inter_network', users: null }, 5 * HOUR + 1, 'extreme'],
  ] as const)('%s', (_, interruption, after, grade) => {
    expect(owed({ interruption }, T + after)[0]).toBe(grade)
  })

  test('and owes an oral report at once and one in writing within 4 h, to the second, from when it came to be so', () => {
    const vast = { interruption: { users: 500_001 } }
    expect(owed(vast, T + HOUR + 1)).toEqual(['extreme', 'oral 1 late', 'written 5'])
    expect(owed(vast, T + 5 * HOUR, [sent('oral', 1)])).toEqual(['extreme', 'oral 1 done 1', 'written 5'])
    expect(owed(vast, T + 5 * HOUR + 1, [sent('oral', 1)])).toEqual(['extreme', 'oral 1 done 1', 'written 5 late'])
    expect(owed(vast, T + 9 * HOUR, [sent('oral', 1), sent('written', 5)])).toEqual(['extreme', 'oral 1 done 1', 'written 5 done 5'])
    expect(owed(vast, T + 9 * HOUR, [sent('oral', 1), { kind: 'written', at: T + 5 * HOUR + SECOND }])[2]).toMatch(/late$/)
  })

  test('not before it was known: told of late, its clocks run from the opening of the case', () => {
    expect(owed({ openedAt: T + 3 * HOUR, interruption: { users: 600_000 } }, T + 3 * HOUR)).toEqual(['extreme', 'oral 3', 'written 7'])
    expect(owed({ openedAt: T, interruption: { users: 600_000, startedAt: null } }, T + HOUR + 1)).toEqual(['extreme', 'oral 1 late', 'written 5'])
  })
})

describe('an interruption whose case has been orange is serious', () => {
  const serious = { seriousSince: T + 9 * MINUTE }
  const from = 9 / 60
  test('and owes an oral report within 4 h and one in writing within 24 h, to the second', () => {
    expect(owed(serious, T + 9 * MINUTE)).toEqual(['serious', `oral ${4 + from}`, `written ${24 + from}`])
    expect(owed(serious, T + 9 * MINUTE + 4 * HOUR)[1]).toBe(`oral ${4 + from}`)
    expect(owed(serious, T + 9 * MINUTE + 4 * HOUR + 1)[1]).toBe(`oral ${4 + from} late`)
    expect(owed(serious, T + 9 * MINUTE + 24 * HOUR)[2]).toBe(`written ${24 + from}`)
    expect(owed(serious, T + 9 * MINUTE + 24 * HOUR + 1)[2]).toBe(`written ${24 + from} late`)
  })

  test('what was said of it does not discharge what it owes as extremely serious; what is said then discharges both', () => {
    const grown = { seriousSince: T, interruption: { users: 600_000 } }
    expect(owed(grown, T + 2 * HOUR, [sent('oral', 0.5), sent('written', 0.75)])).toEqual(['extreme', 'oral 1 late', 'written 5'])
    expect(owed(grown, T + 3 * HOUR, [sent('oral', 1), sent('written', 2)])).toEqual(['extreme', 'oral 1 done 1', 'written 5 done 2'])
  })

  test('the earlier limit holds while both are owed', () => {
    const late = { seriousSince: T - 22 * HOUR, interruption: { users: 600_000 } }
    expect(owed(late, T + HOUR + 1)).toEqual(['extreme', 'oral -18 late', 'written 2'])
  })
})

test('any other goes into the monthly report, without a clock', () => {
  expect(owed({}, T + 1_000 * HOUR)).toEqual(['general', 'monthly monthly'])
  expect(owed({}, T + 1_000 * HOUR, [sent('monthly', 700)])).toEqual(['general', 'monthly monthly done 700'])
})

test('nothing is owed of what was none, and everything of what is over; what was sent stays told', () => {
  for (const state of ALERT_STATES) {
    const none = ['false_positive', 'retracted', 'merged', 'suppressed'].includes(state)
    expect(owed({ state, seriousSince: T }, T), state).toEqual(['serious', ...(none ? [] : ['oral 4', 'written 24'])])
    expect(owed({ state, seriousSince: T }, T + HOUR, [sent('oral', 1)])[1], state).toBe('oral 4 done 1')
    expect(owed({ state }, T), state).toEqual(['general', ...(none ? [] : ['monthly monthly'])])
  }
})
