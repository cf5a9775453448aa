import { describe, expect, test } from 'vitest'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { anEvent, at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'

type Row = readonly [EventType, string, Readonly<Record<string, unknown>>?]

const june = (local: string) => at(`2026-06-${local}`)
const folded = (payload: Readonly<Record<string, unknown>>, ...rows: readonly Row[]): Ticket =>
  ticketOf(
    ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, ...payload }],
    ...rows.map(([type, local, more = {}]): Row => [type, `2026-06-${local}`, more]),
  )

describe('surveys', () => {
  const done: Row = ['completed', '01 10:00']
  test('that are sent again are two', () => {
    const { surveys } = folded(
      {},
      done,
      ['survey_sent', '01 11:00'],
      ['repair_opened', '01 12:00'],
      ['repair_closed', '01 13:00'],
      ['survey_sent', '01 14:00'],
    )
    expect(surveys.map(({ sentAt }) => sentAt)).toEqual([june('01 11:00'), june('01 14:00')])
  })

  test.each([
    [0, null, 'dissatisfied'],
    [1, 1, 'dissatisfied'],
    [8, 8, 'dissatisfied'],
    [9, 9, 'satisfied'],
    [10, 10, 'satisfied'],
    [11, null, 'dissatisfied'],
  ])('answered with %i score %s and are %s', (score, kept, result) => {
    const { surveys } = folded({}, done, ['survey_sent', '01 11:00'], ['survey_answered', '01 12:00', { score, solved: 'yes' }])
    expect(surveys).toMatchObject([{ score: kept, result }])
  })
})

describe('repairs', () => {
  const opened = (no: string, local: string): Row => ['repair_opened', local, { repair_no: no, cause: 'survey_unsolved' }]
  const closed = (no: string, local: string, resurvey_score?: number): Row => ['repair_closed', local, { repair_no: no, resurvey_score }]

  test.each([
    [8, false],
    [9, true],
  ])('asked again with %i: a success is %s', (score, isSuccess) => {
    expect(folded({}, ['completed', '01 10:00'], opened('M1', '01 11:00'), closed('M1', '01 12:00', score)).repairs).toMatchObject([{ isSuccess }])
  })

  test('are closed once: a wrong number means the one that is open', () => {
    const { repairs } = folded(
      {},
      ['completed', '01 10:00'],
      opened('M1', '01 11:00'),
      closed('M1', '01 12:00'),
      opened('M2', '01 13:00'),
      closed('M1', '01 14:00'),
    )
    expect(repairs.map(({ closedAt }) => closedAt)).toEqual([june('01 12:00'), june('01 14:00')])
  })
})

test('a refund that is approved twice was approved the first time', () => {
  const { refunds } = folded({}, ['refund_approved', '01 10:00', { refund_no: 'F1' }], ['refund_approved', '02 10:00', { refund_no: 'F1' }])
  expect(refunds).toMatchObject([{ approvedAt: june('01 10:00') }])
})

test('an answer to a supervision goes to the latest that waits', () => {
  const { supervisions } = folded({}, ['supervised', '01 10:00'], ['supervised', '01 11:00'], ['supervision_answered', '01 12:00'])
  expect(supervisions.map(({ answeredAt }) => answeredAt)).toEqual([null, june('01 12:00')])
})

describe('visits', () => {
  test('that took place are not moved any more', () => {
    const { appointments } = folded(
      {},
      ['appointment_set', '01 10:00'],
      ['onsite_arrived', '01 11:00'],
      ['appointment_changed', '01 12:00', { initiator: 'company' }],
    )
    expect(appointments).toMatchObject([{ arrivedAt: june('01 11:00'), companyMoves: 0 }, { setAt: june('01 12:00') }])
  })

  test('begin with the first arrival', () => {
    const { appointments } = folded({}, ['appointment_set', '01 10:00'], ['onsite_arrived', '01 11:00'], ['onsite_arrived', '01 12:00'])
    expect(appointments).toMatchObject([{ arrivedAt: june('01 11:00') }])
  })
})

test('a stage is left once, a fault cleared once', () => {
  const stages: Row[] = [
    ['stage_entered', '01 10:00', { stage: 'fee' }],
    ['stage_left', '01 11:00', { stage: 'fee' }],
    ['stage_left', '01 12:00', { stage: 'fee' }],
  ]
  expect(folded({ kind: 'install' }, ...stages).stages).toMatchObject([{ leftAt: june('01 11:00') }])
  expect(folded({ kind: 'fault' }, ['fault_cleared', '01 10:00'], ['fault_cleared', '01 11:00']).faultClearedAt).toBe(june('01 10:00'))
})

describe('a reopened fault (domain.md 3.6 Reopen)', () => {
  const cleared = (local: string): Row => ['fault_cleared', local]
  const fault = (...rows: readonly Row[]) => folded({ kind: 'fault' }, ['claimed', '01 09:30'], ...rows)

  test('is not repaired until it is cleared again, once', () => {
    const open = fault(cleared('01 10:00'), ['reopened', '01 12:00'])
    expect(open).toMatchObject({ status: 'processing', faultClearedAt: null, completedAt: null, closedGaps: [{ from: june('01 10:00'), to: june('01 12:00') }] })
    const again = fault(cleared('01 10:00'), ['reopened', '01 12:00'], cleared('01 15:00'), cleared('01 16:00'))
    expect(again).toMatchObject({ status: 'completed', faultClearedAt: june('01 15:00'), completedAt: june('01 15:00') })
  })

  test('that may not be reopened any more stays cleared', () => {
    expect(fault(cleared('01 10:00'), ['reopened', '09 10:00'])).toMatchObject({ status: 'completed', faultClearedAt: june('01 10:00') })
    expect(fault(['reopened', '01 09:40'], cleared('01 10:00')).faultClearedAt).toBe(june('01 10:00'))
  })

  test('is not cleared by what arrives late and was said before', () => {
    expect(fault(cleared('01 10:00'), ['reopened', '01 12:00'], cleared('01 11:00')).faultClearedAt).toBeNull()
  })
})

describe('the appeal', () => {
  const appeal = (...rows: readonly Row[]) => folded({ kind: 'appeal' }, ['claimed', '01 09:10'], ...rows).appeal
  const status = (code: number, local: string): Row => ['appeal_status_changed', local, { regulator_case_no: 'A1', status: code }]

  test.each([
    [0, true],
    [1, false],
    [2, false],
    [3, true],
    [4, false],
    [5, true],
    [6, true],
    [7, true],
  ])('with status %i is closed: %s', (code, isClosed) => {
    expect(appeal(status(code, '01 10:00'))?.closedAt).toBe(isClosed ? june('01 10:00') : null)
  })

  test('is closed by the first status that closes it, whatever comes after', () => {
    expect(appeal(status(5, '01 10:00'), status(6, '02 10:00'), status(4, '03 10:00'))).toMatchObject({ status: 4, closedAt: june('01 10:00') })
  })

  test('a refused reply takes back its own feedback only: not what the regulator was sent, nor what he confirmed', () => {
    const refused: Row = ['review_failed', '01 13:00']
    expect(appeal(['replied', '01 11:00'], refused)?.feedbackAt).toBeNull()
    expect(appeal(status(2, '01 10:00'), ['replied', '01 11:00'], refused)?.feedbackAt).toBe(june('01 10:00'))
    expect(appeal(['replied', '01 11:00'], status(2, '01 12:00'), refused)?.feedbackAt).toBe(june('01 11:00'))
  })
})

describe('at acceptance', () => {
  test('marks, skip-level and the flag of a test are read', () => {
    const marked = folded({ escalation_tendency: 2, strictest_scene: 3, sensitive: 'yes', source_category: 'group_complaint', test_flag: 1 })
    expect(marked).toMatchObject({
      marks: { escalationTendency: 2, strictestScene: 3, isSensitive: true },
      limitBasis: { isSkipLevel: true },
      isTest: true,
    })
    expect(folded({})).toMatchObject({ limitBasis: { isSkipLevel: false }, isTest: false })
  })
})

describe('a correction (domain.md 3.6 "High value wins")', () => {
  const corrected = (created: Readonly<Record<string, unknown>>, payload: Readonly<Record<string, unknown>>, actorType: string | null = 'agent') =>
    foldTicket([
      anEvent('created', { payload: { ...CREATED_PAYLOAD, ...created } }),
      anEvent('corrected', { occurredAt: june('01 10:00'), payload, actorType }),
    ])

  test.each([
    ['agent', 6_000, 600],
    ['agent', 300, 300],
    ['data_steward', 6_000, 6_000],
  ])('by %s of a limit of 600 minutes to %i gives %i', (actorType, minutes, kept) => {
    expect(corrected({ limit_minutes: 600 }, { field: 'limit_minutes', new: minutes }, actorType).limitMinutesGiven).toBe(kept)
  })

  test('takes high value away from the limit only by a data steward', () => {
    const [star, vip] = [
      { field: 'star', new: 1 },
      { field: 'is_vip', new: false },
    ]
    expect(corrected({ star: 6 }, star)).toMatchObject({ star: 1, limitBasis: { star: 6 } })
    expect(corrected({ star: 6 }, star, 'data_steward')).toMatchObject({ star: 1, limitBasis: { star: 1 } })
    expect(corrected({ is_vip: true }, vip)).toMatchObject({ isVip: false, limitBasis: { isVip: true } })
    expect(corrected({ is_vip: true }, vip, 'data_steward')).toMatchObject({ isVip: false, limitBasis: { isVip: false } })
  })

  test('of the phenomenon is late only after the completion (K-47)', () => {
    const row = (local: string): Row => ['corrected', local, { field: 'phenomenon_l1', new: 'billing' }]
    expect(folded({}, row('01 10:00'), ['completed', '01 11:00']).isCorrectedLate).toBe(false)
    expect(folded({}, ['completed', '01 11:00'], row('01 12:00')).isCorrectedLate).toBe(true)
  })
})
