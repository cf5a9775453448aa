import { judgeExpedites } from '../ticket/expedites.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, type CourseEnd, endsWithTicket, rungsByCount } from './course.ts'
import { counted, inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'count', default: 2, least: 1, most: 50, stricter: 'lower', zh: '黄：有效催单次数', en: 'Yellow: valid expedites' },
  { name: 'A3', unit: 'count', default: 3, least: 1, most: 50, stricter: 'lower', zh: '橙：有效催单次数', en: 'Orange: valid expedites' },
  { name: 'A4', unit: 'count', default: 5, least: 1, most: 50, stricter: 'lower', zh: '红：有效催单次数', en: 'Red: valid expedites' },
]

/** The first contact with the customer after the last valid expedite: a person still sees whether it answered him. */
function contactsAfter(last: Instant | undefined, { firstContactedAt, customerReplies }: Ticket): readonly CourseEnd[] {
  if (last === undefined) return []
  const contacts = [...(firstContactedAt === null ? [] : [firstContactedAt]), ...customerReplies.map((reply) => reply.at)].filter((at) => at > last)
  return contacts.length === 0 ? [] : [{ at: Math.min(...contacts), how: 'mitigated' }]
}

const judge = byCourse((view, values) => {
  const { ticket, context } = view
  const valid = judgeExpedites(ticket, context.limits, context.zone).filter(({ isValid }) => isValid)
  const instants = valid.map(({ at }) => at)
  return {
    rungs: rungsByCount(PARAMETERS, values, instants),
    ends: [...contactsAfter(instants.at(-1), ticket), ...endsWithTicket(view)],
    facts: {
      cause: causeOf(ticket, `expedites:${valid.length}`),
      words: inWords(`有效催单 ${valid.length} 次`, counted(valid.length, 'valid expedite')),
    },
  }
})

/** Repeated expedites (domain.md 4.3): as many valid ones (3.7-1) on an open ticket, each further one a new cause; others leave no trace. */
export const REPEATED_EXPEDITES: AbnormalRule = {
  id: 'AT-04',
  nameZh: '多次催单',
  nameEn: 'Repeated expedites',
  meaningZh: '客户或内部对未办结工单多次有效催单。',
  meaningEn: 'An open ticket has been chased validly several times.',
  clearsZh: '最后一次催单后联系客户（缓解）；办结（自动）。',
  clearsEn: 'Contact with the customer after the last expedite (mitigated); completed (by itself).',
  source: '[S2: card mark from 2, cap 5]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['expedites'] }],
}
