import { describe, expect, test } from 'vitest'
import { REOPENED } from '../../core/domain/abnormal/at-19-reopened.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, ticketOf } from '../support/builders.ts'

type Step = readonly [type: EventType, local: string, payload?: Readonly<Record<string, unknown>>]
const on = (time: string) => `2026-06-02 ${time}`
const completed = (time: string): Step => ['completed', on(time), { result_code: 'solved' }]
const reopened = (time: string): Step => ['reopened', on(time), { reason: 'again' }]
const survey = (time: string, score: number): readonly Step[] => [
  ['survey_sent', on(`${time}:00`), { mode: 'sms' }],
  ['survey_answered', on(`${time}:30`), { score, solved: score >= 9 ? 'yes' : 'no' }],
]
const FIRST: readonly Step[] = [['created', '2026-06-01 09:00'], completed('09:00')]
const ONCE: readonly Step[] = [...FIRST, reopened('10:00')]
const seen = (ticket: Ticket, time: string, values = {}) => {
  const { level, why, nextChangeAt } = judgedBy(REOPENED, ticket, at(on(time)), values)
  return [level, why, nextChangeAt]
}

describe('AT-19 reopened', () => {
  test('a completed ticket is not, and each reopening raises it', () => {
    expect(seen(ticketOf(...FIRST), '12:00')).toEqual([0, 'never_true', null])
    expect(seen(ticketOf(...ONCE), '09:59')).toEqual([0, 'never_true', at(on('10:00'))])
    expect(seen(ticketOf(...ONCE), '10:00')).toEqual([2, 'true', null])
    const twice = ticketOf(...ONCE, completed('11:00'), reopened('12:00'))
    expect(seen(twice, '12:00')).toEqual([3, 'true', null])
    expect(seen(ticketOf(...ONCE, completed('11:00'), reopened('12:00'), completed('13:00'), reopened('14:00')), '15:00')).toEqual([3, 'true', null])
  })

  test.each<[string, readonly Step[], [number, string, null]]>([
    ['completed again', [completed('11:00')], [0, 'mitigated', null]],
    [
      'completed again, the survey not answered',
      [completed('11:00'), ['survey_sent', on('12:00')], ['survey_expired', on('16:00')]],
      [0, 'mitigated', null],
    ],
    ['completed again with a good survey', [completed('11:00'), ...survey('12', 10)], [0, 'cleared', null]],
    ['completed again and archived', [completed('11:00'), ['archived', on('12:00')]], [0, 'cleared', null]],
    ['completed again with a bad survey', [completed('11:00'), ...survey('12', 3)], [2, 'true', null]],
    ['archived over a bad survey', [completed('11:00'), ...survey('12', 3), ['archived', on('13:00')]], [2, 'true', null]],
    [
      'repaired after a bad survey',
      [
        completed('11:00'),
        ...survey('12', 3),
        ['repair_opened', on('13:00'), { repair_no: 'X' }],
        ['repair_closed', on('14:00'), { repair_no: 'X' }],
      ],
      [0, 'mitigated', null],
    ],
    [
      'repaired after a bad survey and archived',
      [
        completed('11:00'),
        ...survey('12', 3),
        ['repair_opened', on('13:00'), { repair_no: 'X' }],
        ['repair_closed', on('14:00'), { repair_no: 'X' }],
        ['archived', on('15:00')],
      ],
      [0, 'cleared', null],
    ],
    ['cancelled', [['cancelled', on('11:00')]], [0, 'cleared', null]],
    ['merged', [['merged', on('11:00'), { parent_ticket_id: 'T0' }]], [0, 'cleared', null]],
  ])('once %s', (_, steps, expected) => {
    expect(seen(ticketOf(...ONCE, ...steps), '20:00')).toEqual(expected)
  })

  test('a survey before the reopening says nothing of the second completion', () => {
    const steps: readonly Step[] = [
      ...FIRST,
      ['survey_sent', on('09:10'), { mode: 'sms' }],
      ['survey_answered', on('09:20'), { score: 3, solved: 'no' }],
    ]
    expect(seen(ticketOf(...steps, reopened('10:00'), completed('11:00')), '12:00')).toEqual([0, 'mitigated', null])
  })

  test('is taken back where the reopening was none', () => {
    const ticket = ticketOf(...ONCE)
    expect(
      seen({ ...ticket, completions: [{ at: at(on('09:00')), reopenedAt: null }], completedAt: at(on('09:00')), reopenCount: 0 }, '12:00'),
    ).toEqual([0, 'never_true', null])
  })

  test('names each reopening as another cause', () => {
    expect(judgedBy(REOPENED, ticketOf(...ONCE), at(on('10:00'))).facts).toEqual({ cause: 'reopened|reopenings:1', words: '重开 1 次 / 1 reopening' })
    const twice = ticketOf(...ONCE, completed('11:00'), reopened('12:00'))
    expect(judgedBy(REOPENED, twice, at(on('12:00'))).facts).toEqual({ cause: 'reopened|reopenings:2', words: '重开 2 次 / 2 reopenings' })
  })

  test('goes by the province’s own bounds', () => {
    expect(seen(ticketOf(...ONCE), '12:00', { A2: 2, A3: 3 })).toEqual([0, 'never_true', null])
    expect(seen(ticketOf(...ONCE), '12:00', { A3: 1 })).toEqual([3, 'true', null])
  })
})
