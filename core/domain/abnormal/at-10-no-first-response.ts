import type { Pause } from '../ticket/clocks/pauses.ts'
import { sceneOf } from '../ticket/clocks/reading.ts'
import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, type Course, type CourseEnd, endsWithClock, leastBound, levelBounds, NEVER } from './course.ts'
import { inWords, lengthInWords } from './words.ts'

const ATTEMPTS: RuleParameter = {
  name: 'attempts', unit: 'count', default: 3, least: 1, most: 20, stricter: 'higher', zh: '未联系上次数', en: 'Failed attempts',
}
const ATTEMPT_HOURS: RuleParameter = {
  name: 'attemptHours', unit: 'hours', default: 24, least: 1, most: 720, stricter: 'lower', zh: '未联系上的时间范围', en: 'Failed attempts within hours',
}

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'percent', default: 100, least: 1, most: 1000, stricter: 'lower', zh: '黄：已用时限百分比', en: 'Yellow: per cent of the limit' },
  { name: 'A3', unit: 'percent', default: 200, least: 1, most: 1000, stricter: 'lower', zh: '橙：已用时限百分比', en: 'Orange: per cent of the limit' },
  ATTEMPTS,
  ATTEMPT_HOURS,
]

/** When more than so much time is used up. Pauses are in their order; one that begins later moves nothing. */
const usedUpAt = (startAt: Instant, ms: number, pauses: readonly Pause[]): Instant =>
  pauses.reduce((when, { from, to }) => (from < when ? when + to - from : when), startAt + ms + 1)

/** The first instant at which as many attempts lay within the time: the customer could not be reached, which a person looks at. */
function unreachable(failures: readonly Instant[], values: ParameterValues): readonly CourseEnd[] {
  const attempts = values[ATTEMPTS.name] ?? ATTEMPTS.default
  const within = (values[ATTEMPT_HOURS.name] ?? ATTEMPT_HOURS.default) * HOUR
  const sorted = [...failures].sort((a, b) => a - b)
  const at = sorted.find((failedAt, index) => failedAt - (sorted[index - attempts + 1] ?? Number.NEGATIVE_INFINITY) <= within)
  return at === undefined ? [] : [{ at, how: 'mitigated' }]
}

const courseOf = (view: TicketView, values: ParameterValues): Course => {
  const { ticket, context, at } = view
  const clock = view.readingsOf('C_FIRST')[0]
  const scene = sceneOf(ticket, context, at)
  if (clock === undefined || clock.limit === null || scene === null) return NEVER
  const { startAt, stoppedAt, limit, deadlineAt, netElapsed } = clock
  const [allowed, used] = [lengthInWords(limit), lengthInWords(netElapsed)]
  return {
    rungs: levelBounds(PARAMETERS, values).map(({ level, bound }) => ({ level, from: usedUpAt(startAt, (limit * bound) / 100, scene.pauses.both) })),
    ends: [...unreachable(ticket.contactFailures, values), ...endsWithClock(stoppedAt)],
    facts: {
      cause: causeOf(ticket, 'first_contact'),
      words: inWords(`首次联系时限 ${allowed.zh}，已用 ${used.zh}`, `${used.en} used of the ${allowed.en} for the first contact`),
      deadlineAt,
      limitMs: limit,
      overMs: netElapsed - limit,
    },
  }
}

const signs: AbnormalRule['signs'] = (values, { firstContact, firstContactGolden, goldenUnits }) => {
  const limit = (goldenUnits.length > 0 ? Math.min(firstContactGolden, firstContact) : firstContact) * MINUTE
  const least = (limit * leastBound(PARAMETERS, values)) / 100
  return [{ kinds: ['complaint', 'appeal'], openFor: least, late: { field: 'firstContactedAt', by: least } }]
}

/**
 * No first response (domain.md 4.3): true while C_FIRST of an open ticket has used up more than so much of its limit, the golden half hour's
 * where that is promised. Logged attempts that failed end it also where they came before the limit.
 */
export const NO_FIRST_RESPONSE: AbnormalRule = {
  id: 'AT-10',
  nameZh: '首响超时',
  nameEn: 'No first response',
  meaningZh: '已超过首次联系时限，仍未联系上客户。',
  meaningEn: 'The limit for the first contact is over and the customer has not been reached.',
  clearsZh: '首次联系上客户（自动）；规定时间内已有足够次数的未联系上记录（缓解）。',
  clearsEn: 'First contact with the customer (by itself); enough logged attempts that failed, close together (mitigated).',
  source: '24 h [seed], 30 min [S7]/levels assumed',
  suppressedByCase: true,
  parameters: PARAMETERS,
  judge: byCourse(courseOf),
  signs,
  // Where units promise different times, which of them had the ticket when is not seen.
  steadyCourse: (view, values) => (view.context.limits.goldenUnits.length > 0 ? null : courseOf(view, values)),
}
