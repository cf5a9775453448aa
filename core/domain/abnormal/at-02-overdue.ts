import { HOUR } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import type { AbnormalParameters, AbnormalRule, AbnormalVerdict, TicketView } from './abnormal-rule.ts'

const ID = 'AT-02'

/** Level by level, the time over the limit that must be exceeded, ms. */
const bounds = ({ overdueHours: { A2, A3, A4 } }: AbnormalParameters): readonly { level: Level; beyond: number }[] => [
  { level: 2, beyond: A2 * HOUR },
  { level: 3, beyond: A3 * HOUR },
  { level: 4, beyond: A4 * HOUR },
]

/** True while an open ticket's net elapsed time exceeds its limit, strictly; a suspension freezes the level and does not clear it. */
function judge({ ticket, clock, isOpen }: TicketView, parameters: AbnormalParameters): AbnormalVerdict {
  if (clock === null) return { ruleId: ID, level: 0, why: 'never_true', facts: {}, nextChangeAt: null }
  const over = clock.netElapsed - clock.limit
  const facts = { deadlineAt: clock.deadlineAt, limitMs: clock.limit, overMs: over, cause: `reopenings:${ticket.reopenCount}` }
  const exceeded = bounds(parameters).filter(({ beyond }) => over > beyond)
  const level = exceeded.reduce<Level>((highest, bound) => (bound.level > highest ? bound.level : highest), 0)
  if (!isOpen) return { ruleId: ID, level: 0, why: level > 0 ? 'cleared' : 'never_true', facts, nextChangeAt: null }
  const ahead = bounds(parameters).filter((bound) => over <= bound.beyond)
  const nextChangeAt = clock.running && ahead.length > 0 ? clock.deadlineAt + Math.min(...ahead.map(({ beyond }) => beyond)) + 1 : null
  return { ruleId: ID, level, why: level > 0 ? 'true' : 'never_true', facts, nextChangeAt }
}

/** Overdue by C_HANDLE (domain.md 4.3). */
export const OVERDUE: AbnormalRule = {
  id: ID,
  nameZh: '超时工单',
  nameEn: 'Overdue',
  meaningZh: '未办结，净处理时长已超过时限。',
  meaningEn: 'Not completed, and the net handling time is over the limit.',
  suppressedByCase: true,
  judge,
}
