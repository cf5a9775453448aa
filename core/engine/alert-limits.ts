import type { Alert, Move } from '../domain/alert/alert.ts'
import { limitsAfter } from '../domain/alert/limit.ts'
import type { Instant } from '../domain/time.ts'
import { loadLimits, saveLimits } from '../store/alert-limit-store.ts'
import type { EngineTx } from './context.ts'

/** One move of one alert; `before` is null for a new one. */
export interface LimitStep {
  readonly before: Alert | null
  readonly after: Alert
  readonly move: Move
  readonly at: Instant
}

/** Keeps what fell due first of each alert, and what became of it. Each alert once; the caller holds their locks. */
export async function recordLimits(etx: EngineTx, steps: readonly LimitStep[]): Promise<void> {
  const known = steps.filter(({ before }) => before !== null).map(({ after }) => after.id)
  const held = known.length === 0 ? [] : await loadLimits(etx.tx, known)
  const changed = steps.flatMap((step) => {
    const own = held.filter(({ alertId }) => alertId === step.after.id)
    return limitsAfter(own, step).flatMap((limit) => (own.some((one) => one === limit) ? [] : [{ ...limit, alertId: step.after.id }]))
  })
  await saveLimits(etx.tx, changed)
}
