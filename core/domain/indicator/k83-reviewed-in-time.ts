import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-83 (domain.md 6.10): closure reviews signed by their limit ÷ reviews whose limit fell in the period × 100. */
export const REVIEWED_IN_TIME: Indicator = {
  id: 'K-83',
  nameZh: '复盘按时率',
  nameEn: 'Reviews on time',
  formulaZh: '周期内完成时限到期的复盘中按时签完的 ÷ 全部到期的复盘 × 100（按完成时限；撤销的不计；重启的按重启后的时限）',
  formulaEn: 'Of the reviews whose final limit fell in the period, those signed by it × 100 (by that limit; without those withdrawn; one that was opened again by its new limit)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'up',
  basis: 'DUE',
  formulaVersion: 1,
  thresholds: { target: 100, warn: 90, alarm: 80 },
  compute: ({ watch }) => (watch === null ? NO_DATA : ratio(watch.count('reviewed_in_time'), watch.count('review_due'))),
}
