import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AlertComparison, compareCases } from '../../core/domain/back-test/compare-cases.ts'
import type { ComparedCase } from '../../core/domain/back-test/comparison.ts'
import { at } from '../support/builders.ts'

const one = (id: string, clock: string, severity: 1 | 2 | 3 | 4 = 1, matter = '无法上网', regionPath = '/00/32/320500/'): ComparedCase => ({
  id, matter: { kind: 'phenomenon', name: matter }, regionPath, lastTrueAt: at(clock) + 600_000, rings: [{ at: at(clock), severity }], verdict: null,
})
const ticket = (name: string) => ({ kind: 'ticket' as const, name })
const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
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

  test('of thousands the counts are whole and the lists hold the first 200, in whatever order they came', () => {
    const start = at('2026-06-11 00:00')
    const would = Array.from({ length: 1_000 }, (_unused, index) => ({ ...one(`+${index}`, '2026-06-11 00:00', index % 2 === 0 ? 1 : 3), matter: ticket(`T${index}`), rings: [{ at: start + ((index * 7) % 1_000) * 60_000, severity: index % 2 === 0 ? (1 as const) : (3 as const) }] }))
    const { would: side, onlyWould, onlyWouldCases } = compareCases(would, [], span, 'Asia/Shanghai')
    expect([side.cases, side.byColour, side.pages, onlyWould]).toEqual([1_000, [500, 0, 500, 0], 1_000, 1_000])
    expect(onlyWouldCases.map(({ openedAt }) => (openedAt - start) / 60_000)).toEqual(Array.from({ length: 200 }, (_unused, minute) => minute))
  })

  test('law: alerts of tickets that come in parts, each ticket whole, compare as those that come at once; each is counted on one line', () => {
    const alerts = (side: string) =>
      fc.array(fc.record({ no: fc.nat(5), minutes: fc.nat(600), verdict: fc.constantFrom(null, 'right' as const, 'wrong' as const) }), { maxLength: 14 }).map((all) =>
        all.map(({ no, minutes, verdict }, place): ComparedCase => ({ id: `${side}${place}`, matter: ticket(`T${no}`), regionPath: '/00/32/320500/', lastTrueAt: 0, rings: [{ at: span.from + minutes * 60_000, severity: 2 }], verdict })),
      )
    fc.assert(
      fc.property(alerts('+'), alerts(''), (would, did) => {
        const whole = compareCases(would, did, span, 'Asia/Shanghai')
        const parts = new AlertComparison(did, span, 'Asia/Shanghai')
        for (let no = 0; no <= 5; no += 1) parts.take(would.filter(({ matter }) => matter.kind === 'ticket' && matter.name === `T${no}`))
        const sorted = (report: typeof whole) => ({ ...report, matched: report.matched.toSorted(byText), onlyWouldCases: report.onlyWouldCases.toSorted(byText), onlyDidCases: report.onlyDidCases.toSorted(byText) })
        expect(sorted(parts.result())).toEqual(sorted(whole))
        expect([whole.matchedCount + whole.onlyWould, whole.matchedCount + whole.onlyDid]).toEqual([would.length, did.length])
        expect([whole.would.cases, whole.did.cases]).toEqual([would.length, did.length])
        expect(whole.did.right).toBe(did.filter(({ verdict }) => verdict === 'right').length)
      }),
    )
  })
})
