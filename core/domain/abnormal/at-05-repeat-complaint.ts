import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { endsWithAnswer } from './answered.ts'
import { byCourse, causeOf, type Course, levelBounds, NEVER } from './course.ts'
import { counted, inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'count', default: 1, least: 1, most: 100, stricter: 'lower', zh: '蓝：此前工单数', en: 'Blue: earlier tickets' },
  { name: 'A2', unit: 'count', default: 2, least: 1, most: 100, stricter: 'lower', zh: '黄：此前工单数', en: 'Yellow: earlier tickets' },
  { name: 'A3', unit: 'count', default: 4, least: 1, most: 100, stricter: 'lower', zh: '橙：此前工单数', en: 'Orange: earlier tickets' },
]

const courseOf = (view: TicketView, values: ParameterValues): Course => {
  const { ticket, acceptedAt, context } = view
  if (ticket.kind !== 'complaint' && ticket.kind !== 'appeal') return NEVER
  const count = context.customer.repeatCount30d
  const days = context.limits.repeatDays
  return {
    rungs: levelBounds(PARAMETERS, values).flatMap(({ level, bound }) => (count >= bound ? [{ level, from: acceptedAt }] : [])),
    ends: endsWithAnswer(view),
    facts: {
      // The count follows other tickets' late arrival and correction; that this one was accepted as a repeat is one fact.
      cause: causeOf(ticket, 'accepted'),
      words: inWords(`受理前 ${days} 天内已有工单 ${count} 件`, `${counted(count, 'earlier ticket')} in the ${days} days before acceptance`),
    },
  }
}

/** Repeat complaint (domain.md 4.3): a complaint or appeal before which, at its acceptance, the customer had as many tickets (3.7-2). */
export const REPEAT_COMPLAINT: AbnormalRule = {
  id: 'AT-05',
  nameZh: '重复投诉',
  nameEn: 'Repeat complaint',
  meaningZh: '客户在受理前不久已就同一号码来过单。',
  meaningEn: 'The customer already had tickets for the same number not long before acceptance.',
  clearsZh: '办结且已有效回复客户（自动）；仅办结为缓解。',
  clearsEn: 'Completed with a valid reply to the customer (by itself); completed without one: mitigated.',
  source: '[S1][S2: > 4 in 30 d = "prefers complaint"]/levels assumed',
  suppressedByCase: true,
  parameters: PARAMETERS,
  judge: byCourse(courseOf),
  signs: () => [{ kinds: ['complaint', 'appeal'], shows: ['customerHistory'] }],
  steadyCourse: courseOf,
}
