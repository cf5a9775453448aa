import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-80 (domain.md 6.10): events accepted with all mandatory fields ÷ events received × 100; duplicates out. */
export const COMPLETENESS: Indicator = {
  id: 'K-80',
  nameZh: '数据完整率',
  nameEn: 'Completeness',
  formulaZh: '周期内收到且必填字段齐全并被接收的事件 ÷ 收到的事件 × 100（按接收日；不含重复；因权限拒绝的不计；只到省，补录历史不计）',
  formulaEn:
    'Events received in the period and taken in with all mandatory fields ÷ events received × 100 (by day of reception; without duplicates and what was refused for want of rights; by province, without histories filled in)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'up',
  basis: 'REC',
  formulaVersion: 1,
  thresholds: { target: 99.5, warn: 99, alarm: 97 },
  compute: ({ watch }) => (watch === null ? NO_DATA : ratio(watch.count('complete'), watch.count('received'))),
}
