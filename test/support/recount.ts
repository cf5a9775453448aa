import { type CellChange, CellSums } from '../../core/domain/count/cell-sums.ts'
import type { Fact } from '../../core/domain/count/fact.ts'
import type { PeriodSums } from '../../core/domain/indicator/indicator.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Ticket, TicketEvent } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'
import { aRegionTree, SHANGHAI } from './builders.ts'
import { allFactsAt } from './facts.ts'

const TREE = aRegionTree()

/** What a ticket counts as, judged at `when`, by the default limits. */
export const factsAt = (ticket: Ticket, when: Instant): readonly Fact[] => allFactsAt(ticket, when).facts

/** The tickets that these events fold into. */
export function ticketsFrom(events: readonly TicketEvent[]): Ticket[] {
  const histories = new Map<string, TicketEvent[]>()
  for (const event of events) histories.set(event.ticketKey, [...(histories.get(event.ticketKey) ?? []), event])
  return [...histories.values()].map((history) => foldTicket(history))
}

/** Everything that the tickets of these events count as, recounted from nothing. */
export function recount(events: readonly TicketEvent[], when: Instant): readonly Fact[] {
  return ticketsFrom(events).flatMap((ticket) => factsAt(ticket, when))
}

/** The cells of what was gained without what was lost. */
export function cellsOf(gained: readonly Fact[], lost: readonly Fact[] = []): readonly CellChange[] {
  const sums = new CellSums(TREE, SHANGHAI)
  for (const fact of gained) sums.add(fact, 1)
  for (const fact of lost) sums.add(fact, -1)
  return sums.cells()
}

/** A measure over facts of one base, of all kinds or one, counted in `[from, to)`. */
export const sumOf = (facts: readonly Fact[], base: string, measure: string, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY) =>
  facts
    .filter((fact) => fact.base === base && fact.at >= from && fact.at < to)
    .reduce((sum, { measures }) => sum + ((measures as Record<string, number>)[measure] ?? 0), 0)

/** Complaints of all regions over [startAt, endAt), as an indicator reads them. */
export function periodOf(facts: readonly Fact[], startAt: Instant, endAt: Instant): PeriodSums {
  const complaints = facts.filter(({ kind }) => kind === 'complaint')
  return {
    startAt,
    endAt,
    sum: (base, measure) => sumOf(complaints, base, measure, startAt, endAt),
    running: (state) => sumOf(complaints, 'SNAP', state, Number.NEGATIVE_INFINITY, endAt),
    hasData: true,
    watch: null,
  }
}
