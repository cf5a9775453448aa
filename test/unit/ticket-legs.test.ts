import { describe, expect, test } from 'vitest'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { anEvent, at } from '../support/builders.ts'

const START = at('2026-06-01 09:00')
type Step = readonly [EventType, Readonly<Record<string, unknown>>?]

/** A ticket created at 09:00 whose further events come a minute apart. */
const ticketOf = (...steps: readonly Step[]): Ticket =>
  foldTicket([anEvent('created'), ...steps.map(([type, payload = {}], index) => anEvent(type, { occurredAt: START + (index + 1) * MINUTE, payload }))])

const minute = (n: number) => START + n * MINUTE

describe('legs', () => {
  test('one is opened by a dispatch, claimed, and ends with the reply that is then reviewed', () => {
    const ticket = ticketOf(
      ['dispatched', { to_unit: 'NET', leg_id: 'L1', limit_minutes: 600 }],
      ['claimed', { leg_id: 'L1', handler_id: 'h1' }],
      ['replied', { leg_id: 'L1', unit_id: 'NET', text: '已修复' }],
      ['review_passed', { leg_id: 'L1' }],
    )
    expect(ticket.legs).toEqual([
      {
        legId: 'L1', unitId: 'NET', isAssist: false, receivedAt: minute(1), claimedAt: minute(2), firstClaimedAt: minute(2), handlerId: 'h1',
        finishedAt: minute(3), finish: 'replied', limitMinutes: 600, replyLength: 3, reviewedAt: minute(4), review: 'passed', returnReason: null,
      },
    ])
  })

  test('a transfer ends one and opens the next, and counts; so does a reassignment after the claim, and none before it', () => {
    const ticket = ticketOf(
      ['dispatched', { to_unit: 'A', leg_id: 'L1' }],
      ['reassigned', { from_unit: 'A', to_unit: 'B', before_claim: true }],
      ['claimed', { handler_id: 'h' }],
      ['reassigned', { from_unit: 'B', to_unit: 'C', before_claim: false }],
      ['transferred', { from_unit: 'C', to_unit: 'A', leg_id: 'x', new_leg_id: 'L4', reason_code: 'wrong_unit' }],
    )
    expect(ticket.transferCount).toBe(2)
    expect(ticket.legs.map(({ unitId, finish }) => [unitId, finish])).toEqual([['A', 'reassigned'], ['B', 'reassigned'], ['C', 'transferred'], ['A', null]])
    expect(ticket).toMatchObject({ unitId: 'A', handlerId: null, status: 'dispatched' })
  })

  test('a return and a recall end one without another; the return counts', () => {
    const ticket = ticketOf(
      ['dispatched', { to_unit: 'A', leg_id: 'L1' }],
      ['returned', { leg_id: 'L1', reason_code: 'wrong_unit' }],
      ['dispatched', { to_unit: 'B', leg_id: 'L2' }],
      ['recalled', { leg_id: 'L2' }],
    )
    expect(ticket.legs.map(({ finish, returnReason }) => [finish, returnReason])).toEqual([['returned', 'wrong_unit'], ['recalled', null]])
    expect(ticket).toMatchObject({ returnCount: 1, redispatchCount: 0, unitId: null })
  })

  test('a release gives the claim back; the first one still stops the clock of claiming', () => {
    const ticket = ticketOf(['dispatched', { to_unit: 'A', leg_id: 'L1' }], ['claimed', { handler_id: 'h' }], ['released', { leg_id: 'L1' }])
    expect(ticket.legs[0]).toMatchObject({ claimedAt: null, firstClaimedAt: minute(2), handlerId: null, finishedAt: null })
  })

  test('a refused reply opens another with the same unit; a re-dispatch with the one it names', () => {
    const steps: Step[] = [['dispatched', { to_unit: 'A', leg_id: 'L1' }], ['claimed', { handler_id: 'h' }], ['replied', { leg_id: 'L1', text: 'x' }]]
    expect(ticketOf(...steps, ['review_failed', { reason: 'thin' }]).legs.map(({ unitId, review }) => [unitId, review])).toEqual([['A', 'failed'], ['A', null]])
    const again = ticketOf(...steps, ['redispatched', { to_unit: 'B', leg_id: 'L1', because: 'review_failed' }])
    expect(again.legs.map(({ unitId, review }) => [unitId, review])).toEqual([['A', 'failed'], ['B', null]])
    expect(again.redispatchCount).toBe(1)
  })

  test('a helper leaves the main leg and the ticket’s unit alone', () => {
    const ticket = ticketOf(
      ['dispatched', { to_unit: 'A', leg_id: 'L1' }],
      ['claimed', { handler_id: 'h' }],
      ['assist_requested', { leg_id: 'H1', unit: 'B' }],
      ['replied', { leg_id: 'L1', text: 'x' }],
      ['assist_replied', { leg_id: 'H1', unit: 'B' }],
    )
    expect(ticket.legs.map(({ legId, isAssist, finish }) => [legId, isAssist, finish])).toEqual([['L1', false, 'replied'], ['H1', true, 'replied']])
    expect(ticket).toMatchObject({ unitId: 'A', status: 'replied' })
  })

  test.each(['completed', 'cancelled', 'voided', 'merged'] as const)('all end when the ticket is %s', (end) => {
    const ticket = ticketOf(['dispatched', { to_unit: 'A', leg_id: 'L1' }], ['assist_requested', { unit: 'B' }], [end, { result_code: 'solved' }])
    expect(ticket.legs.map(({ finish, finishedAt }) => [finish, finishedAt])).toEqual([['closed', minute(3)], ['closed', minute(3)]])
  })

  test('a reopening gives the ticket back to the unit and handler that had it', () => {
    const ticket = ticketOf(['dispatched', { to_unit: 'A', leg_id: 'L1' }], ['claimed', { handler_id: 'h' }], ['completed', { result_code: 'solved' }], ['reopened'])
    expect(ticket.legs.at(-1)).toMatchObject({ unitId: 'A', handlerId: 'h', claimedAt: minute(4), finishedAt: null })
    expect(ticket.completions).toEqual([{ at: minute(3), reopenedAt: minute(4) }])
  })

  test('the hot-line that keeps a case has a leg of its own', () => {
    const ticket = ticketOf(['claimed', { leg_id: 'L0', handler_id: 'agent' }])
    expect(ticket.legs).toMatchObject([{ legId: 'L0', handlerId: 'agent', receivedAt: minute(1), claimedAt: minute(1) }])
    expect(ticket.firstDispatchedAt).toBeNull()
  })
})

describe('the course', () => {
  test('keeps contacts, failures, replies to the customer and chases with how the ticket stood', () => {
    const ticket = ticketOf(
      ['contact_failed', { method: 'call', attempt_no: 1 }],
      ['expedited', { by: 'customer', channel: 'hotline' }],
      ['first_contacted', { contact_method: 'call', call_record_no: 'r1', result: 'reached' }],
      ['first_contacted', { contact_method: 'call', call_record_no: 'r2' }],
      ['customer_replied', { method: 'call', call_record_no: 'r3', record_seconds: 95, staff: 's', agreed: true }],
      ['interim_replied', { text: 'x' }],
    )
    expect(ticket).toMatchObject({
      contactFailures: [minute(1)],
      expedites: [{ at: minute(2), by: 'customer', channel: 'hotline', status: 'new' }],
      firstContactedAt: minute(3),
      customerReplies: [{ at: minute(5), method: 'call', recordNo: 'r3', recordSeconds: 95, isAgreed: true }],
      interimReplyCount: 1,
    })
  })

  test('pairs extensions with their answers', () => {
    const ticket = ticketOf(
      ['dispatched', { to_unit: 'A', leg_id: 'L1' }],
      ['extension_requested', { minutes: 600, reason: 'x' }],
      ['extension_approved', { minutes: 300 }],
      ['extension_requested', { minutes: 60 }],
      ['extension_rejected'],
    )
    expect(ticket.extensions).toEqual([
      { legId: 'L1', requestedAt: minute(2), answeredAt: minute(3), isApproved: true, minutes: 300 },
      { legId: 'L1', requestedAt: minute(4), answeredAt: minute(5), isApproved: false, minutes: 60 },
    ])
  })

  test('follows refunds by their number, else the one that is open', () => {
    const ticket = ticketOf(
      ['refund_requested', { refund_no: 'R1', amount_cents: 500, type: 'refund', calculated_cents: 450 }],
      ['refund_requested', { refund_no: 'R2', amount_cents: 900, type: 'compensation' }],
      ['refund_approved', { refund_no: 'R1', amount_cents: 450, type: 'refund' }],
      ['refund_rejected', { refund_no: 'R2' }],
      ['refund_paid', { amount_cents: 450, type: 'refund' }],
    )
    expect(ticket.refunds).toMatchObject([
      { refundNo: 'R1', amountCents: 450, calculatedCents: 450, approvedAt: minute(3), paidAt: minute(5), rejectedAt: null },
      { refundNo: 'R2', amountCents: 900, rejectedAt: minute(4), paidAt: null },
    ])
  })

  test('takes the last answer of a survey, and satisfied only with 9–10 and solved', () => {
    const done: Step[] = [['completed', { result_code: 'solved' }], ['survey_sent', { mode: 'sms' }]]
    const bad = ticketOf(...done, ['survey_answered', { score: 9, solved: 'unclear' }])
    expect(bad.surveys).toMatchObject([{ mode: 'sms', result: 'dissatisfied', score: 9, solved: 'unclear', endedAt: minute(3) }])
    const better = ticketOf(...done, ['survey_answered', { score: 4, solved: 'no' }], ['survey_answered', { score: 10, solved: 'yes' }])
    expect(better.surveys).toMatchObject([{ result: 'satisfied', score: 10, endedAt: minute(4) }])
    expect(ticketOf(...done, ['survey_expired']).surveys).toMatchObject([{ result: 'no_answer' }])
    expect(ticketOf(done[0] as Step, ['survey_skipped', { skip_reason: 'black_list' }]).surveys).toMatchObject([{ result: 'skipped', skipReason: 'black_list' }])
  })

  test('keeps the final qualification over a later preliminary one', () => {
    const ticket = ticketOf(
      ['qualified', { stage: 'final', cause_l1: 'network', cause_l2: 'fibre', liability: 'company', is_reasonable: true }],
      ['qualified', { stage: 'pre', cause_l1: 'unknown', liability: 'unclear' }],
    )
    expect(ticket.qualification).toMatchObject({ stage: 'final', causes: ['network', 'fibre'], liability: 'company', isReasonable: true })
  })

  test('follows an appeal: feedback is the first status that is not “in handling”, or a reply until it is refused', () => {
    const appeal = (...steps: readonly Step[]) =>
      foldTicket([
        anEvent('created', { payload: { kind: 'appeal', channel: 'miit_forward', source_category: 'province_appeal', region_code: '320501', phenomenon_l1: 'x', regulator_case_no: 'C1' } }),
        ...steps.map(([type, payload = {}], index) => anEvent(type, { occurredAt: minute(index + 1), payload })),
      ]).appeal
    expect(appeal(['appeal_status_changed', { regulator_case_no: 'C1', status: 4, due_at: '2026-06-05T00:00:00+08:00' }])).toMatchObject({ status: 4, feedbackAt: null, dueAt: at('2026-06-05 00:00') })
    expect(appeal(['appeal_status_changed', { regulator_case_no: 'C1', status: 5 }])).toMatchObject({ feedbackAt: minute(1), closedAt: minute(1) })
    const replied: Step[] = [['dispatched', { to_unit: 'A' }], ['claimed', {}], ['replied', { text: 'x' }]]
    expect(appeal(...replied)?.feedbackAt).toBe(minute(3))
    expect(appeal(...replied, ['review_failed'])?.feedbackAt).toBeNull()
  })

  test('a visit moved by the customer is another one, moved by the company the same one later', () => {
    const window = (hour: number) => ({ window_start: `2026-06-02T${hour}:00:00+08:00`, window_end: `2026-06-02T${hour + 1}:00:00+08:00` })
    const ticket = ticketOf(
      ['appointment_set', window(10)],
      ['appointment_changed', { ...window(14), initiator: 'company' }],
      ['appointment_changed', { ...window(16), initiator: 'customer' }],
      ['onsite_arrived'],
    )
    expect(ticket.appointments).toMatchObject([
      { companyMoves: 1, windowEnd: at('2026-06-02 15:00'), replacedBy: 'customer', arrivedAt: null },
      { companyMoves: 0, windowEnd: at('2026-06-02 17:00'), replacedBy: null, arrivedAt: minute(4) },
    ])
  })

  test('marks come with the acceptance or later, and −1 takes a scene away', () => {
    const ticket = ticketOf(['marked', { tendency: 2, strictest_scene: 3, sensitive: true, fraud: 1 }], ['marked', { strictest_scene: -1 }])
    expect(ticket.marks).toEqual({ escalationTendency: 2, strictestScene: -1, isSensitive: true, isFraud: true, isPortOut: false })
  })

  test('a classification corrected after the completion says that it was wrong before (K-47)', () => {
    const corrected: Step = ['corrected', { field: 'phenomenon_l2', old: 'a', new: 'b' }]
    expect(ticketOf(['completed', { result_code: 'solved' }], corrected).isCorrectedLate).toBe(true)
    expect(ticketOf(corrected, ['completed', { result_code: 'solved' }]).isCorrectedLate).toBe(false)
  })
})
