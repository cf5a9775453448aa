import { isClosedWithoutReply, isValidReply } from '../ticket/closed-without-reply.ts'
import type { Completion } from '../ticket/parts.ts'
import type { Ticket } from '../ticket/ticket.ts'
import { SECOND } from '../time.ts'
import type { AbnormalRule, TicketView } from './abnormal-rule.ts'
import { causeOf, type Course, type CourseEnd, NEVER } from './course.ts'
import { verdictOfEpisodes } from './episodes.ts'
import { counted, inWords } from './words.ts'

/** The ticket as it stood at one of its completions. It keeps the result of the last only: an earlier one is excused by none. */
function asCompleted(ticket: Ticket, { at, reopenedAt }: Completion): Ticket {
  if (reopenedAt === null) return ticket
  const { legs, firstDispatchedAt, completions, resultCode } = ticket
  return {
    ...ticket,
    completedAt: at,
    legs: legs.filter((leg) => leg.receivedAt <= at),
    firstDispatchedAt: firstDispatchedAt !== null && firstDispatchedAt <= at ? firstDispatchedAt : null,
    resultCode: completions.at(-1)?.at === at ? resultCode : null,
  }
}

function wordsOf({ customerReplies, resultCode, contactFailures }: Ticket, { at }: Completion): string {
  const replies = customerReplies.filter((reply) => reply.at <= at).length
  const failures = contactFailures.filter((failedAt) => failedAt <= at).length
  const [zh, en] =
    replies === 0
      ? ['办结前未回复客户', 'completed without a reply to the customer']
      : [
          `办结前回复客户 ${replies} 次，均无有效记录`,
          `completed after ${counted(replies, 'reply', 'replies')} to the customer, none with a valid record`,
        ]
  if (resultCode !== 'unreachable') return inWords(zh, en)
  return inWords(`${zh}，联系未果 ${failures} 次`, `${en}, ${counted(failures, 'failed attempt')}`)
}

/** How the rule stands on one completion: never true where it came with a valid reply. */
function courseOf(completion: Completion, { ticket, context }: TicketView): Course {
  const { at, reopenedAt } = completion
  const isHit = isClosedWithoutReply(asCompleted(ticket, completion))
  const told = ticket.customerReplies.filter((reply) => reply.at > at && isValidReply(reply)).map((reply) => reply.at)
  const ends = [...told, ...(reopenedAt === null ? [] : [reopenedAt])].map((end): CourseEnd => ({ at: end, how: 'mitigated' }))
  return {
    rungs: isHit ? [{ level: 3, from: at + context.limits.reorderDelaySeconds * SECOND }] : [],
    ends,
    facts: { cause: causeOf(ticket, 'completed'), words: wordsOf(ticket, completion) },
  }
}

function coursesOf(view: TicketView): readonly Course[] {
  const { completions, completedAt } = view.ticket
  const all = completions.length === 0 && completedAt !== null ? [{ at: completedAt, reopenedAt: null }] : completions
  return all.map((completion) => courseOf(completion, view))
}

const judge: AbnormalRule['judge'] = (view) => verdictOfEpisodes(coursesOf(view), view.at)

/**
 * Closed without a reply to the customer (domain.md 4.3, S-5): of a completed ticket, once what came out of order has had time to arrive. What a
 * valid reply is, and what excuses one, is the same for K-18 and K-46. The delay runs from the completion: a ticket does not keep its receipt.
 */
export const CLOSED_WITHOUT_REPLY: AbnormalRule = {
  id: 'AT-16',
  nameZh: '未回复客户即办结',
  nameEn: 'Closed without customer reply',
  meaningZh: '投诉或申诉已办结，此前没有带有效记录的客户回复。',
  meaningEn: 'A complaint or appeal was completed without a reply to the customer that has a valid record.',
  clearsZh: '事后有效回复客户或重开，核实后由人员关闭。',
  clearsEn: 'A valid reply later, or a reopening; closed by a person after the check.',
  source: 'reply record mandatory [S1]/level assumed',
  suppressedByCase: false,
  parameters: [],
  judge,
  signs: () => [{ kinds: ['complaint', 'appeal'], shows: ['legs', 'firstDispatchedAt'] }],
  steadyCourse: (view) => coursesOf(view)[0] ?? NEVER,
}
