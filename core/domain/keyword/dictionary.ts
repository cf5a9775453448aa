import type { TicketKind, Severity } from '../vocabulary.ts'

/** What a hit needs beside it in the same text: a money word, or one of the category's own companions too. */
export type Companion = 'money' | 'money_or_own'

/** A category of the sensitive-keyword dictionary (domain.md 5.4). */
export interface KeywordCategory {
  /** `KW-` and three letters. */
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly words: readonly string[]
  /** Phrases taken out of the text before this category's words are looked for. */
  readonly exclusions: readonly string[]
  /** The colour at which a hit opens MR-04. */
  readonly colour: Severity
  /** Who is told first, in the words of domain.md 5.4. */
  readonly to: readonly string[]
  /** A negation shortly before the word makes the hit "noted, no alert". */
  readonly isNegatable: boolean
  /** Kinds of tickets on which it is not evaluated. */
  readonly exceptKinds: readonly TicketKind[]
  readonly needs: Companion | null
  /** The category's own companions, for `money_or_own`. */
  readonly companions: readonly string[]
  /** So many different words have to stand together. */
  readonly together: number
  /** Words that are a threat to life: suicide, violence, killing (AT-25 A4). Among `words`. */
  readonly threats: readonly string[]
  /** Words that say that emergency numbers cannot be reached (MR-10). Among `words`. */
  readonly emergencies: readonly string[]
  /** The risk rules that count it. */
  readonly feeds: readonly string[]
  /** Its hits open MR-04; false where they only feed other rules, or another rule opens the same case. */
  readonly opensCase: boolean
}

/** What most categories are like: a hit opens MR-04, whatever stands beside it. */
export const PLAIN_CATEGORY = {
  isNegatable: false,
  exceptKinds: [],
  needs: null,
  companions: [],
  together: 1,
  threats: [],
  emergencies: [],
  feeds: [],
  opensCase: true,
} as const satisfies Partial<KeywordCategory>

/** The sensitive-keyword dictionary: configuration, kind `keywords`. */
export interface KeywordDictionary {
  readonly categories: readonly KeywordCategory[]
  /** What a complaint about money says. */
  readonly moneyWords: readonly string[]
  /** Where a money word stands in one of these it is none: the 元 of 单元. */
  readonly moneyExclusions: readonly string[]
  readonly negations: readonly string[]
  /** Words between a negation and a keyword that take the negation away. */
  readonly cancellers: readonly string[]
  /** A negation starts at most so many characters before the word. */
  readonly negationReach: number
}
