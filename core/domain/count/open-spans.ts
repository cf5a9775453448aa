import { closedAt, type Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'

/** A stretch [from, to) of a state; `to` is Infinity where nothing has ended it. */
export interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** When the ticket was open (domain.md 6.1 OPEN): from its acceptance to its end, without the closed gaps of its reopenings. */
export function openSpans(ticket: Ticket, acceptedAt: Instant): readonly Stretch[] {
  const end = closedAt(ticket) ?? Number.POSITIVE_INFINITY
  const spans: Stretch[] = []
  let from = acceptedAt
  for (const gap of ticket.closedGaps) {
    if (gap.from > from) spans.push({ from, to: gap.from })
    from = Math.max(from, gap.to ?? Number.POSITIVE_INFINITY)
  }
  if (end > from) spans.push({ from, to: end })
  return spans
}

/** Whether the ticket was open at an instant. */
export const isOpenAt = (spans: readonly Stretch[], instant: Instant): boolean => spans.some(({ from, to }) => from <= instant && instant < to)
