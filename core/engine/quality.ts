import type { QualityAnswer } from '../contract/quality.ts'
import { QUALITY_CHECKS } from '../domain/quality/catalogue.ts'
import { reconciliationState } from '../domain/quality/dq-15-reconciliation.ts'
import { isShareSound } from '../domain/quality/dq-17-unmapped-share.ts'
import { failureRate, qualityScore, scoreState } from '../domain/quality/score.ts'
import { isWithin, type Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadQuality, type QualityCount } from '../store/quality-store.ts'
import { loadReconciliations, type Reconciliation } from '../store/reconciliation-store.ts'
import type { Engine } from './context.ts'

export interface QualityChoice {
  /** Local days, `YYYY-MM-DD`, both included. */
  readonly fromDay: string
  readonly toDay: string
  readonly provinceCode: string | null
}

/** DQ-17: one fact per field, from the counts of DQ-02. */
const sharesOf = (counts: readonly QualityCount[]): QualityCount[] =>
  counts
    .filter(({ checkId, dimension, checked }) => checkId === 'DQ-02' && dimension !== 'refused' && checked > 0)
    .map((count) => ({ ...count, checkId: 'DQ-17', checked: 1, failed: isShareSound(count.checked, count.failed) ? 0 : 1 }))

/** DQ-15: one fact per kind that the source has given a count of. */
const agreementsOf = (reconciliations: readonly Reconciliation[]): QualityCount[] =>
  reconciliations.map(({ provinceCode, day, kind, sourceCount, ours }) => ({
    provinceCode,
    day,
    checkId: 'DQ-15',
    dimension: kind,
    checked: 1,
    failed: ours === sourceCount ? 0 : 1,
  }))

const sumBy = (counts: readonly QualityCount[], pick: (count: QualityCount) => number) => counts.reduce((sum, count) => sum + pick(count), 0)

function checksOf(own: readonly QualityCount[]) {
  return QUALITY_CHECKS.flatMap(({ id }) => {
    const counts = own.filter(({ checkId }) => checkId === id)
    if (counts.length === 0) return []
    const [checked, failed] = [sumBy(counts, (count) => count.checked), sumBy(counts, (count) => count.failed)]
    const parts = counts.map(({ dimension, checked: n, failed: bad }) => ({ dimension, checked: n, failed: bad }))
    return [{ id, checked, failed, rate: failureRate({ checked, failed }), parts }]
  })
}

/**
 * Score and counts per check of every province of the scope and day of the choice (domain.md 8.2). A day without any fact has no score: that
 * is no perfect day.
 */
export async function loadQualityDays(engine: Engine, sql: Sql, scope: Scope, choice: QualityChoice, now: Instant): Promise<QualityAnswer> {
  const { tree, zone } = engine
  const { fromDay, toDay, provinceCode } = choice
  const stored = await loadQuality(sql, scope, fromDay, toDay, provinceCode)
  const reconciliations = await loadReconciliations(sql, scope, { fromDay, toDay, provinceCode, zone })
  const all = [...stored, ...sharesOf(stored), ...agreementsOf(reconciliations)]
  const byDay = new Map<string, QualityCount[]>()
  for (const count of all) {
    const key = `${count.provinceCode}|${count.day}`
    const list = byDay.get(key)
    if (list === undefined) byDay.set(key, [count])
    else list.push(count)
  }
  return {
    from: fromDay,
    to: toDay,
    zone,
    dataAsOf: now,
    checks: QUALITY_CHECKS.map(({ id, nameZh, nameEn, whatZh, whatEn, reaction, weight }) => ({
      id,
      nameZh,
      nameEn,
      whatZh,
      whatEn,
      reaction,
      weight,
    })),
    provinces: tree
      .all()
      .filter(({ code, level, path }) => level === 'province' && isWithin(path, scope.path) && (provinceCode === null || code === provinceCode))
      .map(({ code, nameZh, nameEn }) => ({ code, nameZh, nameEn })),
    days: [...byDay.values()].map((own) => {
      const { provinceCode: code, day } = own[0] as QualityCount
      const score = qualityScore(own)
      return { provinceCode: code, day, score, state: scoreState(score), checks: checksOf(own) }
    }),
    reconciliations: reconciliations.map(({ provinceCode: code, day, kind, sourceCount, ours, reportedAt }) => ({
      provinceCode: code,
      day,
      kind,
      sourceCount,
      ours,
      reportedAt,
      state: reconciliationState(ours, sourceCount, reportedAt, now),
    })),
  }
}
