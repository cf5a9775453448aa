import { latencyEdge } from '../indicator/watch.ts'
import { HOUR, type Instant, SECOND } from '../time.ts'
import { LATENESS_LIMIT, type Outcome } from './quality-check.ts'

/** What is counted of receptions beside the checks (domain.md K-79, K-80), by the day of reception; no check and no part of a day's score. */
const RECEPTION_COUNTS = ['K-79', 'K-80'] as const

/** Events of tickets by the natural hour in which they occurred (AT-23): the whole that a share of an hour is of. */
export const HOUR_COUNT = 'AT-23'

/** Whatever is counted with the checks and is none. */
export const NO_CHECKS: readonly string[] = [...RECEPTION_COUNTS, HOUR_COUNT]

/** Whether an event came in time to be part of its hour: what comes later is a matter of restatement (domain.md 3.8), and of no alarm. */
export const isInTime = ({ occurredAt, receivedAt }: { readonly occurredAt: Instant; readonly receivedAt: Instant }): boolean => receivedAt - occurredAt < LATENESS_LIMIT

/** Counts an event of a ticket in its hour; nothing where it came too late for that. */
export const hourCountOf = (event: { readonly occurredAt: Instant; readonly receivedAt: Instant }): readonly Outcome[] =>
  isInTime(event) ? [{ checkId: HOUR_COUNT, dimension: String(Math.floor(event.occurredAt / HOUR)), checked: 1, failed: 0, detail: '' }] : []

const counted = (checkId: (typeof RECEPTION_COUNTS)[number], dimension: string): Outcome => ({
  checkId,
  dimension,
  checked: 1,
  failed: 0,
  detail: '',
})

/** Of an event that was refused for its data: received, and not complete. */
export const REFUSED_RECEPTION: readonly Outcome[] = [counted('K-80', 'received')]

/** Of an event that was taken in. A latency below zero counts as none, and is counted by itself (`skew`). */
export function receptionOf(
  { occurredAt, receivedAt }: { readonly occurredAt: Instant; readonly receivedAt: Instant },
  isComplete: boolean,
): readonly Outcome[] {
  const edge = latencyEdge((receivedAt - occurredAt) / SECOND)
  return [
    ...REFUSED_RECEPTION,
    ...(isComplete ? [counted('K-80', 'complete')] : []),
    counted('K-79', String(edge)),
    ...(receivedAt < occurredAt ? [counted('K-79', 'skew')] : []),
  ]
}
