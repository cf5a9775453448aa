import { QUALITY_CHECKS } from './catalogue.ts'

/** What a check came to over a day. */
export interface CheckSum {
  readonly checkId: string
  readonly checked: number
  readonly failed: number
}

/** A share of failures; null where nothing was checked. More failures than checked facts are no more than all of them. */
export const failureRate = ({ checked, failed }: Pick<CheckSum, 'checked' | 'failed'>): number | null =>
  checked <= 0 ? null : Math.min(1, Math.max(0, failed / checked))

/**
 * Score of a province and day: 100 − Σ weight × failure rate (domain.md 8.2); a check without data takes nothing away. Null where no check
 * has any: no data is not a perfect day.
 */
export function qualityScore(sums: readonly CheckSum[]): number | null {
  let lost = 0
  let hasData = false
  for (const { id, weight } of QUALITY_CHECKS) {
    const own = sums.filter(({ checkId }) => checkId === id)
    const rate = failureRate({
      checked: own.reduce((sum, { checked }) => sum + checked, 0),
      failed: own.reduce((sum, { failed }) => sum + failed, 0),
    })
    if (rate === null) continue
    hasData = true
    lost += weight * rate
  }
  return hasData ? Math.round((100 - lost) * 100) / 100 : null
}

export type ScoreState = 'good' | 'watch' | 'poor' | 'no_data'

/** How a score is shown: from 95 good, from 85 to be watched, below poor. */
export function scoreState(score: number | null): ScoreState {
  if (score === null) return 'no_data'
  return score >= 95 ? 'good' : score >= 85 ? 'watch' : 'poor'
}
