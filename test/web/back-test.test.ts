import { describe, expect, it } from 'vitest'
import type { BackTestAnswer } from '../../core/contract/back-test.ts'
import { backTestOption } from '../../web/charts/back-test-option.ts'
import { FIGURE_LINES, isLive, percentOf, timeDifference } from '../../web/rules/back-test-lines.ts'

const palette = { main: '#111', soft: '#999', axis: '#555', grid: '#eee', target: '#070', font: 'sans-serif', fontSize: 12, stroke: 2 }
const days = (count: number) => Array.from({ length: count }, (_, index) => ({ day: `2026-06-${String(index + 1).padStart(2, '0')}`, did: index, would: index * 2 }))
const side: BackTestAnswer['did'] = { cases: 7, byColour: [4, 2, 1, 0], right: 2, wrong: 1, precision: 66.67, pages: 11, pagesPerShift: { mean: 0.79, most: 4 } }
type Drawn = { readonly id: string; readonly type: string; readonly color: string; readonly data: readonly number[] }

describe('a back-test on the page', () => {
  it('is drawn by day: what was raised light beside what would be dark', () => {
    const option = backTestOption(days(3), palette)
    expect((option.series as unknown as Drawn[]).map(({ id, type, color, data }) => [id, type, color, data])).toEqual([['did', 'bar', '#999', [0, 1, 2]], ['would', 'bar', '#111', [0, 2, 4]]])
    expect((option.xAxis as { data: string[] }).data).toEqual(['06-01', '06-02', '06-03'])
  })

  it('is drawn as steps where bars would be thinner than a line', () => {
    expect((backTestOption(days(62), palette).series as unknown as Drawn[])[0]?.type).toBe('bar')
    expect((backTestOption(days(63), palette).series as unknown as Drawn[])[0]?.type).toBe('line')
  })

  it('names its figures from the worst colour down, and a precision only where people have checked', () => {
    expect(FIGURE_LINES.map(({ say }) => say(side))).toEqual(['7', '0', '1', '2', '4', '2 / 1', '66.67%', '11', '0.79', '4'])
    expect(FIGURE_LINES.find(({ word }) => word === 'precision')?.say({ ...side, right: 0, wrong: 0, precision: null })).toBeNull()
  })

  it('tells sooner from later', () => {
    expect([5, -2.5, 0].map(timeDifference)).toEqual([{ word: 'earlier', minutes: '5' }, { word: 'later', minutes: '2.50' }, { word: 'same', minutes: '0' }])
  })

  it('is complete at its last tick only', () => {
    expect([percentOf({ ticksDone: 0, ticksTotal: 288 }), percentOf({ ticksDone: 287, ticksTotal: 288 }), percentOf({ ticksDone: 288, ticksTotal: 288 })]).toEqual([0, 99, 100])
    expect((['waiting', 'running', 'done', 'failed', 'cancelled'] as const).filter((state) => isLive({ state }))).toEqual(['waiting', 'running'])
  })
})
