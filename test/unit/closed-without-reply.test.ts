import { describe, expect, test } from 'vitest'
import { isClosedWithoutReply } from '../../core/domain/ticket/closed-without-reply.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { anEvent, at, ticketOf } from '../support/builders.ts'
import { factsAt, ofBase } from '../support/facts.ts'

type Step = readonly [type: EventType, local: string, payload?: Readonly<Record<string, unknown>>]
const REPLY = { method: 'call', call_record_no: 'R1', record_seconds: 95, agreed: true }

describe('S-5: closed without a reply to the customer', () => {
  const steps: readonly Step[] = [
    ['created', '2026-05-18 10:00'],
    ['dispatched', '2026-05-18 10:10', { to_unit: 'net' }],
    ['claimed', '2026-05-18 10:40'],
    ['replied', '2026-05-18 16:00', { text: 'done' }],
    ['review_passed', '2026-05-18 16:20'],
    ['completed', '2026-05-18 16:30', { result_code: 'solved' }],
  ]
  const finished = (ticket: Ticket) => ofBase(factsAt(ticket, { at: at('2026-05-20 00:00') }).facts, 'FIN')[0]!.measures

  test('net 6.5 h, out of the numerator of K-18, in K-46; a failure by acceptance too', () => {
    const ticket = ticketOf(...steps)
    const { facts } = factsAt(ticket, { at: at('2026-05-20 00:00') })
    expect(finished(ticket)).toMatchObject({ finished: 1, without_reply: 1, net_seconds: 6.5 * 3600, net_24h: 1, raw_48h: 1 })
    expect(finished(ticket)).not.toHaveProperty('in_time')
    expect(ofBase(facts, 'ACC')[0]!.measures).toMatchObject({ late: 1 })
    expect(ofBase(facts, 'ACC')[0]!.measures).not.toHaveProperty('in_time')
  })

  test('told at 18:10 it counts as non-compliant all the same', () => {
    const ticket = ticketOf(...steps, ['customer_replied', '2026-05-18 18:10', REPLY])
    expect(ticket.customerReplies).toHaveLength(1)
    expect(finished(ticket)).toMatchObject({ without_reply: 1 })
  })

  test.each<[string, Step[], boolean]>([
    ['unreachable after three attempts', ['11:00', '13:00', '15:00'].map((time) => ['contact_failed', `2026-05-18 ${time}`]), false],
    ['unreachable after two attempts', ['11:00', '13:00'].map((time) => ['contact_failed', `2026-05-18 ${time}`]), true],
    [
      'unreachable, the third attempt after the completion',
      ['11:00', '13:00', '17:00'].map((time) => ['contact_failed', `2026-05-18 ${time}`]),
      true,
    ],
  ])('%s', (_, attempts, isWithout) => {
    const unreachable: Step[] = [...steps.slice(0, -1), ['completed', '2026-05-18 16:30', { result_code: 'unreachable' }]]
    expect(isClosedWithoutReply(ticketOf(...unreachable, ...attempts))).toBe(isWithout)
    expect(isClosedWithoutReply(ticketOf(...steps, ...attempts))).toBe(true)
  })

  test('told at 16:25, known at 16:31: as if it had been known', () => {
    const late = anEvent('customer_replied', { occurredAt: '2026-05-18 16:25', receivedAt: '2026-05-18 16:31', payload: REPLY })
    const ticket = foldTicket([...steps.map(([type, occurredAt, payload]) => anEvent(type, { occurredAt, ...(payload ? { payload } : {}) })), late])
    expect(finished(ticket)).toMatchObject({ in_time: 1, net_seconds: 6.5 * 3600 })
    expect(finished(ticket)).not.toHaveProperty('without_reply')
  })

  test.each<[string, Record<string, unknown>, boolean]>([
    ['a record of 10 s', { ...REPLY, record_seconds: 10 }, false],
    ['a record of 9 s', { ...REPLY, record_seconds: 9 }, true],
    ['a record of unknown length', { method: 'call', call_record_no: 'R1' }, false],
    ['a message', { method: 'sms', message_id: 'M1' }, false],
    ['no record', { method: 'call' }, true],
  ])('told with %s', (_, payload, isWithout) => {
    expect(isClosedWithoutReply(ticketOf(...steps, ['customer_replied', '2026-05-18 16:30', payload]))).toBe(isWithout)
  })

  test('solved at acceptance it was told in the call; kept by the hot-line it was not; other kinds are not looked at', () => {
    expect(isClosedWithoutReply(ticketOf(['created', '2026-05-18 10:00'], ['completed', '2026-05-18 10:05']))).toBe(false)
    expect(isClosedWithoutReply(ticketOf(['created', '2026-05-18 10:00'], ['claimed', '2026-05-18 10:01'], ['completed', '2026-05-18 10:05']))).toBe(
      true,
    )
    expect(isClosedWithoutReply({ ...ticketOf(...steps), kind: 'appeal' })).toBe(true)
    expect(isClosedWithoutReply({ ...ticketOf(...steps), kind: 'query' })).toBe(false)
    expect(isClosedWithoutReply(ticketOf(...steps.slice(0, -1)))).toBe(false)
  })
})
