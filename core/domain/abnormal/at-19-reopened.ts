import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, RuleParameter, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, type CourseEnd, endsWithTicket, rungsByCount } from './course.ts'
import { counted, inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'count', default: 1, least: 1, most: 50, stricter: 'lower', zh: '黄：重开次数', en: 'Yellow: reopenings' },
  { name: 'A3', unit: 'count', default: 2, least: 1, most: 50, stricter: 'lower', zh: '橙：重开次数', en: 'Orange: reopenings' },
]

/** What ends it once the ticket is completed again: with the customer dissatisfied only the repair of that does, and never by itself. */
function endsWithCompletion({ surveys, repairs, archivedAt }: Ticket, completedAt: Instant): readonly CourseEnd[] {
  const archived: readonly CourseEnd[] = archivedAt === null ? [] : [{ at: archivedAt, how: 'cleared' }]
  const answers = surveys.flatMap(({ endedAt, result }) =>
    endedAt !== null && endedAt >= completedAt && (result === 'satisfied' || result === 'dissatisfied') ? [{ at: endedAt, result }] : [],
  )
  const last = answers.at(-1)
  if (last?.result === 'dissatisfied') {
    const repairedAt = repairs.find(({ closedAt }) => closedAt !== null && closedAt >= last.at)?.closedAt ?? null
    return repairedAt === null ? [] : [{ at: repairedAt, how: 'mitigated' }, ...archived]
  }
  const satisfied: readonly CourseEnd[] = last === undefined ? [] : [{ at: last.at, how: 'cleared' }]
  return [{ at: completedAt, how: 'mitigated' }, ...satisfied, ...archived]
}

const endsOf = (view: TicketView): readonly CourseEnd[] =>
  view.ticket.completedAt === null ? endsWithTicket(view) : endsWithCompletion(view.ticket, view.ticket.completedAt)

const judge = byCourse((view, values) => {
  const { ticket } = view
  const { reopenCount } = ticket
  return {
    rungs: rungsByCount(
      PARAMETERS,
      values,
      ticket.completions.flatMap(({ reopenedAt }) => (reopenedAt === null ? [] : [reopenedAt])),
    ),
    ends: endsOf(view),
    facts: { cause: causeOf(ticket, 'reopened'), words: inWords(`重开 ${reopenCount} 次`, counted(reopenCount, 'reopening')) },
  }
})

/**
 * Reopened (domain.md 4.3): from a reopening until the ticket is completed again and the customer is not dissatisfied with that either; a bad
 * survey brings it back until its repair is closed.
 */
export const REOPENED: AbnormalRule = {
  id: 'AT-19',
  nameZh: '重开',
  nameEn: 'Reopened',
  meaningZh: '工单办结后又被重开。',
  meaningEn: 'The ticket was reopened after its completion.',
  clearsZh: '再次办结且回访无不满意（缓解）；回访满意或归档（自动）。',
  clearsEn: 'Completed again without a bad survey (mitigated); a good survey or archived (by itself).',
  source: '[assumed]',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['reopenCount'] }],
}
