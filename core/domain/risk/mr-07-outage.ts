import { HOUR } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { IncidentFact } from './facts.ts'
import { levelReached, type RiskParameters, type Thresholds } from './reading.ts'

/** The colours above blue: blue counts tickets of its own minutes. */
const aboveBlue = ([, ...rest]: Thresholds): Thresholds => [null, ...rest]

function judge({ users, tickets, recentTickets, startedAt }: IncidentFact, tickAt: number, { outage }: RiskParameters): Level {
  const lasted = tickAt - startedAt
  const known = users ?? 0
  const levels: Level[] = [
    levelReached(known, outage.users),
    levelReached(tickets.length, aboveBlue(outage.tickets)),
    levelReached(recentTickets, [outage.tickets[0], null, null, null]),
    known >= outage.long.users && lasted > outage.long.hours * HOUR ? 3 : 0,
    known > outage.vast.users && lasted > outage.vast.hours * HOUR ? 4 : 0,
  ]
  return Math.max(...levels) as Level
}

/** An incident while it is open, by its users, its tickets and how long it lasts (domain.md 5.2). A count of users that nobody told decides nothing. */
export const OUTAGE: FactRule = {
  id: 'MR-07',
  nameZh: '网络故障关联',
  nameEn: 'Outage-correlated',
  meaningZh: '有未恢复的群障，受影响用户数、相关工单数或持续时长达到阈值。',
  meaningEn: 'An incident is open, and the users it affects, its tickets or its length reach a threshold.',
  isPrompt: true,
  read: ({ incidents }, { tickAt, parameters }) =>
    incidents.map((incident) => {
      const { incidentId, product, regionCode, users, tickets, recentTickets, startedAt } = incident
      const minutes = Math.floor((tickAt - startedAt) / 60_000)
      return saidReading('MR-07', tickAt, {
        matter: { kind: 'product', name: product },
        regionCode,
        level: judge(incident, tickAt, parameters),
        value: users ?? 0,
        zh: `群障 ${incidentId} 未恢复，已持续 ${minutes} 分钟，受影响用户 ${users ?? '未知'}，相关工单 ${tickets.length} 件（最近 ${parameters.outage.ticketMinutes} 分钟 ${recentTickets} 件）`,
        en: `incident ${incidentId} open for ${minutes} min, users affected ${users ?? 'unknown'}, ${tickets.length} tickets (${recentTickets} in the last ${parameters.outage.ticketMinutes} min)`,
        facts: { incidentId, users, tickets: tickets.length, minutes },
        tickets,
      })
    }),
}
