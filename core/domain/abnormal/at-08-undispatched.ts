import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, type Course, endsWithClock, leastBound, NEVER, rungsBeyond } from './course.ts'
import { inWords, lengthInWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'minutes', default: 30, least: 1, most: 2880, stricter: 'lower', zh: '蓝：未派单分钟', en: 'Blue: minutes undispatched' },
  { name: 'A2', unit: 'minutes', default: 120, least: 1, most: 2880, stricter: 'lower', zh: '黄：未派单分钟', en: 'Yellow: minutes undispatched' },
  { name: 'A3', unit: 'minutes', default: 240, least: 1, most: 2880, stricter: 'lower', zh: '橙：未派单分钟', en: 'Orange: minutes undispatched' },
]

const courseOf = (view: TicketView, values: ParameterValues): Course => {
  const clock = view.readingsOf('C_DISPATCH')[0]
  if (clock === undefined) return NEVER
  const { startAt, stoppedAt, limit, deadlineAt, netElapsed } = clock
  const { zh, en } = lengthInWords(netElapsed)
  return {
    rungs: rungsBeyond(PARAMETERS, values, startAt),
    ends: endsWithClock(stoppedAt),
    facts: {
      cause: causeOf(view.ticket, 'undispatched'),
      words: inWords(`受理后 ${zh}未派单`, `not dispatched for ${en} after acceptance`),
      deadlineAt,
      limitMs: limit,
    },
  }
}

const signs: AbnormalRule['signs'] = (values) => {
  const least = leastBound(PARAMETERS, values)
  return [{ openFor: least, late: { field: 'firstDispatchedAt', by: least } }]
}

/**
 * Undispatched (domain.md 4.3): true while C_DISPATCH of a ticket that was never dispatched has run longer than the bound, whatever the
 * clock's own limit; a ticket that a unit returned is AT-07's.
 */
export const UNDISPATCHED: AbnormalRule = {
  id: 'AT-08',
  nameZh: '未及时派单',
  nameEn: 'Undispatched',
  meaningZh: '受理后迟迟未派单。',
  meaningEn: 'Accepted, and not yet dispatched to any unit.',
  clearsZh: '首次派单（自动）；热线自行处理或办结亦然。',
  clearsEn: 'First dispatched (by itself), or claimed or completed by the hot-line.',
  source: '[assumed]',
  suppressedByCase: true,
  parameters: PARAMETERS,
  judge: byCourse(courseOf),
  signs,
  steadyCourse: courseOf,
}
