import type { Indicator } from './indicator.ts'
import { mean, NO_DATA } from './ratio.ts'

/** K-75 (domain.md 6.10): Σ (ack − open) ÷ acknowledged alerts, min. Its targets go by colour, so one figure over all colours has none. */
export const TIME_TO_ACKNOWLEDGE: Indicator = {
  id: 'K-75',
  nameZh: '平均确认时长',
  nameEn: 'Mean time to acknowledge',
  formulaZh: '周期内首次确认的预警与案件从发出到确认的时长之和 ÷ 其数，分钟（按确认时间；目标分色：红 5、橙 10、黄 15、蓝 30；未确认者不在其中）',
  formulaEn:
    'Time from raising to the first acknowledgement, over the alerts and cases first acknowledged in the period, min (by acknowledgement; targets by colour: red 5, orange 10, yellow 15, blue 30; those not acknowledged are not in it)',
  unit: 'minutes',
  group: 'monitoring',
  direction: 'down',
  basis: 'ACK',
  formulaVersion: 1,
  thresholds: null,
  compute: ({ watch }) => (watch === null ? NO_DATA : mean(watch.count('ack_seconds'), watch.count('acked'), 60)),
}
