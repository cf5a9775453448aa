import type { RegionTree } from '../region.ts'
import type { ClockContext } from '../ticket/clock-reading.ts'
import { readClock } from '../ticket/clocks/read.ts'
import { closedAt, isValid, type Ticket } from '../ticket/ticket.ts'
import { dayStart, floorTo, type Instant } from '../time.ts'
import { type Contribution, type CubeName, FINE_BIN } from './contribution.ts'

/** What the contributions of one ticket follow from; of these only `isOverdue` depends on the present time. */
export interface ContributionInput {
  readonly ticket: Ticket
  readonly isOverdue: boolean
  readonly context: ClockContext
  readonly tree: RegionTree
}

/** Where a ticket counts: its node; its province where the tree does not know the node; the root where it knows neither. Nothing is lost. */
export function countingRegion(ticket: Ticket, tree: RegionTree): { readonly finest: string; readonly city: string } {
  const node = tree.get(ticket.regionCode) ?? tree.get(ticket.provinceCode) ?? tree.root
  return { finest: node.code, city: (tree.atLevel(node.code, 'city') ?? node).code }
}

/** The phenomenon a ticket counts under: the second level, or the first where the source gave no second. */
export const countingPhenomenon = (ticket: Ticket): string => ticket.phenomenonL2 || ticket.phenomenonL1

/** Completed within C_HANDLE: net elapsed ≤ limit at the standing completion. False where no such clock applies. */
function isFinishedInTime(ticket: Ticket, context: ClockContext, completedAt: Instant): boolean {
  const clock = readClock(ticket, context, completedAt, 'C_HANDLE')
  return clock !== null && !clock.isOverdue
}

/** What one ticket adds to the counting cells (contribution.ts says which); nothing for a ticket that counts nowhere (domain.md 6.1). */
export function contributions({ ticket, isOverdue, context, tree }: ContributionInput): readonly Contribution[] {
  const { acceptedAt, completedAt, kind } = ticket
  const { zone } = context
  if (acceptedAt === null || !isValid(ticket)) return []
  const { finest, city } = countingRegion(ticket, tree)
  const phenomenon = countingPhenomenon(ticket)
  const acceptedDay = dayStart(acceptedAt, zone)
  const list: Contribution[] = [
    { cube: 'accepted_30s', binAt: floorTo(acceptedAt, FINE_BIN), regionCode: finest, kind, phenomenon, n: 1 },
    { cube: 'accepted_day', binAt: acceptedDay, regionCode: city, kind, phenomenon, n: 1 },
  ]
  const inCity = (cube: CubeName, binAt: Instant, n: number) => list.push({ cube, binAt, regionCode: city, kind, phenomenon: '', n })
  const gauge = (cube: CubeName) => list.push({ cube, binAt: 0, regionCode: finest, kind, phenomenon: '', n: 1 })
  if (completedAt !== null) {
    const binAt = dayStart(completedAt, zone)
    list.push({ cube: 'finished_day', binAt, regionCode: city, kind, phenomenon, n: 1 })
    if (isFinishedInTime(ticket, context, completedAt)) list.push({ cube: 'finished_in_time_day', binAt, regionCode: city, kind, phenomenon, n: 1 })
  }
  const closed = closedAt(ticket)
  const closedDay = closed === null ? null : dayStart(closed, zone)
  if (closedDay !== acceptedDay) {
    inCity('open_change_day', acceptedDay, 1)
    if (closedDay !== null) inCity('open_change_day', closedDay, -1)
  }
  if (closed === null) {
    gauge('open_now')
    if (isOverdue) gauge('overdue_now')
  }
  return list
}

/** The identity of a cell, everything but `n`. Parts are joined by U+001F, which no code contains. */
export function cellKey(contribution: Contribution): string {
  return `${contribution.cube}\u001f${contribution.binAt}\u001f${contribution.regionCode}\u001f${contribution.kind}\u001f${contribution.phenomenon}`
}

/**
 * What must be added to the cells to get from `before` to `after`: one entry per cell, none of them zero, sorted by cell so that writers
 * lock cells in one order (invariant 3). Both lists may hold the contributions of any number of tickets.
 */
export function differenceOf(before: readonly Contribution[], after: readonly Contribution[]): readonly Contribution[] {
  const net = new Map<string, { readonly cell: Contribution; n: number }>()
  const add = (contribution: Contribution, sign: 1 | -1) => {
    const key = cellKey(contribution)
    const entry = net.get(key)
    if (entry) entry.n += sign * contribution.n
    else net.set(key, { cell: contribution, n: sign * contribution.n })
  }
  for (const contribution of before) add(contribution, -1)
  for (const contribution of after) add(contribution, 1)
  return [...net]
    .filter(([, entry]) => entry.n !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { cell, n }]) => ({ ...cell, n }))
}
