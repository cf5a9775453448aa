import { countSuch, isSuch, LONGEST_FAST, MOST_ALIKE, MOST_SUCH, type SuchBounds } from '../peer/peer-made.ts'
import { replyTook } from '../peer/peer-fact.ts'
import { type Instant, MINUTE } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithTicket, NEVER, type Rung } from './course.ts'
import { atLeast, counted, joinedWords, lengthInWords, type Words } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A1', unit: 'minutes', default: 5, least: 1, most: LONGEST_FAST / MINUTE, stricter: 'higher', zh: '蓝：提取至回单不足分钟', en: 'Blue: minutes from claim to reply' },
  { name: 'alike', unit: 'count', default: 5, least: 1, most: MOST_ALIKE, stricter: 'lower', zh: '蓝：与当日此前回单雷同条数', en: 'Blue: earlier replies of the day worded alike' },
  { name: 'A2', unit: 'count', default: 3, least: 2, most: MOST_SUCH, stricter: 'lower', zh: '黄：同一处理人当日次数', en: 'Yellow: such replies of one handler and day' },
]

/** By what settings a reply is such a one: the engine asks it too, to know whose tickets must be judged again. */
export const suchBounds = (values: ParameterValues): SuchBounds => ({ fast: (values['A1'] ?? 0) * MINUTE, alike: values['alike'] ?? Number.POSITIVE_INFINITY })

/** A reply that was too fast or copied. */
interface Such {
  readonly legId: string
  readonly at: Instant
  /** Null where it was not too fast. */
  readonly took: number | null
  readonly alike: number
  /** Such replies of its handler's day, this one included. */
  readonly nth: number
}

/** The claim that stands counts: who took the ticket over from another read it no earlier. */
function suchOf({ ticket, context }: TicketView, bounds: SuchBounds): readonly Such[] {
  return ticket.legs.flatMap((leg) => {
    const { legId, isAssist, finish, finishedAt: at } = leg
    if (isAssist || finish !== 'replied' || at === null) return []
    const made = context.peers?.reply(legId, at) ?? null
    const [took, alike] = [replyTook(ticket.kind, leg), made?.alike ?? 0]
    if (!isSuch(took, alike, bounds)) return []
    const isFast = took !== null && took < bounds.fast
    return [{ legId, at, took: isFast ? took : null, alike: alike >= bounds.alike ? alike : 0, nth: countSuch(made?.before ?? [], bounds) + 1 }]
  })
}

function wordsOf(such: readonly Such[]): readonly Words[] {
  const fast = such.filter(({ took }) => took !== null)
  const took = fast.at(-1)?.took ?? null
  const alike = Math.max(...such.map((one) => one.alike))
  const nth = Math.max(...such.map((one) => one.nth))
  const words: Words[] = []
  if (took !== null) {
    const { zh, en } = lengthInWords(took)
    words.push({ zh: `提取后 ${zh}即回单，共 ${fast.length} 次`, en: `reply ${en} after the claim, ${fast.length} in all` })
  }
  if (alike > 0) {
    const many = atLeast(alike, MOST_ALIKE)
    words.push({ zh: `与该处理人当日此前${many.zh} ${alike} 条回单雷同`, en: `worded as ${many.en}${counted(alike, 'earlier reply', 'earlier replies')} of its handler that day` })
  }
  if (nth > 1) {
    const many = atLeast(nth, MOST_SUCH)
    words.push({ zh: `该处理人当日此类回单${many.zh} ${nth} 次`, en: `${many.en}${nth} such replies of its handler that day` })
  }
  return words
}

const judge = byCourse((view, values) => {
  const such = suchOf(view, suchBounds(values))
  const last = such.at(-1)
  if (last === undefined) return NEVER
  const many = values['A2'] ?? Number.POSITIVE_INFINITY
  return {
    rungs: such.map(({ at, nth }): Rung => ({ level: nth >= many ? 2 : 1, from: at })),
    // Sources that write whole minutes complete at the instant of the reply; the reply was too fast all the same.
    ends: endsWithTicket(view, 'mitigated').map((end) => ({ ...end, at: Math.max(end.at, last.at + 1) })),
    facts: {
      cause: causeOf(view.ticket, `replies:${such.map(({ legId }) => legId).join(',')}`),
      words: joinedWords(...wordsOf(such)),
    },
  }
})

/**
 * A reply of a main leg too soon after its claim, of complaints and appeals, or one worded as at least five earlier ones of the same handler and day, of any
 * kind; from the third such reply of a handler's day on it goes to his leader (domain.md 4.3). The later reply carries what it shows, in whatever order
 * they arrive; a handler is known by his keyed hash only, and looked at up to his 500th reply of a day (docs/adr/0040).
 */
export const TOO_FAST_REPLY: AbnormalRule = {
  id: 'AT-17',
  nameZh: '秒回/虚假回单',
  nameEn: 'Too-fast reply',
  meaningZh: '投诉或申诉提取后很快就回单，或与同一处理人当日此前多条回单雷同，可能没有真正处理。',
  meaningEn: 'Answered so soon after the claim, or in the same words as many earlier replies of the handler that day, that it can hardly have been handled.',
  clearsZh: '由质检人员核查后关闭。',
  clearsEn: 'Closed by quality control after its check.',
  source: '[assumed]',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  reads: ['peers'],
  signs: () => [{ legs: 1 }],
}
