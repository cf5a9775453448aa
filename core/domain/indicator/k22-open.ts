import type { Indicator } from './indicator.ts'
import { count, NO_DATA } from './ratio.ts'

/** K-22 (domain.md 6.5): |OPEN| at the end of the period, complaints. The caller sums cells of kind complaint. */
export const OPEN_TICKETS: Indicator = {
  id: 'K-22',
  nameZh: '在途量',
  nameEn: 'Open tickets',
  formulaZh: '周期末已受理、未撤单且无有效办结的投诉工单数',
  formulaEn: 'Complaints accepted and neither cancelled nor standing completed at the end of the period',
  unit: 'tickets',
  group: 'service',
  direction: 'down',
  basis: 'SNAP',
  formulaVersion: 1,
  thresholds: null,
  compute: (period) => (period.hasData ? count(period.running('open')) : NO_DATA),
}
