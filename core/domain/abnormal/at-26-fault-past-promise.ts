import type { ClockReading } from '../ticket/clock-reading.ts'
import type { Severity } from '../vocabulary.ts'
import type { AbnormalRule } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithClock, NEVER, type Rung } from './course.ts'
import { joinedWords, lengthInWords, type Words } from './words.ts'

/** A paused clock does not come to its deadline by itself. */
const rungAt = (reading: ClockReading | undefined, level: Severity): readonly Rung[] =>
  reading === undefined || (reading.stoppedAt === null && !reading.running && !reading.isOverdue) ? [] : [{ level, from: reading.deadlineAt + 1 }]

const judge = byCourse((view) => {
  const { ticket, at } = view
  const promise = view.readingsOf('C_FAULT_REPAIR')[0]
  const hard = view.readingsOf('C_FAULT_HARD')[0]
  if (promise === undefined || hard === undefined) return NEVER
  const reading = hard.isOverdue ? hard : promise
  const { deadlineAt, limit, stoppedAt } = reading
  const overMs = (stoppedAt ?? at) - deadlineAt
  const over = lengthInWords(Math.max(0, overMs))
  const within = lengthInWords(limit ?? 0)
  const words: Words = hard.isOverdue
    ? { zh: `超过 ${within.zh}最长时限 ${over.zh}未修复`, en: `not repaired, ${over.en} past the hard limit of ${within.en}` }
    : { zh: `超过承诺时间 ${over.zh}未修复`, en: `not repaired, ${over.en} past the promised time` }
  const ends = endsWithClock(stoppedAt)
  return {
    rungs: [...rungAt(promise, 2), ...rungAt(hard, 4)],
    ends,
    facts: { cause: causeOf(ticket, 'unrepaired'), words: joinedWords(words), deadlineAt, limitMs: limit, overMs },
  }
})

/** A fault not cleared by the promise of C_FAULT_REPAIR, or by the hard limit of C_FAULT_HARD (domain.md 4.3, S-14-1): both set by the clocks. */
export const FAULT_PAST_PROMISE: AbnormalRule = {
  id: 'AT-26',
  nameZh: '故障未当日修',
  nameEn: 'Fault past its promise',
  meaningZh: '障碍超过承诺的修复时间或最长时限，仍未修复。',
  meaningEn: 'The promised time of repair, or the hard limit, has passed and the fault is not cleared.',
  clearsZh: '修复（自动）。',
  clearsEn: 'The fault cleared (by itself).',
  source: '[S5][S7][S19]/levels assumed',
  suppressedByCase: false,
  parameters: [],
  judge,
  signs: () => [{ kinds: ['fault'] }],
}
