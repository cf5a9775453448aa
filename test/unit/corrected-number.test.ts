import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldHistory, foldOn, foldTicket } from '../../core/domain/ticket/fold.ts'
import { anEvent, CREATED_PAYLOAD } from '../support/builders.ts'

const KEYS = { customer_key: 'c1', product_no_key: 'p1', product_no_key_next: 'p1n', contact_no_key: 'n1' }
const created = anEvent('created', { payload: { ...CREATED_PAYLOAD, ...KEYS } })
const corrected = (occurredAt: string, payload: Record<string, unknown>, more = {}) => anEvent('corrected', { occurredAt, payload, ...more })

describe('a corrected number (domain.md 3.4 row 2, 8.4)', () => {
  test.each([
    ['product_no', { new_key: 'p2', new_key_next: 'p2n' }, { product: ['p2', 'p2n'] }],
    ['productNo', { new_key: 'p2' }, { product: ['p2'] }],
    ['product_no_key', { new_key: 'p2' }, { product: ['p2'] }],
    ['contact_no', { new_key: ['n2', 'n3'] }, { contact: ['n2', 'n3'] }],
    ['customer_id', { new_key: 'c2' }, { customer: ['c2'] }],
    ['cust_id', { new_key: 'c2' }, { customer: ['c2'] }],
    ['customer_key', { new_key: 'c2' }, { customer: ['c2'] }],
    ['product_no', { new: '139****2222' }, { product: [] }],
    ['product_no', { new: null }, { product: [] }],
    ['caller_no', { new_key: 'p2' }, {}],
  ])('%s %j', (field, words, keys) => {
    const { customerKeys, isCorrectedLate, qualityFlags } = foldTicket([created, corrected('2026-06-01 10:00', { field, new: '****', ...words })])
    expect(customerKeys).toEqual({ customer: ['c1'], product: ['p1', 'p1n'], contact: ['n1'], ...keys })
    expect([isCorrectedLate, qualityFlags]).toEqual([false, []])
  })

  test('makes another customer of the ticket’s where it is known by that number', () => {
    const to = (field: string, key: string | null, at: string) => corrected(at, { field, new: '****', ...(key === null ? {} : { new_key: key }) })
    const customerAfter = (...more: ReturnType<typeof to>[]) => foldTicket([created, ...more]).customerKey
    const anonymous = to('customer_id', null, '2026-06-01 10:00')
    expect(customerAfter(to('product_no', 'p2', '2026-06-01 10:00'))).toBe('c1')
    expect(customerAfter(to('customer_id', 'c2', '2026-06-01 10:00'))).toBe('c2')
    expect(customerAfter(anonymous)).toBe('p1')
    expect(customerAfter(anonymous, to('product_no', 'p2', '2026-06-01 11:00'))).toBe('p2')
    expect(customerAfter(anonymous, to('product_no', null, '2026-06-01 11:00'))).toBe('n1')
    expect(customerAfter(anonymous, to('product_no', null, '2026-06-01 11:00'), to('contact_no', null, '2026-06-01 12:00'))).toBe('32:eoms:T1')
  })

  test('after the completion is no wrong classification (K-47)', () => {
    const done = [anEvent('claimed', { occurredAt: '2026-06-01 10:00' }), anEvent('completed', { occurredAt: '2026-06-01 11:00' })]
    expect(foldTicket([created, ...done, corrected('2026-06-01 12:00', { field: 'product_no', new: '****', new_key: 'p2' })]).isCorrectedLate).toBe(false)
    expect(foldTicket([created, ...done, corrected('2026-06-01 12:00', { field: 'product_l1', new: 'mobile' })]).isCorrectedLate).toBe(true)
  })

  test('in the place of the acceptance brings all keys of its field, or none', () => {
    const inPlace = (payload: Record<string, unknown>) => foldTicket([created, corrected('2026-06-02 10:00', payload, { correctsEventId: created.eventId })])
    expect(inPlace({ product_no_key: 'p2', product_no_mask: '139****2222' }).customerKeys).toEqual({ customer: ['c1'], product: ['p2'], contact: ['n1'] })
    expect(inPlace({ product_no_mask: '139****2222' }).customerKeys.product).toEqual([])
    expect(inPlace({ customer_id: null }).customerKeys.customer).toEqual([])
    expect(inPlace({ star: 5 }).customerKeys).toEqual({ customer: ['c1'], product: ['p1', 'p1n'], contact: ['n1'] })
  })

  test('law: the last correction of each field decides, whatever the order of arrival, and going on is folding the whole', () => {
    const field = fc.constantFrom('product_no', 'contact_no', 'customer_id')
    const steps = fc.array(fc.record({ field, key: fc.constantFrom('x', 'y', null) }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), (all, order) => {
        const events = all.map(({ field: name, key }, index) =>
          corrected(`2026-06-01 1${index}:00`, { field: name, new: '****', ...(key === null ? {} : { new_key: key }) }),
        )
        const expected = { customer: ['c1'], product: ['p1', 'p1n'], contact: ['n1'] }
        for (const { field: name, key } of all) expected[name.split('_')[0] as keyof typeof expected] = key === null ? [] : [key]
        const shuffled = [created, ...events].map((event) => [order.next().value, event] as const).sort(([a], [b]) => a - b).map(([, event]) => event)
        const whole = foldTicket(shuffled)
        expect(whole.customerKeys).toEqual(expected)
        expect(foldOn(foldHistory([created]), events)?.ticket).toEqual(whole)
      }),
    )
  })
})
