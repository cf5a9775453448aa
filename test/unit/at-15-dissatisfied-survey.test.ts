import { describe, expect, test } from 'vitest'
import { DISSATISFIED_SURVEY } from '../../core/domain/abnormal/at-15-dissatisfied-survey.ts'
import type { Repair } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, ticketOf } from '../support/builders.ts'
import { aFolded, aSurvey, h } from '../support/clock-tickets.ts'

const bad = (hour: number) => aSurvey({ sentAt: h(hour - 1), endedAt: h(hour), result: 'dissatisfied' })
const aRepair = (openedAt: number, closedAt: number | null = null): Repair => ({
  repairNo: 'X1',
  cause: 'survey_dissatisfied',
  openedAt,
  closedAt,
  result: null,
  isSuccess: false,
})
const surveyed = (facts: Partial<Ticket> = {}) => aFolded({ completedAt: h(5), surveys: [bad(10)], ...facts })
const judged = (ticket: Ticket, when: number, values = {}) => judgedBy(DISSATISFIED_SURVEY, ticket, when, values)
const seen = (ticket: Ticket, when: number, values = {}) => {
  const { level, why, nextChangeAt } = judged(ticket, when, values)
  return [level, why, nextChangeAt]
}

describe('AT-15 dissatisfied after survey', () => {
  test.each([
    ['before the answer', h(10) - 1, 0, 'never_true', h(10)],
    ['at the answer', h(10), 2, 'true', h(14) + 1],
    ['at exactly 4 h', h(14), 2, 'true', h(14) + 1],
    ['a millisecond more', h(14) + 1, 3, 'true', null],
  ] as const)('%s', (_, when, level, why, next) => {
    expect(seen(surveyed(), when)).toEqual([level, why, next])
  })

  test.each([
    ['opened at exactly 4 h', [aRepair(h(14))], [2, 'true', null]],
    ['opened a millisecond later', [aRepair(h(14) + 1)], [3, 'true', null]],
    ['closed', [aRepair(h(12), h(20))], [0, 'cleared', null]],
    ['opened late and closed', [aRepair(h(16), h(20))], [0, 'cleared', null]],
    ['of an earlier answer, closed before', [aRepair(h(6), h(9))], [3, 'true', null]],
  ] as const)('a repair %s', (_, repairs, expected) => {
    expect(seen(surveyed({ repairs }), h(30))).toEqual(expected)
  })

  const answer = (score: number, solved: string) =>
    ticketOf(
      ['created', '2026-06-01 09:00'],
      ['completed', '2026-06-01 12:00', { result_code: 'solved' }],
      ['survey_sent', '2026-06-01 13:00', { mode: 'sms' }],
      ['survey_answered', '2026-06-01 14:00', { score, solved }],
    )
  test('S-10: 34 scores of 1–8, 12 unsolved and 5 unclear make 51, and 289 satisfied ones none', () => {
    const answers: [number, string][] = [
      ...Array.from({ length: 34 }, (_, index): [number, string] => [1 + (index % 8), 'yes']),
      ...Array.from({ length: 12 }, (_, index): [number, string] => [9 + (index % 2), 'no']),
      ...Array.from({ length: 5 }, (): [number, string] => [10, 'unclear']),
      ...Array.from({ length: 289 }, (_, index): [number, string] => [9 + (index % 2), 'yes']),
    ]
    const levels = answers.map(([score, solved]) => judged(answer(score, solved), at('2026-06-01 15:00')).level)
    expect(levels.filter((level) => level === 2)).toHaveLength(51)
    expect(levels.filter((level) => level === 0)).toHaveLength(289)
  })

  test('no answer is no dissatisfaction, and neither the completion nor the archiving ends it', () => {
    expect(seen(surveyed({ surveys: [aSurvey({ endedAt: h(10), result: 'no_answer' })] }), h(30))).toEqual([0, 'never_true', null])
    expect(seen(surveyed({ archivedAt: h(11) }), h(30))).toEqual([3, 'true', null])
  })

  test('is taken back where the answer stands as a good one after all', () => {
    expect(seen(surveyed({ surveys: [aSurvey({ endedAt: h(11), result: 'satisfied' })] }), h(30))).toEqual([0, 'never_true', null])
  })

  test('a reopening takes the matter back into handling and leaves the rest to a person', () => {
    const reopened = { completedAt: null, completions: [{ at: h(5), reopenedAt: h(12) }], reopenCount: 1 }
    expect(seen(surveyed(reopened), h(30))).toEqual([0, 'mitigated', null])
    const again = {
      completedAt: h(20),
      completions: [
        { at: h(5), reopenedAt: h(12) },
        { at: h(20), reopenedAt: null },
      ],
      reopenCount: 1,
    }
    expect(seen(surveyed(again), h(30))).toEqual([0, 'mitigated', null])
    expect(seen(surveyed({ ...again, surveys: [bad(10), bad(25)] }), h(30))).toEqual([3, 'true', null])
  })

  test('an answer after a closed repair is another cause with its own four hours; one before it is not', () => {
    const twice = surveyed({ surveys: [bad(10), bad(25)], repairs: [aRepair(h(11), h(20))] })
    expect(seen(twice, h(26))).toEqual([2, 'true', h(29) + 1])
    expect(judged(twice, h(26)).facts).toEqual({
      cause: 'dissatisfied:2',
      words: '回访不满意 2 次 / 2 dissatisfied answers to surveys',
      deadlineAt: h(29),
    })
    expect(seen(surveyed({ surveys: [bad(10), bad(13)] }), h(14) + 1)).toEqual([3, 'true', null])
    expect(judged(surveyed(), h(11)).facts).toMatchObject({ cause: 'dissatisfied:1', words: '回访不满意 1 次 / 1 dissatisfied answer to a survey' })
  })

  test('goes by the province’s own bound', () => {
    expect(seen(surveyed(), h(12), { A3: 2 })).toEqual([2, 'true', h(10) + 2 * HOUR + 1])
  })
})
