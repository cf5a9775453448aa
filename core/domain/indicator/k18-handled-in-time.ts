import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-18 (domain.md 6.5): FIN with net elapsed ≤ limit ÷ FIN × 100, complaints. The caller sums cells of kind complaint. */
export const HANDLED_IN_TIME: Indicator = {
  id: 'K-18',
  nameZh: '投诉处理及时率',
  nameEn: 'Handled in time (net)',
  formulaZh: '周期内办结且净处理时长不超过时限的投诉 ÷ 周期内办结的投诉 × 100（按办结日期；扣除挂起与重开前的关闭时段）',
  formulaEn: 'Complaints finished in the period with net time within the limit ÷ complaints finished in the period × 100 (by finish date)',
  unit: 'percent',
  group: 'service',
  direction: 'up',
  basis: 'FIN',
  formulaVersion: 1,
  thresholds: { target: 93, warn: 93, alarm: 90 },
  compute: (period) => (period.hasData ? ratio(period.sum('FIN', 'in_time'), period.sum('FIN', 'finished')) : NO_DATA),
}
