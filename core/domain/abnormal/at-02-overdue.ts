import type { Level } from '../vocabulary.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { endsWithClock, hasFirstDeadline, leastBound, levelBounds, NEVER, rungsBeyond } from './course.ts'
import { shortestHandling } from './sign.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'hours', default: 0, least: 0, most: 720, stricter: 'lower', zh: '黄：超时小时', en: 'Yellow: hours over' },
  { name: 'A3', unit: 'hours', default: 24, least: 0, most: 720, stricter: 'lower', zh: '橙：超时小时', en: 'Orange: hours over' },
  { name: 'A4', unit: 'hours', default: 72, least: 0, most: 720, stricter: 'lower', zh: '红：超时小时', en: 'Red: hours over' },
]

/** True while an open ticket's net elapsed time exceeds its limit, strictly; a suspension freezes the level and does not clear it. */
const judge: AbnormalRule['judge'] = ({ ticket, handle }: TicketView, values: ParameterValues) => {
  if (handle === null) return { level: 0, why: 'never_true', facts: {}, nextChangeAt: null }
  const bounds = levelBounds(PARAMETERS, values)
  const over = handle.netElapsed - handle.limit
  const facts = { deadlineAt: handle.deadlineAt, limitMs: handle.limit, overMs: over, cause: `reopenings:${ticket.reopenCount}` }
  const level = Math.max(0, ...bounds.filter(({ bound }) => over > bound).map((one) => one.level)) as Level
  if (handle.stoppedAt !== null) return { level: 0, why: level > 0 ? 'cleared' : 'never_true', facts, nextChangeAt: null }
  const ahead = bounds.filter(({ bound }) => over <= bound).map(({ bound }) => bound)
  const nextChangeAt = handle.running && ahead.length > 0 ? handle.deadlineAt + Math.min(...ahead) + 1 : null
  return { level, why: level > 0 ? 'true' : 'never_true', facts, nextChangeAt }
}

const steadyCourse: AbnormalRule['steadyCourse'] = ({ ticket, handle }, values) => {
  if (handle === null) return NEVER
  if (!hasFirstDeadline(ticket)) return null
  return { rungs: rungsBeyond(PARAMETERS, values, handle.deadlineAt), ends: endsWithClock(handle.stoppedAt), facts: {} }
}

const signs: AbnormalRule['signs'] = (values, limits) => [
  { openFor: shortestHandling(limits) + leastBound(PARAMETERS, values) },
  { shows: ['limitMinutesGiven'] },
]

/** Overdue by C_HANDLE (domain.md 4.3). */
export const OVERDUE: AbnormalRule = {
  id: 'AT-02',
  nameZh: '超时工单',
  nameEn: 'Overdue',
  meaningZh: '未办结，净处理时长已超过时限。',
  meaningEn: 'Not completed, and the net handling time is over the limit.',
  clearsZh: '办结（自动）；此后须填超时原因。',
  clearsEn: 'Completed (by itself); a reason for the delay is then asked for.',
  source: '[S2]/[72 h S2, 24 h assumed]',
  suppressedByCase: true,
  parameters: PARAMETERS,
  judge,
  signs,
  steadyCourse,
}
