import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOfCustomer, isSameHistory, type KinFacts, kinFactsOf, NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { kinKeys } from '../../core/domain/ticket/crowd.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { anEvent, at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'

type Row = readonly [EventType, string, Readonly<Record<string, unknown>>?]

const ACCEPTED = at('2026-06-30 12:00')
const KEYS = { customer: ['c1'], product: ['p1'], contact: ['n1'] }
const kin = (more: Partial<KinFacts> = {}): KinFacts => ({
  keys: KEYS,
  city: '320500',
  kind: 'complaint',
  acceptedAt: ACCEPTED,
  completedAt: null,
  isCounted: true,
  phenomenonL1: 'network',
  phenomenonL2: 'down',
  isSkipLevel: false,
  isSensitive: false,
  isMass: false,
  refundedAt: [],
  answers: [],
  ...more,
})
const earlier = (ms: number, more: Partial<KinFacts> = {}) => kin({ acceptedAt: ACCEPTED - ms, ...more })
const historyOf = (others: readonly KinFacts[], own: Partial<KinFacts> = {}) => historyOfCustomer(kin(own), others, DEFAULT_CLOCK_LIMITS)

describe('repeat complaints (domain.md 3.7-2)', () => {
  test.each([
    ['a second before', earlier(1000), 1],
    ['at the same instant', earlier(0), 0],
    ['exactly 30 days before', earlier(30 * DAY), 1],
    ['a millisecond more than 30 days before', earlier(30 * DAY + 1), 0],
    ['by the contact number only', earlier(DAY, { keys: { customer: [], product: ['p2'], contact: ['n1'] } }), 1],
    ['by the customer only', earlier(DAY, { keys: { customer: ['c1'], product: ['p2'], contact: ['n2'] } }), 0],
    ['an enquiry', earlier(DAY, { kind: 'enquiry' }), 1],
    ['a query', earlier(DAY, { kind: 'query' }), 1],
    ['an appeal', earlier(DAY, { kind: 'appeal' }), 0],
    ['a fault', earlier(DAY, { kind: 'fault' }), 0],
    ['in another region', earlier(DAY, { city: '320100' }), 0],
    ['void, cancelled, merged or a test', earlier(DAY, { isCounted: false }), 0],
    ['hashed with the key that is going', earlier(DAY, { keys: { customer: [], product: ['old', 'p1'], contact: [] } }), 1],
    ['a product number that is the other’s contact number', earlier(DAY, { keys: { customer: [], product: ['n1'], contact: ['p1'] } }), 0],
  ])('an earlier ticket %s', (_, other, count) => {
    expect(historyOf([other]).repeatCount30d).toBe(count)
  })

  test.each([
    ['same customer and matter, more than an hour before', earlier(HOUR + 1), 1],
    ['within the hour: the same contact', earlier(HOUR), 0],
    ['another matter', earlier(DAY, { phenomenonL2: 'slow' }), 0],
    ['another customer on the same line', earlier(DAY, { keys: { ...KEYS, customer: ['c2'] } }), 0],
    ['in another region', earlier(DAY, { city: '320100' }), 1],
  ])('the narrower variant: %s', (_, other, count) => {
    expect(historyOf([other]).repeatSameMatter30d).toBe(count)
  })
})

test('attributes at acceptance: skip-level and answers of 30 days, refunds of 90', () => {
  const history = historyOf([
    earlier(DAY, { isSkipLevel: true, answers: [[ACCEPTED - HOUR, true], [ACCEPTED - 2 * HOUR, false], [ACCEPTED, false]] }),
    earlier(40 * DAY, { isSkipLevel: true, refundedAt: [ACCEPTED - 90 * DAY, ACCEPTED - 90 * DAY - 1, ACCEPTED] }),
    earlier(2 * DAY, { isSensitive: true, kind: 'fault' }),
  ])
  expect(history).toMatchObject({
    skipLevelCount30d: 1, satisfiedCount30d: 1, dissatisfiedCount30d: 1, refundCount90d: 1, sensitiveCount30d: 1, faultCount30d: 1, repeatCount30d: 1,
  })
})

describe('what followed', () => {
  const completedAt = ACCEPTED + DAY
  const later = (ms: number, more: Partial<KinFacts> = {}) => kin({ acceptedAt: completedAt + ms, ...more })

  test.each([
    ['the same matter within 30 days after the completion', [later(30 * DAY)], { repeatedAt: completedAt + 30 * DAY }],
    ['a millisecond too late', [later(30 * DAY + 1)], { repeatedAt: null }],
    ['while it was still open', [kin({ acceptedAt: completedAt - MINUTE })], { repeatedAt: null }],
    ['the first of several', [later(9 * DAY), later(3 * DAY)], { repeatedAt: completedAt + 3 * DAY }],
    ['at the instant of the completion', [later(0)], { repeatedAt: null }],
    ['an appeal within 60 days', [later(60 * DAY, { kind: 'appeal' })], { appealedAt: completedAt + 60 * DAY, repeatedAt: null }],
    ['an appeal later than that', [later(60 * DAY + 1, { kind: 'appeal' })], { appealedAt: null }],
  ])('%s', (_, others, expected) => {
    expect(historyOf(others, { completedAt })).toMatchObject(expected)
  })

  test('a fault on the line within 15 days of its installation', () => {
    const fault = [later(15 * DAY, { kind: 'fault' })]
    expect(historyOf(fault, { completedAt, kind: 'install' }).faultedAt).toBe(completedAt + 15 * DAY)
    expect(historyOf([later(15 * DAY + 1, { kind: 'fault' })], { completedAt, kind: 'install' }).faultedAt).toBeNull()
    expect(historyOf(fault, { completedAt }).faultedAt).toBeNull()
  })
})

test('strangers make nothing of a ticket, and the order of kin is of no matter', () => {
  const any = fc.record({
    customer: fc.subarray(['c1', 'c2']),
    product: fc.subarray(['p1', 'p2']),
    contact: fc.subarray(['n1', 'n2']),
    offset: fc.integer({ min: -70, max: 70 }),
    kind: fc.constantFrom('complaint', 'appeal', 'fault', 'query'),
    isCounted: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 8 }), (specs) => {
      const others = specs.map(({ customer, product, contact, offset, ...rest }) =>
        kin({ keys: { customer, product, contact }, acceptedAt: ACCEPTED + offset * DAY, ...rest } as Partial<KinFacts>),
      )
      const history = historyOf(others, { completedAt: ACCEPTED + HOUR })
      expect(historyOf([...others].reverse(), { completedAt: ACCEPTED + HOUR })).toEqual(history)
      const own = new Set(kinKeys(KEYS))
      const related = others.filter((other) => kinKeys(other.keys).some((key) => own.has(key)))
      expect(historyOf(related, { completedAt: ACCEPTED + HOUR })).toEqual(history)
      if (related.length === 0) expect(history).toEqual(NO_HISTORY)
    }),
  )
})

test('a ticket that names nobody has no kin', () => {
  expect(kinFactsOf(foldTicket([anEvent('created')]), '320500')).toBeNull()
  const payload = { ...CREATED_PAYLOAD, product_no_key: 'p', product_no_key_next: 'q', customer_key: 'c' }
  const facts = kinFactsOf(foldTicket([anEvent('created', { payload })]), '320500')
  expect(kinKeys(facts!.keys)).toEqual(['cc', 'pp', 'pq'])
})

test('earlier faults on the line: not those of mass incidents', () => {
  expect(historyOf([earlier(DAY, { kind: 'fault' }), earlier(DAY, { kind: 'fault', isMass: true })]).faultCount30d).toBe(1)
})

test('kin see a cancelled ticket as none, and of its refunds those that were approved', () => {
  const facts = (...rows: readonly Row[]) =>
    kinFactsOf(ticketOf(['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, customer_key: 'c' }], ...rows), '320500')
  expect(facts()?.isCounted).toBe(true)
  expect(facts(['cancelled', '2026-06-01 10:00'])?.isCounted).toBe(false)
  expect(facts(['voided', '2026-06-01 10:00'])?.isCounted).toBe(false)
  const asked: Row = ['refund_requested', '2026-06-01 10:00', { refund_no: 'F1' }]
  expect(facts(asked)?.refundedAt).toEqual([])
  expect(facts(asked, ['refund_approved', '2026-06-01 11:00', { refund_no: 'F1' }])?.refundedAt).toEqual([at('2026-06-01 11:00')])
})

test('two histories are the same where every field is', () => {
  expect(isSameHistory(NO_HISTORY, { ...NO_HISTORY })).toBe(true)
  for (const field of Object.keys(NO_HISTORY)) expect(isSameHistory(NO_HISTORY, { ...NO_HISTORY, [field]: 1 })).toBe(false)
})
