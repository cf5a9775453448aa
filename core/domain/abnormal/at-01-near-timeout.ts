import { MINUTE } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import type { AbnormalParameters, AbnormalRule, AbnormalVerdict, TicketView } from './abnormal-rule.ts'

const ID = 'AT-01'

/** Level by level, the time before the deadline at which it begins, ms. */
const windows = ({ nearTimeoutMinutes: { A1, A2 } }: AbnormalParameters): readonly { level: Level; width: number }[] => [
  { level: 1, width: A1 * MINUTE },
  { level: 2, width: A2 * MINUTE },
]

/**
 * True while `0 < deadline − now ≤ w` and the clock runs. What is left only falls, so the rule was true at some instant
 * exactly when less than the widest window is left now, or was at the ticket's end.
 */
function judge({ clock, isOpen }: TicketView, parameters: AbnormalParameters): AbnormalVerdict {
  if (clock === null) return { ruleId: ID, level: 0, why: 'never_true', facts: {}, nextChangeAt: null }
  const left = clock.limit - clock.netElapsed
  const facts = { deadlineAt: clock.deadlineAt, limitMs: clock.limit, leftMs: left, cause: `deadline:${clock.deadlineAt}` }
  const entered = windows(parameters).filter(({ width }) => left <= width)
  if (isOpen && clock.running && left > 0) {
    const ahead = windows(parameters).filter(({ width }) => left > width)
    const nextChangeAt = clock.deadlineAt - Math.max(0, ...ahead.map(({ width }) => width))
    const level = entered.reduce<Level>((highest, window) => (window.level > highest ? window.level : highest), 0)
    return { ruleId: ID, level, why: level > 0 ? 'true' : 'never_true', facts, nextChangeAt }
  }
  const wasTrue = windows(parameters).some(({ width }) => left < width)
  const why = !wasTrue ? 'never_true' : isOpen && left <= 0 ? 'absorbed' : 'cleared'
  return { ruleId: ID, level: 0, why, facts, nextChangeAt: null }
}

/** Near time-out of C_HANDLE (domain.md 4.3). At the deadline itself nothing is left: absorbed, and 1 ms later AT-02 is true. */
export const NEAR_TIMEOUT: AbnormalRule = {
  id: ID,
  nameZh: '临近超时',
  nameEn: 'Near time-out',
  meaningZh: '工单时钟在走，离处理时限已不足预警时长。',
  meaningEn: 'The clock is running and less than the warning time is left before the handling deadline.',
  suppressedByCase: true,
  judge,
}
