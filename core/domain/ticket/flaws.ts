import { CLOCK_SLACK } from '../quality/quality-check.ts'
import { isInTime } from '../quality/reception.ts'
import type { Instant } from '../time.ts'
import type { QualityFlag } from './parts.ts'
import type { Ticket } from './ticket.ts'

/** Something in the record of a ticket that cannot be right (domain.md 4.3 AT-23). */
export interface Flaw {
  /** Names it among the causes of its ticket. */
  readonly cause: string
  /** Names the event that is flawed: one event with several flaws is one flawed event. */
  readonly eventName: string
  /** When that event occurred; null where it came too late to be part of its hour, or an older version of the fold did not keep it. */
  readonly hourOf: Instant | null
  /** From when on it may be called a flaw. */
  readonly from: Instant
  readonly zh: string
  readonly en: string
}

export interface FlawBounds {
  /** How long what is out of order waits for what may still arrive, ms (domain.md 3.5). */
  readonly reorderDelay: number
  /** So many main legs may be open at a time. */
  readonly openLegs: number
}

/** What a `corrected` event may have supplied since. */
const SUPPLIED: Readonly<Record<string, 'channel' | 'phenomenonL1'>> = { channel: 'channel', phenomenon_l1: 'phenomenonL1' }

const hourOfFlag = ({ occurredAt, receivedAt }: Pick<QualityFlag, 'occurredAt' | 'receivedAt'>): Instant | null =>
  occurredAt !== undefined && isInTime({ occurredAt, receivedAt }) ? occurredAt : null

function ofFlag(marked: QualityFlag, ticket: Ticket, reorderDelay: number): readonly Flaw[] {
  const { flag, eventId, receivedAt } = marked
  const hourOf = hourOfFlag(marked)
  const one = (from: Instant, zh: string, en: string): readonly Flaw[] => [{ cause: `${flag}@${eventId}`, eventName: eventId, hourOf, from, zh, en }]
  const [name = '', field = ''] = flag.split(':')
  if (name === 'illegal_transition') return one(receivedAt + reorderDelay, '流转不合法', 'illegal transition')
  if (name === 'unmapped') return one(receivedAt, `${field} 的代码未映射`, `code of ${field} not mapped`)
  const place = SUPPLIED[field]
  if (name !== 'missing_field' || (place !== undefined && ticket[place] !== '')) return []
  return one(receivedAt, `缺少必填字段 ${field}`, `mandatory field ${field} missing`)
}

/** What the course of the ticket shows without a flag; where its event has one of its own, the two are one flawed event. */
function ofCourse({ completedAt, legs, qualityFlags }: Ticket, acceptedAt: Instant, most: number): readonly Flaw[] {
  const flaws: Flaw[] = []
  const eventAt = (name: string, at: Instant): Pick<Flaw, 'eventName' | 'hourOf'> => {
    const flag = qualityFlags.find(({ occurredAt }) => occurredAt === at)
    return flag === undefined ? { eventName: name, hourOf: at } : { eventName: flag.eventId, hourOf: hourOfFlag(flag) }
  }
  if (completedAt !== null && completedAt < acceptedAt - CLOCK_SLACK) {
    const what = { zh: '办结早于受理', en: 'completed before it was accepted' }
    flaws.push({ cause: `completed:${completedAt}`, ...eventAt('#completed', completedAt), from: acceptedAt, ...what })
  }
  for (const { legId, replyLength, finishedAt } of legs) {
    if (replyLength !== 0 || finishedAt === null) continue
    flaws.push({ cause: `empty_reply:${legId}`, ...eventAt(`#reply:${legId}`, finishedAt), from: finishedAt, zh: '回单无内容', en: 'reply without text' })
  }
  const open = legs.filter(({ isAssist, finishedAt }) => !isAssist && finishedAt === null).map(({ receivedAt }) => receivedAt)
  const from = open.sort((a, b) => a - b)[most]
  if (from !== undefined) {
    const what = { zh: `主办环节未结 ${open.length} 个`, en: `${open.length} main legs open` }
    flaws.push({ cause: `open_legs:${open.length}`, ...eventAt('#legs', from), from, ...what })
  }
  return flaws
}

/**
 * Every flaw of an accepted ticket, as far as its events show: a mandatory field missing, a code not mapped (8.2 DQ-02), an illegal transition, completed
 * before created, a reply without text, several main legs open. A correction takes them away.
 */
export const flawsOf = (ticket: Ticket, acceptedAt: Instant, { reorderDelay, openLegs }: FlawBounds): readonly Flaw[] => [
  ...ticket.qualityFlags.flatMap((flag) => ofFlag(flag, ticket, reorderDelay)),
  ...ofCourse(ticket, acceptedAt, openLegs),
]
