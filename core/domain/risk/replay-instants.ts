import type { Instant } from '../time.ts'

/** When a rule of facts is looked at in a replay. */
export interface ReplayInstants {
  /** Looks between ticks, in order. */
  readonly looks: readonly Instant[]
  /** Whether what the rule reads at a tick can differ from what it read before. */
  readonly mayDiffer: (tickAt: Instant) => boolean
}

/** What is known of the facts: in which steps they change, and how long after that they stop counting. */
export interface FactChanges {
  /** Beginnings of the steps, in order. */
  readonly steps: readonly Instant[]
  readonly stepMs: number
  /** After these, ms, a fact stops counting. */
  readonly spans: readonly number[]
}

/**
 * The instants of a replay in `[from, to)`: a tick differs where a fact came, changed or stopped counting since the one before; a rule that is told at once is
 * looked at when the step is over in which a fact came. Facts count from the instant after theirs, so a change on a tick is seen by the next.
 */
export function replayInstants({ steps, stepMs, spans }: FactChanges, span: { readonly from: Instant; readonly to: Instant; readonly periodMs: number; readonly isPrompt: boolean }): ReplayInstants {
  const { from, to, periodMs, isPrompt } = span
  const differing = new Set<Instant>()
  for (const step of steps) {
    for (const after of [0, ...spans]) {
      const last = Math.ceil((step + stepMs + after) / periodMs) * periodMs
      for (let tickAt = Math.ceil((step + after) / periodMs) * periodMs; tickAt <= last; tickAt += periodMs) differing.add(tickAt)
    }
  }
  const looks = isPrompt ? steps.map((step) => step + stepMs).filter((at) => at >= from && at < to && at % periodMs !== 0) : []
  return { looks, mayDiffer: (tickAt) => differing.has(tickAt) }
}
