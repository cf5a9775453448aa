import { BarChart, type BarSeriesOption, LineChart, type LineSeriesOption } from 'echarts/charts'
import { GridComponent, type GridComponentOption, TooltipComponent, type TooltipComponentOption } from 'echarts/components'
import { type ComposeOption, init, setPlatformAPI, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { recyclingMeasure } from './measure-text.ts'

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])
setPlatformAPI({ measureText: recyclingMeasure(() => document.createElement('canvas').getContext('2d')) })

export type ChartOption = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption>
export { init }
