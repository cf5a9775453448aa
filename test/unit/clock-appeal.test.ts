import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR, withYear } from '../../core/domain/calendar.ts'
import { NO_CALENDAR } from '../../core/domain/day-type.ts'
import { effectiveDeadline, readClock, readClocks } from '../../core/domain/ticket/clocks/read.ts'
import type { ClockName } from '../../core/domain/ticket/clock-reading.ts'
import { endOfWorkingDay } from '../../core/domain/ticket/worked-time.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { at, SHANGHAI } from '../support/builders.ts'
import { aContext, aCourse, aFolded, aLeg, anAppeal, aReply, h, suspended } from '../support/clock-tickets.ts'

const CONTEXT = aContext()
const RECEIVED = at('2026-09-24 15:00')
const appeal = anAppeal({ acceptedAt: RECEIVED, appeal: aCourse() })
const read = (name: ClockName, ticket = appeal, when = at('2026-09-28 09:00'), context = CONTEXT) => readClock(ticket, context, when, name)!

describe('S-7: an appeal across the National Day holiday', () => {
  test.each([
    ['C_APPEAL_CONTACT', '2026-09-25 15:00', null],
    ['C_APPEAL_INTERNAL', '2026-10-10 00:00', null],
    ['C_APPEAL_FEEDBACK', '2026-10-05 00:00', '2026-10-09 00:00'],
    ['C_15D', '2026-10-10 00:00', null],
    ['C_APPEAL_CLOSE', '2026-10-25 00:00', '2026-10-27 00:00'],
  ] as const)('%s is due %s (24:00 of the day before), second date %s', (name, due, rolled) => {
    expect(read(name)).toMatchObject({ deadlineAt: at(due), rolledDeadlineAt: rolled === null ? null : at(rolled), running: true })
    expect(read(name).isCalendarMissing).toBe(false)
  })

  test('2 working days end on 2026-09-29 at 24:00', () => {
    expect(endOfWorkingDay(RECEIVED, 2, { calendar: CONTEXT.calendar, zone: SHANGHAI })).toBe(at('2026-09-30 00:00'))
  })

  test('with roll_forward_if_holiday the feedback is due 2026-10-08 24:00', () => {
    const context = aContext({ rollForwardIfHoliday: true })
    expect(read('C_APPEAL_FEEDBACK', appeal, RECEIVED, context)).toMatchObject({ deadlineAt: at('2026-10-09 00:00') })
  })

  test('the effective deadline is the feedback’s, 10-04 24:00, once the user was contacted', () => {
    const contacted = { ...appeal, firstDispatchedAt: RECEIVED, firstContactedAt: RECEIVED + HOUR }
    const deadline = effectiveDeadline(readClocks(contacted, CONTEXT, at('2026-09-28 09:00')))
    expect(deadline).toEqual({ deadlineAt: at('2026-10-05 00:00'), clock: 'C_APPEAL_FEEDBACK', subject: '' })
  })

  test('feedback 09-30 17:20 is in time', () => {
    const answered = { ...appeal, appeal: aCourse({ feedbackAt: at('2026-09-30 17:20') }) }
    expect(read('C_APPEAL_FEEDBACK', answered, at('2026-11-01 00:00'))).toMatchObject({ isOverdue: false, stoppedAt: at('2026-09-30 17:20') })
  })

  test('feedback 10-05 09:00 is late by 9 h', () => {
    const late = read('C_APPEAL_FEEDBACK', { ...appeal, appeal: aCourse({ feedbackAt: at('2026-10-05 09:00') }) }, at('2026-11-01 00:00'))
    expect(late.isOverdue).toBe(true)
    expect(late.stoppedAt! - late.deadlineAt).toBe(9 * HOUR)
  })
})

describe('the clocks of an appeal', () => {
  test.each(['C_APPEAL_CONTACT', 'C_APPEAL_INTERNAL', 'C_APPEAL_FEEDBACK', 'C_15D', 'C_APPEAL_CLOSE'] as const)(
    '%s: in time at its deadline, late a millisecond after, neither suspended nor prolonged',
    (name) => {
      const extensions = [{ legId: null, requestedAt: RECEIVED + 1, answeredAt: RECEIVED + 1, isApproved: true, minutes: 600 }]
      const paused = { ...appeal, extensions, suspensions: suspended([0, 9_999]) }
      const { deadlineAt } = read(name)
      expect(read(name, paused, deadlineAt)).toMatchObject({ deadlineAt, isOverdue: false, running: true })
      expect(read(name, paused, deadlineAt + 1)).toMatchObject({ deadlineAt, isOverdue: true })
    },
  )

  test('the regulator’s date sets the feedback when it is earlier, and is not moved', () => {
    const dueAt = at('2026-10-02 17:00')
    const early = read('C_APPEAL_FEEDBACK', { ...appeal, appeal: aCourse({ dueAt }) }, RECEIVED, aContext({ rollForwardIfHoliday: true }))
    expect(early).toMatchObject({ deadlineAt: dueAt, rolledDeadlineAt: null, limitReason: 'by_date' })
    expect(read('C_APPEAL_FEEDBACK', { ...appeal, appeal: aCourse({ dueAt: at('2026-11-30 00:00') }) }).deadlineAt).toBe(at('2026-10-05 00:00'))
  })

  test('only the regulator’s side ends the feedback and the closing: a completion at home answers nobody', () => {
    const completed = { ...appeal, completedAt: at('2026-09-26 10:00') }
    for (const name of ['C_APPEAL_FEEDBACK', 'C_APPEAL_CLOSE'] as const) {
      expect(read(name, completed).stoppedAt).toBeNull()
      expect(read(name, { ...completed, appeal: aCourse({ closedAt: at('2026-09-27 10:00') }) }).stoppedAt).toBe(at('2026-09-27 10:00'))
    }
    expect(read('C_APPEAL_CONTACT', completed).stoppedAt).toBe(at('2026-09-26 10:00'))
  })

  test('the internal reply is the first that its review did not send back', () => {
    const failed = aLeg({ finishedAt: RECEIVED + HOUR, finish: 'replied', review: 'failed', reviewedAt: RECEIVED + 2 * HOUR })
    const good = aLeg({ legId: 'L2', receivedAt: RECEIVED + 2 * HOUR, finishedAt: RECEIVED + 5 * HOUR, finish: 'replied' })
    expect(read('C_APPEAL_INTERNAL', { ...appeal, legs: [failed] }).stoppedAt).toBeNull()
    expect(read('C_APPEAL_INTERNAL', { ...appeal, legs: [failed, good] }).stoppedAt).toBe(RECEIVED + 5 * HOUR)
  })

  test('elapsed working time counts workdays whole', () => {
    // The rest of Thursday 09-24 (9 h), and Monday until 09:00; 25–27 are off.
    expect(read('C_APPEAL_INTERNAL')).toMatchObject({ netElapsed: 18 * HOUR, limit: null })
  })

  test('are flagged where Monday to Friday stood in', () => {
    const without = { ...CONTEXT, calendar: NO_CALENDAR }
    const internal = read('C_APPEAL_INTERNAL', appeal, RECEIVED, without)
    expect(internal).toMatchObject({ isCalendarMissing: true, deadlineAt: at('2026-10-02 00:00') })
    const nextYear = anAppeal({ acceptedAt: at('2026-12-28 10:00') })
    expect(read('C_APPEAL_INTERNAL', nextYear, at('2026-12-28 10:00'))).toMatchObject({
      isCalendarMissing: true,
      deadlineAt: at('2027-01-05 00:00'),
    })
    const year = { year: 2027, off: [{ from: '2027-01-01', to: '2027-01-03', nameZh: '元旦', nameEn: 'New Year' }], worked: [] }
    const both = { ...CONTEXT, calendar: calendarFrom(withYear(DEFAULT_CALENDAR, year)) }
    expect(read('C_APPEAL_INTERNAL', nextYear, at('2026-12-28 10:00'), both)).toMatchObject({
      isCalendarMissing: false,
      deadlineAt: at('2027-01-06 00:00'),
    })
  })
})

describe('C_12345', () => {
  const gov = (facts: Parameters<typeof aFolded>[0] = {}) => aFolded({ channel: 'gov_12345', acceptedAt: RECEIVED, ...facts })
  test.each([
    ['a complaint has 13 working days', gov(), '2026-10-21 00:00'],
    ['an enquiry 3', gov({ kind: 'enquiry' }), '2026-10-01 00:00'],
    ['a query 3', gov({ kind: 'query' }), '2026-10-01 00:00'],
    ['an urgent one the same day', gov({ urgency: 'urgent' }), '2026-09-25 00:00'],
  ])('%s', (_, ticket, due) => {
    expect(read('C_12345', ticket, at(due))).toMatchObject({ deadlineAt: at(due), isOverdue: false, running: true })
    expect(read('C_12345', ticket, at(due) + 1)).toMatchObject({ isOverdue: true })
  })

  test('ends with the unit’s answer or the customer’s reply, and runs on that channel only', () => {
    expect(read('C_12345', gov({ customerReplies: [aReply(RECEIVED + DAY)] })).stoppedAt).toBe(RECEIVED + DAY)
    const replied = gov({ legs: [aLeg({ receivedAt: RECEIVED, finishedAt: RECEIVED + HOUR, finish: 'replied' })] })
    expect(read('C_12345', replied).stoppedAt).toBe(RECEIVED + HOUR)
    expect(readClock(aFolded(), CONTEXT, h(1), 'C_12345')).toBeNull()
  })
})

describe('the effective deadline', () => {
  test('is the minimum of the running clocks, by name and subject', () => {
    const ticket = aFolded({ firstDispatchedAt: h(1), firstContactedAt: h(1), legs: [aLeg({ receivedAt: h(1), firstClaimedAt: h(1) })] })
    expect(effectiveDeadline(readClocks(ticket, CONTEXT, h(2)))).toEqual({ deadlineAt: h(25), clock: 'C_DEPT', subject: 'L1' })
  })

  test('leaves the group’s figure out, and what stands still', () => {
    const facts = { firstDispatchedAt: h(1), firstContactedAt: h(1), suspensions: suspended([10, 34]) }
    const ticket = aFolded(facts)
    expect(effectiveDeadline(readClocks(ticket, CONTEXT, h(40)))).toMatchObject({ deadlineAt: h(72), clock: 'C_HANDLE' })
    expect(effectiveDeadline(readClocks(ticket, CONTEXT, h(20)))?.clock).toBe('C_15D')
  })

  test('is none on a ticket whose clocks have all stopped', () => {
    expect(effectiveDeadline(readClocks(aFolded({ completedAt: h(1) }), CONTEXT, h(2)))).toBeNull()
    expect(effectiveDeadline([])).toBeNull()
  })

  test('of several legs one clock is read by the one that runs and is due first', () => {
    const legs = [aLeg({ receivedAt: h(5) }), aLeg({ legId: 'A', isAssist: true, receivedAt: h(6) })]
    expect(read('C_DEPT', aFolded({ legs }), h(7))).toMatchObject({ subject: 'A' })
    const ended = legs.map((leg) => ({ ...leg, finishedAt: h(8) }))
    expect(read('C_DEPT', aFolded({ legs: ended }), h(9))).toMatchObject({ subject: 'A', stoppedAt: h(8) })
  })
})
