import { isCount } from '../format/number.ts'
import type { KpiSeries, KpiWeek } from '../kpi/series.ts'
import type { ChartOption } from './echarts.ts'
import type { Palette } from './palette.ts'

/** The lines of a trend over the weeks, oldest first; null is a gap, never zero. */
export interface TrendLines {
  readonly labels: readonly string[]
  readonly complete: readonly (number | null)[]
  /** Weeks whose figure is not what was first published. */
  readonly restated: readonly (number | null)[]
  /** What those weeks first said. */
  readonly first: readonly (number | null)[]
  /** From the last complete week (without a mark of its own) to the running one; null everywhere else. */
  readonly incomplete: readonly (number | null | { readonly value: number; readonly symbol: 'none' })[]
  readonly lastYear: readonly (number | null)[]
}

const valueOf = (figure: Pick<KpiWeek['figure'], 'status' | 'value'>): number | null => (figure.status === 'ok' ? figure.value : null)
const shortWeek = (week: string): string => week.slice(week.indexOf('W'))

const CROSS = 'path://M0,1 L1,0 L4,3 L7,0 L8,1 L5,4 L8,7 L7,8 L4,5 L1,8 L0,7 L3,4 Z'

/** Cuts a series into its lines. `incompleteWord` is put under the label of a week that still runs. */
export function trendLines(series: Pick<KpiSeries, 'weeks'>, incompleteWord: string): TrendLines {
  const { weeks } = series
  const before = (index: number) => weeks[index + 1]?.isComplete === false
  return {
    labels: weeks.map((week) => (week.isComplete ? shortWeek(week.week) : `${shortWeek(week.week)}\n${incompleteWord}`)),
    complete: weeks.map((week) => (week.isComplete ? valueOf(week.figure) : null)),
    incomplete: weeks.map((week, index) => {
      const value = valueOf(week.figure)
      if (!week.isComplete) return value
      return before(index) && value !== null ? { value, symbol: 'none' } : null
    }),
    restated: weeks.map((week) => (week.first === null ? null : valueOf(week.figure))),
    first: weeks.map((week) => (week.first === null ? null : valueOf(week.first))),
    lastYear: weeks.map((week) => valueOf(week.lastYear)),
  }
}

/** What the chart says in words. */
export interface TrendWords {
  readonly incomplete: string
  /** Of each week what a pointer on it shows, in lines. */
  readonly tips: readonly string[]
}

/**
 * The chart of one indicator: this year dark, last year lighter, the running week dotted with a hollow mark, the target dashed; a restated week has a diamond
 * instead of a dot, and a cross where it first stood.
 */
export function weekTrendOption(series: KpiSeries, words: TrendWords, palette: Palette): ChartOption {
  const lines = trendLines(series, words.incomplete)
  const label = { color: palette.axis, fontSize: palette.fontSize, fontFamily: palette.font, margin: palette.fontSize * 0.7 }
  const target = series.thresholds?.target ?? null
  const size = palette.stroke * 3.4
  const line = (id: string, color: string, data: TrendLines['incomplete'], more: object) =>
    ({ id, type: 'line', silent: true, connectNulls: false, color, data: [...data], ...more }) as const
  return {
    animation: false,
    // Drawn on the canvas: a steward's reason is text, never markup.
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      formatter: (at) => words.tips[(Array.isArray(at) ? at[0] : at)?.dataIndex ?? -1] ?? '',
      textStyle: { fontFamily: palette.font, fontSize: palette.fontSize },
    },
    grid: { left: 0, right: palette.fontSize, top: palette.fontSize * 0.8, bottom: 0, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      data: [...lines.labels],
      boundaryGap: true,
      axisLabel: { ...label, interval: 'auto', hideOverlap: true, lineHeight: palette.fontSize * 1.3, showMaxLabel: true },
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: series.unit === 'percent',
      ...(isCount(series.unit) ? { minInterval: 1, min: 0 } : {}),
      splitNumber: 4,
      axisLabel: series.unit === 'percent' ? { ...label, formatter: '{value}%' } : label,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: palette.grid } },
    },
    series: [
      line('lastYear', palette.soft, lines.lastYear, { symbol: 'circle', symbolSize: size * 0.7, lineStyle: { width: palette.stroke } }),
      ...(target === null
        ? []
        : [line('target', palette.target, series.weeks.map(() => target), { showSymbol: false, lineStyle: { width: palette.stroke * 0.8, type: 'dashed' } })]),
      line('incomplete', palette.main, lines.incomplete, {
        symbol: 'emptyCircle',
        symbolSize: size * 1.3,
        lineStyle: { width: palette.stroke * 1.2, type: 'dotted' },
      }),
      line('complete', palette.main, lines.complete, { symbol: 'circle', symbolSize: size, lineStyle: { width: palette.stroke * 1.4 } }),
      line('first', palette.axis, lines.first, { symbol: CROSS, symbolSize: size * 1.3, lineStyle: { width: 0 } }),
      line('restated', palette.main, lines.restated, { symbol: 'diamond', symbolSize: size * 2.2, lineStyle: { width: 0 } }),
    ] as NonNullable<ChartOption['series']>,
  }
}
