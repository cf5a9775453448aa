import { MINUTE } from '../time.ts'
import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithTicket, NEVER } from './course.ts'
import { joinedWords, lengthInWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'minutes', default: 5, least: 1, most: 120, stricter: 'higher', zh: '蓝：提取至回单不足分钟', en: 'Blue: minutes from claim to reply' },
]

/** The claim that stands counts: who took the ticket over from another read it no earlier. */
const judge = byCourse((view, values) => {
  const { ticket } = view
  if (ticket.kind !== 'complaint' && ticket.kind !== 'appeal') return NEVER
  const replies = ticket.legs.flatMap(({ legId, isAssist, finish, finishedAt, claimedAt }) =>
    isAssist || finish !== 'replied' || finishedAt === null || claimedAt === null ? [] : [{ legId, at: finishedAt, took: finishedAt - claimedAt }],
  )
  const bound = (values['A1'] ?? 0) * MINUTE
  const fast = replies.filter(({ took }) => took < bound)
  const last = fast.at(-1)
  if (last === undefined) return NEVER
  const took = lengthInWords(last.took)
  return {
    rungs: fast.map((reply) => ({ level: 1, from: reply.at })),
    // Sources that write whole minutes complete at the instant of the reply; the reply was too fast all the same.
    ends: endsWithTicket(view, 'mitigated').map((end) => ({ ...end, at: Math.max(end.at, last.at + 1) })),
    facts: {
      cause: causeOf(ticket, `replies:${fast.map(({ legId }) => legId).join(',')}`),
      words: joinedWords({ zh: `提取后 ${took.zh}即回单，共 ${fast.length} 次`, en: `reply ${took.en} after the claim, ${fast.length} in all` }),
    },
  }
})

/** A reply of a main leg too soon after its claim (domain.md 4.3); equal texts, and the count per handler and day, need other tickets: left out. */
export const TOO_FAST_REPLY: AbnormalRule = {
  id: 'AT-17',
  nameZh: '秒回/虚假回单',
  nameEn: 'Too-fast reply',
  meaningZh: '投诉或申诉提取后很快就回单，可能没有真正处理。',
  meaningEn: 'A complaint or appeal was answered so soon after its claim that it can hardly have been handled.',
  clearsZh: '由质检人员核查后关闭。',
  clearsEn: 'Closed by quality control after its check.',
  source: '[assumed]',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
}
