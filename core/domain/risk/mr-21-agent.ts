import { type FactRule, saidReading } from './fact-rule.ts'
import { placedGroups } from './placed-groups.ts'
import { levelReached } from './reading.ts'

/** Distinct customers who dispute the doing of one hall, agent or salesperson of a province within the days (domain.md 5.2), by the disputed channel that tickets name. */
export const ONE_AGENT: FactRule = {
  id: 'MR-21',
  nameZh: '网点/代理集中',
  nameEn: 'One hall or agent',
  meaningZh: '7 天内对同一营业厅、代理商或销售人员有争议的不同客户达到阈值。',
  meaningEn: 'Within 7 days as many different customers as the threshold says dispute what the same hall, agent or salesperson did.',
  isPrompt: false,
  read: ({ disputedTickets }, { tickAt, parameters: { agent }, tree }) =>
    placedGroups(disputedTickets, (ticket) => ticket.agent, tree).map(({ regionCode, name, tickets }) => {
      const customers = new Set(tickets.map(({ customerKey }) => customerKey)).size
      return saidReading('MR-21', tickAt, {
        matter: { kind: 'agent', name },
        regionCode,
        level: levelReached(customers, agent.customers),
        value: customers,
        zh: `${agent.days} 天内 ${customers} 位客户对“${name}”有争议`,
        en: `${customers} customers dispute what "${name}" did within ${agent.days} days`,
        tickets: tickets.map(({ ticketKey }) => ticketKey),
      })
    }),
}
