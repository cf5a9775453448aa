import { describe, expect, test } from 'vitest'
import { monthsOf, rangesOf } from '../../web/calendar/months.ts'

const YEAR = {
  year: 2026,
  off: [{ from: '2026-10-01', to: '2026-10-07', nameZh: '国庆节', nameEn: 'National Day' }],
  worked: ['2026-10-10'],
  tagged: [
    { date: '2026-11-10', tags: ['promotion'] },
    { date: '2026-11-11', tags: ['bill_day', 'promotion'] },
    { date: '2026-11-30', tags: ['promotion'] },
    { date: '2026-12-01', tags: ['promotion'] },
  ],
}

describe('the months of a calendar', () => {
  test('have every day of the year once, in weeks from Monday', () => {
    const months = monthsOf(YEAR)
    const days = months.flatMap(({ weeks }) => weeks.flat()).filter((day) => day !== null)
    expect(days).toHaveLength(365)
    expect(new Set(days.map(({ date }) => date)).size).toBe(365)
    expect(months[9]?.weeks[0]?.map((day) => day?.day ?? null)).toEqual([null, null, null, 1, 2, 3, 4])
    expect(months.every(({ weeks }) => weeks.every((week) => week.length === 7))).toBe(true)
    expect(monthsOf({ ...YEAR, year: 2028 })[1]?.weeks.flat().filter((day) => day !== null)).toHaveLength(29)
  })

  test('tell holidays, make-up days, week-ends and tags apart', () => {
    const [october, november] = [monthsOf(YEAR)[9], monthsOf(YEAR)[10]]
    const kinds = october?.weeks[0]?.concat(october.weeks[1] ?? []).map((day) => day?.kind ?? null)
    expect(kinds).toEqual([null, null, null, 'holiday', 'holiday', 'holiday', 'holiday', 'holiday', 'holiday', 'holiday', 'workday', 'workday', 'worked', 'weekend'])
    expect(november?.weeks.flat().find((day) => day?.day === 11)?.tags).toEqual(['bill_day', 'promotion'])
  })

  test('read tagged days in a row as one range, across the end of a month too', () => {
    expect(rangesOf(YEAR.tagged)).toEqual([
      { tag: 'promotion', from: '2026-11-10', to: '2026-11-11' },
      { tag: 'bill_day', from: '2026-11-11', to: '2026-11-11' },
      { tag: 'promotion', from: '2026-11-30', to: '2026-12-01' },
    ])
  })
})
