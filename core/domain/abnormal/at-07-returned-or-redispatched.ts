import type { Leg } from '../ticket/parts.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, type CourseEnd, endsWithTicket, rungsByCount } from './course.ts'
import { counted, inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'count', default: 2, least: 1, most: 50, stricter: 'lower', zh: '黄：退单与重派次数', en: 'Yellow: returns and re-dispatches' },
  { name: 'A3', unit: 'count', default: 3, least: 1, most: 50, stricter: 'lower', zh: '橙：退单与重派次数', en: 'Orange: returns and re-dispatches' },
]

type Stays = Pick<Ticket, 'legs' | 'completions'>

const mainLegs = ({ legs }: Pick<Ticket, 'legs'>): readonly Leg[] => legs.filter((leg) => !leg.isAssist)

const returns = (ticket: Stays): readonly Instant[] =>
  mainLegs(ticket).flatMap(({ finish, finishedAt }) => (finish === 'returned' && finishedAt !== null ? [finishedAt] : []))

/** When a reply was taken back, by a re-dispatch or a failed review: a stay follows one that was replied, and no reopening gave it. */
function refusals(ticket: Stays): readonly Instant[] {
  const isReopening = ({ receivedAt, firstClaimedAt }: Leg) =>
    firstClaimedAt === receivedAt && ticket.completions.some(({ reopenedAt }) => reopenedAt === receivedAt)
  const legs = mainLegs(ticket)
  return legs.filter((leg, index) => legs[index - 1]?.finish === 'replied' && !isReopening(leg)).map(({ receivedAt }) => receivedAt)
}

/**
 * When the ticket was returned or re-dispatched, as often as its counts say (domain.md 3.7-4). A failed review gives the next stay as a
 * re-dispatch does and is none: the legs show more refusals than were counted, and the latest are taken.
 */
export function rejectionInstants(ticket: Stays & Pick<Ticket, 'redispatchCount'>): readonly Instant[] {
  const refused = refusals(ticket)
  return [...returns(ticket), ...refused.slice(Math.max(0, refused.length - ticket.redispatchCount))]
}

/** The first passed review after the ticket last came back, in whatever way. */
function passedReview(ticket: Stays): readonly CourseEnd[] {
  const last = Math.max(...returns(ticket), ...refusals(ticket))
  const reviews = mainLegs(ticket).flatMap(({ review, reviewedAt }) => (review === 'passed' && reviewedAt !== null ? [reviewedAt] : []))
  const passed = reviews.filter((at) => at > last)
  return passed.length === 0 ? [] : [{ at: Math.min(...passed), how: 'mitigated' }]
}

const judge = byCourse((view, values) => {
  const { ticket } = view
  const { returnCount, redispatchCount } = ticket
  return {
    rungs: rungsByCount(PARAMETERS, values, rejectionInstants(ticket)),
    ends: [...passedReview(ticket), ...endsWithTicket(view)],
    facts: {
      cause: causeOf(ticket, `returns:${returnCount}|redispatches:${redispatchCount}`),
      words: inWords(
        `退单 ${returnCount} 次，重派 ${redispatchCount} 次`,
        `${counted(returnCount, 'return')}, ${counted(redispatchCount, 're-dispatch', 're-dispatches')}`,
      ),
    },
  }
})

/** Returned or re-dispatched (domain.md 4.3): an open ticket that units returned, or that was dispatched again after a reply, as often (3.7-4). */
export const RETURNED_OR_REDISPATCHED: AbnormalRule = {
  id: 'AT-07',
  nameZh: '多次退单或重派',
  nameEn: 'Returned or re-dispatched',
  meaningZh: '工单多次被单位退回，或回单后多次重派。',
  meaningEn: 'Units have returned the ticket, or it was dispatched again after their reply, several times.',
  clearsZh: '下一次回单审核通过（缓解）；工单结束（自动）。',
  clearsEn: 'The next reply passes its review (mitigated); the end of the ticket (by itself).',
  source: '≥ 2 "multiple rejections" [S7]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['returnCount', 'redispatchCount'] }, { legs: 2 }],
}
