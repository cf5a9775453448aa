import { isCount } from '../format/number.ts'
import type { KpiSeries, KpiWeek } from './series.ts'

/** The last complete week beside the one before: never a running week, never a gap passed over in silence. */
export interface Change {
  readonly latest: KpiWeek
  /** Null where the week before is missing or has no data: then nothing is compared. */
  readonly before: KpiWeek | null
  /** In the unit of the indicator (percentage points for percentages), of the values as published. */
  readonly difference: number | null
  /** Relative change in percent of counts; null for percentages, mean times and where the week before was zero. */
  readonly percent: number | null
  readonly verdict: 'better' | 'worse' | 'same' | null
}

const valueOf = (week: KpiWeek | undefined): number | null => (week?.figure.status === 'ok' ? week.figure.value : null)

/** Compares the newest complete week with the week right before it; null when no week is complete. */
export function changeOf(series: Pick<KpiSeries, 'weeks' | 'unit' | 'direction'>): Change | null {
  const at = series.weeks.findLastIndex((week) => week.isComplete)
  const latest = series.weeks[at]
  if (!latest) return null
  const before = series.weeks[at - 1]
  const now = valueOf(latest)
  const then = valueOf(before)
  if (!before || now === null || then === null) return { latest, before: null, difference: null, percent: null, verdict: null }
  const difference = now - then
  const percent = !isCount(series.unit) || then === 0 ? null : (difference / then) * 100
  if (difference === 0) return { latest, before, difference, percent, verdict: 'same' }
  const isBetter = series.direction === 'up' ? difference > 0 : difference < 0
  return { latest, before, difference, percent, verdict: isBetter ? 'better' : 'worse' }
}
