import type { AlertDetail } from '../../core/contract/alerts.ts'
import type { ChartOption } from './echarts.ts'
import type { Palette } from './palette.ts'
import { plainAxes } from './plain-axes.ts'

type Reading = AlertDetail['readings'][number]

/** The readings of one rule in tick order, for the chart and the table beside it. */
export interface ReadingLines {
  readonly ruleId: string
  readonly readings: readonly Reading[]
}

/** Readings grouped by rule, each in the order of its ticks. */
export function readingLines(readings: readonly Reading[]): readonly ReadingLines[] {
  const byRule = new Map<string, Reading[]>()
  for (const reading of readings) byRule.set(reading.ruleId, [...(byRule.get(reading.ruleId) ?? []), reading])
  return [...byRule].map(([ruleId, list]) => ({ ruleId, readings: list.sort((a, b) => a.tickAt - b.tickAt) })).sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1))
}

/** Value (steps, because a reading holds until the next tick) and baseline of one rule over time. `minute` prints an instant in the page's zone. */
export function readingsOption(lines: ReadingLines, minute: (at: number) => string, palette: Palette): ChartOption {
  return {
    ...plainAxes(lines.readings.map((reading) => minute(reading.tickAt)), palette),
    series: [
      {
        id: 'baseline',
        type: 'line',
        silent: true,
        showSymbol: false,
        lineStyle: { color: palette.soft, width: palette.stroke, type: 'dashed' },
        data: lines.readings.map((reading) => reading.baseline),
      },
      {
        id: 'value',
        type: 'line',
        step: 'end',
        silent: true,
        symbol: 'circle',
        symbolSize: palette.stroke * 3,
        showSymbol: lines.readings.length < 40,
        color: palette.main,
        lineStyle: { width: palette.stroke * 1.4 },
        data: lines.readings.map((reading) => reading.value),
      },
    ] as NonNullable<ChartOption['series']>,
  }
}
