import type { Instant } from '../time.ts'
import type { CustomerReply } from './parts.ts'
import type { Ticket } from './ticket.ts'

/** A record shorter than this is no answer to the customer, s (domain.md AT-16). */
const LEAST_RECORD_SECONDS = 10
/** Logged attempts that excuse a ticket closed as unreachable (domain.md AT-16). */
const ATTEMPTS_BEFORE_UNREACHABLE = 3

/** A reply that reached the customer: it has a record, and one that is long enough where its length is known (domain.md AT-16). */
export const isValidReply = ({ recordNo, recordSeconds }: CustomerReply): boolean =>
  recordNo !== null && (recordSeconds === null || recordSeconds >= LEAST_RECORD_SECONDS)

/**
 * Solved at acceptance: completed without ever having been with a unit, neither dispatched nor kept by the hot-line (domain.md 3.5 note 2,
 * K-37). Such a customer was told in the call itself, and AT-16, which looks at what note 3 allows, does not look at it.
 */
export const isSolvedAtAcceptance = (ticket: Pick<Ticket, 'completedAt' | 'firstDispatchedAt' | 'legs'>): boolean =>
  ticket.completedAt !== null && ticket.firstDispatchedAt === null && ticket.legs.length === 0

function isExcused({ resultCode, contactFailures }: Ticket, completedAt: Instant): boolean {
  if (resultCode !== 'unreachable') return false
  return contactFailures.filter((failedAt) => failedAt <= completedAt).length >= ATTEMPTS_BEFORE_UNREACHABLE
}

/**
 * Complaints and appeals whose standing completion came without a valid reply to the customer at or before it, by the time of the events
 * (AT-16, K-46, S-5): such a ticket leaves the numerator of K-18 for good, also when the customer is told later.
 */
export function isClosedWithoutReply(ticket: Ticket): boolean {
  const { completedAt, kind, customerReplies } = ticket
  if (completedAt === null || (kind !== 'complaint' && kind !== 'appeal')) return false
  if (isSolvedAtAcceptance(ticket) || isExcused(ticket, completedAt)) return false
  return !customerReplies.some((reply) => reply.at <= completedAt && isValidReply(reply))
}
