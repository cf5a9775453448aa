import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-84 (domain.md 6.10): notifications confirmed as delivered ÷ sent × 100. What a gateway accepted is not delivered (7.3). */
export const DELIVERED: Indicator = {
  id: 'K-84',
  nameZh: '通知送达率',
  nameEn: 'Notification delivery',
  formulaZh: '周期内发给人的通知中证实送达的 ÷ 全部已发出的 × 100（按发出时间；网关受理不算送达；合并通知计一条；接口推送不计）',
  formulaEn: 'Of the notifications sent to people in the period, those confirmed as delivered × 100 (by when they were sent; accepted by a gateway is not delivered; one that says several alerts counts once; without endpoints)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'up',
  basis: 'SNT',
  formulaVersion: 1,
  thresholds: { target: 99, warn: 97, alarm: 90 },
  compute: ({ watch }) => (watch === null ? NO_DATA : ratio(watch.count('delivered'), watch.count('sent'))),
}
