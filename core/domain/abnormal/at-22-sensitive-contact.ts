import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithTicket, levelBounds } from './course.ts'
import { counted, inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'count', default: 1, least: 1, most: 50, stricter: 'lower', zh: '蓝：敏感标注次数', en: 'Blue: sensitive tags' },
  { name: 'A2', unit: 'count', default: 2, least: 1, most: 50, stricter: 'lower', zh: '黄：敏感标注次数', en: 'Yellow: sensitive tags' },
  { name: 'A3', unit: 'count', default: 3, least: 1, most: 50, stricter: 'lower', zh: '橙：敏感标注次数', en: 'Orange: sensitive tags' },
]

const judge = byCourse((view, values) => {
  const { ticket, acceptedAt, context } = view
  const { isSensitive } = ticket.marks
  const count = context.customer.sensitiveCount30d + Number(isSensitive)
  return {
    rungs: levelBounds(PARAMETERS, values).flatMap(({ level, bound }) => (count >= bound ? [{ level, from: acceptedAt }] : [])),
    ends: endsWithTicket(view, 'mitigated'),
    facts: {
      // The count follows other tickets' late arrival and correction; what causes it is that this one came, and its own tag.
      cause: causeOf(ticket, isSensitive ? 'accepted|tagged' : 'accepted'),
      words: inWords(`同一号码 30 天内敏感标注 ${count} 次`, `${counted(count, 'sensitive tag')} on the same number in 30 days`),
    },
  }
})

/**
 * Sensitive contact (domain.md 4.3): the ticket's own tag and those of its number's tickets in the 30 days before. A ticket keeps that it was
 * tagged, not when: from its acceptance on. Only a person's note closes it.
 */
export const SENSITIVE_CONTACT: AbnormalRule = {
  id: 'AT-22',
  nameZh: '敏感话务',
  nameEn: 'Sensitive contact',
  meaningZh: '同一号码近 30 天内有敏感标注。',
  meaningEn: 'Contacts of the same number were tagged as sensitive in the last 30 days.',
  clearsZh: '办结并填写说明后由人员关闭。',
  clearsEn: 'Completed, and closed by a person with a note.',
  source: 'counts 1/2/3+ [S2]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['marks', 'customerHistory'] }],
}
