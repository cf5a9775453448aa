import { describe, expect, test } from 'vitest'
import { pausesOf } from '../../core/domain/ticket/clocks/pauses.ts'
import { readClocks } from '../../core/domain/ticket/clocks/read.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { read, subjects } from '../support/clock-limit.ts'
import { aContext, aFolded, aLeg, anAppointment, aReply, aSurvey, gaps, h } from '../support/clock-tickets.ts'

test('a suspension from before the acceptance uses up the cap from the acceptance on', () => {
  const [suspension] = gaps([-48, 48])
  expect(pausesOf({ kind: 'complaint', suspensions: [suspension!], closedGaps: [] }, h(0), 72 * HOUR).suspensions).toEqual([
    { from: h(0), to: h(48) },
  ])
})

describe('C_FIRST with a golden half hour', () => {
  const golden = aContext({ goldenUnits: ['gold'] })
  test('is promised by the first unit that keeps the ticket, not by one that it was recalled from', () => {
    const second = aLeg({ legId: 'L2', unitId: 'net' })
    const limitOf = (finish: 'recalled' | 'returned') =>
      read('C_FIRST', aFolded({ legs: [aLeg({ unitId: 'gold', finish, finishedAt: h(0.1) }), second] }), h(1), golden).limit
    expect(limitOf('returned')).toBe(30 * MINUTE)
    expect(limitOf('recalled')).toBe(DAY)
  })

  test('never lengthens', () => {
    const slow = aContext({ goldenUnits: ['gold'], firstContactGolden: 3_000 })
    expect(read('C_FIRST', aFolded({ legs: [aLeg({ unitId: 'gold' })] }), h(1), slow).limit).toBe(DAY)
  })
})

test('C_CUSTOMER_REPLY: told at the very instant of the unit’s answer is told', () => {
  const legs = [aLeg({ finishedAt: h(2), finish: 'replied', reviewedAt: h(3), review: 'passed' })]
  expect(read('C_CUSTOMER_REPLY', aFolded({ legs, customerReplies: [aReply(h(2))] }), h(9)).stoppedAt).toBe(h(3))
  expect(read('C_CUSTOMER_REPLY', aFolded({ legs, customerReplies: [aReply(h(2) - 1)] }), h(9)).stoppedAt).toBeNull()
})

test('C_REFUND ends where the refund is refused after its approval', () => {
  const refund = {
    refundNo: 'r',
    type: 'refund',
    amountCents: 100,
    calculatedCents: null,
    requestedAt: null,
    approvedAt: h(1),
    paidAt: null,
    auditResult: null,
  }
  expect(read('C_REFUND', aFolded({ refunds: [{ ...refund, rejectedAt: h(2) }] }), h(90)).stoppedAt).toBe(h(2))
})

describe('C_SURVEY', () => {
  const done = aFolded({ completedAt: h(20), legs: [aLeg({ finishedAt: h(20), finish: 'closed' })] })
  test('a survey sent at the instant of the completion is its own', () => {
    expect(subjects('C_SURVEY', { ...done, surveys: [aSurvey({ sentAt: h(20) })] }, h(21))).toEqual(['', '0'])
  })

  test('one that is out since an earlier completion waits for nobody', () => {
    const again = { ...done, completedAt: h(60), surveys: [aSurvey({ sentAt: h(30) }), aSurvey({ sentAt: h(61) })], closedGaps: gaps([20, 40]) }
    expect(subjects('C_SURVEY', again, h(62))).toEqual(['', '1'])
  })
})

test('C_APPOINT: a second visit that replaces nothing leaves the first one running', () => {
  const visits = [anAppointment({ windowEnd: h(10) }), anAppointment({ setAt: h(8), windowEnd: h(40) })]
  const first = readClocks(aFolded({ kind: 'install', appointments: visits }), aContext(), h(20)).find(
    ({ clock, subject }) => clock === 'C_APPOINT' && subject === '0',
  )
  expect(first).toMatchObject({ stoppedAt: null, isOverdue: true })
})
