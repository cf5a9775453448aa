import type { QualityCheck } from './quality-check.ts'

/** What a roll-up of one city is missing: districts and what lies in none of them, against the city's total; 0 is what must hold. */
export const rollUpGap = (districts: readonly number[], unassigned: number, total: number): number =>
  districts.reduce((sum, n) => sum + n, unassigned) - total

/** Districts and unassigned together are the city. */
export const ROLL_UP: QualityCheck = {
  id: 'DQ-14',
  nameZh: '汇总相符',
  nameEn: 'Roll-up',
  whatZh: '区县之和加未归属 = 地市合计',
  whatEn: 'Districts and unassigned add up to the city',
  reaction: 'alarm',
  weight: 3,
}
