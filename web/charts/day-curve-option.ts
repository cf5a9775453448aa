import type { DayCurve } from '../../core/contract/wall.ts'
import type { ChartOption } from './echarts.ts'
import type { Palette } from './palette.ts'
import { countsFrame, quietAxis } from './plain-axes.ts'

const HOUR = 3_600_000
const two = (value: number): string => String(value).padStart(2, '0')

/** A point of a curve: hours since local midnight, and the count up to then; null leaves a gap. */
export type CurvePoint = readonly [number, number | null]

export interface CurveLines {
  readonly today: readonly CurvePoint[]
  readonly baseline: readonly CurvePoint[]
}

/**
 * The lines of the day: point i of the snapshot stands at `i × step` after midnight, and today's line ends at the live figure
 * (`asOf`, `accepted`). Stored points at or after `asOf` are left out, as is a live end of another day.
 */
export function curveLines(curve: DayCurve, live: { readonly asOf: number; readonly accepted: number } | null): CurveLines {
  const hours = (index: number) => (index * curve.stepMs) / HOUR
  const liveHours = live === null ? null : (live.asOf - curve.dayStartAt) / HOUR
  const isOfToday = liveHours !== null && liveHours >= 0 && liveHours <= 25
  const today: CurvePoint[] = curve.today
    .map((count, index): CurvePoint => [hours(index), count])
    .filter(([at]) => !isOfToday || at < liveHours)
  if (isOfToday && live) today.push([liveHours, live.accepted])
  return { today, baseline: curve.baseline.map((count, index): CurvePoint => [hours(index), count]) }
}

/** What never changes while the chart is on the screen. The axis has 24 h and seven labels, so the browser measures few distinct texts. */
export function dayCurveBase(palette: Palette): ChartOption {
  const axis = quietAxis(palette)
  return {
    ...countsFrame(palette),
    xAxis: {
      ...axis,
      type: 'value',
      min: 0,
      max: 24,
      interval: 4,
      axisLabel: { ...axis.axisLabel, formatter: (hour: number) => `${two(hour)}:00` },
      splitLine: { show: false },
    },
    series: [
      { id: 'baseline', type: 'line', showSymbol: false, silent: true, lineStyle: { color: palette.soft, width: palette.stroke, type: 'dashed' }, data: [] },
      { id: 'today', type: 'line', showSymbol: false, silent: true, lineStyle: { color: palette.main, width: palette.stroke * 1.4 }, data: [] },
    ],
  }
}

/** What changes with the data: the two lines and nothing else. */
export function dayCurveData(lines: CurveLines): ChartOption {
  const mutable = (points: readonly CurvePoint[]) => points.map(([at, count]) => [at, count])
  return {
    series: [
      { id: 'baseline', type: 'line', data: mutable(lines.baseline) },
      { id: 'today', type: 'line', data: mutable(lines.today) },
    ] as NonNullable<ChartOption['series']>,
  }
}
