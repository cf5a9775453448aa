import { grouped } from '../grouping.ts'
import type { RiskScene } from './fact-rule.ts'
import type { ConfirmedFact, KeywordFact } from './facts.ts'
import type { Matter } from './matter.ts'

/** Hits of one matter in one city. */
export interface KeywordGroup {
  readonly regionCode: string
  readonly phenomenon: string
  readonly hits: readonly KeywordFact[]
  readonly tickets: readonly string[]
  readonly customers: number
}

/** What a case about words is about. `group` is `KW`, or the category that has a rule of its own; `what` a phenomenon or a ticket. */
export const keywordMatter = (group: string, what: string): Matter => ({ kind: 'keyword', name: `${group}:${what}` })

/** The node of a ticket's city; what the ticket names, where that is above cities. */
export const cityOf = ({ regionCode }: Pick<KeywordFact, 'regionCode'>, { tree }: Pick<RiskScene, 'tree'>): string => tree.atLevel(regionCode, 'city')?.code ?? regionCode

export const ticketsOf = (hits: readonly KeywordFact[]): string[] => [...new Set(hits.map(({ ticketKey }) => ticketKey))]
export const customersOf = (hits: readonly KeywordFact[]): number => new Set(hits.map(({ customerKey }) => customerKey)).size

/** Groups hits by city and phenomenon, in their order. */
export function keywordGroups(hits: readonly KeywordFact[], scene: Pick<RiskScene, 'tree'>): KeywordGroup[] {
  const groups = [...grouped(hits, (hit) => `${cityOf(hit, scene)}\u001f${hit.phenomenon}`)].sort(([a], [b]) => (a < b ? -1 : 1))
  return groups.map(([, mine]) => {
    const [first] = mine as [KeywordFact]
    return { regionCode: cityOf(first, scene), phenomenon: first.phenomenon, hits: mine, tickets: ticketsOf(mine), customers: customersOf(mine) }
  })
}

/** What people have confirmed of cases of this group of words. */
export const confirmedOf = (confirmed: readonly ConfirmedFact[], group: string): ConfirmedFact[] =>
  confirmed.filter(({ matter }) => matter.kind === 'keyword' && matter.name.startsWith(`${group}:`))
