import { isSolvedAtAcceptance } from '../ticket/closed-without-reply.ts'
import type { Ticket } from '../ticket/ticket.ts'

/** Results after which nobody is asked (domain.md 3.7-7). */
const NOT_ASKED_RESULTS: ReadonlySet<string> = new Set(['unreachable', 'duplicate'])
/** A channel without survey (domain.md B.1). */
const NOT_ASKED_CHANNEL = 'province_supervision'

/** A survey was sent for the ticket (K-52). */
export const isSurveyed = ({ surveys }: Pick<Ticket, 'surveys'>): boolean => surveys.some(({ sentAt }) => sentAt !== null)

/**
 * Whether a completed ticket is to be surveyed (domain.md 3.7-7): not one closed at acceptance, appeals, group tickets, the supervision line,
 * the unreachable, duplicates. What the ticket does not say (transfers of the call, a leader's control, a refusal, the black list) comes as a
 * skipped survey. One that was surveyed all the same was eligible to whoever sent it, so K-52 never passes 100.
 */
export function isSurveyEligible(ticket: Ticket): boolean {
  if (isSurveyed(ticket)) return true
  const { kind, sourceCategory, groupTicketNo, channel, resultCode, surveys } = ticket
  if (kind === 'appeal' || sourceCategory !== 'province_complaint' || groupTicketNo !== null || channel === NOT_ASKED_CHANNEL) return false
  if (isSolvedAtAcceptance(ticket) || NOT_ASKED_RESULTS.has(resultCode ?? '')) return false
  return !surveys.some(({ result }) => result === 'skipped')
}
