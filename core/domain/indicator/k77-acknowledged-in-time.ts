import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-77 (domain.md 6.10): acknowledged within the limit ÷ alerts whose acknowledgement fell due × 100. */
export const ACKNOWLEDGED_IN_TIME: Indicator = {
  id: 'K-77',
  nameZh: '按时确认率',
  nameEn: 'Acknowledged in time',
  formulaZh: '周期内首次确认到期的预警与案件中在时限内确认的 ÷ 全部首次到期的 × 100（按到期时间；到期前已无需确认的不计；无权角色不能确认）',
  formulaEn:
    'Of the alerts and cases whose first acknowledgement fell due in the period, those acknowledged within the limit × 100 (by that limit; without those that asked nobody any more before it; a role that may not acknowledge cannot)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'up',
  basis: 'DUE',
  formulaVersion: 1,
  thresholds: { target: 98, warn: 95, alarm: 90 },
  compute: ({ watch }) => (watch === null ? NO_DATA : ratio(watch.count('acked_in_time'), watch.count('ack_due'))),
}
