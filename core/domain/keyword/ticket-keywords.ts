import { isValid, type Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { KeywordDictionary } from './dictionary.ts'
import type { KeywordHit } from './match.ts'

/** What the keywords of a ticket's text say to the rules that judge it (domain.md 5.4): alerting hits that nobody has called wrong. */
export interface TicketKeywords {
  /** 1 media (KW-MED), 2 regulator (KW-REG), the latter where both; 0 neither. */
  readonly tendency: 0 | 1 | 2
  /** Words of KW-FRD, of KW-SAF, and those of them that are a threat to life. */
  readonly fraud: readonly string[]
  readonly safety: readonly string[]
  readonly threats: readonly string[]
}

export const NO_KEYWORDS: TicketKeywords = { tendency: 0, fraud: [], safety: [], threats: [] }

const TICKET_RULES: Readonly<Record<string, readonly string[]>> = { 'KW-MED': ['AT-11'], 'KW-REG': ['AT-11'], 'KW-FRD': ['AT-25'], 'KW-SAF': ['AT-25'] }

/** The rules for tickets that go by the hits of a category (domain.md 4.3), as {@link keywordsOf} hands them over. */
export const ticketRulesOf = (category: string): readonly string[] => TICKET_RULES[category] ?? []

/** A word that a person has called wrong on one ticket. */
export const hitKey = ({ category, word }: Pick<KeywordHit, 'category' | 'word'>): string => `${category} ${word}`

/** What of the hits the rules go by. `wrong` holds the keys of those that a person has called wrong. */
export function keywordsOf(hits: readonly KeywordHit[], dictionary: KeywordDictionary, wrong: ReadonlySet<string>): TicketKeywords {
  const alerts = hits.filter((hit) => hit.kind === 'alert' && !wrong.has(hitKey(hit)))
  if (alerts.length === 0) return NO_KEYWORDS
  const wordsOf = (code: string) => alerts.filter(({ category }) => category === code).map(({ word }) => word)
  const safety = wordsOf('KW-SAF')
  const threats = dictionary.categories.find(({ code }) => code === 'KW-SAF')?.threats ?? []
  const media = wordsOf('KW-MED').length > 0 ? 1 : 0
  return { tendency: wordsOf('KW-REG').length > 0 ? 2 : media, fraud: wordsOf('KW-FRD'), safety, threats: safety.filter((word) => threats.includes(word)) }
}

/** What of a ticket decides its hits, and where they count. */
export interface KeywordFacts {
  readonly kind: Ticket['kind']
  readonly text: string
  readonly acceptedAt: Instant
  readonly regionCode: string
  readonly phenomenon: string
  readonly customerKey: string
}

/** Null for a ticket whose text counts nowhere: not accepted, voided, merged, a test, or without a text. */
export function keywordFactsOf(ticket: Ticket): KeywordFacts | null {
  if (ticket.acceptedAt === null || ticket.contentText === '' || !isValid(ticket)) return null
  const { kind, contentText: text, acceptedAt, regionCode, phenomenonL1, phenomenonL2, customerKey } = ticket
  return { kind, text, acceptedAt, regionCode, phenomenon: phenomenonL2 || phenomenonL1, customerKey }
}

/** Whether two readings of a ticket give the same hits at the same place. */
export function isSameKeywordFacts(a: KeywordFacts | null, b: KeywordFacts | null): boolean {
  if (a === null || b === null) return a === b
  return (Object.keys(a) as (keyof KeywordFacts)[]).every((field) => a[field] === b[field])
}
