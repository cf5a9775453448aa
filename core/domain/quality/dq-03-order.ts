import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import { CLOCK_SLACK, outcome, REORDER_DELAY, type TicketCheck } from './quality-check.ts'

/** The first of the course's times that lies before the one it must follow, or null. */
export function disorderOf(ticket: Ticket): string | null {
  const main = ticket.legs.filter(({ isAssist }) => !isAssist)
  const leg = main.at(-1)
  const times: readonly (readonly [string, Instant | null | undefined])[] = [
    ['accepted', ticket.acceptedAt],
    ['dispatched', leg?.receivedAt],
    ['claimed', leg?.firstClaimedAt],
    ['replied', leg?.finish === 'replied' ? leg.finishedAt : null],
    ['completed', ticket.completedAt],
  ]
  let before: readonly [string, Instant] | null = null
  for (const [name, at] of times) {
    if (at === null || at === undefined) continue
    if (before !== null && at < before[1] - CLOCK_SLACK) return `${name} < ${before[0]}`
    before = [name, at]
  }
  return null
}

const OUT_OF_ORDER: ReadonlySet<string> = new Set(['illegal_transition', 'created_not_first'])

/** When what is out of order now may be called so: the reorder delay after the last such event was received; null: nothing waits. */
export function reorderedBy(ticket: Ticket, now: Instant): Instant | null {
  const due = ticket.qualityFlags.filter(({ flag }) => OUT_OF_ORDER.has(flag)).map(({ receivedAt }) => receivedAt + REORDER_DELAY)
  const later = due.filter((at) => at > now)
  return later.length === 0 ? null : Math.min(...later)
}

/** accepted ≤ dispatched ≤ claimed ≤ replied ≤ completed; no step the matrix refuses, once late events have had their time; one open main leg. */
export const ORDER: TicketCheck = {
  id: 'DQ-03',
  nameZh: '时间与流转顺序',
  nameEn: 'Times and steps in order',
  whatZh: '受理 ≤ 派单 ≤ 接单 ≤ 回单 ≤ 办结；流转合法（收到 120 秒后判定）；主办环节至多一个未结',
  whatEn: 'Accepted ≤ dispatched ≤ claimed ≤ replied ≤ completed; every step legal (judged 120 s after receipt); at most one open main leg',
  reaction: 'flag',
  weight: 8,
  judgeTicket: ({ ticket, now }) => {
    const illegal = ticket.qualityFlags.find(({ flag, receivedAt }) => OUT_OF_ORDER.has(flag) && receivedAt + REORDER_DELAY <= now)
    const open = ticket.legs.filter(({ isAssist, finishedAt }) => !isAssist && finishedAt === null)
    return [
      outcome('DQ-03', disorderOf(ticket), 'times'),
      outcome('DQ-03', illegal === undefined ? null : `${illegal.flag} ${illegal.eventId}`, 'transition'),
      outcome('DQ-03', open.length > 1 ? `${open.length} 个主办环节未结 / ${open.length} open main legs` : null, 'legs'),
    ]
  },
}
