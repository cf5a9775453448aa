import type { QualityCheck } from './quality-check.ts'

const MOST_UNMAPPED = 0.01

/** Whether less than 1 % of a dimension's codes of a day are unknown. */
export const isShareSound = (checked: number, unmapped: number): boolean => checked === 0 || unmapped / checked < MOST_UNMAPPED

/** Follows from DQ-02: one fact per dimension and day. */
export const UNMAPPED_SHARE: QualityCheck = {
  id: 'DQ-17',
  nameZh: '未映射占比',
  nameEn: 'Share of unmapped',
  whatZh: '每个维度每日未映射占比 < 1%',
  whatEn: 'Of each dimension and day less than 1 % is unmapped',
  reaction: 'list',
  weight: 1,
}
