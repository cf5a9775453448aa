import { grouped } from '../grouping.ts'
import { HOUR } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type FactRule, type RiskScene, saidReading } from './fact-rule.ts'
import type { VulnerableTicket } from './facts.ts'
import { cityOf, keywordMatter } from './keyword-groups.ts'
import { placedGroups } from './placed-groups.ts'
import { levelReached, type RiskReading } from './reading.ts'

/** Categories of words that speak of them. */
export const VULNERABLE_CATEGORIES: readonly string[] = ['KW-MIN', 'KW-ELD']
/** The category of words that speak of the media. */
export const MEDIA_CATEGORY = 'KW-MED'

const GROUP = 'KW-MIN'
const EACH: Level = 1
const IN_MEDIA: Level = 4

const customersOf = (tickets: readonly VulnerableTicket[]) => new Set(tickets.map(({ customerKey }) => customerKey)).size

function eachReadings(tickets: readonly VulnerableTicket[], scene: RiskScene): RiskReading[] {
  const { tickAt, parameters: { keyword } } = scene
  const recent = tickets.filter(({ acceptedAt }) => acceptedAt >= tickAt - keyword.hours * HOUR)
  const groups = [...grouped(recent, (ticket) => `${cityOf(ticket, scene)}\u001f${ticket.phenomenon}`)].sort(([a], [b]) => (a < b ? -1 : 1))
  return groups.map(([, mine]) => {
    const [first] = mine as [VulnerableTicket]
    const { phenomenon } = first
    const customers = customersOf(mine)
    return saidReading('MR-15', tickAt, {
      matter: keywordMatter(GROUP, phenomenon),
      regionCode: cityOf(first, scene),
      level: EACH,
      value: customers,
      zh: `${keyword.hours} 小时内 ${customers} 位客户就“${phenomenon}”反映未成年人或老年人费用损失或销售争议`,
      en: `${customers} customers spoke of money lost by, or disputed sales to, minors or elderly in "${phenomenon}" within ${keyword.hours} h`,
      tickets: mine.map(({ ticketKey }) => ticketKey),
    })
  })
}

function agentReadings(tickets: readonly VulnerableTicket[], { tickAt, parameters: { vulnerable }, tree }: RiskScene): RiskReading[] {
  const named = tickets.filter(({ agent }) => agent !== '')
  return placedGroups(named, ({ agent }) => agent, tree).map(({ regionCode, name, tickets: mine }) => {
    const customers = customersOf(mine)
    const byCount = levelReached(customers, vulnerable.customers)
    const isInMedia = mine.some((ticket) => ticket.isInMedia)
    return saidReading('MR-15', tickAt, {
      matter: { kind: 'agent', name },
      regionCode,
      level: byCount > 0 && isInMedia ? IN_MEDIA : byCount,
      value: customers,
      zh: `${vulnerable.days} 天内 ${customers} 位未成年人或老年人客户涉及“${name}”${isInMedia ? '，并提及媒体' : ''}`,
      en: `${customers} minors or elderly customers name "${name}" within ${vulnerable.days} days${isInMedia ? ', and the media are spoken of' : ''}`,
      facts: { media: isInMedia ? 1 : 0 },
      tickets: mine.map(({ ticketKey }) => ticketKey),
    })
  })
}

/**
 * Minors or elderly people who lost money, or to whom a sale is disputed (domain.md 5.2): words of KW-MIN or KW-ELD, which hit only beside a money word (5.4), or the
 * customer's age where the ticket disputes a sale. Each one is blue, by city and phenomenon; several that name one hall or agent are a case about that one.
 */
export const MINORS_AND_ELDERLY: FactRule = {
  id: 'MR-15',
  nameZh: '未成年人/老年人',
  nameEn: 'Minors and elderly',
  meaningZh: '工单涉及未成年人或老年人的费用损失或销售争议；30 天内多位此类客户涉及同一网点或代理时升级。',
  meaningEn: 'A ticket speaks of money that a minor or an elderly person has lost, or disputes a sale to one; it rises where several within 30 days name the same hall or agent.',
  isPrompt: false,
  read: ({ vulnerableTickets }, scene) => [...eachReadings(vulnerableTickets, scene), ...agentReadings(vulnerableTickets, scene)],
}
