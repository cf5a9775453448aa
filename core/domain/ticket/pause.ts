import type { Instant } from '../time.ts'
import type { Span } from './parts.ts'
import type { Ticket } from './ticket.ts'

/** A stretch [from, to) in which C_HANDLE does not run; `to` is Infinity where nothing has ended it. */
export interface Pause {
  readonly from: Instant
  readonly to: Instant
}

/** Sorted, overlaps joined, empty stretches dropped, nothing before `start`. */
function merged(spans: readonly Span[], start: Instant): Pause[] {
  const sorted = spans
    .map((span) => ({ from: Math.max(span.from, start), to: span.to ?? Number.POSITIVE_INFINITY }))
    .filter((span) => span.to > span.from)
    .sort((a, b) => a.from - b.from)
  const joined: Pause[] = []
  for (const span of sorted) {
    const last = joined.at(-1)
    if (last && span.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    else joined.push(span)
  }
  return joined
}

/** What of `pauses` lies outside `holes`. Both sorted and free of overlaps. */
function without(pauses: readonly Pause[], holes: readonly Pause[]): Pause[] {
  return pauses.flatMap((pause) => {
    const rest: Pause[] = []
    let from = pause.from
    for (const hole of holes) {
      if (hole.to <= from || hole.from >= pause.to) continue
      if (hole.from > from) rest.push({ from, to: hole.from })
      from = hole.to
    }
    if (from < pause.to) rest.push({ from, to: pause.to })
    return rest
  })
}

/** Cuts where the total length reaches the cap. */
function capped(pauses: readonly Pause[], capMs: number): Pause[] {
  const kept: Pause[] = []
  let left = capMs
  for (const pause of pauses) {
    if (left <= 0) break
    const to = Math.min(pause.to, pause.from + left)
    kept.push({ from: pause.from, to })
    left -= to - pause.from
  }
  return kept
}

const NONE: readonly Pause[] = []

/**
 * When C_HANDLE stands still: suspensions, of which at most `capMs` in total count, and the closed gaps before reopenings (domain.md 3.6).
 * A suspension that overlaps a gap counts once and uses up none of the cap there. Appeals cannot be suspended.
 */
export function pausesOf(ticket: Ticket, start: Instant, capMs: number): readonly Pause[] {
  if (ticket.suspensions.length === 0 && ticket.closedGaps.length === 0) return NONE
  const gaps = merged(ticket.closedGaps, start)
  const suspensions = ticket.kind === 'appeal' ? NONE : capped(without(merged(ticket.suspensions, start), gaps), capMs)
  return [...gaps, ...suspensions].sort((a, b) => a.from - b.from)
}

/** Length of the pauses that lies before `end`, ms. */
export function pausedUntil(pauses: readonly Pause[], end: Instant): number {
  let sum = 0
  for (const pause of pauses) if (pause.from < end) sum += Math.min(pause.to, end) - pause.from
  return sum
}
