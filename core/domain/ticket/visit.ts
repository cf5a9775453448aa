import type { Instant } from '../time.ts'
import type { Appointment } from './parts.ts'
import { closedAt, type Ticket } from './ticket.ts'

/** When the ticket's end made a visit needless, the first one since it was agreed, also a completion that a reopening took back later; null: not yet. */
export function visitOverAt(ticket: Ticket, { setAt }: Pick<Appointment, 'setAt'>): Instant | null {
  return ticket.completions.find(({ at }) => at >= setAt)?.at ?? closedAt(ticket) ?? ticket.mergedAt
}
