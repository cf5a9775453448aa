import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, type CourseEnd, NEVER, rungsBeyond } from './course.ts'
import { counted, inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A3', unit: 'hours', default: 4, least: 1, most: 72, stricter: 'lower', zh: '橙：未开修复小时', en: 'Orange: hours without a repair' },
]

/** What takes up the customer's dissatisfaction; back in handling the repair is nobody's any more, and a person sees to it. */
const endsOf = ({ repairs, completions }: Ticket): readonly CourseEnd[] => [
  ...repairs.flatMap(({ closedAt }): CourseEnd[] => (closedAt === null ? [] : [{ at: closedAt, how: 'cleared' }])),
  ...completions.flatMap(({ reopenedAt }): CourseEnd[] => (reopenedAt === null ? [] : [{ at: reopenedAt, how: 'mitigated' }])),
]

const judge = byCourse(({ ticket }, values) => {
  const answers = ticket.surveys.flatMap(({ result, endedAt }) => (result === 'dissatisfied' && endedAt !== null ? [endedAt] : []))
  if (answers.length === 0) return NEVER
  const last = Math.max(...answers)
  const ends = endsOf(ticket)
  const answeredBefore = Math.max(...ends.map(({ at }) => at).filter((at) => at < last), Number.NEGATIVE_INFINITY)
  const from: Instant = Math.min(...answers.filter((at) => at > answeredBefore))
  const late = rungsBeyond(PARAMETERS, values, from)
  const isTakenUpBy = (at: Instant) => ticket.repairs.some(({ openedAt, closedAt }) => openedAt < at && (closedAt === null || closedAt >= from))
  const waits = late.filter((rung) => !isTakenUpBy(rung.from))
  const dueAt = waits[0]?.from
  return {
    rungs: [{ level: 2, from }, ...waits],
    ends: ends.filter(({ at }) => at >= last),
    facts: {
      cause: causeOf(ticket, `dissatisfied:${answers.length}`),
      words: inWords(
        `回访不满意 ${answers.length} 次`,
        counted(answers.length, 'dissatisfied answer to a survey', 'dissatisfied answers to surveys'),
      ),
      ...(dueAt === undefined ? {} : { deadlineAt: dueAt - 1 }),
    },
  }
})

/**
 * Dissatisfied after survey (domain.md 4.3, 3.7-6): of a completed ticket, from the answer on, higher where no repair was opened in time. An
 * archiving answers nothing. That the repair itself is late is for its own clock.
 */
export const DISSATISFIED_SURVEY: AbnormalRule = {
  id: 'AT-15',
  nameZh: '回访不满意',
  nameEn: 'Dissatisfied after survey',
  meaningZh: '办结后客户回访不满意或未解决，须做满意度修复。',
  meaningEn: 'The customer answered the survey dissatisfied or unsolved, and a repair is due.',
  clearsZh: '修复关闭（自动）；重开为缓解。',
  clearsEn: 'The repair closed (by itself); reopened: mitigated.',
  source: '[S2]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['surveys'] }],
}
