import type { AbnormalRule } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithTicket, NEVER } from './course.ts'
import { joinedWords } from './words.ts'

/** A ticket keeps that it was marked, not when: from its acceptance on. */
const judge = byCourse((view) => {
  const { ticket, acceptedAt } = view
  if (!ticket.marks.isFraud) return NEVER
  return {
    rungs: [{ level: 3, from: acceptedAt }],
    ends: endsWithTicket(view, 'mitigated'),
    facts: { cause: causeOf(ticket, 'marked:fraud'), words: joinedWords({ zh: '标注为涉诈', en: 'marked as fraud' }) },
  }
})

/** An open ticket that is marked as fraud; only a person's note closes it (domain.md 4.3). Keywords and the threat to life are left out. */
export const FRAUD: AbnormalRule = {
  id: 'AT-25',
  nameZh: '涉诈/涉安全',
  nameEn: 'Fraud or safety',
  meaningZh: '工单被标注为涉诈。',
  meaningEn: 'The ticket is marked as fraud.',
  clearsZh: '由安全部门填写处置说明后关闭。',
  clearsEn: 'Closed by the security department with its note.',
  source: '[S2]/levels assumed',
  suppressedByCase: false,
  parameters: [],
  judge,
}
