import { grouped } from '../grouping.ts'
import type { Level } from '../vocabulary.ts'
import { placedGroups } from './placed-groups.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { OfficialTicket } from './facts.ts'
import { levelReached } from './reading.ts'

/** Channels over which authorities and the management pass complaints on (domain.md B.1): what the setting chooses from. */
export const OFFICIAL_CHANNELS = ['executive', 'gov_12345', 'petition', 'consumer_assoc', 'court_police', 'correction_office', 'aic_12315', 'media'] as const

const OPEN: Level = 2
const SECOND: Level = 3
const ORDERED: Level = 4

const customersOf = (tickets: readonly OfficialTicket[]) => new Set(tickets.map(({ customerKey }) => customerKey)).size

/**
 * Tickets over the management's letter box, the government hot line, petition offices, consumers' associations, courts and police (domain.md 5.2). Each counts while
 * it is open; a customer's second one, and several customers of one matter, for the days of the setting; a supervision of level `ministry` while its ticket is open.
 */
export const OFFICIAL_CHANNEL: FactRule = {
  id: 'MR-08',
  nameZh: '高层/政府渠道',
  nameEn: 'Executive or government channel',
  meaningZh: '工单来自领导信箱、政务热线、信访、消协或法院公安；同一客户再次来单、同一事项多位客户或部委交办时升级。',
  meaningEn: 'A ticket came over the management’s letter box, the government hot line, a petition office, a consumers’ association, a court or the police; it rises with a customer’s second one, with several customers of one matter, or by order of a ministry.',
  isPrompt: true,
  read({ officialTickets }, { tickAt, parameters: { executive }, tree }) {
    const isOpen = ({ closedAt }: OfficialTicket) => closedAt === null || closedAt > tickAt
    const perCustomer = grouped(officialTickets, ({ customerKey }) => customerKey)
    return placedGroups(officialTickets, ({ phenomenon }) => phenomenon, tree).map(({ regionCode, name, tickets }) => {
      const open = tickets.filter(isOpen)
      const ordered = open.some(({ orderedAt }) => orderedAt !== null && orderedAt <= tickAt)
      const isAgain = tickets.some(({ customerKey }) => (perCustomer.get(customerKey)?.length ?? 0) >= executive.sameCustomer)
      const customers = customersOf(tickets)
      const level = Math.max(ordered ? ORDERED : 0, isAgain ? SECOND : 0, levelReached(customers, executive.customers), open.length > 0 ? OPEN : 0) as Level
      return saidReading('MR-08', tickAt, {
        matter: { kind: 'executive', name },
        regionCode,
        level,
        value: customers,
        zh: `${executive.days} 天内 ${customers} 位客户经高层或政府渠道反映“${name}”，在途 ${open.length} 件${isAgain ? '，有客户再次来单' : ''}${ordered ? '，部委交办' : ''}`,
        en: `${customers} customers reached us over official channels about "${name}" within ${executive.days} days, ${open.length} tickets open${isAgain ? ', a customer came again' : ''}${ordered ? ', ordered by a ministry' : ''}`,
        facts: { tickets: tickets.length, open: open.length },
        tickets: tickets.map(({ ticketKey }) => ticketKey),
      })
    })
  },
}
