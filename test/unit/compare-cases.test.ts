import { describe, expect, test } from 'vitest'
import { compareCases, type ComparedCase } from '../../core/domain/back-test/compare-cases.ts'
import { at } from '../support/builders.ts'

const one = (id: string, clock: string, severity: 1 | 2 | 3 | 4 = 1, matter = '无法上网', regionPath = '/00/32/320500/'): ComparedCase => ({
  id, matter: { kind: 'phenomenon', name: matter }, regionPath, lastTrueAt: at(clock) + 600_000, rings: [{ at: at(clock), severity }], verdict: null,
})
const span = { from: at('2026-06-10 12:00'), to: at('2026-06-13 00:00') }

describe('what would be raised beside what was', () => {
  test('lists the cases that only one side has, in the order in which they opened, with their highest colour', () => {
    const would = [one('+1', '2026-06-11 20:15'), { ...one('+2', '2026-06-12 09:00'), rings: [{ at: at('2026-06-12 09:00'), severity: 1 as const }, { at: at('2026-06-12 09:10'), severity: 3 as const }] }, one('+3', '2026-06-12 08:00', 2, '费用')]
    const did = [one('7', '2026-06-11 20:20'), one('8', '2026-06-10 13:00', 4)]
    const { matched, onlyWouldCases, onlyDidCases } = compareCases(would, did, span, 'Asia/Shanghai')
    expect(matched.map(({ would: a, did: b, minutesEarlier }) => [a, b, minutesEarlier])).toEqual([['+1', '7', 5]])
    expect(onlyWouldCases.map(({ id, severity }) => [id, severity])).toEqual([['+3', 2], ['+2', 3]])
    expect(onlyDidCases).toEqual([{ id: '8', matter: { kind: 'phenomenon', name: '无法上网' }, regionPath: '/00/32/320500/', openedAt: at('2026-06-10 13:00'), severity: 4 }])
  })

  test('has a row for every local day of the span, those without cases too, and none past its end', () => {
    expect(compareCases([one('+1', '2026-06-12 09:00')], [], span, 'Asia/Shanghai').byDay).toEqual([
      { day: '2026-06-10', would: 0, did: 0 }, { day: '2026-06-11', would: 0, did: 0 }, { day: '2026-06-12', would: 1, did: 0 },
    ])
  })
})
