import { afterPauses, pausesOf } from '../ticket/clocks/pauses.ts'
import { judgeExpedites } from '../ticket/expedites.ts'
import type { Ticket } from '../ticket/ticket.ts'
import { HOUR, type Instant } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { endsWithAnswer } from './answered.ts'
import { byCourse, causeOf, type Course, NEVER, type Rung } from './course.ts'
import { counted, inWords, lengthInWords } from './words.ts'

const STAR: RuleParameter = {
  name: 'star',
  unit: 'count',
  default: 5,
  least: 1,
  most: 7,
  stricter: 'lower',
  zh: '客户星级不低于',
  en: 'Star of the customer, at least',
}
const EXPEDITES: RuleParameter = {
  name: 'A3',
  unit: 'count',
  default: 2,
  least: 1,
  most: 50,
  stricter: 'lower',
  zh: '橙：有效催单次数',
  en: 'Orange: valid expedites',
}
const OVERDUE: RuleParameter = {
  name: 'A4',
  unit: 'hours',
  default: 24,
  least: 0,
  most: 720,
  stricter: 'lower',
  zh: '红：超时小时',
  en: 'Red: hours over',
}

const valueOf = (values: ParameterValues, { name, default: usual }: RuleParameter): number => values[name] ?? usual

/** Why the customer is an important one; empty where he is not. */
function marksOf({ isVip, isKeyPerson, star }: Ticket, values: ParameterValues): readonly { readonly zh: string; readonly en: string }[] {
  return [
    ...(isVip ? [{ zh: 'VIP', en: 'VIP' }] : []),
    ...(isKeyPerson ? [{ zh: '关键人', en: 'key person' }] : []),
    ...(star >= valueOf(values, STAR) ? [{ zh: `${star} 星`, en: `star ${star}` }] : []),
  ]
}

/** When C_HANDLE was, or as things stand will be, over its limit by more than so much; null where it does not apply. */
function overFrom({ ticket, acceptedAt, handle, context }: TicketView, over: number): Instant | null {
  if (handle === null) return null
  return afterPauses(acceptedAt, handle.limit + over + 1, pausesOf(ticket, acceptedAt, context.limits.suspendMaxHours * HOUR).both)
}

const rungAt = (level: 3 | 4, from: Instant | null | undefined): readonly Rung[] => (from === null || from === undefined ? [] : [{ level, from }])

const courseOf = (view: TicketView, values: ParameterValues): Course => {
  const { ticket, acceptedAt, handle, context } = view
  const marks = marksOf(ticket, values)
  if (marks.length === 0) return NEVER
  const valid = judgeExpedites(ticket, context.limits, context.zone).filter(({ isValid }) => isValid)
  const enough = valueOf(values, EXPEDITES)
  const over = handle === null ? 0 : handle.netElapsed - handle.limit
  const isOver = handle !== null && over > 0
  const causes = ['important', ...(valid.length >= enough ? [`expedites:${valid.length}`] : []), ...(isOver ? ['overdue'] : [])]
  const length = lengthInWords(over)
  const [zhMarks, enMarks] = [marks.map(({ zh }) => zh).join('、'), marks.map(({ en }) => en).join(', ')]
  const chased = counted(valid.length, 'valid expedite')
  return {
    rungs: [
      { level: 2, from: acceptedAt },
      ...rungAt(3, valid[enough - 1]?.at),
      ...rungAt(3, overFrom(view, 0)),
      ...rungAt(4, overFrom(view, valueOf(values, OVERDUE) * HOUR)),
    ],
    ends: endsWithAnswer(view),
    facts: {
      cause: causeOf(ticket, causes.join('|')),
      words: inWords(
        `要客（${zhMarks}），有效催单 ${valid.length} 次${isOver ? `，超时 ${length.zh}` : ''}`,
        `important customer (${enMarks}), ${chased}${isOver ? `, ${length.en} overdue` : ''}`,
      ),
      ...(handle === null ? {} : { deadlineAt: handle.deadlineAt, limitMs: handle.limit }),
      ...(isOver ? { overMs: over } : {}),
    },
  }
}

const signs: AbnormalRule['signs'] = (values) => [{ shows: ['isVip', 'isKeyPerson'] }, { star: valueOf(values, STAR) }]

/**
 * Important customer (domain.md 4.3, S-4): from the acceptance on, higher with valid expedites (3.7-1) and with C_HANDLE overdue. A ticket keeps
 * what the customer is, not since when it was known; kinds without C_HANDLE are never overdue here.
 */
export const IMPORTANT_CUSTOMER: AbnormalRule = {
  id: 'AT-14',
  nameZh: '要客工单',
  nameEn: 'Important customer',
  meaningZh: '客户为 VIP、关键人或高星级，工单未办结。',
  meaningEn: 'The customer is a VIP, a key person or of a high star, and the ticket is open.',
  clearsZh: '办结且已有效回复客户（自动）；仅办结为缓解。',
  clearsEn: 'Completed with a valid reply to the customer (by itself); completed without one: mitigated.',
  source: 'special-customer mark [S2]/levels assumed',
  suppressedByCase: false,
  parameters: [STAR, EXPEDITES, OVERDUE],
  judge: byCourse(courseOf),
  signs,
  // Before it was prolonged the limit was another.
  steadyCourse: (view, values) => (view.ticket.extensions.length > 0 ? null : courseOf(view, values)),
}
