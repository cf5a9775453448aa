import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SUSPECTED_DUPLICATE } from '../../core/domain/abnormal/at-28-suspected-duplicate.ts'
import { type KinFacts, kinFactsOf, NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { type NamedKin, type Twin, TWIN_REACH, twinsOf } from '../../core/domain/ticket/twins.ts'
import { HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h, START } from '../support/clock-tickets.ts'

type Row = readonly [EventType, string, Readonly<Record<string, unknown>>?]

const aTwin = (before: number, facts: Partial<Twin> = {}): Twin => ({ ticketKey: '32:eoms:T0', acceptedAt: START - before, mergedAt: null, ...facts })
const seen = (twins: readonly Twin[], ticket: Ticket = aFolded(), when: Instant = h(5), values = {}) =>
  judgedBy(SUSPECTED_DUPLICATE, ticket, when, values, aContext({}, { customer: { ...NO_HISTORY, twins } }))

describe('AT-28 suspected duplicate', () => {
  test.each([
    ['a millisecond within 2 h', 2 * HOUR - 1, 1],
    ['at 2 h', 2 * HOUR, 1],
    ['a millisecond more', 2 * HOUR + 1, 0],
    ['at the same instant', 0, 1],
  ] as const)('accepted after another, %s', (_, before, level) => {
    expect(seen([aTwin(before)])).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: null })
  })

  test('none without another, and none before its acceptance', () => {
    expect(seen([])).toMatchObject({ level: 0, why: 'never_true' })
    expect(seen([aTwin(HOUR)], aFolded(), START - 1)).toMatchObject({ level: 0, nextChangeAt: START })
  })

  test.each([
    ['it was merged', aFolded({ mergedAt: h(2) }), [aTwin(HOUR)], 'cleared'],
    ['the other was merged', aFolded(), [aTwin(HOUR, { mergedAt: h(2) })], 'cleared'],
    ['one of two others was merged', aFolded(), [aTwin(HOUR), aTwin(90 * MINUTE, { mergedAt: h(2) })], 'true'],
    ['it was marked as different', aFolded({ markedDifferentAt: h(1) }), [aTwin(HOUR)], 'cleared'],
    ['it was marked at its acceptance', aFolded({ markedDifferentAt: START }), [aTwin(HOUR)], 'cleared'],
    ['it was completed', aFolded({ completedAt: h(3) }), [aTwin(HOUR)], 'cleared'],
    ['it was solved at its acceptance', aFolded({ completedAt: START }), [aTwin(HOUR)], 'never_true'],
  ] as const)('when %s', (_, ticket, twins, why) => {
    expect(seen(twins, ticket).why).toBe(why)
  })

  test('the nearest that stands names the cause: another one is another cause', () => {
    const other = aTwin(30 * MINUTE, { ticketKey: '32:eoms:T9' })
    expect(seen([aTwin(HOUR)]).facts).toEqual({
      cause: 'duplicate:32:eoms:T0',
      words: '受理前 1 小时同号码、同现象已有未结工单 T0，共 1 件 / 1 open ticket of the same number and matter, T0 accepted 1 h before',
    })
    expect(seen([other, aTwin(HOUR)]).facts['cause']).toBe('duplicate:32:eoms:T9')
    expect(seen([{ ...other, mergedAt: h(1) }, aTwin(HOUR)]).facts['cause']).toBe('duplicate:32:eoms:T0')
    expect(seen([aTwin(HOUR)], aFolded({ reopenCount: 1 })).facts['cause']).toBe('duplicate:32:eoms:T0|reopenings:1')
  })

  test('goes by the window that is set, as far as is known of others', () => {
    expect(seen([aTwin(3 * HOUR)], aFolded(), h(5), { windowMinutes: 180 }).level).toBe(1)
    expect(seen([aTwin(3 * HOUR + 1)], aFolded(), h(5), { windowMinutes: 180 }).level).toBe(0)
    expect((SUSPECTED_DUPLICATE.parameters[0]?.most ?? 0) * MINUTE).toBe(TWIN_REACH)
  })

  test('marked as different, and as a duplicate again', () => {
    const rows = [
      ['created', '2026-06-01 09:00', CREATED_PAYLOAD],
      ['marked', '2026-06-01 10:00', { duplicate: false }],
      ['marked', '2026-06-01 11:00', { duplicate: false }],
    ] as const
    expect(ticketOf(...rows).markedDifferentAt).toBe(at('2026-06-01 10:00'))
    expect(ticketOf(...rows, ['marked', '2026-06-01 12:00', { duplicate: true }]).markedDifferentAt).toBeNull()
    expect(ticketOf(rows[0], ['marked', '2026-06-01 10:00', { sensitive: true }]).markedDifferentAt).toBeNull()
  })
})

const KEYS = { customer: ['c1'], product: ['p1'], contact: [] }
const kin = (ticketKey: string, minutes: number, more: Partial<KinFacts> = {}): NamedKin => ({
  ticketKey, keys: KEYS, city: '320500', kind: 'complaint', acceptedAt: START + minutes * MINUTE, completedAt: null, isCounted: true, phenomenonL1: 'network', phenomenonL2: '',
  isSkipLevel: false, isSensitive: false, isMass: false, refundedAt: [], answers: [], ...more,
})
const own = kin('32:eoms:M', 0)
const twins = (...others: readonly NamedKin[]) => twinsOf(own, others).map(({ ticketKey }) => ticketKey)

describe('the tickets that a ticket looks like', () => {
  test.each([
    ['accepted before it', kin('A', -60), true],
    ['accepted after it', kin('A', 60), false],
    ['at the same instant, by a smaller key', kin('32:eoms:L', 0), true],
    ['at the same instant, by a greater key', kin('32:eoms:N', 0), false],
    ['24 h before', kin('A', -1440), true],
    ['more than 24 h before', kin('A', -1441), false],
    ['of another number', kin('A', -60, { keys: { ...KEYS, product: ['p2'] } }), false],
    ['of a number hashed with both keys', kin('A', -60, { keys: { ...KEYS, product: ['p9', 'p1'] } }), true],
    ['of another phenomenon', kin('A', -60, { phenomenonL1: 'billing' }), false],
    ['of another kind', kin('A', -60, { kind: 'fault' }), false],
    ['of another city', kin('A', -60, { city: '320100' }), false],
    ['completed before it', kin('A', -60, { completedAt: START - MINUTE }), false],
    ['completed at its acceptance', kin('A', -60, { completedAt: START }), false],
    ['completed after it', kin('A', -60, { completedAt: START + 1 }), true],
    ['cancelled before it', kin('A', -60, { isCounted: false, left: { at: START - 1, how: 'cancelled' } }), false],
    ['cancelled after it', kin('A', -60, { isCounted: false, left: { at: START + 1, how: 'cancelled' } }), true],
    ['void, or a test', kin('A', -60, { isCounted: false }), false],
  ] as const)('%s', (_, other, is) => {
    expect(twins(other)).toEqual(is ? [other.ticketKey] : [])
  })

  test('a ticket without a phenomenon looks like none', () => {
    expect(twinsOf({ ...own, phenomenonL1: '' }, [kin('A', -60, { phenomenonL1: '' })])).toEqual([])
  })

  test('are at most five, the nearest first, with when they were merged', () => {
    const many = Array.from({ length: 9 }, (_, index) => kin(`T${index}`, -10 * (index + 1)))
    expect(twins(...many.toReversed())).toEqual(['T0', 'T1', 'T2', 'T3', 'T4'])
    const merged = kin('A', -60, { isCounted: false, left: { at: h(1), how: 'merged' } })
    expect(twinsOf(own, [merged])).toEqual([{ ticketKey: 'A', acceptedAt: START - HOUR, mergedAt: h(1) }])
  })

  test('law: of any two tickets of one matter that were open together, exactly one looks like the other, in any order of the rest', () => {
    const any = fc.record({ minutes: fc.integer({ min: -90, max: 90 }), open: fc.integer({ min: 0, max: 200 }) })
    fc.assert(
      fc.property(fc.array(any, { minLength: 2, maxLength: 5 }), (specs) => {
        const all = specs.map(({ minutes, open }, index) => kin(`T${index}`, minutes, { completedAt: START + (minutes + open) * MINUTE }))
        for (const a of all) {
          const found = twinsOf(a, all.filter((one) => one !== a))
          expect(twinsOf(a, all.filter((one) => one !== a).toReversed())).toEqual(found)
          for (const b of all) {
            if (a === b) continue
            const [later, earlier] = [a, b].sort((x, y) => y.acceptedAt - x.acceptedAt || (x.ticketKey < y.ticketKey ? 1 : -1)) as [NamedKin, NamedKin]
            const wasOpen = (earlier.completedAt as Instant) > later.acceptedAt
            const says = (x: NamedKin, y: NamedKin) => twinsOf(x, all.filter((one) => one !== x)).some(({ ticketKey }) => ticketKey === y.ticketKey)
            expect([says(later, earlier), says(earlier, later)]).toEqual([wasOpen, false])
          }
        }
      }),
    )
  })

  test('what of a ticket concerns them: when it left, and how', () => {
    const facts = (...rows: readonly Row[]) => kinFactsOf(ticketOf(['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, customer_key: 'c' }], ...rows), '320500')
    expect(facts()).not.toHaveProperty('left')
    expect(facts(['cancelled', '2026-06-01 10:00'])?.left).toEqual({ at: at('2026-06-01 10:00'), how: 'cancelled' })
    expect(facts(['merged', '2026-06-01 10:00', { parent_ticket_id: 'T0' }])?.left).toEqual({ at: at('2026-06-01 10:00'), how: 'merged' })
    expect(facts(['voided', '2026-06-01 10:00'])).not.toHaveProperty('left')
  })
})
