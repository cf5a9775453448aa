import { type FactGrouping, groupName } from './fact-grouping.ts'
import type { RiskScene } from './fact-rule.ts'
import type { ConfirmedFact, KeywordFact } from './facts.ts'
import type { Matter } from './matter.ts'
import type { RiskReading } from './reading.ts'

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

/**
 * Hits by city and phenomenon: `wordsOf` names the kind of words that a hit counts for, null where it counts for none, and comes first in the name of its group; `read` says what
 * a group means.
 */
export function keywordGrouping(wordsOf: (hit: KeywordFact) => string | null, read: (group: KeywordGroup, words: string, scene: RiskScene) => RiskReading): FactGrouping<'keywords'> {
  return {
    facts: 'keywords',
    groupsOf(hit, scene) {
      const words = wordsOf(hit)
      return words === null ? [] : [groupName(words, cityOf(hit, scene), hit.phenomenon)]
    },
    readGroup(hits, _group, scene) {
      const [first] = hits
      const words = first === undefined ? null : wordsOf(first)
      if (first === undefined || words === null) return null
      return read({ regionCode: cityOf(first, scene), phenomenon: first.phenomenon, hits, tickets: ticketsOf(hits), customers: customersOf(hits) }, words, scene)
    },
  }
}

/** Hits of one category alone, by city and phenomenon. */
export const categoryGrouping = (category: string, read: (group: KeywordGroup, scene: RiskScene) => RiskReading): FactGrouping<'keywords'> =>
  keywordGrouping((hit) => (hit.category === category ? category : null), (group, _words, scene) => read(group, scene))

/** What people have confirmed of cases of this group of words. */
export const confirmedOf = (confirmed: readonly ConfirmedFact[], group: string): ConfirmedFact[] =>
  confirmed.filter(({ matter }) => matter.kind === 'keyword' && matter.name.startsWith(`${group}:`))
