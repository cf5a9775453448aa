import { describe, expect, test } from 'vitest'
import { APPEAL_DEADLINE } from '../../core/domain/abnormal/at-13-appeal-deadline.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aCourse, aFolded, anAppeal, h, START } from '../support/clock-tickets.ts'

/** S-7: forwarded before the National Day holiday; 10 natural days end on 10-04 at 24:00. */
const NATIONAL = anAppeal({ acceptedAt: at('2026-09-24 15:00') })
const DEADLINE = at('2026-10-05 00:00')
const judged = (ticket: Ticket, local: string | number, values = {}) =>
  judgedBy(APPEAL_DEADLINE, ticket, typeof local === 'string' ? at(local) : local, values)
const seen = (ticket: Ticket, local: string | number, values = {}) => {
  const { level, why, nextChangeAt } = judged(ticket, local, values)
  return [level, why, nextChangeAt]
}
const answered = (local: string) => ({ ...NATIONAL, appeal: aCourse({ feedbackAt: at(local) }) })

describe('AT-13 appeal near its deadline', () => {
  test.each([
    ['2026-09-24 15:00', 0, 'never_true', '2026-09-29 00:00'],
    ['2026-09-28 23:59:59.999', 0, 'never_true', '2026-09-29 00:00'],
    ['2026-09-29 00:00', 2, 'true', '2026-09-30 00:00'],
    ['2026-09-30 00:00', 3, 'true', '2026-10-01 00:00'],
    ['2026-09-30 23:59:59.999', 3, 'true', '2026-10-01 00:00'],
    ['2026-10-01 00:00', 4, 'true', null],
    ['2026-10-05 09:00', 4, 'true', null],
  ] as const)('S-7: at %s', (local, level, why, next) => {
    expect(seen(NATIONAL, local)).toEqual([level, why, next === null ? null : at(next)])
  })

  test('S-7: answered on 09-30 it is cleared, on 10-05 it was overdue by 9 h', () => {
    expect(judged(answered('2026-09-30 17:20'), '2026-09-30 18:00')).toMatchObject({ level: 0, why: 'cleared', nextChangeAt: null })
    expect(judged(answered('2026-10-05 09:00'), '2026-10-06 00:00')).toMatchObject({ level: 0, why: 'cleared', facts: { overMs: 9 * HOUR } })
    expect(judged(answered('2026-09-28 17:20'), '2026-10-06 00:00')).toMatchObject({ level: 0, why: 'never_true' })
  })

  test.each([
    ['72 h and a millisecond', -72 * HOUR - 1, 2],
    ['72 h', -72 * HOUR, 3],
    ['24 h and a millisecond', -24 * HOUR - 1, 3],
    ['24 h', -24 * HOUR, 4],
    ['no time', 0, 4],
    ['less than none', 1, 4],
  ] as const)('with %s left by the regulator’s date', (_, left, level) => {
    // Thursday noon: Tuesday noon is three, Monday noon four working days before.
    const dueAt = at('2026-06-11 12:00')
    const ticket = anAppeal({ acceptedAt: at('2026-06-08 09:00'), appeal: aCourse({ dueAt }) })
    expect(judged(ticket, dueAt + left, { A2: 4 })).toMatchObject({ level, facts: { deadlineAt: dueAt } })
  })

  test('the day of a deadline by day is a working day still left', () => {
    const ticket = anAppeal({ acceptedAt: at('2026-06-01 09:00'), appeal: aCourse({ dueAt: at('2026-06-05 12:00') }) })
    const days = { hoursA3: 0, hoursA4: 0 }
    expect(seen(ticket, '2026-06-04 00:00', days)).toEqual([2, 'true', at('2026-06-05 00:00')])
    expect(seen(ticket, '2026-06-05 00:00', days)).toEqual([3, 'true', at('2026-06-05 12:00')])
  })

  test('nothing climbs before the appeal is there, and what was due at its receipt is red at once', () => {
    const ticket = anAppeal({ appeal: aCourse({ dueAt: h(20) }) })
    expect(seen(ticket, START - 1)).toEqual([0, 'never_true', START])
    expect(seen(ticket, START)).toEqual([4, 'true', null])
    expect(seen(anAppeal({ appeal: aCourse({ dueAt: h(-20) }) }), START)).toEqual([4, 'true', null])
  })

  test('neither a completion at home nor a suspension ends or delays it; the regulator’s end, a cancellation and a merging do', () => {
    const standing = { ...NATIONAL, completedAt: at('2026-09-28 10:00'), suspensions: [] }
    expect(seen(standing, '2026-09-30 08:00')).toEqual([3, 'true', at('2026-10-01 00:00')])
    for (const end of [
      { cancelledAt: at('2026-09-30 10:00') },
      { mergedAt: at('2026-09-30 10:00') },
      { appeal: aCourse({ closedAt: at('2026-09-30 10:00') }) },
    ]) {
      expect(seen({ ...NATIONAL, ...end }, '2026-10-02 00:00')).toEqual([0, 'cleared', null])
    }
  })

  test('a date that the regulator names is another cause; a longer one takes back what the shorter raised', () => {
    const rows = [['created', '2026-09-24 15:00', { ...CREATED_PAYLOAD, kind: 'appeal', source_category: 'province_appeal' }]] as const
    const named = ticketOf(...rows, [
      'appeal_status_changed',
      '2026-09-25 10:00',
      { regulator_case_no: 'A1', status: 4, due_at: '2026-09-30T00:00:00+08:00' },
    ])
    expect(judged(ticketOf(...rows), '2026-09-29 01:00')).toMatchObject({ level: 2, facts: { cause: `deadline:${DEADLINE}` } })
    expect(judged(named, '2026-09-29 01:00')).toMatchObject({ level: 4, facts: { cause: `deadline:${at('2026-09-30 00:00')}` } })
    expect(seen({ ...named, appeal: aCourse() }, '2026-09-28 12:00')).toEqual([0, 'never_true', at('2026-09-29 00:00')])
  })

  test('an answer that its review refuses is none: true again', () => {
    const rows = [
      ['created', '2026-09-24 15:00', { ...CREATED_PAYLOAD, kind: 'appeal', source_category: 'province_appeal' }],
      ['dispatched', '2026-09-24 16:00', { to_unit: 'A', leg_id: 'L1' }],
      ['claimed', '2026-09-24 17:00', { leg_id: 'L1' }],
      ['replied', '2026-09-29 10:00', { leg_id: 'L1', text: 'done' }],
    ] as const
    expect(seen(ticketOf(...rows), '2026-09-29 12:00')).toEqual([0, 'cleared', null])
    expect(seen(ticketOf(...rows, ['review_failed', '2026-09-29 11:00', { leg_id: 'L1' }]), '2026-09-29 12:00')).toEqual([
      2,
      'true',
      at('2026-09-30 00:00'),
    ])
  })

  test('only appeals have it; goes by the province’s own bounds, and by Monday to Friday where the calendar says nothing', () => {
    expect(seen(aFolded(), h(400))).toEqual([0, 'never_true', null])
    expect(seen(NATIONAL, '2026-09-28 00:00', { A2: 3 })).toEqual([2, 'true', at('2026-09-30 00:00')])
    const plain = aContext({}, { calendar: { isWorkday: () => null } })
    expect(judgedBy(APPEAL_DEADLINE, NATIONAL, at('2026-09-30 12:00'), {}, plain)).toMatchObject({ level: 0, nextChangeAt: at('2026-10-01 00:00') })
  })

  test('says what is left', () => {
    expect(judged(NATIONAL, '2026-09-29 08:00').facts).toEqual({
      cause: `deadline:${DEADLINE}`,
      words: '距申诉反馈时限 2 个工作日（含当日）、5 天 16 小时 / 2 working days (today included) and 5 d 16 h left for the appeal feedback',
      deadlineAt: DEADLINE,
      leftMs: 136 * HOUR,
    })
    expect(judged(NATIONAL, DEADLINE + 5 * MINUTE).facts['words']).toBe('申诉反馈已超时 5 分钟 / appeal feedback overdue by 5 min')
  })
})
