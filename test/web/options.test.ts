import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KpiAnswer } from '../../core/contract/kpi.ts'
import { curveLines, dayCurveData } from '../../web/charts/day-curve-option.ts'
import { recyclingMeasure } from '../../web/charts/measure-text.ts'
import { readingLines, readingsOption } from '../../web/charts/readings-option.ts'
import { trendLines, weekTrendOption } from '../../web/charts/week-trend-option.ts'
import { tipLines } from '../../web/charts/tip-lines.ts'
import { changeOf } from '../../web/kpi/change.ts'

const HALF_HOUR = 1_800_000
const palette = { main: '#111', soft: '#999', axis: '#555', grid: '#eee', target: '#070', font: 'sans-serif', fontSize: 12, stroke: 2 }
type Week = KpiAnswer['series'][number]['weeks'][number]
type Series = KpiAnswer['series'][number]

const figure = (value: number | null): Week['figure'] => ({
  numerator: value, denominator: null, value, status: value === null ? 'no_data' : 'ok', dataAsOf: 0, formulaVersion: 1,
})
const week = (number: number, value: number | null, isComplete = true, lastYear: number | null = null): Week => ({
  week: `2026-W${number}`, startAt: number * 7, endAt: (number + 1) * 7, isComplete, figure: figure(value), lastYear: figure(lastYear), restated: { waiting: 0, rejected: 0 }, first: null, adjustment: null, decisions: [],
})
const series = (weeks: Week[], given: Partial<Series> = {}): Series => ({
  id: 'K-01', nameZh: '', nameEn: '', formulaZh: '', formulaEn: '', unit: 'tickets', group: 'service', direction: 'down', basis: 'ACC', thresholds: null, weeks, ...given,
})

interface DrawnSeries {
  readonly id: string
  readonly data: readonly unknown[]
  readonly lineStyle?: { readonly type?: string }
  readonly symbol?: string
}
const drawn = (option: { series?: unknown }): DrawnSeries[] => option.series as DrawnSeries[]
const drawnById = (option: { series?: unknown }, id: string) => drawn(option).find((one) => one.id === id)

describe('the curve of the day', () => {
  const curve = { dayStartAt: 1_000_000, stepMs: HALF_HOUR, today: [0, 4, 9], baseline: [0, 3, 6, null] }

  it('puts point i at i steps after midnight and ends today at the live figure', () => {
    const lines = curveLines(curve, { asOf: curve.dayStartAt + 2.5 * HALF_HOUR, accepted: 12 })
    expect(lines.today).toEqual([[0, 0], [0.5, 4], [1, 9], [1.25, 12]])
    expect(lines.baseline).toEqual([[0, 0], [0.5, 3], [1, 6], [1.5, null]])
  })

  it('never draws a stored point after the live one', () => {
    const lines = curveLines(curve, { asOf: curve.dayStartAt + HALF_HOUR, accepted: 5 })
    expect(lines.today).toEqual([[0, 0], [0.5, 5]])
  })

  it('does not hang yesterday’s figure on today’s curve', () => {
    expect(curveLines(curve, { asOf: curve.dayStartAt - 1, accepted: 900 }).today).toEqual([[0, 0], [0.5, 4], [1, 9]])
  })

  it('leaves a gap where there is no baseline', () => {
    expect(drawnById(dayCurveData(curveLines(curve, null)), 'baseline')?.data.at(-1)).toEqual([1.5, null])
  })
})

describe('the trend over the weeks', () => {
  const WORDS = { incomplete: '', tips: [] }
  const weeks = [week(44, 10, true, 8), week(45, null, true, null), week(46, 30, true, 9), week(47, 12, false, 9)]

  it('draws complete weeks, the running week and last year as lines of their own, with gaps where there is no data', () => {
    const lines = trendLines({ weeks }, '未完')
    expect(lines.complete).toEqual([10, null, 30, null])
    expect(lines.incomplete).toEqual([null, null, { value: 30, symbol: 'none' }, 12])
    expect(lines.lastYear).toEqual([8, null, 9, 9])
    expect(lines.labels).toEqual(['W44', 'W45', 'W46', 'W47\n未完'])
  })

  it('draws the running week dotted with a hollow mark and nothing else so', () => {
    const option = weekTrendOption(series(weeks), { incomplete: '未完', tips: [] }, palette)
    expect(drawn(option).filter((line) => line.lineStyle?.type === 'dotted').map((line) => line.id)).toEqual(['incomplete'])
    expect(drawnById(option, 'incomplete')?.symbol).toBe('emptyCircle')
  })

  it('draws the target only where there is one', () => {
    expect(drawnById(weekTrendOption(series(weeks), WORDS, palette), 'target')).toBeUndefined()
    const option = weekTrendOption(series(weeks, { unit: 'percent', thresholds: { target: 93, warn: 93, alarm: 90 } }), WORDS, palette)
    expect(drawnById(option, 'target')?.data).toEqual([93, 93, 93, 93])
  })

  it('gives a restated week a mark of its own where it stands, another where it first stood, and its words', () => {
    const first = { numerator: 12, denominator: null, value: 12, status: 'ok' as const }
    const option = weekTrendOption(series([week(44, 10), { ...week(45, 11), first }]), { incomplete: '', tips: ['a', 'W45\n12 → 11'] }, palette)
    expect(drawnById(option, 'restated')).toMatchObject({ data: [null, 11], symbol: 'diamond' })
    expect(drawnById(option, 'first')?.data).toEqual([null, 12])
    const { formatter, renderMode } = option.tooltip as { formatter: (at: { dataIndex: number }[]) => string; renderMode: string }
    expect([formatter([{ dataIndex: 1 }]), formatter([]), renderMode]).toEqual(['W45\n12 → 11', '', 'richText'])
  })

  it('begins the axis of counts at zero', () => {
    expect(weekTrendOption(series(weeks), WORDS, palette).yAxis).toMatchObject({ min: 0, scale: false })
  })
})

describe('a tip on the canvas', () => {
  it('is cut into lines that fit a telephone, at blanks where it can, and ends', () => {
    expect(tipLines('2026-W46 4')).toBe('2026-W46 4')
    expect(tipLines('重'.repeat(20))).toBe('重'.repeat(20))
    expect(tipLines('重'.repeat(21))).toBe(`${'重'.repeat(20)}\n重`)
    expect(tipLines('First published 66.67% (2/3), now 50.00% (1/2)')).toBe('First published 66.67% (2/3), now\n50.00% (1/2)')
    expect(tipLines('重'.repeat(300))).toBe(`${Array.from({ length: 4 }, () => '重'.repeat(20)).join('\n')}…`)
  })
})

describe('the change of an indicator', () => {
  it('compares the last complete week with the one before and never the running one', () => {
    const change = changeOf(series([week(45, 100), week(46, 110), week(47, 3, false)]))
    expect(change).toMatchObject({ difference: 10, percent: 10, verdict: 'worse' })
    expect(change?.latest.week).toBe('2026-W46')
    expect(change?.before?.week).toBe('2026-W45')
  })

  it('compares nothing across a gap', () => {
    const change = changeOf(series([week(44, 100), week(45, null), week(46, 110), week(47, 3, false)]))
    expect(change).toMatchObject({ before: null, difference: null, verdict: null })
  })

  it('has no change where no week is complete', () => {
    expect(changeOf(series([week(47, 3, false)]))).toBeNull()
  })

  it.each([
    ['up', 90, 95, 'better'],
    ['up', 95, 90, 'worse'],
    ['down', 90, 95, 'worse'],
    ['down', 95, 90, 'better'],
    ['down', 95, 95, 'same'],
  ] as const)('calls a value that should go %s and goes from %d to %d %s', (direction, then, now, verdict) => {
    expect(changeOf(series([week(45, then), week(46, now)], { direction }))?.verdict).toBe(verdict)
  })

  it('gives percentage points and no percent of a percentage', () => {
    expect(changeOf(series([week(45, 90), week(46, 92.5)], { unit: 'percent', direction: 'up' }))).toMatchObject({ difference: 2.5, percent: null })
  })

  it('gives no percentage where the week before was zero', () => {
    expect(changeOf(series([week(45, 0), week(46, 7)]))).toMatchObject({ difference: 7, percent: null, verdict: 'worse' })
  })
})

describe('the readings of a case', () => {
  const reading = (ruleId: string, tickAt: number, value: number, baseline: number | null) => ({ ruleId, tickAt, level: 1, value, baseline, z: null, r: null })

  it('are drawn by rule in the order of their ticks, with a gap where there is no baseline', () => {
    const lines = readingLines([reading('MR-02', 20, 9, 2), reading('MR-01', 10, 4, null), reading('MR-02', 10, 5, 1)])
    expect(lines.map(({ ruleId }) => ruleId)).toEqual(['MR-01', 'MR-02'])
    const option = readingsOption(lines[1] ?? { ruleId: '', readings: [] }, String, palette)
    expect(drawnById(option, 'value')?.data).toEqual([5, 9])
    expect(drawnById(option, 'baseline')?.data).toEqual([1, 2])
    expect(drawnById(readingsOption(lines[0] ?? { ruleId: '', readings: [] }, String, palette), 'baseline')?.data).toEqual([null])
  })
})

describe('measuring text', () => {
  it('takes a new canvas every 500 calls and measures alike on each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), (calls) => {
        let canvases = 0
        const measure = recyclingMeasure(() => {
          canvases += 1
          return { font: '', measureText: (text) => ({ width: text.length }) }
        })
        for (let call = 0; call < calls; call += 1) expect(measure(`t${call}`, '12px x').width).toBe(`t${call}`.length)
        expect(canvases).toBe(Math.ceil(calls / 500))
      }),
      { numRuns: 5 },
    )
  })

  it('falls back to a width where no canvas can be had', () => {
    expect(recyclingMeasure(() => null)('abc').width).toBeGreaterThan(0)
  })
})
