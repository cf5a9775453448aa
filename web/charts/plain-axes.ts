import type { ChartOption } from './echarts.ts'
import type { Palette } from './palette.ts'

/** Categories below and whole counts from zero at the side, quiet enough for the data to stand out. */
export function plainAxes(labels: readonly string[], palette: Palette): Pick<ChartOption, 'animation' | 'grid' | 'xAxis' | 'yAxis'> {
  const label = { color: palette.axis, fontSize: palette.fontSize, fontFamily: palette.font, margin: palette.fontSize * 0.7 }
  return {
    animation: false,
    grid: { left: 0, right: palette.fontSize, top: palette.fontSize * 0.8, bottom: 0, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      data: [...labels],
      axisLabel: { ...label, hideOverlap: true },
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: label,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: palette.grid } },
    },
  }
}
