import type { Indicator } from './indicator.ts'
import { NO_DATA, ratio } from './ratio.ts'

/** K-32 (domain.md 6.5): alerts AT-xx of A2 or above handled within their first limit ÷ those whose handling fell due × 100. */
export const ABNORMAL_IN_TIME: Indicator = {
  id: 'K-32',
  nameZh: '异常工单处理及时率',
  nameEn: 'Abnormal tickets handled in time',
  formulaZh:
    '周期内首次处理到期的 A2 及以上异常预警中在时限内处理的 ÷ 全部首次到期的 × 100（按到期时间；不含事实撤回与误报，核查失实的同误报；升级不重新计时；处理指触发条件消失、填入方案或人工办结）',
  formulaEn:
    'Of the alerts of tickets at A2 or above whose first handling limit fell due in the period, those handled within it × 100 (by that limit; without what the facts took back, was a false alarm or was checked as not confirmed; a rise starts no limit again; handled: the condition is over, a plan is entered, or a person ended it)',
  unit: 'percent',
  group: 'monitoring',
  direction: 'up',
  basis: 'DUE',
  formulaVersion: 1,
  thresholds: { target: 95, warn: 95, alarm: 90 },
  compute: ({ watch }) => (watch === null ? NO_DATA : ratio(watch.count('handled_in_time'), watch.count('handle_due'))),
}
