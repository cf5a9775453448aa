import { DAY, type Instant } from '../time.ts'
import type { QualityCheck } from './quality-check.ts'

export type ReconciliationState = 'agrees' | 'differs' | 'yellow'

/** How a source's count of a day and kind stands against ours; a difference is yellow two days after it was reported. Tolerance is 0. */
export function reconciliationState(ours: number, theirs: number, reportedAt: Instant, now: Instant): ReconciliationState {
  if (ours === theirs) return 'agrees'
  return now - reportedAt >= 2 * DAY ? 'yellow' : 'differs'
}

/** Daily reconciliation with the sources' own counts. */
export const RECONCILIATION: QualityCheck = {
  id: 'DQ-15',
  nameZh: '日对账',
  nameEn: 'Daily reconciliation',
  whatZh: '每日各类工单数与来源系统一致，容差 0',
  whatEn: 'Our count of each kind and day is the source’s; tolerance 0',
  reaction: 'restatement',
  weight: 5,
}
