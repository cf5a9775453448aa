import type { Indicator } from './indicator.ts'
import { count, NO_DATA } from './ratio.ts'

/** K-01 (domain.md 6.4): |ACC(P)| of complaints. The caller sums cells of kind complaint. Voids and merges change it later. */
export const VOLUME: Indicator = {
  id: 'K-01',
  nameZh: '投诉量',
  nameEn: 'Complaint volume',
  formulaZh: '周期内受理的有效投诉工单数（不含作废、测试、被并案；含撤单）',
  formulaEn: 'Valid complaints accepted in the period (without voided, test and merged ones; cancelled ones included)',
  unit: 'tickets',
  group: 'service',
  direction: 'down',
  basis: 'ACC',
  formulaVersion: 1,
  thresholds: null,
  compute: (period) => (period.hasData ? count(period.sum('ACC', 'accepted')) : NO_DATA),
}
