import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import { EMPTY_CONTENT, isFirstVersion, missingFields, type ReviewContent } from '../../core/domain/review/content.ts'
import { isReviewed, isSampled, limitState, reviewLimits, signersOf, toldFrom, watchedUntil } from '../../core/domain/review/plan.ts'
import { type LaterCase, recurrenceOf } from '../../core/domain/review/recurrence.ts'
import { isSigned, type SignableReview, signReviewRefusal, slotFor } from '../../core/domain/review/sign.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import type { Role, Severity } from '../../core/domain/vocabulary.ts'
import { aRegionTree, at } from '../support/builders.ts'

const zone = 'Asia/Shanghai'
const days = { calendar: calendarFrom(DEFAULT_CALENDAR), zone }
const tree = aRegionTree()

describe('limits of 7.7 across the National Day holiday of 2026 (1 to 7 October off, Saturday the 10th worked)', () => {
  // Ended on Wednesday 30 September, 15:00: workdays 8, 9, 10, 12, 13, 14, 15, 16, 19, 20 October.
  const rows: readonly [Severity, string, string | null, string][] = [
    [1, '2026-09-30 15:00', null, '2026-10-21 00:00'],
    [2, '2026-09-30 15:00', null, '2026-10-14 00:00'],
    [3, '2026-09-30 15:00', '2026-10-11 00:00', '2026-10-21 00:00'],
    [4, '2026-09-30 15:00', '2026-10-01 15:00', '2026-10-14 00:00'],
    // Ended on Thursday 24 September, 15:00 (S-7): workdays 28, 29, 30 September, 8, 9, 10, 12, 13, 14, 15 October.
    [1, '2026-09-24 15:00', null, '2026-10-16 00:00'],
    [2, '2026-09-24 15:00', null, '2026-10-10 00:00'],
    [3, '2026-09-24 15:00', '2026-10-01 00:00', '2026-10-16 00:00'],
    [4, '2026-09-24 15:00', '2026-09-25 15:00', '2026-10-10 00:00'],
    // Ended in the holiday: the day of the end is not counted, whatever day it is.
    [2, '2026-10-03 10:00', null, '2026-10-14 00:00'],
  ]
  test.each(rows)('colour %i, ended %s: first version %s, signed %s', (severity, ended, first, final) => {
    expect(reviewLimits(severity, at(ended), days)).toEqual({ firstDueAt: first === null ? null : at(first), finalDueAt: at(final) })
  })
  test.each(rows)('colour %i, ended %s: just before, at and just after its limits', (severity, ended) => {
    const { firstDueAt, finalDueAt } = reviewLimits(severity, at(ended), days)
    for (const dueAt of [firstDueAt, finalDueAt]) {
      if (dueAt === null) continue
      expect([-1, 0, 1].map((ms) => limitState(dueAt, null, dueAt + ms))).toEqual(['due', 'due', 'overdue'])
      expect([-1, 0, 1].map((ms) => limitState(dueAt, dueAt + ms, dueAt + DAY))).toEqual(['in_time', 'in_time', 'late'])
    }
  })
  test('a limit at midnight is told at 09:00 of the next workday, one of hours at once', () => {
    expect(toldFrom(at('2026-10-01 00:00'), days)).toBe(at('2026-10-08 09:00'))
    expect(toldFrom(at('2026-10-11 00:00'), days)).toBe(at('2026-10-12 09:00'))
    expect(toldFrom(at('2026-10-10 00:00'), days)).toBe(at('2026-10-10 09:00'))
    expect(toldFrom(at('2026-10-01 15:00'), days)).toBe(at('2026-10-01 15:00'))
  })
})

describe('which cases are reviewed', () => {
  test('yellow and above always; of blue ones the sample of the month in which they were opened', () => {
    for (const severity of [2, 3, 4] as const) expect(isReviewed(severity, '7', at('2026-06-11 20:00'), zone)).toBe(true)
    const last = at('2026-07-01 00:00') - 1
    for (let id = 1; id <= 200; id += 1) {
      expect(isReviewed(1, String(id), last, zone)).toBe(isSampled(String(id), '2026-06'))
      expect(isReviewed(1, String(id), last + 1, zone)).toBe(isSampled(String(id), '2026-07'))
    }
  })
  test('the sample is a tenth of each month, another one each month, and in no pattern of the numbers', () => {
    const drawn = (month: string, step = 1) => Array.from({ length: 10_000 }, (_, index) => String((index + 1) * step)).filter((id) => isSampled(id, month))
    for (const month of ['2026-01', '2026-06', '2026-10', '2026-12']) {
      for (const step of [1, 2, 5, 10]) expect(Math.abs(drawn(month, step).length / 10_000 - 0.1), `${month} every ${step}`).toBeLessThan(0.01)
    }
    const june = new Set(drawn('2026-06'))
    const both = drawn('2026-07').filter((id) => june.has(id)).length
    expect(both).toBeGreaterThan(50)
    expect(both).toBeLessThan(150)
  })
})

describe('who signs', () => {
  const review = (given: Partial<SignableReview> = {}): SignableReview => {
    const severity = given.severity ?? 2
    return { status: 'open', severity, version: 1, missing: [], signers: signersOf(severity, '320500', tree), signatures: [], handlers: ['handler'], ...given }
  }
  const refusal = (given: Partial<SignableReview>, role: Role, userId = 'someone', version = 1) => signReviewRefusal(review(given), { userId, role }, version)

  test('the table of 7.7, by the highest colour; the group’s own people for a case of the group', () => {
    expect([1, 2, 3, 4].map((severity) => signersOf(severity as Severity, '320500', tree))).toEqual([['duty_leader'], ['duty_manager'], ['province_cs_dept'], ['province_cs_dept', 'group_cs_dept']])
    expect([1, 2, 3, 4].map((severity) => signersOf(severity as Severity, '00', tree))).toEqual([['group_ops'], ['group_ops'], ['group_cs_dept'], ['group_cs_dept', 'group_cs_dept']])
  })
  test('a wrong role is refused, at every colour', () => {
    const signs = (severity: Severity) => (['duty_agent', 'duty_leader', 'duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept', 'city_owner', 'dept_owner', 'auditor', 'admin', 'exec', 'data_steward'] as const).filter((role) => refusal({ severity }, role) === null)
    expect(signs(1)).toEqual(['duty_leader', 'duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept'])
    expect(signs(2)).toEqual(['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept'])
    expect(signs(3)).toEqual(['province_cs_dept'])
    expect(signs(4)).toEqual(['province_cs_dept', 'group_cs_dept'])
    expect(refusal({ severity: 3 }, 'duty_manager')).toBe('role_may_not')
  })
  test('red needs two signatures of two persons: the same person twice is refused, the same role twice too', () => {
    const first = { slot: 0, userId: 'zhao', role: 'province_cs_dept', at: 0 } as const
    expect(isSigned(review({ severity: 4, signatures: [first] }))).toBe(false)
    expect(refusal({ severity: 4, signatures: [first] }, 'group_cs_dept', 'zhao')).toBe('same_person')
    expect(refusal({ severity: 4, signatures: [first] }, 'province_cs_dept', 'qian')).toBe('role_may_not')
    expect(refusal({ severity: 4, signatures: [first] }, 'group_cs_dept', 'qian')).toBeNull()
    expect(slotFor(review({ severity: 4, signatures: [first] }), 'group_cs_dept')).toBe(1)
    expect(isSigned(review({ severity: 4, signatures: [first, { ...first, slot: 1, userId: 'qian', role: 'group_cs_dept' }] }))).toBe(true)
    const ofGroup = { severity: 4 as const, signers: signersOf(4, '00', tree), signatures: [{ ...first, role: 'group_cs_dept' as const }] }
    expect(refusal(ofGroup, 'group_cs_dept', 'zhao')).toBe('same_person')
    expect(refusal(ofGroup, 'group_cs_dept', 'qian')).toBeNull()
  })
  test('nobody signs the review of an orange or red case that he handled; a yellow one he may', () => {
    expect(refusal({ severity: 3 }, 'province_cs_dept', 'handler')).toBe('own_case')
    expect(refusal({ severity: 2 }, 'duty_manager', 'handler')).toBeNull()
  })
  test('only the latest version that says all, while the review is open', () => {
    expect(refusal({ version: 0 }, 'duty_manager', 'someone', 0)).toBe('no_version')
    expect(refusal({ version: 2 }, 'duty_manager')).toBe('newer_version')
    expect(refusal({ missing: ['wrong'] }, 'duty_manager')).toBe('incomplete')
    expect(refusal({ status: 'done' }, 'duty_manager')).toBe('not_open')
    expect(refusal({ status: 'withdrawn' }, 'duty_manager')).toBe('not_open')
  })
})

describe('what a review has to say', () => {
  const short: ReviewContent = { ...EMPTY_CONTENT, earlier: 'no', late: 'no', falseAlarm: 'no', causes: [{ depth: 0, text: '光缆中断' }], wrong: '通知晚' }
  test('the short form asks for less than the full one, and red for the meeting too', () => {
    expect(missingFields('short', EMPTY_CONTENT, 0)).toEqual(['earlier', 'late', 'falseAlarm', 'causes', 'wrong', 'measures'])
    expect(missingFields('short', short, 1)).toEqual([])
    expect(missingFields('sample', { ...short, noMeasures: '已有措施' }, 0)).toEqual([])
    expect(missingFields('full', short, 1)).toEqual(['behaviour', 'right', 'refunds', 'rules', 'line'])
    expect(missingFields('meeting', short, 1)).toEqual(['behaviour', 'right', 'refunds', 'rules', 'line', 'metOn', 'departments', 'minutes'])
  })
  test('a first version says what happened and how the system behaved, measures may follow; blanks say nothing', () => {
    expect(isFirstVersion(short)).toBe(true)
    expect(isFirstVersion({ ...short, late: null })).toBe(false)
    expect(isFirstVersion({ ...short, causes: [{ depth: 0, text: '  ' }] })).toBe(false)
    expect(missingFields('short', { ...short, wrong: ' ' }, 1)).toEqual(['wrong'])
  })
})

describe('the same thing coming back within 30 days of the last signature', () => {
  const doneAt = at('2026-09-10 16:00')
  const watchUntil = watchedUntil(doneAt, days)
  const review = { regionPath: '/00/32/320500/', doneAt, watchUntil }
  const later = (given: Partial<LaterCase> = {}): LaterCase => ({ alertId: '9', regionPath: '/00/32/320500/', openedAt: doneAt + DAY, highest: 2, state: 'open', ...given })
  const opens = (given: Partial<LaterCase>) => recurrenceOf(review, [later(given)]) !== null

  test('30 natural days, the day of the signature not counted, to 24:00', () => expect(watchUntil).toBe(at('2026-10-11 00:00')))
  test('a case opened just after the signature and just before the end counts, one at either boundary does not', () => {
    expect([doneAt, doneAt + 1, watchUntil - 1, watchUntil].map((openedAt) => opens({ openedAt }))).toEqual([false, true, true, false])
  })
  test('yellow counts and blue does not', () => expect([1, 2, 3, 4].map((highest) => opens({ highest: highest as Severity }))).toEqual([false, true, true, true]))
  test('in the same place, in a part of it or around it; not beside it', () => {
    expect(['/00/32/320500/', '/00/32/320500/320505/', '/00/32/', '/00/32/320100/', '/00/33/'].map((regionPath) => opens({ regionPath }))).toEqual([true, true, true, false, false])
  })
  test('what was no case says nothing', () => expect((['false_positive', 'retracted', 'merged', 'closed'] as const).map((state) => opens({ state }))).toEqual([false, false, false, true]))
  test('the first of several is named', () => expect(recurrenceOf(review, [later({ alertId: 'b', openedAt: doneAt + 2 * HOUR }), later({ alertId: 'a', openedAt: doneAt + HOUR })])?.alertId).toBe('a'))
})
