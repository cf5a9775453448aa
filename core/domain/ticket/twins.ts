import { keysMatch } from '../protect/customer-key.ts'
import { HOUR, type Instant } from '../time.ts'
import type { KinFacts } from './customer-history.ts'

/** An earlier ticket that a ticket looks like (domain.md 4.3 AT-28). */
export interface Twin {
  readonly ticketKey: string
  readonly acceptedAt: Instant
  /** When it was merged with another ticket; null while it stands by itself. */
  readonly mergedAt: Instant | null
}

/** What of a ticket concerns its kin, with which ticket it is. */
export type NamedKin = KinFacts & { readonly ticketKey: string }

/** As far back as any setting of AT-28 looks. */
export const TWIN_REACH = 24 * HOUR
/** So many of the nearest are kept: enough to say what it looks like, however often a number is heard of. */
const MOST_TWINS = 5

/** Of two tickets of one matter the one accepted later is the duplicate; of two at one instant the one whose key is the greater. */
const isBefore = (a: NamedKin, b: NamedKin): boolean => a.acceptedAt < b.acceptedAt || (a.acceptedAt === b.acceptedAt && a.ticketKey < b.ticketKey)

/** Completed, cancelled or merged only after that instant, or not at all; a void ticket or a test never was open. */
function wasOpenAt({ isCounted, completedAt, left }: KinFacts, at: Instant): boolean {
  if (!isCounted && left === undefined) return false
  return (completedAt === null || completedAt > at) && (left === undefined || left.at > at)
}

/** Within one region, as repeats are (domain.md 3.7-2): a line belongs to one city, and whoever sees the one ticket may know of the other. */
const isSameMatter = (a: KinFacts, b: KinFacts): boolean =>
  a.kind === b.kind && a.city === b.city && a.phenomenonL1 !== '' && a.phenomenonL1 === b.phenomenonL1 && keysMatch(a.keys.product, b.keys.product)

/**
 * The earlier tickets that a ticket looks like, the nearest first: same city, kind, product number and first-level phenomenon, accepted at most
 * {@link TWIN_REACH} before it and open when it was. The same whatever the order of `others`.
 */
export function twinsOf(ticket: NamedKin, others: readonly NamedKin[]): readonly Twin[] {
  return others
    .filter((other) => isBefore(other, ticket) && ticket.acceptedAt - other.acceptedAt <= TWIN_REACH)
    .filter((other) => isSameMatter(ticket, other) && wasOpenAt(other, ticket.acceptedAt))
    .sort((a, b) => (isBefore(a, b) ? 1 : -1))
    .slice(0, MOST_TWINS)
    .map(({ ticketKey, acceptedAt, left }) => ({ ticketKey, acceptedAt, mergedAt: left?.how === 'merged' ? left.at : null }))
}

/** Whether two lists name the same tickets in the same state. */
export const isSameTwins = (a: readonly Twin[], b: readonly Twin[]): boolean =>
  a.length === b.length && a.every((twin, place) => twin.ticketKey === b[place]?.ticketKey && twin.acceptedAt === b[place].acceptedAt && twin.mergedAt === b[place].mergedAt)
