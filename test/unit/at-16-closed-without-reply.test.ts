import { describe, expect, test } from 'vitest'
import { CLOSED_WITHOUT_REPLY } from '../../core/domain/abnormal/at-16-closed-without-reply.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { judgedBy } from '../support/abnormal.ts'
import { anEvent, at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext } from '../support/clock-tickets.ts'

type Step = readonly [type: EventType, local: string, payload?: Readonly<Record<string, unknown>>]
const on = (time: string) => `2026-05-18 ${time}`
const REPLY = { method: 'call', call_record_no: 'R1', record_seconds: 95, agreed: true }
const HANDLED: readonly Step[] = [
  ['created', on('10:00')],
  ['dispatched', on('10:10'), { to_unit: 'net' }],
  ['claimed', on('10:40')],
  ['replied', on('16:00'), { text: 'done' }],
  ['review_passed', on('16:20')],
]
const COMPLETED: Step = ['completed', on('16:30'), { result_code: 'solved' }]
const steps = (...more: readonly Step[]) => ticketOf(...HANDLED, COMPLETED, ...more)
const told = (time: string, more = {}): Step => ['customer_replied', on(time), { ...REPLY, ...more }]
const judged = (ticket: Ticket, time: string) => judgedBy(CLOSED_WITHOUT_REPLY, ticket, at(on(time)))
const seen = (ticket: Ticket, time: string) => {
  const { level, why, nextChangeAt } = judged(ticket, time)
  return [level, why, nextChangeAt]
}

describe('AT-16 closed without a reply to the customer', () => {
  test.each([
    ['16:30', 0, 'never_true', at(on('16:32'))],
    ['16:31:59.999', 0, 'never_true', at(on('16:32'))],
    ['16:32', 3, 'true', null],
    ['23:00', 3, 'true', null],
  ] as const)('S-5: at %s', (time, level, why, next) => {
    expect(seen(steps(), time)).toEqual([level, why, next])
  })

  test('S-5: told at 18:10 with a record of 95 s it is mitigated, and a person closes it', () => {
    expect(seen(steps(told('18:10')), '18:10')).toEqual([0, 'mitigated', null])
    expect(seen(steps(told('18:10', { record_seconds: 9 })), '18:10')).toEqual([3, 'true', null])
    expect(seen(steps(told('18:10', { call_record_no: undefined })), '18:10')).toEqual([3, 'true', null])
  })

  test.each([
    ['three attempts', ['11:00', '13:00', '15:00'], 0],
    ['two attempts', ['11:00', '13:00'], 3],
    ['the third attempt after the completion', ['11:00', '13:00', '17:00'], 3],
  ] as const)('S-5: closed as unreachable with %s', (_, times, level) => {
    const attempts = times.map((time): Step => ['contact_failed', on(time)])
    expect(judged(ticketOf(...HANDLED, ['completed', on('16:30'), { result_code: 'unreachable' }], ...attempts), '20:00').level).toBe(level)
    expect(judged(steps(...attempts), '20:00').level).toBe(3)
  })

  test('S-5: told at 16:25 and known at 16:31 it is never raised; known at 16:40 it is taken back', () => {
    const late = anEvent('customer_replied', { occurredAt: on('16:25'), receivedAt: on('16:31'), payload: REPLY })
    const known = [...HANDLED, COMPLETED].map(([type, occurredAt, payload]) => anEvent(type, { occurredAt, ...(payload ? { payload } : {}) }))
    for (const time of ['16:31', '16:32', '16:40']) expect(seen(foldTicket([...known, late]), time)).toEqual([0, 'never_true', null])
    expect(seen(foldTicket(known), '16:39')).toEqual([3, 'true', null])
  })

  test('told within the delay there is nothing to raise', () => {
    expect(seen(steps(told('16:31')), '16:35')).toEqual([0, 'never_true', null])
    expect(seen(steps(told('16:32')), '16:35')).toEqual([0, 'never_true', null])
    expect(seen(steps(told('16:32:00.001')), '16:35')).toEqual([0, 'mitigated', null])
  })

  test.each([
    ['a record of 9 s', { record_seconds: 9 }, 3],
    ['a record of 10 s', { record_seconds: 10 }, 0],
    ['a record of unknown length', { record_seconds: undefined }, 0],
    ['a message', { call_record_no: undefined, message_id: 'M1', record_seconds: undefined }, 0],
    ['no record', { call_record_no: undefined }, 3],
  ] as const)('a reply at 16:25 with %s', (_, more, level) => {
    expect(judged(steps(told('16:25', more)), '17:00').level).toBe(level)
  })

  test('looks at complaints and appeals, and not at what was solved in the call', () => {
    const of = (kind: string) => ticketOf(['created', on('10:00'), { ...CREATED_PAYLOAD, kind }], ...HANDLED.slice(1), COMPLETED)
    expect(['complaint', 'appeal', 'enquiry', 'query'].map((kind) => judged(of(kind), '17:00').level)).toEqual([3, 3, 0, 0])
    expect(seen(ticketOf(['created', on('10:00')], ['completed', on('10:05'), { result_code: 'solved' }]), '17:00')).toEqual([0, 'never_true', null])
    expect(seen(ticketOf(...HANDLED), '17:00')).toEqual([0, 'never_true', null])
  })

  describe('once reopened', () => {
    const reopened: Step = ['reopened', on('17:00'), {}]
    const again: Step = ['completed', on('19:00'), { result_code: 'solved' }]

    test('leaves to a person what was raised, and takes back nothing', () => {
      expect(seen(steps(reopened), '18:00')).toEqual([0, 'mitigated', null])
      expect(seen(steps(['reopened', on('16:31'), {}]), '18:00')).toEqual([0, 'never_true', null])
      expect(seen(steps(reopened, told('18:30'), again), '20:00')).toEqual([0, 'mitigated', null])
    })

    test('and completed again without a reply is another cause, after its own delay', () => {
      expect(seen(steps(reopened, again), '19:01')).toEqual([0, 'mitigated', at(on('19:02'))])
      expect(judged(steps(), '17:00').facts['cause']).toBe('completed')
      expect(judged(steps(reopened, again), '19:02')).toMatchObject({ level: 3, why: 'true', facts: { cause: 'completed|reopenings:1' } })
    })

    test('what had been solved in the call is no case of it', () => {
      const solved: readonly Step[] = [
        ['created', on('10:00')],
        ['completed', on('10:05'), { result_code: 'solved' }],
        ['reopened', on('11:00'), {}],
      ]
      expect(seen(ticketOf(...solved), '12:00')).toEqual([0, 'never_true', null])
      expect(seen(ticketOf(...solved, ['completed', on('12:00'), { result_code: 'solved' }]), '12:02')).toEqual([3, 'true', null])
    })

    test('the last completion’s result excuses no earlier one', () => {
      const attempts = ['11:00', '13:00', '15:00'].map((time): Step => ['contact_failed', on(time)])
      expect(seen(steps(...attempts, reopened, ['completed', on('19:00'), { result_code: 'unreachable' }]), '20:00')).toEqual([0, 'mitigated', null])
    })
  })

  test('waits as long as the reorder delay of the settings', () => {
    const context = aContext({ reorderDelaySeconds: 30 })
    expect(judgedBy(CLOSED_WITHOUT_REPLY, steps(), at(on('16:30')) + 30 * SECOND - 1, {}, context)).toMatchObject({
      level: 0,
      nextChangeAt: at(on('16:30')) + MINUTE / 2,
    })
    expect(judgedBy(CLOSED_WITHOUT_REPLY, steps(), at(on('16:30')) + 30 * SECOND, {}, context).level).toBe(3)
  })

  test('says what there was', () => {
    expect(judged(steps(), '17:00').facts['words']).toBe('办结前未回复客户 / completed without a reply to the customer')
    expect(judged(steps(told('16:25', { record_seconds: 9 })), '17:00').facts['words']).toBe(
      '办结前回复客户 1 次，均无有效记录 / completed after 1 reply to the customer, none with a valid record',
    )
    expect(
      judged(ticketOf(...HANDLED, ['completed', on('16:30'), { result_code: 'unreachable' }], ['contact_failed', on('11:00')]), '17:00').facts[
        'words'
      ],
    ).toBe('办结前未回复客户，联系未果 1 次 / completed without a reply to the customer, 1 failed attempt')
  })
})
