import { handleDeadline } from '../ticket/clocks/handle.ts'
import { sceneOf } from '../ticket/clocks/reading.ts'
import type { Suspension } from '../ticket/parts.ts'
import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { causeOf, type Course, type CourseEnd, endsWithTicket, levelBounds, type Rung } from './course.ts'
import { earliestOf, verdictOfEpisodes } from './episodes.ts'
import { counted, inWords, lengthInWords } from './words.ts'

const COUNT: RuleParameter = {
  name: 'suspensions',
  unit: 'count',
  default: 3,
  least: 1,
  most: 50,
  stricter: 'lower',
  zh: '黄：挂起次数',
  en: 'Yellow: suspensions',
}
const RESUME: RuleParameter = {
  name: 'resumeLate',
  unit: 'hours',
  default: 1,
  least: 0,
  most: 168,
  stricter: 'lower',
  zh: '黄：逾计划解挂小时',
  en: 'Yellow: hours past the planned resumption',
}
const LAST: RuleParameter = {
  name: 'beforeDeadline',
  unit: 'minutes',
  default: 30,
  least: 0,
  most: 1440,
  stricter: 'higher',
  zh: '黄：挂起时距时限分钟',
  en: 'Yellow: minutes to the deadline at the suspension',
}

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'hours', default: 72, least: 1, most: 720, stricter: 'lower', zh: '黄：累计挂起小时', en: 'Yellow: hours suspended in all' },
  { name: 'A3', unit: 'days', default: 7, least: 1, most: 90, stricter: 'lower', zh: '橙：累计挂起天数', en: 'Orange: days suspended in all' },
  COUNT,
  RESUME,
  LAST,
]

const valueOf = (values: ParameterValues, { name, default: usual }: RuleParameter): number => values[name] ?? usual
const endOf = ({ to }: Suspension): Instant => to ?? Number.POSITIVE_INFINITY

/** Something that a suspension is abused by, named after it: a further suspension, or another abuse of the same, is another cause. */
interface Abuse extends Rung {
  readonly name: string
}

/** What was left to C_HANDLE when a suspension began; null where that clock does not apply. */
function leftAt({ from }: Suspension, { ticket, context, handle }: TicketView): number | null {
  const scene = handle === null ? null : sceneOf(ticket, context, from)
  return scene === null ? null : handleDeadline(scene, from) - from
}

/** Of each suspension of the ticket what it is abused by. Totals and counts go over all of them: one more begins beyond what they have reached. */
function abusesOf(view: TicketView, values: ParameterValues): readonly (readonly Abuse[])[] {
  const late = valueOf(values, RESUME) * HOUR
  let total = 0
  return view.ticket.suspensions.map((suspension, index) => {
    const { from, plannedResumeAt } = suspension
    const to = endOf(suspension)
    const before = total
    total += to - from
    const left = leftAt(suspension, view)
    const isLast = left !== null && left >= 0 && left < valueOf(values, LAST) * MINUTE
    const yellow: readonly [string, Instant | null][] = [
      ['count', index + 1 >= valueOf(values, COUNT) ? from : null],
      ['planned', plannedResumeAt !== null && to > plannedResumeAt + late ? Math.max(from, plannedResumeAt + late + 1) : null],
      ['deadline', isLast ? from : null],
    ]
    const beyond = levelBounds(PARAMETERS, values).filter(({ bound }) => before + to - from > bound)
    return [
      ...beyond.map(({ level, bound }): Abuse => ({ name: `total${level}:${index + 1}`, level, from: from + Math.max(0, bound + 1 - before) })),
      ...yellow.flatMap(([name, since]): Abuse[] => (since === null ? [] : [{ name: `${name}:${index + 1}`, level: 2, from: since }])),
    ]
  })
}

/** What answers a suspension: contact with the customer once it is resumed, left to a person, or a completion, also one withdrawn since. */
function answersOf(suspension: Suspension, { ticket }: TicketView): readonly CourseEnd[] {
  const { firstContactedAt, customerReplies, closedGaps } = ticket
  const contacts = [...(firstContactedAt === null ? [] : [firstContactedAt]), ...customerReplies.map(({ at }) => at)]
  return [
    ...contacts.filter((at) => at >= endOf(suspension)).map((at): CourseEnd => ({ at, how: 'mitigated' })),
    ...closedGaps.filter(({ from }) => from >= suspension.from).map(({ from }): CourseEnd => ({ at: from, how: 'cleared' })),
  ]
}

/** Suspensions in a row, none of them answered before the next. */
function episodesOf(view: TicketView): readonly { readonly first: number; readonly last: number }[] {
  const { suspensions } = view.ticket
  const episodes: { first: number; last: number }[] = []
  let first = 0
  for (const [last, suspension] of suspensions.entries()) {
    const next = suspensions[last + 1]
    if (next !== undefined && !answersOf(suspension, view).some(({ at }) => at <= next.from)) continue
    episodes.push({ first, last })
    first = last + 1
  }
  return episodes
}

function wordsOf({ ticket, at, closedAt }: TicketView): string {
  const now = closedAt ?? at
  const total = ticket.suspensions.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? now) - from), 0)
  const { zh, en } = lengthInWords(total)
  const count = ticket.suspensions.length
  return inWords(`挂起 ${count} 次，累计 ${zh}`, `${counted(count, 'suspension')}, ${en} in all`)
}

const judge: AbnormalRule['judge'] = (view, values) => {
  const { ticket, at } = view
  const abuses = abusesOf(view, values)
  const courses = episodesOf(view).map(({ first, last }): Course => {
    const rungs = abuses.slice(first, last + 1).flat()
    const suspension = ticket.suspensions[last]
    const names = rungs.filter(({ from }) => from <= at).map(({ name }) => name)
    return {
      rungs,
      ends: [...(suspension === undefined ? [] : answersOf(suspension, view)), ...endsWithTicket(view)],
      facts: { cause: causeOf(ticket, names.sort().join('|')), words: wordsOf(view) },
    }
  })
  const verdict = verdictOfEpisodes(courses, at)
  if (verdict.why !== 'true') return verdict
  // Another abuse of the same level is another cause all the same.
  const ahead = (courses.at(-1)?.rungs ?? []).map(({ from }) => from).filter((from) => from > at)
  return { ...verdict, nextChangeAt: earliestOf(verdict.nextChangeAt, ...ahead) }
}

/**
 * Abuse of suspension (domain.md 4.3, S-14-13): too long in all, too often, past the planned resumption, or shortly before the deadline of
 * C_HANDLE. Natural time, also beyond what stops the clocks. Of human contacts a ticket keeps the first and the replies.
 */
export const ABUSE_OF_SUSPENSION: AbnormalRule = {
  id: 'AT-18',
  nameZh: '异常挂起',
  nameEn: 'Abuse of suspension',
  meaningZh: '工单挂起过久、过多、逾期未解挂，或临近时限才挂起。',
  meaningEn: 'The ticket was suspended too long or too often, past its planned resumption, or just before its deadline.',
  clearsZh: '解挂后联系客户（缓解）；办结（自动）。',
  clearsEn: 'Contact with the customer after it was resumed (mitigated); completed (by itself).',
  source: 'suspended time is tracked [S2]/numbers assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['suspensions'] }],
}
