import { HOUR, type Instant } from '../time.ts'

/** Default limit of C_OUTAGE_RESTORE: from the real start of an incident to its restoration, natural time (domain.md 3.6). */
export const RESTORE_LIMIT = 2 * HOUR
/** Default limit of C_OPINION: from the detection of an opinion item to its first handling (domain.md 3.1). */
export const OPINION_LIMIT = HOUR

/** A clock of a notice's subject as of an instant; durations in ms. */
export interface NoticeClock {
  readonly startedAt: Instant
  readonly deadlineAt: Instant
  /** Null while it runs. */
  readonly endedAt: Instant | null
  readonly elapsed: number
  /** Strictly more than the limit has passed (domain.md 0.2-6). */
  readonly isOverdue: boolean
}

/** Reads a clock that nothing pauses; null where its start is not known. */
export function readNoticeClock(
  span: { readonly from: Instant | null; readonly to: Instant | null },
  limit: number,
  now: Instant,
): NoticeClock | null {
  const { from: startedAt, to: endedAt } = span
  if (startedAt === null) return null
  const elapsed = (endedAt ?? now) - startedAt
  return { startedAt, deadlineAt: startedAt + limit, endedAt, elapsed, isOverdue: elapsed > limit }
}
