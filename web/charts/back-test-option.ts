import type { BackTestAnswer } from '../../core/contract/back-test.ts'
import type { ChartOption } from './echarts.ts'
import type { Palette } from './palette.ts'
import { plainAxes } from './plain-axes.ts'

/** More days than this are drawn as steps: bars would be thinner than a line. */
const MOST_BARS = 62

const shortDay = (day: string): string => day.slice(5)

/** Cases opened by day: what was raised light, what would be raised dark beside it. */
export function backTestOption(byDay: BackTestAnswer['byDay'], palette: Palette): ChartOption {
  const isBars = byDay.length <= MOST_BARS
  const shape = isBars ? ({ type: 'bar', barMaxWidth: palette.fontSize, barGap: '10%' } as const) : ({ type: 'line', step: 'middle', showSymbol: false, lineStyle: { width: palette.stroke } } as const)
  const side = (id: 'did' | 'would', color: string) => ({ id, silent: true, color, data: byDay.map((one) => one[id]), ...shape })
  return {
    ...plainAxes(byDay.map(({ day }) => shortDay(day)), palette),
    series: [side('did', palette.soft), side('would', palette.main)] as NonNullable<ChartOption['series']>,
  }
}
