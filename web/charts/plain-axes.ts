import type { ChartOption } from './echarts.ts'
import type { Palette } from './palette.ts'

const labelOf = (palette: Palette) => ({ color: palette.axis, fontSize: palette.fontSize, fontFamily: palette.font, margin: palette.fontSize * 0.7 })

/** What an axis below has in every chart of counts. */
export const quietAxis = (palette: Palette) => ({ axisLabel: labelOf(palette), axisLine: { lineStyle: { color: palette.grid } }, axisTick: { show: false } })

/** The ground and the side of a chart of whole counts from zero, quiet enough for the data to stand out. */
export const countsFrame = (palette: Palette): Pick<ChartOption, 'animation' | 'grid' | 'yAxis'> => ({
  animation: false,
  grid: { left: 0, right: palette.fontSize, top: palette.fontSize * 0.8, bottom: 0, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
  yAxis: {
    type: 'value',
    min: 0,
    minInterval: 1,
    splitNumber: 3,
    axisLabel: labelOf(palette),
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.grid } },
  },
})

/** Categories below and whole counts from zero at the side. */
export function plainAxes(labels: readonly string[], palette: Palette): Pick<ChartOption, 'animation' | 'grid' | 'xAxis' | 'yAxis'> {
  const axis = quietAxis(palette)
  return { ...countsFrame(palette), xAxis: { ...axis, type: 'category', data: [...labels], axisLabel: { ...axis.axisLabel, hideOverlap: true } } }
}
