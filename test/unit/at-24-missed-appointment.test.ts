import { describe, expect, test } from 'vitest'
import { MISSED_APPOINTMENT } from '../../core/domain/abnormal/at-24-missed-appointment.ts'
import type { Appointment } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, anAppointment, h } from '../support/clock-tickets.ts'

const GRACE = 30 * MINUTE
const seen = (ticket: Ticket, when: number, values = {}, grace = 30) => judgedBy(MISSED_APPOINTMENT, ticket, when, values, aContext({ appointmentGrace: grace }))
const visits = (...appointments: Appointment[]) => aFolded({ kind: 'fault', appointments })
const until = (hours: number, facts: Partial<Appointment> = {}) => anAppointment({ setAt: h(1), windowStart: h(hours - 2), windowEnd: h(hours), ...facts })

describe('AT-24 missed appointment', () => {
  test.each([
    ['at the end of the window', h(4), 0, 'never_true', h(4) + GRACE + 1],
    ['at exactly 30 min after it', h(4) + GRACE, 0, 'never_true', h(4) + GRACE + 1],
    ['a millisecond more', h(4) + GRACE + 1, 2, 'true', null],
  ] as const)('%s', (_, when, level, why, nextChangeAt) => {
    expect(seen(visits(until(4)), when)).toMatchObject({ level, why, nextChangeAt })
  })

  test.each([
    ['arrived late', visits(until(4, { arrivedAt: h(5) })), 'cleared'],
    ['arrived at the end of the grace', visits(until(4, { arrivedAt: h(4) + GRACE })), 'never_true'],
    ['finished late without a word of arrival', visits(until(4, { finishedAt: h(5) })), 'cleared'],
    ['moved by the customer after the miss', visits(until(4, { replacedBy: 'customer' }), until(30, { setAt: h(5) })), 'cleared'],
    ['booked anew after the miss', visits(until(4), until(30, { setAt: h(5) })), 'cleared'],
    ['moved by the customer in time', visits(until(4, { replacedBy: 'customer' }), until(30, { setAt: h(3) })), 'never_true'],
    ['completed', aFolded({ kind: 'install', appointments: [until(4)], completedAt: h(5) }), 'cleared'],
    [
      'completed before the window, and reopened',
      aFolded({ kind: 'install', appointments: [until(4)], completions: [{ at: h(3), reopenedAt: h(5) }], closedGaps: [{ from: h(3), to: h(5) }], reopenCount: 1 }),
      'never_true',
    ],
    ['of a kind without visits', aFolded({ kind: 'complaint', appointments: [until(4, { companyMoves: 3 })] }), 'never_true'],
    ['without a window', visits(anAppointment()), 'never_true'],
  ])('%s', (_, ticket, why) => {
    expect(seen(ticket, h(6))).toMatchObject({ level: 0, why })
  })

  test('a second miss is worse, also after the first was answered, and another cause', () => {
    const ticket = visits(until(4, { replacedBy: 'customer' }), until(30, { setAt: h(5) }))
    expect(seen(ticket, h(6))).toMatchObject({ level: 0, why: 'cleared', nextChangeAt: h(30) + GRACE + 1 })
    expect(seen(ticket, h(30) + GRACE + 1)).toMatchObject({ level: 3, why: 'true', nextChangeAt: null })
    expect(seen(ticket, h(31)).facts['cause']).toBe('visit:2:late')
    expect(seen(visits(until(4)), h(31)).facts['cause']).toBe('visit:1:late')
  })

  test('the company may move a visit once; the second move is a miss, and not coming then the second', () => {
    expect(seen(visits(until(30, { companyMoves: 1 })), h(2)).level).toBe(0)
    const moved = visits(until(30, { companyMoves: 2 }))
    expect(seen(moved, h(2))).toMatchObject({ level: 2, why: 'true', nextChangeAt: h(30) + GRACE + 1 })
    expect(seen(moved, h(31))).toMatchObject({ level: 3, why: 'true' })
    expect(seen(visits(until(30, { companyMoves: 2, arrivedAt: h(30) })), h(31))).toMatchObject({ level: 0, why: 'cleared' })
  })

  test('goes by the numbers that are set, and the grace of the clock', () => {
    expect(seen(visits(until(30, { companyMoves: 2 })), h(2), { companyMoves: 3 }).level).toBe(0)
    expect(seen(visits(until(4)), h(5), { A2: 2, A3: 3 }).level).toBe(0)
    expect(seen(visits(until(4)), h(5), {}, 60)).toMatchObject({ level: 0, nextChangeAt: h(5) + 1 })
  })

  test('says the numbers', () => {
    expect(seen(visits(until(4)), h(6)).facts).toEqual({
      cause: 'visit:1:late',
      words: '第 1 次预约未按时上门 / nobody came in time for appointment 1',
      deadlineAt: h(4) + GRACE,
      limitMs: GRACE,
      overMs: h(6) - h(4) - GRACE,
    })
  })

  test('was never true when an arrival in time comes to light', () => {
    const course = (...arrived: [string][]) =>
      ticketOf(
        ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, kind: 'fault' }],
        ['appointment_set', '2026-06-01 09:30', { window_start: '2026-06-01T14:00:00+08:00', window_end: '2026-06-01T16:00:00+08:00' }],
        ...arrived.map(([when]) => ['onsite_arrived', when] as const),
      )
    const when = at('2026-06-01 17:00')
    expect(seen(course(), when)).toMatchObject({ level: 2, why: 'true' })
    expect(seen(course(['2026-06-01 15:50']), when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
