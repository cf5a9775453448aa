import { CLOCKS_OF_KIND } from '../ticket/clocks/catalogue.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, type Course, endsWithTicket, leastBound, NEVER, rungsBeyond } from './course.ts'
import { inWords, lengthInWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'hours', default: 48, least: 1, most: 720, stricter: 'lower', zh: '蓝：受理后小时', en: 'Blue: hours since acceptance' },
  { name: 'A2', unit: 'days', default: 7, least: 1, most: 365, stricter: 'lower', zh: '黄：受理后天数', en: 'Yellow: days since acceptance' },
  { name: 'A3', unit: 'days', default: 15, least: 1, most: 365, stricter: 'lower', zh: '橙：受理后天数', en: 'Orange: days since acceptance' },
  { name: 'A4', unit: 'days', default: 30, least: 1, most: 365, stricter: 'lower', zh: '红：受理后天数', en: 'Red: days since acceptance' },
]

const courseOf = (view: TicketView, values: ParameterValues): Course => {
  const { ticket, acceptedAt, closedAt, at } = view
  // Watch lists and leads stay open by their nature: kinds on which no clock runs (domain.md 3.1).
  if (!CLOCKS_OF_KIND.has(ticket.kind)) return NEVER
  const { zh, en } = lengthInWords((closedAt ?? at) - acceptedAt)
  return {
    rungs: rungsBeyond(PARAMETERS, values, acceptedAt),
    ends: endsWithTicket(view),
    facts: { cause: causeOf(ticket, 'accepted'), words: inWords(`受理后 ${zh}`, `${en} since acceptance`) },
  }
}

const signs: AbnormalRule['signs'] = (values) => [{ openFor: leastBound(PARAMETERS, values) }]

/**
 * Long pending (domain.md 4.3): true while an open ticket of a kind with clocks was accepted longer ago than the bound, natural time, with
 * whatever suspension or closed gap lies in it. The weekly list of the customer service department is for whoever sends it.
 */
export const LONG_PENDING: AbnormalRule = {
  id: 'AT-03',
  nameZh: '长期滞留',
  nameEn: 'Long pending',
  meaningZh: '未办结，自受理起的自然时长（含挂起）过长。',
  meaningEn: 'Still open, and too much time has passed since acceptance, suspension included.',
  clearsZh: '办结（自动）。',
  clearsEn: 'Completed (by itself).',
  source: 'bands [S7]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge: byCourse(courseOf),
  signs,
  steadyCourse: courseOf,
}
