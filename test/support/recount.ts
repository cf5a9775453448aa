import type { Contribution, CubeName } from '../../core/domain/count/contribution.ts'
import { contributions } from '../../core/domain/count/contributions.ts'
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

/** What a ticket contributes, judged at `when`, by the default limits. */
export function contributionsAt(ticket: Ticket, when: Instant, tree: RegionTree = TREE): readonly Contribution[] {
  const { isOverdue } = judgeTicket(ticket, DEFAULT_HANDLE_LIMITS, DEFAULT_ABNORMAL_PARAMETERS, when)
  return contributions({ ticket, isOverdue, limits: DEFAULT_HANDLE_LIMITS, tree, zone: SHANGHAI })
}

/** The tickets that these events fold into. */
export function ticketsFrom(events: readonly TicketEvent[]): Ticket[] {
  const histories = new Map<string, TicketEvent[]>()
  for (const event of events) histories.set(event.ticketKey, [...(histories.get(event.ticketKey) ?? []), event])
  return [...histories.values()].map((history) => foldTicket(history))
}

/** Everything that the tickets of these events contribute, recounted from nothing. */
export function recount(events: readonly TicketEvent[], when: Instant): readonly Contribution[] {
  return ticketsFrom(events).flatMap((ticket) => contributionsAt(ticket, when))
}

/** Complaints of all regions over [startAt, endAt), as an indicator reads them. */
export function periodOf(cells: readonly Contribution[], startAt: Instant, endAt: Instant): PeriodSums {
  const total = (cube: CubeName, from: Instant) =>
    cells
      .filter((cell) => cell.cube === cube && cell.kind === 'complaint' && cell.binAt >= from && cell.binAt < endAt)
      .reduce((sum, { n }) => sum + n, 0)
  return { startAt, endAt, sum: (cube) => total(cube, startAt), running: (cube) => total(cube, Number.NEGATIVE_INFINITY), hasData: true }
}
