import { describe, expect, test } from 'vitest'
import type { Refund } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, SECOND } from '../../core/domain/time.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { expectLimit, read, subjects } from '../support/clock-limit.ts'
import { aFolded, aLeg, anAppointment, aSurvey, gaps, h, suspended } from '../support/clock-tickets.ts'

describe('C_SURVEY', () => {
  const done = aFolded({ completedAt: h(20), legs: [aLeg({ finishedAt: h(20), finish: 'closed' })] })
  test('is 48 h from the completion', () => {
    expectLimit('C_SURVEY', done, h(68), (when) => ({ surveys: [aSurvey({ endedAt: when, result: 'skipped' })] }))
  })

  test('then has a window of 4 h for the answer', () => {
    const sent = { ...done, surveys: [aSurvey({ sentAt: h(30) })] }
    expect(subjects('C_SURVEY', sent, h(31))).toEqual(['', '0'])
    expectLimit('C_SURVEY', sent, h(34), (when) => ({ surveys: [aSurvey({ sentAt: h(30), endedAt: when })] }))
  })

  test('ends when skipped or archived', () => {
    expect(read('C_SURVEY', { ...done, surveys: [aSurvey({ endedAt: h(21), result: 'skipped' })] }, h(90)).stoppedAt).toBe(h(21))
    expect(read('C_SURVEY', { ...done, archivedAt: h(22) }, h(90)).stoppedAt).toBe(h(22))
  })

  test.each([
    ['closed at acceptance', { legs: [] }],
    ['an appeal', { kind: 'appeal' }],
    ['a group ticket', { groupTicketNo: 'G1' }],
    ['of a group source', { sourceCategory: 'group_complaint' }],
    ['unreachable', { resultCode: 'unreachable' }],
    ['a duplicate', { resultCode: 'duplicate' }],
    ['of the supervision line', { channel: 'province_supervision' }],
    ['not completed', { completedAt: null }],
  ] as const)('does not run on a ticket that is %s (3.7-7)', (_, facts) => {
    expect(subjects('C_SURVEY', { ...done, ...facts }, h(30))).toEqual([])
  })

  test('after a reopening looks at the surveys of the standing completion only', () => {
    const again = { ...done, completedAt: h(60), surveys: [aSurvey({ sentAt: h(30), endedAt: h(31) })], closedGaps: gaps([20, 40]) }
    expect(subjects('C_SURVEY', again, h(61))).toEqual([''])
    expect(read('C_SURVEY', again, h(61)).deadlineAt).toBe(h(108))
  })
})

describe('C_REPAIR_SAT', () => {
  const repair = { repairNo: 'r1', cause: 'survey_dissatisfied', openedAt: h(30), closedAt: null, result: null, isSuccess: false }
  test('is 24 h from the opening', () => {
    const ticket = aFolded({ completedAt: h(20), repairs: [repair] })
    expectLimit('C_REPAIR_SAT', ticket, h(54), (when) => ({ repairs: [{ ...repair, closedAt: when }] }))
  })

  test('stands still while suspended and ends with a reopening', () => {
    const ticket = aFolded({ completedAt: null, repairs: [repair], closedGaps: gaps([20, 40]) })
    expect(read('C_REPAIR_SAT', ticket, h(90))).toMatchObject({ stoppedAt: h(40), netElapsed: 10 * HOUR })
    const paused = aFolded({ completedAt: h(20), repairs: [repair], suspensions: suspended([35, 45]) })
    expect(read('C_REPAIR_SAT', paused, h(50))).toMatchObject({ netElapsed: 10 * HOUR, deadlineAt: h(64) })
  })
})

describe('C_SUPERVISION', () => {
  const supervision = { level: 'group', at: h(5), dueAt: null, answeredAt: null }
  test('is 12 h, or the date that it names, for each', () => {
    expectLimit('C_SUPERVISION', aFolded({ supervisions: [supervision] }), h(17), (when) => ({
      supervisions: [{ ...supervision, answeredAt: when }],
    }))
    const dated = { ...supervision, dueAt: h(30) }
    expectLimit('C_SUPERVISION', aFolded({ kind: 'fault', supervisions: [dated] }), h(30), (when) => ({
      supervisions: [{ ...dated, answeredAt: when }],
    }))
    expect(subjects('C_SUPERVISION', aFolded({ supervisions: [supervision, dated] }), h(6))).toEqual(['0', '1'])
  })

  test('does not stand still', () => {
    const ticket = aFolded({ supervisions: [supervision], suspensions: suspended([6, null]) })
    expect(read('C_SUPERVISION', ticket, h(10))).toMatchObject({ running: true, netElapsed: 5 * HOUR })
  })
})

describe('C_FAULT', () => {
  const fault = (facts: Partial<Ticket> = {}) => aFolded({ kind: 'fault', ...facts })
  test.each([
    ['15:59', '2026-06-02 00:00', 'by_date'],
    ['15:59:59.999', '2026-06-02 00:00', 'by_date'],
    ['16:00', '2026-06-02 16:00', 'standard'],
    ['16:00:00.001', '2026-06-02 16:00:00.001', 'standard'],
    ['00:00', '2026-06-02 00:00', 'by_date'],
  ])('_REPAIR reported %s is due %s (S-14-1)', (reported, due, limitReason) => {
    const ticket = fault({ acceptedAt: at(`2026-06-01 ${reported}`) })
    expectLimit('C_FAULT_REPAIR', ticket, at(due), (when) => ({ faultClearedAt: when }))
    expect(read('C_FAULT_REPAIR', ticket, at(due)).limitReason).toBe(limitReason)
  })

  test('_REPAIR stands still while the customer is away', () => {
    expect(read('C_FAULT_REPAIR', fault({ suspensions: suspended([1, 3]) }), h(5))).toMatchObject({ deadlineAt: at('2026-06-02 02:00') })
  })

  test.each([
    ['urban', 'broadband', 48],
    ['rural', 'broadband', 72],
    ['rural', 'mobile', 48],
    ['', 'broadband', 48],
  ] as const)('_HARD %s %s is %i h', (urbanRural, productL1, hours) => {
    expectLimit('C_FAULT_HARD', fault({ urbanRural, productL1 }), h(hours), (when) => ({ faultClearedAt: when }))
  })

  test('_RESPONSE is 4 h to a contact or an appointment, _FIRST30 30 min to a contact', () => {
    expectLimit('C_FAULT_RESPONSE', fault(), h(4), (when) => ({ firstContactedAt: when }))
    expectLimit('C_FAULT_RESPONSE', fault(), h(4), (when) => ({ appointments: [anAppointment({ setAt: when })] }))
    expectLimit('C_FAULT_FIRST30', fault(), h(0.5), (when) => ({ firstContactedAt: when }))
    expect(read('C_FAULT_FIRST30', fault({ appointments: [anAppointment()] })).stoppedAt).toBeNull()
  })
})

describe('C_FAULT after a reopening', () => {
  const rows = [
    ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, kind: 'fault' }],
    ['claimed', '2026-06-01 09:05'],
    ['fault_cleared', '2026-06-01 12:00'],
    ['reopened', '2026-06-02 18:00'],
  ] as const
  const open = ticketOf(...rows)
  const closed = ticketOf(...rows, ['fault_cleared', '2026-06-02 22:00'])
  const later = at('2026-06-09 00:00')

  test('_REPAIR and _HARD go on where they stood, to the next clearing; the closed gap is not counted', () => {
    expect(read('C_FAULT_REPAIR', open, at('2026-06-02 19:00'))).toMatchObject({ running: true, netElapsed: 4 * HOUR, deadlineAt: at('2026-06-03 06:00'), isOverdue: false })
    expect(read('C_FAULT_HARD', open, at('2026-06-02 19:00'))).toMatchObject({ running: true, netElapsed: 4 * HOUR, deadlineAt: at('2026-06-04 15:00') })
    expect(read('C_FAULT_HARD', open, later)).toMatchObject({ running: true, isOverdue: true })
    for (const clock of ['C_FAULT_REPAIR', 'C_FAULT_HARD'] as const) {
      expect(read(clock, closed, later)).toMatchObject({ running: false, stoppedAt: at('2026-06-02 22:00'), netElapsed: 7 * HOUR, isOverdue: false })
    }
  })

  test('_RESPONSE and _FIRST30 stay answered: a repair that did not hold was an answer', () => {
    for (const clock of ['C_FAULT_RESPONSE', 'C_FAULT_FIRST30'] as const) {
      for (const ticket of [open, closed]) expect(read(clock, ticket, later), clock).toMatchObject({ running: false, stoppedAt: at('2026-06-01 12:00') })
    }
  })
})

describe('installation', () => {
  const install = (facts: Partial<Ticket> = {}) => aFolded({ kind: 'install', ...facts })
  test('C_PROVISION is 24 h, less the customer’s own postponement', () => {
    expectLimit('C_PROVISION', install(), h(24), (when) => ({ completedAt: when }))
    expectLimit('C_PROVISION', install(), h(24), (when) => ({ appointments: [anAppointment({ finishedAt: when })] }))
    expect(read('C_PROVISION', install({ suspensions: suspended([2, 12]) }), h(20)).deadlineAt).toBe(h(34))
  })

  test.each([
    ['fee', 24],
    ['resource', 4],
    ['data', 4],
    ['data_config', 4],
  ])('C_STAGE %s is %i h', (stage, hours) => {
    const entered = { stage, enteredAt: h(1), leftAt: null }
    expectLimit('C_STAGE', install({ stages: [entered] }), h(1 + hours), (when) => ({ stages: [{ ...entered, leftAt: when }] }))
  })

  test('C_STAGE leaves an outside line to its contract', () => {
    const stages = [
      { stage: 'outside_line', enteredAt: h(1), leftAt: null },
      { stage: 'fee', enteredAt: h(1), leftAt: null },
    ]
    expect(subjects('C_STAGE', install({ stages }))).toEqual(['1'])
  })

  test('C_PROVISION goes on after a reopening where it stood, to the next completion; the closed gap is not counted', () => {
    const rows = [
      ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, kind: 'install' }],
      ['appointment_set', '2026-06-01 09:30', { window_end: '2026-06-01T14:00:00+08:00' }],
      ['claimed', '2026-06-01 10:00'],
      ['onsite_arrived', '2026-06-01 13:00'],
      ['onsite_finished', '2026-06-01 15:00'],
      ['reopened', '2026-06-03 09:00'],
    ] as const
    const open = ticketOf(...rows)
    expect(read('C_PROVISION', open, at('2026-06-03 11:00'))).toMatchObject({ running: true, stoppedAt: null, netElapsed: 8 * HOUR, deadlineAt: at('2026-06-04 03:00'), isOverdue: false })
    expect(read('C_PROVISION', open, at('2026-06-04 03:00') + 1)).toMatchObject({ running: true, isOverdue: true })
    const later = at('2026-06-09 00:00')
    const done = { running: false, stoppedAt: at('2026-06-03 12:00'), netElapsed: 9 * HOUR, isOverdue: false }
    expect(read('C_PROVISION', ticketOf(...rows, ['onsite_finished', '2026-06-03 12:00']), later)).toMatchObject(done)
    const visited = ticketOf(...rows, ['appointment_set', '2026-06-03 10:00'], ['suspended', '2026-06-03 11:00'], ['onsite_finished', '2026-06-03 12:00'])
    expect(read('C_PROVISION', visited, later)).toMatchObject({ running: false, stoppedAt: at('2026-06-03 12:00'), netElapsed: 8 * HOUR })
    const again = ticketOf(...rows, ['onsite_finished', '2026-06-03 12:00'], ['reopened', '2026-06-03 20:00'])
    expect(read('C_PROVISION', again, at('2026-06-03 21:00'))).toMatchObject({ running: true, netElapsed: 10 * HOUR, deadlineAt: at('2026-06-04 11:00') })
  })

  test('C_STAGE of a stage that nobody left goes on after a reopening, without the closed gap', () => {
    const stages = [{ stage: 'data', enteredAt: h(1), leftAt: null }]
    const open = install({ stages, completions: [{ at: h(2), reopenedAt: h(20) }], closedGaps: gaps([2, 20]), reopenCount: 1 })
    expect(read('C_STAGE', open, h(22))).toMatchObject({ running: true, netElapsed: 3 * HOUR, deadlineAt: h(23), isOverdue: false })
  })

  test('C_APPOINT of a visit that a completion made needless stays ended after the reopening; one agreed after it runs', () => {
    const reopened = { completions: [{ at: h(5), reopenedAt: h(20) }], closedGaps: gaps([5, 20]), reopenCount: 1 }
    const before = anAppointment({ setAt: h(1), windowEnd: h(10) })
    for (const kind of ['install', 'fault'] as const) {
      expect(read('C_APPOINT', aFolded({ kind, appointments: [before], ...reopened }), h(30))).toMatchObject({ running: false, stoppedAt: h(5), isOverdue: false })
    }
    const anew = install({ appointments: [before, anAppointment({ setAt: h(21), windowEnd: h(24) })], ...reopened })
    expect(read('C_APPOINT', anew, h(30))).toMatchObject({ subject: '1', running: true, deadlineAt: h(24.5), isOverdue: true })
  })

  test('C_APPOINT has 30 min of grace after the window, and ends where a new one takes its place', () => {
    const appointment = anAppointment({ windowEnd: h(10) })
    const due = h(10.5)
    for (const kind of ['install', 'fault'] as const) {
      expectLimit('C_APPOINT', aFolded({ kind, appointments: [appointment] }), due, (when) => ({
        appointments: [{ ...appointment, arrivedAt: when }],
      }))
    }
    const early = install({ appointments: [{ ...appointment, arrivedAt: h(9) }] })
    expect(read('C_APPOINT', early, h(30))).toMatchObject({ isOverdue: false, netElapsed: 0, stoppedAt: h(9) })
    const moved = install({ appointments: [{ ...appointment, replacedBy: 'customer' }, anAppointment({ setAt: h(8), windowEnd: h(40) })] })
    expect(subjects('C_APPOINT', moved)).toEqual(['0', '1'])
    expect(read('C_APPOINT', moved, h(20))).toMatchObject({ subject: '1', deadlineAt: h(40.5) })
    expect(subjects('C_APPOINT', install({ appointments: [anAppointment()] }))).toEqual([])
  })
})

describe('money', () => {
  const refund: Refund = {
    ...{ refundNo: 'r', type: 'refund', amountCents: 100, calculatedCents: null, requestedAt: h(1) },
    ...{ approvedAt: h(2), rejectedAt: null, paidAt: null, auditResult: null },
  }
  test('C_REFUND is 24 h from the approval, also after the completion', () => {
    for (const kind of ['complaint', 'query'] as const) {
      const ticket = aFolded({ kind, completedAt: h(3), refunds: [{ ...refund, approvedAt: null }, refund] })
      expectLimit('C_REFUND', ticket, h(26), (when) => ({ refunds: [{ ...refund, paidAt: when }] }))
      expect(subjects('C_REFUND', ticket)).toEqual(['1'])
    }
  })

  test('C_RECONNECT is 30 min from the payment', () => {
    const ticket = aFolded({ kind: 'install', stages: [{ stage: 'reconnect', enteredAt: h(2), leftAt: null }] })
    expectLimit('C_RECONNECT', ticket, h(2.5), (when) => ({ serviceRestoredAt: when }))
    const order = aFolded({ kind: 'query', phenomenonL2: 'reconnection' })
    expectLimit('C_RECONNECT', order, h(0.5), (when) => ({ serviceRestoredAt: when }))
    expect(subjects('C_RECONNECT', aFolded())).toEqual([])
  })
})

describe('just above, in seconds', () => {
  test('48:00:01 of a fault in town is late', () => {
    expect(read('C_FAULT_HARD', aFolded({ kind: 'fault', faultClearedAt: h(48) + SECOND }), h(99)).isOverdue).toBe(true)
  })
})
