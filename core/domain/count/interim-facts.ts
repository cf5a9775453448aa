import type { RegionTree } from '../region.ts'
import { type HandleLimits, readHandleClock } from '../ticket/clock.ts'
import { closedAt, isValid, type Ticket } from '../ticket/ticket.ts'
import { SECOND } from '../time.ts'
import type { Fact } from './fact.ts'

/** What the facts of one ticket follow from; of these only `isOverdue` depends on the present time. */
export interface FactsInput {
  readonly ticket: Ticket
  readonly isOverdue: boolean
  readonly limits: HandleLimits
  readonly tree: RegionTree
}

/** Where a ticket counts: its node; its province where the tree does not know the node; the root where it knows neither. Nothing is lost. */
export const countingRegion = (ticket: Ticket, tree: RegionTree): string =>
  (tree.get(ticket.regionCode) ?? tree.get(ticket.provinceCode) ?? tree.root).code

/** The phenomenon a ticket counts under: the second level, or the first where the source gave no second. */
export const countingPhenomenon = (ticket: Ticket): string => ticket.phenomenonL2 || ticket.phenomenonL1

/** What a finished ticket adds to FIN: in time is net elapsed ≤ limit at the standing completion; no clock, no time (domain.md 3.6, 6.5 K-18). */
function finished(ticket: Ticket, limits: HandleLimits, completedAt: number): Pick<Fact<'FIN'>, 'measures' | 'sketched'> {
  const clock = readHandleClock(ticket, limits, completedAt)
  if (clock === null) return { measures: { finished: 1 } }
  const seconds = Math.round(clock.netElapsed / SECOND)
  return { measures: { finished: 1, ...(clock.isOverdue ? {} : { in_time: 1 }), ...(seconds === 0 ? {} : { net_seconds: seconds }) }, sketched: seconds }
}

/**
 * What one ticket counts as: acceptance, standing completion, the change of what is open, the present state (domain.md 6.1–6.2); nothing for
 * a ticket that counts nowhere. Holds the bases that figures, risk rules and the first indicators read, until all bases are here.
 */
export function interimFacts({ ticket, isOverdue, limits, tree }: FactsInput): readonly Fact[] {
  const { acceptedAt, completedAt, kind } = ticket
  if (acceptedAt === null || !isValid(ticket)) return []
  const regionCode = countingRegion(ticket, tree)
  const by = {
    source: ticket.sourceCategory,
    channel: ticket.channel,
    product: ticket.productL1,
    phenomenon_l1: ticket.phenomenonL1,
    phenomenon: countingPhenomenon(ticket),
    urban_rural: ticket.urbanRural,
  }
  const closed = closedAt(ticket)
  const facts: Fact[] = [{ base: 'ACC', at: acceptedAt, regionCode, kind, by: { ...by, urgency: ticket.urgency }, measures: { accepted: 1 } }]
  if (completedAt !== null) facts.push({ base: 'FIN', at: completedAt, regionCode, kind, by, ...finished(ticket, limits, completedAt) })
  const open = { regionCode, kind, by: { channel: ticket.channel } }
  facts.push({ base: 'SNAP', at: acceptedAt, ...open, measures: { open: 1 } })
  if (closed !== null) facts.push({ base: 'SNAP', at: closed, ...open, measures: { open: -1 } })
  else facts.push({ base: 'NOW', at: 0, regionCode, kind, by: {}, measures: { open: 1, ...(isOverdue ? { overdue: 1 } : {}) } })
  return facts
}
