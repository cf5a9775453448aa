import { MINUTE } from '../time.ts'
import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, type CourseEnd, endsWithTicket, NEVER } from './course.ts'
import { counted, inWords, lengthInWords } from './words.ts'

const WINDOW: RuleParameter = {
  // The reach of what is known of other tickets (core/domain/ticket/twins.ts).
  name: 'windowMinutes', unit: 'minutes', default: 120, least: 1, most: 1440, stricter: 'higher', zh: '受理间隔至多分钟', en: 'Minutes between the acceptances at most',
}

const judge = byCourse((view, values) => {
  const { ticket, acceptedAt, context } = view
  const window = (values[WINDOW.name] ?? WINDOW.default) * MINUTE
  const twins = context.customer.twins.filter((twin) => acceptedAt - twin.acceptedAt <= window)
  const nearest = twins.find(({ mergedAt }) => mergedAt === null) ?? twins[0]
  if (nearest === undefined) return NEVER
  const merged = twins.flatMap(({ mergedAt }) => (mergedAt === null ? [] : [mergedAt]))
  const answered: readonly CourseEnd[] = merged.length < twins.length ? [] : [{ at: Math.max(...merged), how: 'cleared' }]
  const marked: readonly CourseEnd[] = ticket.markedDifferentAt === null ? [] : [{ at: Math.max(ticket.markedDifferentAt, acceptedAt + 1), how: 'cleared' }]
  const gap = lengthInWords(acceptedAt - nearest.acceptedAt)
  const ticketNo = nearest.ticketKey.split(':').slice(2).join(':')
  return {
    rungs: [{ level: 1, from: acceptedAt }],
    ends: [...endsWithTicket(view), ...answered, ...marked],
    facts: {
      cause: causeOf(ticket, `duplicate:${nearest.ticketKey}`),
      words: inWords(
        `受理前 ${gap.zh}同号码、同现象已有未结工单 ${ticketNo}，共 ${twins.length} 件`,
        `${counted(twins.length, 'open ticket')} of the same number and matter, ${ticketNo} accepted ${gap.en} before`,
      ),
    },
  }
})

/**
 * Suspected duplicate (domain.md 4.3): an open ticket before which one of the same product number and first-level phenomenon, of the same kind and
 * city, was accepted and still open (core/domain/ticket/twins.ts). The later of the two carries the alert, in whatever order they arrive. Merging either
 * answers it, and so does `marked` with `duplicate: false`; the completion of the earlier one does not.
 */
export const SUSPECTED_DUPLICATE: AbnormalRule = {
  id: 'AT-28',
  nameZh: '疑似重单',
  nameEn: 'Suspected duplicate',
  meaningZh: '同一产品号码、同一一级现象，短时间内已有未结工单。',
  meaningEn: 'A ticket of the same product number and first-level phenomenon was accepted shortly before and is open.',
  clearsZh: '任一工单并案、标注为非重单，或工单办结（自动）。',
  clearsEn: 'Either ticket merged, marked as different, or completed (by itself).',
  source: '2 h [S2][S10]/level assumed',
  suppressedByCase: false,
  parameters: [WINDOW],
  judge,
  signs: () => [{ shows: ['customerHistory'] }],
}
