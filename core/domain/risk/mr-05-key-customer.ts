import { HOUR, type Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { KeyTicket } from './facts.ts'
import { placedGroups } from './placed-groups.ts'
import { levelReached, type RiskParameters } from './reading.ts'


const CHASED: Level = 2

const customersOf = (tickets: readonly KeyTicket[]) => new Set(tickets.map(({ customerKey }) => customerKey)).size

/** An open ticket whose customer keeps chasing it, or has come over the head of the province again. */
function isChased({ acceptedAt, closedAt, expeditesAt, skipLevelContact }: KeyTicket, { expedites, skipLevels }: RiskParameters['keyCustomer'], tickAt: Instant): boolean {
  if (acceptedAt > tickAt || (closedAt !== null && closedAt <= tickAt)) return false
  return expeditesAt.filter((at) => at <= tickAt).length >= expedites || skipLevelContact >= skipLevels
}

/**
 * VIPs, key persons and star-7 customers (domain.md 5.2, S-4): one who has chased an open ticket so often, or whose ticket is the second skip-level contact in 30 days;
 * or several of them with one matter within the hours. By the second-level phenomenon, in the lowest node that holds them.
 */
export const KEY_CUSTOMER: FactRule = {
  id: 'MR-05',
  nameZh: '要客风险',
  nameEn: 'Key-customer risk',
  meaningZh: 'VIP、关键人或 7 星客户多次有效催单或 30 天内再次越级，或多位要客 24 小时内反映同一现象。',
  meaningEn: 'A VIP, key person or star-7 customer has chased an open ticket again and again or went over the province’s head twice within 30 days, or several of them complained of one matter within 24 hours.',
  isPrompt: true,
  read: ({ keyTickets }, { tickAt, parameters: { keyCustomer }, tree }) =>
    placedGroups(keyTickets, ({ phenomenon }) => phenomenon, tree).map(({ regionCode, name, tickets }) => {
      const chased = tickets.filter((ticket) => isChased(ticket, keyCustomer, tickAt))
      const recent = tickets.filter(({ acceptedAt }) => acceptedAt >= tickAt - keyCustomer.hours * HOUR)
      const byCount = levelReached(customersOf(recent), keyCustomer.customers)
      const decides = byCount >= CHASED ? recent : chased
      return saidReading('MR-05', tickAt, {
        matter: { kind: 'key_customer', name },
        regionCode,
        level: Math.max(byCount, chased.length > 0 ? CHASED : 0) as Level,
        value: customersOf(decides),
        zh: `${customersOf(chased)} 位要客就“${name}”多次催单或再次越级；${keyCustomer.hours} 小时内 ${customersOf(recent)} 位要客反映该现象`,
        en: `${customersOf(chased)} important customers chase "${name}" or went over the province’s head again; ${customersOf(recent)} complained of it within ${keyCustomer.hours} h`,
        facts: { chased: customersOf(chased), recent: customersOf(recent) },
        tickets: [...new Set([...chased, ...(byCount > 0 ? recent : [])].map(({ ticketKey }) => ticketKey))],
      })
    }),
}
