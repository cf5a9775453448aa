import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-74 (domain.md 6.10): closed as true ÷ (closed true + false) × 100. Retracted ones are apart. */
export const PRECISION: Indicator = {
  id: 'K-74',
  nameZh: '预警准确率',
  nameEn: 'Alert precision',
  formulaZh: '周期内结束的预警与案件中属实的 ÷（属实 + 误报）× 100（按结束时间；核查失实计为误报；事实撤回与并案不计，交接班与复盘的提醒不计）',
  formulaEn:
    'Of the alerts and cases ended in the period, the true ones ÷ (true + false) × 100 (by their end; checked as not confirmed counts as false; what the facts took back or was merged is neither, nor is a reminder of a handover or a review)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'up',
  basis: 'END',
  formulaVersion: 2,
  thresholds: { target: 70, warn: 60, alarm: 40 },
  compute: ({ watch }) => (watch === null ? NO_DATA : ratio(watch.count('closed_true'), watch.count('closed_true') + watch.count('closed_false'))),
}
