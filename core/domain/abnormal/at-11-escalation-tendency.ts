import { DAY, type Instant } from '../time.ts'
import type { Level, Severity } from '../vocabulary.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { episodeStart } from './answered.ts'
import { byCourse, causeOf, type CourseEnd, endsWithTicket, NEVER } from './course.ts'
import { inWords } from './words.ts'

const QUIET: RuleParameter = {
  name: 'quietDays',
  unit: 'days',
  default: 3,
  least: 1,
  most: 30,
  stricter: 'higher',
  zh: '办结后无新联系天数',
  en: 'Days without a new contact after completion',
}

interface Tendency {
  readonly level: Severity
  readonly zh: string
  readonly en: string
}

const OTHER: Tendency = { level: 2, zh: '其他越级', en: 'other skip-level' }
const TENDENCIES: ReadonlyMap<number, Tendency> = new Map([
  [1, { level: 3, zh: '媒体', en: 'media' }],
  [2, { level: 3, zh: '监管', en: 'regulator' }],
  [3, OTHER],
])

/** After the completion: the customer chased, was called without agreeing, was dissatisfied, or came again by another ticket or an appeal. */
function contactsOf({ ticket, context }: TicketView): readonly Instant[] {
  const { expedites, customerReplies, firstContactedAt, surveys } = ticket
  const { repeatedAt, appealedAt } = context.customer
  const all = [
    ...expedites.filter(({ by }) => by !== 'staff' && by !== 'group').map(({ at }) => at),
    ...customerReplies.filter(({ isAgreed }) => !isAgreed).map(({ at }) => at),
    ...surveys.filter(({ result }) => result === 'dissatisfied').map(({ endedAt }) => endedAt),
    firstContactedAt,
    repeatedAt,
    appealedAt,
  ]
  return all.filter((at) => at !== null).sort((a, b) => a - b)
}

/** So long after the completion that there was no new contact; each one before then begins the time anew. */
function quietSince(completedAt: Instant, contacts: readonly Instant[], quiet: number): Instant {
  let since = completedAt
  for (const contact of contacts) if (contact > since && contact < since + quiet) since = contact
  return since + quiet
}

function endsOf(view: TicketView, values: ParameterValues): readonly CourseEnd[] {
  const { completedAt, customerReplies } = view.ticket
  const start = episodeStart(view)
  const agreed = customerReplies.filter((reply) => reply.isAgreed && reply.at >= start).map(({ at }): CourseEnd => ({ at, how: 'cleared' }))
  if (completedAt === null) return [...agreed, ...endsWithTicket(view)]
  const quiet = (values[QUIET.name] ?? QUIET.default) * DAY
  return [...agreed, { at: quietSince(completedAt, contactsOf(view), quiet), how: 'cleared', isByTime: true }]
}

const levelOf = (code: number): Level => (code <= 0 ? 0 : (TENDENCIES.get(code) ?? OTHER).level)

const judge = byCourse((view, values) => {
  const { ticket, acceptedAt } = view
  const given = ticket.marks.escalationTendency
  const heard = view.context.keywords?.tendency ?? 0
  // What the source says stands, unless the text says something graver.
  const isHeard = levelOf(heard) > levelOf(given)
  const code = isHeard ? heard : given
  if (code <= 0) return NEVER
  const { level, zh, en } = TENDENCIES.get(code) ?? OTHER
  const [how, by] = isHeard ? ['，敏感词', ', by keyword'] : ['', '']
  return {
    rungs: [{ level, from: acceptedAt }],
    ends: endsOf(view, values),
    facts: { cause: causeOf(ticket, `${isHeard ? 'keyword' : 'tendency'}:${code}`), words: inWords(`升级倾向 ${code}（${zh}${how}）`, `escalation tendency ${code} (${en}${by})`) },
  }
})

/**
 * Escalation tendency (domain.md 4.3), also past the completion until the customer has been quiet. A ticket keeps that it was marked, not
 * when: from its acceptance on, and a mark made after the customer agreed is taken for one that he answered. Words of
 * its text say the same (domain.md 5.4: KW-MED, KW-REG), where the source says nothing or nothing as grave.
 */
export const ESCALATION_TENDENCY: AbnormalRule = {
  id: 'AT-11',
  nameZh: '升级倾向',
  nameEn: 'Escalation tendency',
  meaningZh: '客户表示要找媒体、监管或其他越级渠道。',
  meaningEn: 'The customer means to go to the media, the regulator or another level above.',
  clearsZh: '回复客户且客户认可，或办结后数日内无新联系（自动）。',
  clearsEn: 'The customer agreed to the reply, or some days after completion without a new contact (by itself).',
  source: 'codes [S1]/levels assumed',
  suppressedByCase: false,
  parameters: [QUIET],
  judge,
  reads: ['keywords'],
  signs: () => [{ shows: ['marks', 'keywords'] }],
}
