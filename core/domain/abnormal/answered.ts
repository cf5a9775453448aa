import { isSolvedAtAcceptance, isValidReply } from '../ticket/closed-without-reply.ts'
import type { Instant } from '../time.ts'
import type { TicketView } from './abnormal-rule.ts'
import { type CourseEnd, endsWithTicket } from './course.ts'

/** Since when the ticket has been as it is: its last reopening, else its acceptance. */
export const episodeStart = ({ ticket, acceptedAt }: Pick<TicketView, 'ticket' | 'acceptedAt'>): Instant => ticket.closedGaps.at(-1)?.to ?? acceptedAt

/**
 * The ends of a rule that asks for "completed + customer_replied" (domain.md 4.3): both answer it; a completion alone leaves it to a person.
 * Nobody is owed a reply by a ticket that was cancelled or merged, and solved at acceptance the customer was told in the call.
 */
export function endsWithAnswer(view: TicketView): readonly CourseEnd[] {
  const { completedAt, customerReplies } = view.ticket
  if (completedAt === null || isSolvedAtAcceptance(view.ticket)) return endsWithTicket(view)
  const since = episodeStart(view)
  const reply = customerReplies.find((one) => one.at >= since && isValidReply(one))
  const answered: readonly CourseEnd[] = reply === undefined ? [] : [{ at: Math.max(reply.at, completedAt), how: 'cleared' }]
  return [...endsWithTicket(view, 'mitigated'), ...answered]
}
