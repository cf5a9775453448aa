import type { Indicator } from './indicator.ts'
import { NO_DATA } from './ratio.ts'
import { latencyWithin } from './watch.ts'

const SHARE = 0.95

/** K-79 (domain.md 6.10): P95 of received − occurred, s, read at the upper edge of its step (core/domain/indicator/watch.ts). */
export const LATENCY: Indicator = {
  id: 'K-79',
  nameZh: '事件时延 P95',
  nameEn: 'Event latency P95',
  formulaZh:
    '周期内收到的事件中 95% 在多少秒内到达（接收时间 − 发生时间；早于发生的计为 0；按接收日，只到省，补录历史不计；取所在档的上限）；分母为事件数',
  formulaEn:
    'Within how many seconds 95% of the events received in the period came (received − occurred; negative ones count as 0; by day of reception and province, without histories filled in; upper edge of its step); the denominator is the number of events',
  unit: 'seconds',
  group: 'monitoring',
  direction: 'down',
  basis: 'REC',
  formulaVersion: 1,
  thresholds: { target: 60, warn: 120, alarm: 600 },
  compute: ({ watch }) => {
    const value = watch === null ? null : latencyWithin(watch.latency, SHARE)
    if (watch === null || value === null) return NO_DATA
    return { numerator: null, denominator: watch.latency.reduce((sum, [, n]) => sum + n, 0), value, status: 'ok' }
  },
}
