import type { Indicator } from './indicator.ts'
import { mean, NO_DATA } from './ratio.ts'

/** K-76 (domain.md 6.10): Σ (resolved − open) ÷ resolved, h. Its targets go by colour, so one figure over all colours has none. */
export const TIME_TO_CLOSE: Indicator = {
  id: 'K-76',
  nameZh: '平均关闭时长',
  nameEn: 'Mean time to close',
  formulaZh: '周期内办结的预警与案件从发出到办结的时长之和 ÷ 其数，小时（按办结时间；目标分色：红 4、橙 8、黄 24、蓝 48；误报、撤回、并案不计）',
  formulaEn:
    'Time from raising to resolution, over the alerts and cases resolved in the period, h (by resolution; targets by colour: red 4, orange 8, yellow 24, blue 48; without false alarms, what was taken back and what was merged)',
  unit: 'hours',
  group: 'monitoring',
  direction: 'down',
  basis: 'END',
  formulaVersion: 1,
  thresholds: null,
  compute: ({ watch }) => (watch === null ? NO_DATA : mean(watch.count('resolve_seconds'), watch.count('resolved'), 3600)),
}
