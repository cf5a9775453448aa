import { HOUR } from '../time.ts'
import { dayGrouping } from './day-groups.ts'
import { readGroups } from './fact-grouping.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { DayTicket } from './facts.ts'
import { phenomenonMatter } from './matter.ts'
import { levelReached, type RiskParameters } from './reading.ts'

/** The subjects of a ticket: its phenomenon where that is one, and those that its words speak of (domain.md 5.4). */
function subjectsOf({ phenomenon, words }: DayTicket, { phenomena, words: spoken }: RiskParameters['redLine']): readonly string[] {
  const own = phenomena.includes(phenomenon) ? [phenomenon] : []
  return words.length === 0 ? own : [...new Set([...own, ...words.flatMap((code) => spoken[code] ?? [])])]
}

const BY_SUBJECT = dayGrouping({
  level: 'city',
  namesOf: (ticket, { parameters: { redLine } }) => subjectsOf(ticket, redLine),
  since: ({ tickAt, parameters: { redLine } }) => tickAt - redLine.hours * HOUR,
  read: ({ regionCode, name, tickets, customers }, { tickAt, parameters: { redLine } }) =>
    saidReading('MR-19', tickAt, {
      matter: phenomenonMatter(name),
      regionCode,
      level: levelReached(customers, redLine.customers),
      value: customers,
      zh: `${redLine.hours} 小时内 ${customers} 位客户投诉红线业务“${name}”`,
      en: `${customers} customers complained of the red-line subject "${name}" within ${redLine.hours} h`,
      tickets: tickets.map(({ ticketKey }) => ticketKey),
    }),
})

/** Distinct customers of a city who complain of one red-line subject in a day (domain.md 5.2); each subject is counted by itself. */
export const RED_LINE: FactRule = {
  id: 'MR-19',
  nameZh: '红线业务',
  nameEn: 'Red-line subjects',
  meaningZh: '一地市 24 小时内就携出受阻、不知情定制、限制变更或无法销户投诉的不同客户达到阈值。',
  meaningEn: 'Within 24 hours as many different customers of a city as the threshold says complained of a refused port-out, an unknown subscription, a refused change of plan or an account that cannot be closed.',
  isPrompt: false,
  grouping: BY_SUBJECT,
  read: ({ dayTickets }, scene) => readGroups(BY_SUBJECT, dayTickets, scene),
}
