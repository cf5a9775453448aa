import { describe, expect, test } from 'vitest'
import { isExpedited, judgeExpedites } from '../../core/domain/ticket/expedites.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import type { AppealCourse, Expedite } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { aTicket, at, SHANGHAI, ticketOf } from '../support/builders.ts'

type Row = readonly [local: string, more?: Partial<Expedite>]

const chased = (acceptedAt: string, rows: readonly Row[], facts: Partial<Ticket> = {}): Ticket =>
  aTicket({
    acceptedAt: at(acceptedAt),
    expedites: rows.map(([local, more]) => ({ at: at(local), by: 'customer', channel: 'hotline', status: 'processing', ...more })),
    ...facts,
  })

const judged = (ticket: Ticket, limits = DEFAULT_CLOCK_LIMITS) => judgeExpedites(ticket, limits, SHANGHAI).map(({ why }) => why)

describe('S-4: one VIP, several expedites', () => {
  test('by day', () => {
    const times = ['10:30', '13:05', '14:20', '15:10', '17:15'].map((time) => [`2026-05-12 ${time}`] as const)
    expect(judged(chased('2026-05-12 09:00', times))).toEqual(['too_soon', 'valid', 'too_close', 'valid', 'valid'])
  })

  test('by night: the fifth counts as one, the sixth does not, the morning after counts', () => {
    const evening = ['20:10', '21:00', '22:00', '23:00'].map((time) => [`2026-05-12 ${time}`] as const)
    const morning = ['00:30', '01:00', '09:00'].map((time) => [`2026-05-13 ${time}`] as const)
    const list = judgeExpedites(chased('2026-05-12 18:00', [...evening, ...morning]), DEFAULT_CLOCK_LIMITS, SHANGHAI)
    expect(list.map(({ why }) => why)).toEqual(['night', 'night', 'night', 'night', 'fifth_of_night', 'night', 'valid'])
    expect(list.filter(({ isValid }) => isValid).map((one) => one.at)).toEqual(['2026-05-13 00:30', '2026-05-13 09:00'].map(at))
  })
})

describe('the edges of a valid expedite (3.7-1)', () => {
  test.each<[string, string, string]>([
    ['4 h less a millisecond', '2026-05-12 12:59:59.999', 'too_soon'],
    ['4 h exactly', '2026-05-12 13:00', 'valid'],
    ['the last millisecond of the night', '2026-05-13 07:59:59.999', 'night'],
    ['the first of the day', '2026-05-13 08:00', 'valid'],
    ['the last of the day', '2026-05-12 19:59:59.999', 'valid'],
    ['the first of the night', '2026-05-12 20:00', 'night'],
  ])('%s after 09:00', (_, local, why) => {
    expect(judged(chased('2026-05-12 09:00', [[local]]))).toEqual([why])
  })

  test.each<[string, string]>([
    ['2026-05-12 14:59:59.999', 'too_close'],
    ['2026-05-12 15:00', 'valid'],
  ])('2 h after the last valid one, at %s', (local, why) => {
    expect(judged(chased('2026-05-12 09:00', [['2026-05-12 13:00'], [local]])).at(-1)).toBe(why)
  })

  test('one that did not count does not put off the next', () => {
    expect(judged(chased('2026-05-12 09:00', [['2026-05-12 12:00'], ['2026-05-12 13:00']]))).toEqual(['too_soon', 'valid'])
  })

  test('two nights are counted apart, one night across midnight as one', () => {
    const nights = ['12 20:00', '12 23:00', '13 02:00', '13 07:59', '13 20:00', '13 21:00', '13 22:00', '14 00:00', '14 01:00'].map(
      (time) => [`2026-05-${time}`] as const,
    )
    expect(judged(chased('2026-05-12 09:00', nights)).indexOf('fifth_of_night')).toBe(8)
  })

  test('the tenth of a night counts for nothing more', () => {
    const list = Array.from({ length: 10 }, (_, minute) => [`2026-05-12 21:0${minute}`] as const)
    expect(judged(chased('2026-05-12 09:00', list)).filter((why) => why === 'fifth_of_night')).toHaveLength(1)
  })

  test('five at most, by night too; those of staff go on', () => {
    const five = ['13:00', '15:00', '17:00'].map((time) => [`2026-05-12 ${time}`] as const)
    const next = ['08:00', '10:00', '12:00'].map((time) => [`2026-05-13 ${time}`] as const)
    const night = Array.from({ length: 5 }, (_, minute) => [`2026-05-13 21:0${minute}`] as const)
    const staff: Row = ['2026-05-14 09:00', { by: 'staff' }]
    const why = judged(chased('2026-05-12 09:00', [...five, ...next, ...night, staff]))
    expect(why.slice(0, 6)).toEqual(['valid', 'valid', 'valid', 'valid', 'valid', 'enough'])
    expect(why.slice(-2)).toEqual(['enough', 'official'])
  })

  test.each(['staff', 'group'])('%s chase validly at once, at night, while suspended and in a filed case', (by) => {
    const filed: AppealCourse = { regulatorCaseNo: 'A1', status: 0, stage: null, dueAt: null, feedbackAt: null, closedAt: at('2026-05-12 09:30') }
    const rows: Row[] = [
      ['2026-05-12 09:01', { by }],
      ['2026-05-12 10:00', { by, status: 'suspended' }],
      ['2026-05-12 22:00', { by }],
      ['2026-05-13 10:00', { by, status: 'completed' }],
    ]
    expect(judged(chased('2026-05-12 09:00', rows, { appeal: filed }))).toEqual(['official', 'official', 'official', 'closed'])
  })

  test('theirs puts off the customer by two hours', () => {
    expect(judged(chased('2026-05-12 09:00', [['2026-05-12 12:30', { by: 'group' }], ['2026-05-12 14:00'], ['2026-05-12 14:30']]))).toEqual([
      'official',
      'too_close',
      'valid',
    ])
  })

  test.each<[Expedite['status'], string]>([
    ['new', 'valid'],
    ['dispatched', 'valid'],
    ['replied', 'valid'],
    ['confirming', 'valid'],
    ['suspended', 'suspended'],
    ['surveying', 'in_survey'],
    ['completed', 'closed'],
    ['repairing', 'closed'],
    ['archived', 'closed'],
    ['cancelled', 'closed'],
    ['merged', 'closed'],
    ['voided', 'closed'],
  ])('on a ticket that is %s: %s', (status, why) => {
    expect(judged(chased('2026-05-12 09:00', [['2026-05-12 14:00', { status }]]))).toEqual([why])
  })

  test('not on a case that the regulator has filed, from then on, or merged', () => {
    const appeal: AppealCourse = { regulatorCaseNo: 'A1', status: 6, stage: null, dueAt: null, feedbackAt: null, closedAt: at('2026-05-12 15:00') }
    const rows: Row[] = [['2026-05-12 13:00'], ['2026-05-12 15:00']]
    expect(judged(chased('2026-05-12 09:00', rows, { appeal }))).toEqual(['valid', 'regulator_case'])
    expect(judged(chased('2026-05-12 09:00', rows, { appeal: { ...appeal, status: 1, closedAt: null } }))).toEqual([
      'regulator_case',
      'regulator_case',
    ])
    expect(judged(chased('2026-05-12 09:00', rows, { appeal: { ...appeal, status: 4, closedAt: null } }))).toEqual(['valid', 'valid'])
  })

  test('self-service repeats within 2 h are refused and do not make a fifth of the night', () => {
    const app = { channel: 'app' }
    const night: Row[] = ['21:00', '21:10', '21:20', '21:30', '21:40', '23:00'].map((time) => [`2026-05-12 ${time}`, app])
    expect(judged(chased('2026-05-12 09:00', night))).toEqual(['night', ...Array<string>(4).fill('self_service_repeat'), 'night'])
    expect(
      judged(
        chased('2026-05-12 09:00', [
          ['2026-05-12 12:00', app],
          ['2026-05-12 13:59', app],
          ['2026-05-12 14:00', app],
        ]),
      ),
    ).toEqual(['too_soon', 'self_service_repeat', 'valid'])
  })

  test('the day shift is that of the limits', () => {
    const limits = { ...DEFAULT_CLOCK_LIMITS, dayShiftEnd: 18 * 60 }
    expect(judged(chased('2026-05-12 09:00', [['2026-05-12 18:00']]), limits)).toEqual(['night'])
  })

  test('the fold tells who chased, and one valid is enough for the ticket to be expedited', () => {
    const ticket = ticketOf(
      ['created', '2026-05-12 09:00'],
      ['expedited', '2026-05-12 10:00', { by: 'customer', channel: 'hotline' }],
      ['expedited', '2026-05-12 11:00', { by: 'group', channel: 'group_hotline' }],
    )
    expect(judged(ticket)).toEqual(['too_soon', 'official'])
    expect(isExpedited(ticket, DEFAULT_CLOCK_LIMITS, SHANGHAI)).toBe(true)
    expect(isExpedited({ ...ticket, expedites: ticket.expedites.slice(0, 1) }, DEFAULT_CLOCK_LIMITS, SHANGHAI)).toBe(false)
    expect(judgeExpedites({ ...ticket, acceptedAt: null }, DEFAULT_CLOCK_LIMITS, SHANGHAI)).toEqual([])
  })
})
