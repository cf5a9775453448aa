import { overlaps } from '../region.ts'
import type { Instant } from '../time.ts'
import type { AlertState, Severity } from '../vocabulary.ts'

/** A case of the same phenomenon as one that was reviewed. */
export interface LaterCase {
  readonly alertId: string
  readonly regionPath: string
  readonly openedAt: Instant
  /** The highest colour that it ever had. */
  readonly highest: Severity
  readonly state: AlertState
}

/** States in which a case says nothing of its own. */
const VOID: readonly AlertState[] = ['false_positive', 'retracted', 'merged']

/**
 * The case because of which a review is opened again when its 30 days are over; null: none. It counts when it was opened after the last signature and before the
 * days were over, reached yellow, and lies in the same place, within it or around it: what joins cases (domain.md 5.1, 7.7; docs/adr/0036).
 */
export function recurrenceOf(review: { readonly regionPath: string; readonly doneAt: Instant; readonly watchUntil: Instant }, cases: readonly LaterCase[]): LaterCase | null {
  const counts = cases.filter(
    ({ openedAt, highest, state, regionPath }) => openedAt > review.doneAt && openedAt < review.watchUntil && highest >= 2 && !VOID.includes(state) && overlaps(regionPath, review.regionPath),
  )
  return counts.toSorted((a, b) => a.openedAt - b.openedAt)[0] ?? null
}
