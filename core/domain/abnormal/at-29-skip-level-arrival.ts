import type { Severity, SourceCategory } from '../vocabulary.ts'
import type { AbnormalRule, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, type Course, endsWithTicket, NEVER } from './course.ts'
import { joinedWords, type Words } from './words.ts'

const ARRIVALS: Readonly<Record<SourceCategory, { readonly level: Severity; readonly words: Words } | null>> = {
  province_complaint: null,
  group_complaint: { level: 2, words: { zh: '集团转来投诉', en: 'complaint from the group' } },
  province_appeal: { level: 3, words: { zh: '省内申诉', en: 'appeal in the province' } },
  group_appeal: { level: 3, words: { zh: '集团转来申诉', en: 'appeal from the group' } },
}

const courseOf = (view: TicketView): Course => {
  const { ticket, acceptedAt } = view
  const arrival = ARRIVALS[ticket.sourceCategory]
  if (arrival === null) return NEVER
  return {
    rungs: [{ level: arrival.level, from: acceptedAt }],
    ends: endsWithTicket(view, 'mitigated'),
    facts: { cause: causeOf(ticket, `source:${ticket.sourceCategory}`), words: joinedWords(arrival.words) },
  }
}

/** A ticket that came from above the province's own hot-line (domain.md 4.3, 3.1), from its acceptance on. */
export const SKIP_LEVEL_ARRIVAL: AbnormalRule = {
  id: 'AT-29',
  nameZh: '越级单到达',
  nameEn: 'Skip-level arrival',
  meaningZh: '工单来自集团投诉或申诉，而非本省投诉。',
  meaningEn: 'The ticket came as a complaint from the group or as an appeal, not as the province’s own complaint.',
  clearsZh: '办结后由人员关闭。',
  clearsEn: 'Closed by a person once the ticket is completed.',
  source: '[S2]/levels assumed',
  suppressedByCase: false,
  parameters: [],
  judge: byCourse(courseOf),
  signs: () => [{ shows: ['sourceCategory'] }],
  steadyCourse: courseOf,
}
