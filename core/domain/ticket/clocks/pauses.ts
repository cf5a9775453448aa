import type { Instant } from '../../time.ts'
import type { Span } from '../parts.ts'
import { type TimeKind, worked } from '../worked-time.ts'

/** A stretch [from, to) in which a clock does not run; `to` is Infinity where nothing has ended it. */
export interface Pause {
  readonly from: Instant
  readonly to: Instant
}

export const NO_PAUSES: readonly Pause[] = []

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

/** When clocks of a ticket stand still, each list sorted and free of overlaps. */
export interface TicketPauses {
  /** Suspensions, of which at most the cap counts in total per ticket; beyond it clocks run again without a `resumed`. */
  readonly suspensions: readonly Pause[]
  /** Completed → reopened. */
  readonly gaps: readonly Pause[]
  readonly both: readonly Pause[]
}

const NEVER: TicketPauses = { suspensions: NO_PAUSES, gaps: NO_PAUSES, both: NO_PAUSES }

/** The facts that pauses are read from. */
export interface Paused {
  readonly kind: string
  readonly suspensions: readonly Span[]
  readonly closedGaps: readonly Span[]
}

/**
 * The pauses of a ticket from its acceptance on (domain.md 3.6 Suspension, Reopen). A suspension that overlaps a gap counts once and uses up
 * none of the cap there. Appeals cannot be suspended.
 */
export function pausesOf(ticket: Paused, acceptedAt: Instant, capMs: number): TicketPauses {
  if (ticket.suspensions.length === 0 && ticket.closedGaps.length === 0) return NEVER
  const gaps = merged(ticket.closedGaps, acceptedAt)
  const suspensions = ticket.kind === 'appeal' ? NO_PAUSES : capped(without(merged(ticket.suspensions, acceptedAt), gaps), capMs)
  return { suspensions, gaps, both: merged([...gaps, ...suspensions], acceptedAt) }
}

/** Time of a kind that lies in the pauses between two instants, ms. */
export function pausedBetween(kind: TimeKind, pauses: readonly Pause[], from: Instant, to: Instant): number {
  let sum = 0
  for (const pause of pauses) if (pause.from < to && pause.to > from) sum += worked(kind, Math.max(pause.from, from), Math.min(pause.to, to))
  return sum
}

/**
 * The earliest instant by which `ms` have passed since `start` outside the pauses, which are sorted, free of overlaps and not before it; null
 * where one without an end comes first.
 */
export function afterPauses(start: Instant, ms: number, pauses: readonly Pause[]): Instant | null {
  let from = start
  let left = ms
  for (const pause of pauses) {
    if (pause.from - from >= left) break
    left -= pause.from - from
    from = pause.to
  }
  return Number.isFinite(from) ? from + left : null
}
