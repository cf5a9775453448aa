import { describe, expect, test } from 'vitest'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { anEvent, at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'

const START = at('2026-06-01 09:00')
const flagsOf = (events: readonly TicketEvent[]) => foldTicket(events).qualityFlags.map(({ flag }) => flag)

describe('created', () => {
  test('takes every fact of the payload', () => {
    const payload = {
      ...CREATED_PAYLOAD,
      kind: 'appeal',
      source_category: 'group_appeal',
      urgency: 'urgent',
      star: '6',
      is_vip: 1,
      is_key_person: '是',
      test_flag: 'false',
      limit_minutes: 600,
      parent_ticket_id: 'P1',
      product_no_key: 'n1',
      customer_key: 'c1',
    }
    expect(foldTicket([anEvent('created', { payload })])).toMatchObject({
      ticketKey: '32:eoms:T1',
      ticketNo: 'T1',
      kind: 'appeal',
      sourceCategory: 'group_appeal',
      urgency: 'urgent',
      star: 6,
      isVip: true,
      isKeyPerson: true,
      isTest: false,
      limitMinutesGiven: 600,
      parentTicketKey: '32:eoms:P1',
      customerKey: 'c1',
      acceptedAt: START,
      regionCode: '320501',
      phenomenonL1: 'network',
      phenomenonL2: 'broadband_down',
      productL1: 'broadband',
      contentText: '宽带上不了网',
      qualityFlags: [],
    })
  })

  test.each([
    ['the customer', { customer_key: 'c', product_no_key: 'p', contact_no_key: 'k' }, 'c'],
    ['the product number', { product_no_key: 'p', contact_no_key: 'k', caller_no_key: 'x' }, 'p'],
    ['the contact number', { contact_no_key: 'k' }, 'k'],
    ['the ticket itself', {}, '32:eoms:T1'],
  ])('counts as a customer by %s', (_, keys, customerKey) => {
    expect(foldTicket([anEvent('created', { payload: { ...CREATED_PAYLOAD, ...keys } })]).customerKey).toBe(customerKey)
  })

  test.each([
    ['the finest node', { region_code: '', grid_code: 'G1', district_code: '320501' }, 'G1'],
    ['the city', { region_code: null, city_code: 320500 }, '320500'],
    ['the province, when nothing finer is known', { region_code: -1 }, '32'],
  ])('lies in %s', (_, region, code) => {
    expect(foldTicket([anEvent('created', { payload: { ...CREATED_PAYLOAD, ...region } })]).regionCode).toBe(code)
  })

  test('ignores values of a wrong type, flags each and never throws', () => {
    const payload = {
      kind: 'nonsense',
      channel: {},
      source_category: 5,
      region_code: [1],
      phenomenon_l1: 'x',
      star: 'many',
      is_vip: 'perhaps',
      limit_minutes: 1.5,
      content_text: true,
    }
    const ticket = foldTicket([anEvent('created', { payload })])
    expect(ticket).toMatchObject({
      kind: 'complaint',
      channel: '',
      star: -1,
      isVip: false,
      limitMinutesGiven: null,
      contentText: '',
      regionCode: '32',
    })
    expect(ticket.qualityFlags.map(({ flag }) => flag).sort()).toEqual(
      ['channel', 'content_text', 'is_vip', 'kind', 'limit_minutes', 'region_code', 'source_category', 'star'].map((key) => `wrong_type:${key}`),
    )
  })

  test('flags what is mandatory and missing', () => {
    expect(flagsOf([anEvent('created', { payload: { region_code: '320501' } })])).toEqual(
      ['kind', 'channel', 'source_category', 'phenomenon_l1'].map((key) => `missing_field:${key}`),
    )
  })

  test.each([0, -5])('a limit of %s minutes is none', (limit) => {
    expect(foldTicket([anEvent('created', { payload: { ...CREATED_PAYLOAD, limit_minutes: limit } })]).limitMinutesGiven).toBeNull()
  })

  test('a ticket without it is not accepted, whatever else is known', () => {
    expect(ticketOf(['dispatched', '2026-06-01 09:20'], ['claimed', '2026-06-01 09:40'])).toMatchObject({
      acceptedAt: null,
      status: 'processing',
      qualityFlags: [{ flag: 'missing_created' }],
    })
  })

  test('a second one under another id is refused', () => {
    const ticket = ticketOf(['created', '2026-06-01 09:00'], ['created', '2026-06-01 10:00', { ...CREATED_PAYLOAD, star: 7 }])
    expect(ticket).toMatchObject({ acceptedAt: START, star: -1, qualityFlags: [{ flag: 'illegal_transition' }] })
  })

  test('dated after another event it still brings its facts, leaves the state and is flagged', () => {
    const ticket = ticketOf(['dispatched', '2026-06-01 08:59:59'], ['created', '2026-06-01 09:00'])
    expect(ticket).toMatchObject({ acceptedAt: START, status: 'dispatched', regionCode: '320501', qualityFlags: [{ flag: 'created_not_first' }] })
  })
})

describe('corrected', () => {
  const correctedBy = (field: unknown, value: unknown, extra: Partial<TicketEvent> = {}) =>
    foldTicket([anEvent('created'), anEvent('corrected', { occurredAt: START + HOUR, payload: { field, old: null, new: value }, ...extra })])

  test.each([
    ['region', '320502', { regionCode: '320502' }],
    ['district_code', '320502', { regionCode: '320502' }],
    ['region', -1, { regionCode: '32' }],
    ['product', 'mobile', { productL1: 'mobile' }],
    ['kind', 'enquiry', { kind: 'enquiry' }],
    ['star', 7, { star: 7 }],
    ['is_vip', true, { isVip: true }],
    ['is_key_person', '1', { isKeyPerson: true }],
    ['source_category', 'group_complaint', { sourceCategory: 'group_complaint' }],
    ['test_flag', 1, { isTest: true }],
    ['limit_minutes', 60, { limitMinutesGiven: 60 }],
    ['channel', '12345', { channel: '12345' }],
    ['phenomenon_l2', 'broadband_slow', { phenomenonL1: 'network', phenomenonL2: 'broadband_slow' }],
    ['phenomenon', 'billing', { phenomenonL1: 'billing', phenomenonL2: '' }],
    ['phenomenon_l1', 'network', { phenomenonL1: 'network', phenomenonL2: 'broadband_down' }],
    ['age_band', '30-40', {}],
  ])('%s to %s', (field, value, facts) => {
    expect(correctedBy(field, value)).toMatchObject({ ...facts, qualityFlags: [], status: 'new' })
  })

  test.each([
    ['star', 'many', 'wrong_type:star'],
    ['kind', 'nonsense', 'wrong_type:kind'],
    ['region', {}, 'wrong_type:region'],
    ['limit_minutes', -1, 'wrong_type:limit_minutes'],
    [undefined, 1, 'missing_field:field'],
    [12, 1, 'wrong_type:field'],
  ])('%s to %s changes nothing and is flagged %s', (field, value, flag) => {
    const { qualityFlags, eventCount: _, lastEventAt: __, ...facts } = correctedBy(field, value)
    expect(qualityFlags).toMatchObject([{ flag }])
    expect(foldTicket([anEvent('created')])).toMatchObject(facts)
  })

  test.each([
    ['l1-first', 'a', 'b'],
    ['l2-first', 'b', 'a'],
  ])('both levels of a phenomenon at one instant stand together (%s)', (_, first, second) => {
    const ticket = foldTicket([
      anEvent('created'),
      anEvent('corrected', { eventId: first, occurredAt: START + 1, payload: { field: 'phenomenon_l1', new: 'billing' } }),
      anEvent('corrected', { eventId: second, occurredAt: START + 1, payload: { field: 'phenomenon_l2', new: 'charging' } }),
    ])
    expect(ticket).toMatchObject({ phenomenonL1: 'billing', phenomenonL2: 'charging' })
  })
})
