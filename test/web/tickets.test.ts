import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { AlertCard } from '../../core/contract/alerts.ts'
import type { FeedRow } from '../../core/contract/wall.ts'
import { carrierOf } from '../../core/domain/alert/ticket-level.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { tallyByColour } from '../../web/alert/severity.ts'
import { oneCardPerTicket } from '../../web/alert/tickets.ts'
import { applyRows, fromSnapshot } from '../../web/live/wall-state.ts'
import { card, snapshotOf } from './live-fixtures.ts'

const KEY = '32:eoms:T1'
const rule = (id: string, severity: Severity, given: Partial<AlertCard> = {}): AlertCard =>
  card({ id, severity, kind: 'abnormal', ruleId: `AT-0${id}`, ticketKey: KEY, ticketNo: 'T1', ...given })
const FIVE = [rule('1', 1), rule('2', 2), rule('3', 2), rule('4', 3, { isPaging: true }), rule('5', 3)]
const ids = (cards: readonly AlertCard[]) => cards.map(({ id }) => id)

describe('one card per ticket', () => {
  test('holds all five rules, has the level of the highest, and counts as one (S-14-7)', () => {
    const cards = oneCardPerTicket(FIVE)
    expect(cards.map(({ id, severity, rules }) => [id, severity, ids(rules)])).toEqual([['4', 3, ['4', '5', '2', '3', '1']]])
    expect(tallyByColour(cards).map(({ tickets, needsAck }) => [tickets, needsAck])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [0, 0],
    ])
  })

  test('leaves cases and other tickets alone', () => {
    const cards = oneCardPerTicket([...FIVE, card({ id: '8' }), card({ id: '9' }), rule('6', 4, { ticketKey: '32:eoms:T2' })])
    expect(ids(cards)).toEqual(['4', '8', '9', '6'])
  })

  test.each([
    ['what concerns people before what does not', [rule('1', 2), rule('2', 4, { state: 'mitigated' }), rule('3', 4, { state: 'suppressed' })], ['1', '2', '3']],
    ['of equals the answered one', [rule('1', 3), rule('2', 3, { needsAck: false })], ['2', '1']],
    ['of equals the older', [rule('1', 3, { severitySince: 9 }), rule('2', 3, { severitySince: 8 })], ['2', '1']],
    ['of what began together the first', [rule('10', 3), rule('9', 3)], ['9', '10']],
  ] as const)('puts first %s', (_, cards, order) => {
    expect(oneCardPerTicket(cards).map(({ rules }) => ids(rules))).toEqual([order])
  })

  const anyRule = fc.record({
    id: fc.integer({ min: 1, max: 12 }).map(String),
    severity: fc.constantFrom<Severity>(1, 2, 3, 4),
    state: fc.constantFrom('open', 'acknowledged', 'handling', 'mitigated', 'suppressed'),
    isPaging: fc.boolean(),
    isAnswered: fc.boolean(),
    severitySince: fc.integer({ min: 1, max: 3 }),
  })
  test.prop([fc.uniqueArray(anyRule, { selector: ({ id }) => id, minLength: 1 })])('stands by the alert that the engine says carries the ticket', (given) => {
    const alerts = given.map(({ isAnswered, ...one }) => ({ ...one, ackedSeverity: isAnswered ? one.severity : null, ackDueAt: null }))
    const running = new Set(alerts.filter(({ isPaging }) => isPaging).map(({ id }) => id))
    const carrier = carrierOf(alerts as Parameters<typeof carrierOf>[0], running)
    fc.pre(carrier !== null)
    const asks = (one: (typeof given)[number]) => ['open', 'acknowledged', 'handling'].includes(one.state) && !one.isAnswered
    const [first] = oneCardPerTicket(given.map((one) => rule(one.id, one.severity, { state: one.state, isPaging: one.isPaging, severitySince: one.severitySince, needsAck: asks(one) })))
    expect(first?.id).toBe(carrier?.id)
  })
})

describe('over the socket', () => {
  const row = (seq: number, payload: AlertCard): FeedRow => ({ seq, at: seq, topic: 'alert', payload })
  test('an alert that joins changes the card of its ticket and adds none; one that ends leaves it', () => {
    let state = fromSnapshot(snapshotOf({ alerts: [rule('1', 2, { isPaging: true }), card({ id: '9' })] }))
    const seen = () => oneCardPerTicket(state.alerts.values()).map(({ id, severity, rules }) => [id, severity, rules.length])
    state = applyRows(state, [row(1, rule('2', 3, { isPaging: true })), row(2, rule('1', 2))]).state
    expect(seen()).toEqual([
      ['2', 3, 2],
      ['9', 2, 1],
    ])
    state = applyRows(state, [row(3, rule('2', 3, { state: 'resolved' })), row(4, rule('1', 2, { isPaging: true }))]).state
    expect(seen()).toEqual([
      ['1', 2, 1],
      ['9', 2, 1],
    ])
    state = applyRows(state, [row(5, rule('1', 2, { state: 'retracted' }))]).state
    expect(seen()).toEqual([['9', 2, 1]])
  })
})
