import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-78 (domain.md 6.10): tickets raised or supervised ÷ ACC × 100, complaints. The caller sums cells of kind complaint. */
export const SUPERVISED: Indicator = {
  id: 'K-78',
  nameZh: '升级督办率',
  nameEn: 'Supervised share',
  formulaZh: '周期内受理的投诉中被升级或督办的 ÷ 受理的投诉 × 100（按受理时间）',
  formulaEn: 'Of the complaints accepted in the period, those raised or supervised × 100 (by acceptance)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'down',
  basis: 'ACC',
  formulaVersion: 1,
  thresholds: null,
  compute: (period) => (period.hasData ? ratio(period.sum('ACC', 'raised'), period.sum('ACC', 'accepted')) : NO_DATA),
}
