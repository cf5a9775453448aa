import { type CellChange, CellSums } from '../../core/domain/count/cell-sums.ts'
import type { Fact } from '../../core/domain/count/fact.ts'
import { interimFacts } from '../../core/domain/count/interim-facts.ts'
import type { PeriodSums } from '../../core/domain/indicator/indicator.ts'
import type { RegionTree } from '../../core/domain/region.ts'
import { DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/abnormal-rule.ts'
import { DEFAULT_HANDLE_LIMITS } from '../../core/domain/ticket/clock.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import type { Ticket, TicketEvent } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'
import { aRegionTree, SHANGHAI } from './builders.ts'

const TREE = aRegionTree()

/** What a ticket counts as, judged at `when`, by the default limits. */
export function factsAt(ticket: Ticket, when: Instant, tree: RegionTree = TREE): readonly Fact[] {
  const { isOverdue } = judgeTicket(ticket, DEFAULT_HANDLE_LIMITS, DEFAULT_ABNORMAL_PARAMETERS, when)
  return interimFacts({ ticket, isOverdue, limits: DEFAULT_HANDLE_LIMITS, tree })
}

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
  }
}
