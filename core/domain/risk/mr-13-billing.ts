import { HOUR } from '../time.ts'
import { dayGrouping, mainPhenomenon } from './day-groups.ts'
import { readGroups } from './fact-grouping.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { ConfirmedFact } from './facts.ts'
import { phenomenonMatter } from './matter.ts'
import { levelReached } from './reading.ts'

const BY_ITEM = dayGrouping({
  level: 'province',
  namesOf: ({ phenomenon, words, product }, { parameters: { billing } }) => (billing.phenomena.includes(phenomenon) || words.some((code) => billing.words.includes(code)) ? [product] : []),
  since: ({ tickAt, parameters: { billing } }) => tickAt - billing.hours * HOUR,
  read: ({ regionCode, name, tickets, customers }, { tickAt, parameters: { billing } }) =>
    saidReading('MR-13', tickAt, {
      matter: phenomenonMatter(mainPhenomenon(tickets)),
      regionCode,
      level: levelReached(customers, billing.customers),
      value: customers,
      zh: `${billing.hours} 小时内 ${customers} 位客户投诉同一收费项目“${name}”`,
      en: `${customers} customers complained of the charge item "${name}" within ${billing.hours} h`,
      facts: { chargeItem: name },
      tickets: tickets.map(({ ticketKey }) => ticketKey),
    }),
})

/**
 * Distinct customers of a province who complain of the same charge item in a day, or the number of wrongly charged users that billing has confirmed on
 * the case (domain.md 5.2, S-2). The item is the second-level product that the ticket names, a ticket
 * without one counts for none ("broadband" is no charge item); words of a subscription without consent count as a charge matter (5.4). Its case is that of the phenomenon that most of them complain of.
 */
export const BILLING_BATCH: FactRule = {
  id: 'MR-13',
  nameZh: '批量错收费',
  nameEn: 'Billing batch',
  meaningZh: '一省 24 小时内就同一收费项目投诉的不同客户，或已核实的错收费用户数，达到阈值。',
  meaningEn: 'Within 24 hours as many different customers of a province as the threshold says complained of the same charge item, or so many wrongly charged users are confirmed.',
  isPrompt: false,
  grouping: BY_ITEM,
  read({ dayTickets, confirmed }, scene) {
    const { tickAt, parameters: { billing } } = scene
    // A case of charges by what it is about, or by the words of its tickets, whatever most of them call it.
    const isOfCharges = ({ matter, rules }: ConfirmedFact) => matter.kind === 'phenomenon' && (billing.phenomena.includes(matter.name) || rules.includes('MR-13'))
    const told = confirmed.filter(isOfCharges).map(({ matter, regionCode, users }) =>
      saidReading('MR-13', tickAt, {
        matter,
        regionCode,
        level: levelReached(users, billing.confirmed),
        value: users,
        zh: `已核实错收费用户 ${users} 户`,
        en: `${users} wrongly charged users are confirmed`,
        facts: { confirmedUsers: users },
      }),
    )
    return [...readGroups(BY_ITEM, dayTickets, scene), ...told]
  },
}
