import type { Instant } from '../time.ts'
import type { TicketState } from '../vocabulary.ts'
import type { LimitBasis, QualityFlag, Span, Ticket } from './ticket.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** A ticket while the fold works on it. */
export type TicketDraft = Writable<Omit<Ticket, 'limitBasis' | 'expeditedAt' | 'suspensions' | 'closedGaps' | 'qualityFlags'>> & {
  limitBasis: Writable<LimitBasis>
  expeditedAt: Instant[]
  suspensions: Writable<Span>[]
  closedGaps: Span[]
  qualityFlags: QualityFlag[]
  /** What `resumed` returns to. */
  statusBefore: TicketState
  /** When the phenomenon's second level was last corrected; a correction of the first level at the same instant leaves it alone. */
  secondLevelCorrectedAt: Instant | null
}
