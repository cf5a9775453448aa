import type { Instant } from '../time.ts'
import type { TicketState } from '../vocabulary.ts'
import type { LimitBasis, QualityFlag, Span, Ticket } from './ticket.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** A ticket while the fold works on it; when the fold ends, it is the ticket. */
export type TicketDraft = Writable<Omit<Ticket, 'limitBasis' | 'expeditedAt' | 'suspensions' | 'closedGaps' | 'qualityFlags'>> & {
  limitBasis: Writable<LimitBasis>
  expeditedAt: Instant[]
  suspensions: Writable<Span>[]
  closedGaps: Span[]
  qualityFlags: QualityFlag[]
}

/** What the fold remembers between steps and the ticket does not show. */
export interface FoldMemory {
  /** What `resumed` returns to. */
  statusBefore: TicketState
  /** When the phenomenon's second level was last corrected; a correction of the first level at the same instant leaves it alone. */
  secondLevelCorrectedAt: Instant | null
}
