import { describe, expect, test } from 'vitest'
import type { Base } from '../../core/domain/count/fact.ts'
import type { Appointment, Leg, Refund, Repair, Survey } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { aTicket, at, ticketOf } from '../support/builders.ts'
import { aReading, factsAt, type FactsSpec, ofBase } from '../support/facts.ts'

const START = at('2026-06-01 09:00')
const LATER = START + 30 * DAY

type Counted = { readonly at: number; readonly unit?: string } & { readonly [measure: string]: unknown }

const counted = (base: Base, facts: Partial<Ticket>, spec: Partial<FactsSpec> = {}): readonly Counted[] =>
  ofBase(factsAt(aTicket({ acceptedAt: START, ...facts }), { at: LATER, ...spec }).facts, base).map((fact) => ({
    at: fact.at,
    ...(fact.by.unit === undefined ? {} : { unit: fact.by.unit }),
    ...(fact.measures as Record<string, number>),
  }))

const aLeg = (facts: Partial<Leg> = {}): Leg => ({
  ...ticketOf(['created', '2026-06-01 09:00'], ['dispatched', '2026-06-01 09:00', { to_unit: 'net', leg_id: 'L1' }]).legs[0]!,
  ...facts,
})
const dept = (stoppedAt: number, limit: number) => ({ readings: [aReading('C_DEPT', LATER, { startAt: START, limit, stoppedAt, subject: 'L1' })] })

describe('LEG: stays finished by their unit (K-28, K-39)', () => {
  const end = START + 2 * HOUR
  test.each<[string, Partial<Leg>, Record<string, number>[]]>([
    ['replied', { finish: 'replied' }, [{ legs: 1, legs_in_time: 1 }]],
    ['returned', { finish: 'returned' }, [{ legs: 1, legs_in_time: 1, returned: 1 }]],
    ['transferred, also unclaimed', { finish: 'transferred' }, [{ legs: 1, legs_in_time: 1 }]],
    ['reassigned after its claim', { finish: 'reassigned', firstClaimedAt: START + HOUR }, [{ legs: 1, legs_in_time: 1 }]],
    ['reassigned before its claim', { finish: 'reassigned' }, []],
    ['recalled', { finish: 'recalled' }, []],
    ['closed with the ticket', { finish: 'closed' }, []],
    ['a helper’s', { finish: 'replied', isAssist: true }, []],
    ['not finished', { finish: null, finishedAt: null }, []],
  ])('%s', (_, facts, measures) => {
    const legs = [aLeg({ finishedAt: end, ...facts })]
    expect(counted('LEG', { legs }, dept(end, 2 * HOUR))).toEqual(measures.map((one) => ({ at: end, unit: 'net', ...one })))
  })

  test('late by its own clock, and not in time where it has none', () => {
    const legs = [aLeg({ finishedAt: end, finish: 'replied' })]
    expect(counted('LEG', { legs }, dept(end, 2 * HOUR - 1))).toEqual([{ at: end, unit: 'net', legs: 1 }])
    expect(counted('LEG', { legs })).toEqual([{ at: end, unit: 'net', legs: 1 }])
  })

  test('two stays of one id are judged each by its own reading', () => {
    const legs = [aLeg({ finishedAt: end, finish: 'replied' }), aLeg({ receivedAt: end, finishedAt: end + HOUR, finish: 'replied', unitId: 'line' })]
    const readings = [...dept(end, HOUR).readings, aReading('C_DEPT', LATER, { startAt: end, limit: HOUR, stoppedAt: end + HOUR, subject: 'L1' })]
    expect(counted('LEG', { legs }, { readings }).map((one) => [one.unit, one['legs_in_time']])).toEqual([
      ['net', undefined],
      ['line', 1],
    ])
  })
})

describe('EVT', () => {
  test.each([
    [30 * MINUTE, { dispatched: 1, dispatched_in_time: 1 }],
    [30 * MINUTE - 1, { dispatched: 1 }],
  ])('K-14: dispatched in 30 min of %i ms, for the unit of the first dispatch', (limit, measures) => {
    const sentAt = START + 30 * MINUTE
    const legs = [aLeg({ receivedAt: sentAt }), aLeg({ receivedAt: LATER, unitId: 'line' })]
    const readings = [aReading('C_DISPATCH', LATER, { startAt: START, limit, stoppedAt: sentAt })]
    expect(counted('EVT', { firstDispatchedAt: sentAt, legs }, { readings })).toEqual([{ at: sentAt, unit: 'net', ...measures }])
  })

  test('K-45: done over by the same unit it is not reviewed anew, by another it is', () => {
    const reviewed = (n: number, review: 'passed' | 'failed', unitId = 'net') =>
      aLeg({ reviewedAt: START + n * HOUR, review, unitId, finish: 'replied' })
    const reviews = (...legs: Leg[]) => counted('EVT', { legs }).map((one) => [(one.at - START) / HOUR, one.unit, one['passed_first']])
    expect(reviews(reviewed(1, 'passed'))).toEqual([[1, 'net', 1]])
    expect(reviews(reviewed(1, 'failed'), reviewed(2, 'failed'), reviewed(3, 'passed'))).toEqual([[1, 'net', undefined]])
    expect(reviews(reviewed(1, 'failed'), reviewed(2, 'passed', 'line'))).toEqual([
      [1, 'net', undefined],
      [2, 'line', 1],
    ])
    expect(reviews(reviewed(1, 'passed'), reviewed(9, 'passed'))).toHaveLength(2)
    expect(reviews(reviewed(1, 'failed'), aLeg({ isAssist: true, unitId: 'help' }), reviewed(3, 'passed'))).toHaveLength(1)
  })

  const survey = (n: number, facts: Partial<Survey> = {}): Survey => ({
    sentAt: START + n * DAY,
    mode: 'sms',
    endedAt: START + n * DAY + HOUR,
    result: 'satisfied',
    score: 10,
    solved: 'yes',
    skipReason: null,
    ...facts,
  })

  test('K-53 by the day it was sent, K-54 by the last answer, cut by mode', () => {
    const surveys = [
      survey(1, { result: 'dissatisfied', score: 3 }),
      survey(2, { result: 'no_answer', score: null }),
      survey(3, { mode: 'human' }),
      survey(4, { result: null, endedAt: null }),
    ]
    const list = ofBase(factsAt(aTicket({ acceptedAt: START, surveys }), { at: LATER }).facts, 'EVT').map((fact) => [
      (fact.at - START) / HOUR,
      fact.by.survey_mode,
      fact.measures,
    ])
    expect(list).toEqual([
      [24, 'sms', { survey_sent: 1, survey_sent_answered: 1 }],
      [48, 'sms', { survey_sent: 1 }],
      [72, 'human', { survey_sent: 1, survey_sent_answered: 1 }],
      [96, 'sms', { survey_sent: 1 }],
      [73, 'human', { answered: 1, satisfied: 1, scored: 1, score_sum: 10 }],
    ])
  })

  test('K-55: an answer without a score is none of its answers; a skipped survey is nothing', () => {
    expect(counted('EVT', { surveys: [survey(1, { sentAt: null, score: null, result: 'dissatisfied' })] })).toEqual([
      { at: START + 25 * HOUR, answered: 1 },
    ])
    expect(counted('EVT', { surveys: [survey(1, { sentAt: null, result: 'skipped' })] })).toEqual([])
  })

  test('K-56: repairs by their close', () => {
    const repair = (closedAt: number | null, isSuccess: boolean): Repair => ({
      repairNo: 'P',
      cause: '',
      openedAt: START,
      closedAt,
      result: null,
      isSuccess,
    })
    expect(counted('EVT', { repairs: [repair(LATER, true), repair(LATER - 1, false), repair(null, false)] })).toEqual([
      { at: LATER, repairs_closed: 1, repairs_successful: 1 },
      { at: LATER - 1, repairs_closed: 1 },
    ])
  })

  test('K-49: money by payment, also of a cancelled ticket, of which nothing else counts', () => {
    const refund = (paidAt: number | null): Refund => ({
      refundNo: 'F',
      type: 'refund',
      amountCents: 1250,
      calculatedCents: null,
      requestedAt: START,
      approvedAt: START,
      rejectedAt: null,
      paidAt,
      auditResult: null,
    })
    const refunds = [refund(START + HOUR), refund(null), { ...refund(START + HOUR), amountCents: 0 }]
    expect(counted('EVT', { refunds })).toEqual([{ at: START + HOUR, refund_paid_cents: 1250 }])
    expect(counted('EVT', { refunds, cancelledAt: LATER, firstDispatchedAt: START, surveys: [survey(1)] })).toEqual([
      { at: START + HOUR, refund_paid_cents: 1250 },
    ])
  })

  const windowEnd = START + 4 * HOUR
  const visit = (facts: Partial<Appointment> = {}): Appointment => ({
    setAt: START,
    windowStart: START + 2 * HOUR,
    windowEnd,
    companyMoves: 0,
    arrivedAt: null,
    finishedAt: null,
    replacedBy: null,
    ...facts,
  })
  test.each<[string, Partial<Appointment>, Partial<Ticket>, number, (number | undefined)[]]>([
    ['arrived within the grace', { arrivedAt: windowEnd + 30 * MINUTE }, {}, LATER, [1, 1]],
    ['arrived after it', { arrivedAt: windowEnd + 30 * MINUTE + 1 }, {}, LATER, [1, undefined]],
    ['done without an arrival on record', { finishedAt: windowEnd }, {}, LATER, [1, 1]],
    ['moved by the company once', { arrivedAt: windowEnd, companyMoves: 1 }, {}, LATER, [1, 1]],
    ['moved by the company twice', { arrivedAt: windowEnd, companyMoves: 2 }, {}, LATER, [1, undefined]],
    ['replaced by the customer', { replacedBy: 'customer' }, {}, LATER, []],
    ['nobody came', {}, {}, windowEnd + 30 * MINUTE + 1, [1, undefined]],
    ['there is still time', {}, {}, windowEnd + 30 * MINUTE, []],
    ['the ticket ended before', {}, { completedAt: windowEnd }, LATER, []],
    ['the ticket ended after it', {}, { completedAt: LATER }, LATER, [1, undefined]],
    ['the ticket ended before and was reopened', {}, { completions: [{ at: windowEnd, reopenedAt: windowEnd + 2 * HOUR }], reopenCount: 1 }, LATER, []],
    ['no window', { windowEnd: null, arrivedAt: LATER }, {}, LATER, []],
  ])('K-66: %s', (_, facts, ticket, when, expected) => {
    const list = counted('EVT', { kind: 'fault', appointments: [visit(facts)], ...ticket }, { at: when })
    expect(list.map((one) => [one['at'], one['appointments'], one['appointments_kept']])).toEqual(
      expected.length === 0 ? [] : [[START + 2 * HOUR, ...expected]],
    )
  })

  test('K-66: a fault within 15 days takes the last visit of an installation away, where it was kept', () => {
    const faulted = (kind: Ticket['kind'], ...appointments: Appointment[]) =>
      counted('EVT', { kind, appointments }, { customer: { faultedAt: LATER } }).map((one) => one['appointments_faulted'])
    const kept = visit({ arrivedAt: windowEnd })
    expect(faulted('install', kept, kept)).toEqual([undefined, 1])
    expect(faulted('install', kept, visit({ arrivedAt: LATER }))).toEqual([undefined, undefined])
    expect(faulted('fault', kept)).toEqual([undefined])
  })

  test.each([
    [30 * MINUTE, { reconnections: 1, reconnected_30: 1 }],
    [30 * MINUTE + 1, { reconnections: 1 }],
  ])('K-73: back %i ms after the payment', (elapsed, measures) => {
    expect(counted('EVT', { reconnectPaidAt: START, serviceRestoredAt: START + elapsed })).toEqual([{ at: START, ...measures }])
    expect(counted('EVT', { reconnectPaidAt: START })).toEqual([])
  })
})

describe('SNAP', () => {
  test('by the unit that had the ticket: nobody, the first, nobody again after the return, the second', () => {
    const ticket = ticketOf(
      ['created', '2026-06-01 09:00'],
      ['dispatched', '2026-06-01 09:10', { to_unit: 'net' }],
      ['returned', '2026-06-01 10:00', { reason_code: 'wrong unit' }],
      ['dispatched', '2026-06-01 11:00', { to_unit: 'bill' }],
      ['completed', '2026-06-01 12:00'],
    )
    const list = ofBase(factsAt(ticket, { at: LATER }).facts, 'SNAP').map((fact) => [(fact.at - START) / MINUTE, fact.by.unit ?? '', fact.measures])
    expect(list).toEqual([
      [0, '', { open: 1 }],
      [10, '', { open: -1 }],
      [10, 'net', { open: 1 }],
      [60, 'net', { open: -1 }],
      [60, '', { open: 1 }],
      [120, '', { open: -1 }],
      [120, 'bill', { open: 1 }],
      [180, 'bill', { open: -1 }],
    ])
  })

  test('suspended it is open and not overdue; overdue again after it, up to the cap', () => {
    const suspensions = [{ from: START + 50 * HOUR, to: null, reason: 'third_party', approver: 'a', plannedResumeAt: null }]
    const { facts, changesAt } = factsAt(aTicket({ acceptedAt: START, suspensions }), { at: START + 60 * HOUR })
    const overdue = ofBase(facts, 'SNAP').flatMap((fact) => (fact.measures.overdue === undefined ? [] : [[fact.at - START, fact.measures.overdue]]))
    expect(overdue).toEqual([
      [48 * HOUR + 1, 1],
      [50 * HOUR, -1],
    ])
    expect(ofBase(facts, 'NOW')[0]).toMatchObject({ at: 0, measures: { open: 1 }, by: {} })
    expect(changesAt).toBe(START + 100 * HOUR + 1)
    const after = factsAt(aTicket({ acceptedAt: START, suspensions }), { at: START + 122 * HOUR })
    expect(ofBase(after.facts, 'NOW')[0]!.measures).toEqual({ open: 1, overdue: 1 })
  })

  test('K-24: every age in its turn, the timer always at the next', () => {
    const steps: number[] = []
    for (let when: number | null = START; when !== null; ) {
      when = factsAt(aTicket({ kind: 'track', acceptedAt: START }), { at: when }).changesAt
      if (when !== null) steps.push((when - START - 1) / HOUR)
    }
    expect(steps).toEqual([24, 48, 100, 7 * 24, 15 * 24, 30 * 24])
  })
})
