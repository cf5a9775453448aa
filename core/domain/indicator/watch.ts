/**
 * What is counted of the monitoring itself (domain.md 6.10 and K-32), over one period and one region subtree. A place in the list is a place in the frozen
 * row, so the list only grows at its end. Seconds where the name says so.
 *
 * - `handle_due`, `handled_in_time`: alerts of tickets whose handling limit at A2 or above, the first of the alert, fell due.
 * - `closed_true`, `closed_false`: what was ended, and found true or false; what the facts took back is neither.
 * - `acked`, `resolved`: what was first acknowledged, or ended and not false. `ack_due`, `acked_in_time`: whose first acknowledgement fell due.
 * - `received`, `complete`: events without duplicates, and those of them taken in with all mandatory fields. `missed`: risks that others found first.
 * - `review_due`, `reviewed_in_time`: closure reviews whose final limit fell due. `sent`, `delivered`: notifications to people, one that says several alerts being one.
 */
export const WATCH_MEASURES = [
  'handle_due',
  'handled_in_time',
  'closed_true',
  'closed_false',
  'acked',
  'ack_seconds',
  'resolved',
  'resolve_seconds',
  'ack_due',
  'acked_in_time',
  'received',
  'complete',
  'missed',
  'review_due',
  'reviewed_in_time',
  'sent',
  'delivered',
] as const
export type WatchMeasure = (typeof WATCH_MEASURES)[number]

export interface WatchSums {
  readonly count: (measure: WatchMeasure) => number
  /** Events by the seconds within which they came, an edge of {@link LATENCY_EDGES}. */
  readonly latency: readonly (readonly [edge: number, n: number])[]
}

const STEPS = [10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90] as const

/** Upper edges of what latencies are counted in, s: the levels of K-79 (60, 120, 600) are among them, so none is rounded across. The last holds all beyond. */
export const LATENCY_EDGES: readonly number[] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].flatMap((tens) =>
  STEPS.map((step) => (step * tens) / 10),
)

/** The edge within which a latency lies; seconds. A negative one, of a clock that runs ahead, counts as none (domain.md K-79). */
export const latencyEdge = (seconds: number): number => LATENCY_EDGES.find((edge) => seconds <= edge) ?? (LATENCY_EDGES.at(-1) as number)

/** The edge within which this share of all came, by nearest rank, s; null where nothing came. */
export function latencyWithin(counts: WatchSums['latency'], share: number): number | null {
  const total = counts.reduce((sum, [, n]) => sum + n, 0)
  if (total <= 0) return null
  const rank = Math.ceil(share * total)
  let seen = 0
  for (const [edge, n] of [...counts].sort(([a], [b]) => a - b)) {
    seen += n
    if (seen >= rank) return edge
  }
  return null
}
