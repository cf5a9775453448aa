import type { QualityCheck } from './quality-check.ts'

/** An hour is judged only against so many earlier ones of the same weekday. */
const FEWEST_VALUES = 4
const SIGMAS = 5

/**
 * Whether an hour's count lies within 5 σ of the same hour in earlier weeks and is not zero where those never were; null: too few to tell.
 * σ is at least √mean: counts scatter that much by themselves.
 */
export function isUsualVolume(count: number, earlier: readonly number[]): boolean | null {
  if (earlier.length < FEWEST_VALUES) return null
  const mean = earlier.reduce((sum, n) => sum + n, 0) / earlier.length
  const variance = earlier.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (earlier.length - 1)
  const sigma = Math.max(Math.sqrt(variance), Math.sqrt(mean), 1)
  if (count === 0) return !earlier.every((n) => n > 0)
  return Math.abs(count - mean) <= SIGMAS * sigma
}

/** Hourly volume of a province. */
export const VOLUME: QualityCheck = {
  id: 'DQ-13',
  nameZh: '每小时量',
  nameEn: 'Hourly volume',
  whatZh: '省每小时受理量在基线 5σ 之内且不为零（与前 8 周同一小时比）',
  whatEn: 'A province’s hourly volume lies within 5 σ of its baseline and is not zero (the same hour of the 8 weeks before)',
  reaction: 'alarm',
  weight: 4,
}
