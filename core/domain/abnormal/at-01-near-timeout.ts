import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { endsWithClock, hasFirstDeadline, levelBounds, NEVER } from './course.ts'
import { shortestHandling } from './sign.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'minutes', default: 120, least: 1, most: 2880, stricter: 'higher', zh: '蓝：剩余分钟', en: 'Blue: minutes left' },
  { name: 'A2', unit: 'minutes', default: 30, least: 1, most: 1440, stricter: 'higher', zh: '黄：剩余分钟', en: 'Yellow: minutes left' },
]

/**
 * True while `0 < deadline − now ≤ w` and the clock runs. What is left only falls, so the rule was true at some instant
 * exactly when less than the widest window is left now, or was at the ticket's end.
 */
const judge: AbnormalRule['judge'] = ({ handle }: TicketView, values: ParameterValues) => {
  if (handle === null) return { level: 0, why: 'never_true', facts: {}, nextChangeAt: null }
  const windows = levelBounds(PARAMETERS, values)
  const left = handle.limit - handle.netElapsed
  const isOpen = handle.stoppedAt === null
  const facts = { deadlineAt: handle.deadlineAt, limitMs: handle.limit, leftMs: left, cause: `deadline:${handle.deadlineAt}` }
  if (isOpen && handle.running && left > 0) {
    const level = Math.max(0, ...windows.filter(({ bound }) => left <= bound).map((window) => window.level)) as 0 | 1 | 2
    const ahead = windows.filter(({ bound }) => left > bound).map(({ bound }) => bound)
    return { level, why: level > 0 ? 'true' : 'never_true', facts, nextChangeAt: handle.deadlineAt - Math.max(0, ...ahead) }
  }
  const wasTrue = windows.some(({ bound }) => left < bound)
  const why = !wasTrue ? 'never_true' : isOpen && left <= 0 ? 'absorbed' : 'cleared'
  return { level: 0, why, facts, nextChangeAt: null }
}

const steadyCourse: AbnormalRule['steadyCourse'] = ({ ticket, handle }, values) => {
  if (handle === null) return NEVER
  if (!hasFirstDeadline(ticket)) return null
  const { startAt, stoppedAt, deadlineAt } = handle
  const rungs = levelBounds(PARAMETERS, values).map(({ level, bound }) => ({ level, from: Math.max(startAt, deadlineAt - bound) }))
  return { rungs, ends: [{ at: deadlineAt, how: 'cleared' }, ...endsWithClock(stoppedAt)], facts: {} }
}

const signs: AbnormalRule['signs'] = (values, limits) => [
  { openFor: shortestHandling(limits) - Math.max(...levelBounds(PARAMETERS, values).map(({ bound }) => bound)) },
  { shows: ['limitMinutesGiven'] },
]

/** Near time-out of C_HANDLE (domain.md 4.3). At the deadline itself nothing is left: absorbed, and 1 ms later AT-02 is true. */
export const NEAR_TIMEOUT: AbnormalRule = {
  id: 'AT-01',
  nameZh: '临近超时',
  nameEn: 'Near time-out',
  meaningZh: '工单时钟在走，离处理时限已不足预警时长。',
  meaningEn: 'The clock is running and less than the warning time is left before the handling deadline.',
  clearsZh: '办结、时限变动，或转为超时工单（自动）。',
  clearsEn: 'Completed, the deadline moved, or it became overdue (by itself).',
  source: '[S2]/[120 S2, rest assumed]',
  suppressedByCase: true,
  parameters: PARAMETERS,
  judge,
  signs,
  steadyCourse,
}
