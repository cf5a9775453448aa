import type { TicketKind } from '../vocabulary.ts'
import type { KeywordDictionary } from './dictionary.ts'
import { type Candidate, overlaps, type Span, type TextRead } from './read-text.ts'

/**
 * What becomes of a word that stands in a text (domain.md 5.4): `alert`; `noted`, negated, which counts for nothing; or no hit: of a category that is not evaluated on this kind of
 * ticket, within an exclusion, without the money word or companion it asks for, within a longer word, or with too few words of its category beside it.
 */
export type KeywordVerdict = 'alert' | 'noted' | 'other_kind' | 'excluded' | 'unaccompanied' | 'in_longer' | 'too_few'

/** A word with its verdict, and what in the text decided it, where that is a phrase. */
export interface JudgedWord {
  readonly word: Candidate
  readonly verdict: KeywordVerdict
  readonly because: Span | null
}

const lengthOf = ({ start, end }: Span): number => end - start
const inOrder = (a: Span, b: Span): number => a.start - b.start || a.end - b.end

/** What ends a word before others are looked at, or null. */
function refusalOf(word: Candidate, read: TextRead, kind: TicketKind): JudgedWord | null {
  const { category } = word
  if (category.exceptKinds.includes(kind)) return { word, verdict: 'other_kind', because: null }
  const exclusion = read.exclusions.get(category.code)?.find((one) => overlaps(one, word))
  if (exclusion !== undefined) return { word, verdict: 'excluded', because: exclusion }
  const isAccompanied = category.needs === null || read.hasMoney || (category.needs === 'money_or_own' && read.companions.has(category.code))
  return isAccompanied ? null : { word, verdict: 'unaccompanied', because: null }
}

/** Longest first: what lies within a longer word, or of its own category shares characters with one, is no hit beside it. */
function longestFirst(words: readonly Candidate[]): { readonly kept: readonly Candidate[]; readonly shadowed: readonly JudgedWord[] } {
  const sorted = [...words].sort((a, b) => lengthOf(b) - lengthOf(a) || a.start - b.start)
  const kept: Candidate[] = []
  const shadowed: JudgedWord[] = []
  for (const word of sorted) {
    const over = kept.find((other) =>
      other.category === word.category ? overlaps(other, word) : lengthOf(other) > lengthOf(word) && other.start <= word.start && word.end <= other.end,
    )
    if (over === undefined) kept.push(word)
    else shadowed.push({ word, verdict: 'in_longer', because: over })
  }
  return { kept, shadowed }
}

/** The negation of the same clause that reaches the word, with nothing between that takes it away (domain.md 5.4). */
function negationOf(word: Span, { negations, cancellers, plain: { clause } }: TextRead, reach: number): Span | undefined {
  return negations.find(
    (negation) =>
      negation.end <= word.start &&
      word.start - negation.start <= reach &&
      clause[negation.start] === clause[word.start] &&
      !cancellers.some((canceller) => canceller.start >= negation.end && canceller.end <= word.start),
  )
}

/** Words of categories that ask for several of them, where fewer stand in the text. */
function isAlone({ category }: Candidate, words: readonly Candidate[]): boolean {
  return category.together > 1 && new Set(words.filter((one) => one.category === category).map(({ word }) => word)).size < category.together
}

/** Judges every word that was found in a text of a ticket of this kind, in the order of the text. */
export function judgeWords(read: TextRead, kind: TicketKind, { negationReach }: Pick<KeywordDictionary, 'negationReach'>): readonly JudgedWord[] {
  const refused = read.words.map((word) => refusalOf(word, read, kind))
  const { kept, shadowed } = longestFirst(read.words.filter((_word, index) => refused[index] === null))
  const standing = kept.map((word): JudgedWord => {
    if (isAlone(word, kept)) return { word, verdict: 'too_few', because: null }
    const negation = word.category.isNegatable ? negationOf(word, read, negationReach) : undefined
    return negation === undefined ? { word, verdict: 'alert', because: null } : { word, verdict: 'noted', because: negation }
  })
  return [...standing, ...shadowed, ...refused.filter((one) => one !== null)].sort((a, b) => inOrder(a.word, b.word))
}
