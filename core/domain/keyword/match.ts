import type { TicketKind } from '../vocabulary.ts'
import type { KeywordCategory, KeywordDictionary } from './dictionary.ts'
import { type PlainText, plainText, plainWord } from './normalise.ts'
import { type Found, Trie } from './trie.ts'

/** A word of the dictionary found in a text. */
export interface KeywordHit {
  readonly category: string
  /** As the dictionary writes it. */
  readonly word: string
  /** Where it starts in the text as stored. */
  readonly position: number
  /** `noted`: negated, counts for nothing. */
  readonly kind: 'noted' | 'alert'
  /** At most 20 characters around it, of the text as stored (masked). */
  readonly fragment: string
}

/** A dictionary made ready; cheap to keep, dear to make. */
export interface KeywordMatcher {
  readonly dictionary: KeywordDictionary
  /** Each word of a category once: its first occurrence that alerts, or else its first. In the order of the text. */
  readonly match: (text: string, kind: TicketKind) => readonly KeywordHit[]
}

type Entry =
  | { readonly what: 'word'; readonly category: KeywordCategory; readonly word: string }
  | { readonly what: 'exclusion' | 'companion'; readonly category: KeywordCategory }
  | { readonly what: 'money' | 'no_money' }
  | { readonly what: 'negation' }
  | { readonly what: 'canceller' }

interface Span {
  readonly start: number
  readonly end: number
}

interface Candidate extends Span {
  readonly category: KeywordCategory
  readonly word: string
}

/** What of the dictionary stands in a text. */
interface Read {
  readonly words: readonly Candidate[]
  readonly exclusions: ReadonlyMap<string, readonly Span[]>
  readonly negations: readonly Span[]
  readonly cancellers: readonly Span[]
  readonly hasMoney: boolean
  readonly companions: ReadonlySet<string>
}

export const LONGEST_FRAGMENT = 20
const DIGIT = /[\d.]/u
/** Letters of scripts that keep words apart by spaces. */
const ALPHABETIC = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end
const lengthOf = ({ start, end }: Span): number => end - start

function trieOf({ categories, moneyWords, moneyExclusions, negations, cancellers }: KeywordDictionary): Trie<Entry> {
  const trie = new Trie<Entry>()
  for (const category of categories) {
    for (const word of category.words) trie.add(plainWord(word), { what: 'word', category, word })
    for (const word of category.exclusions) trie.add(plainWord(word), { what: 'exclusion', category })
    for (const word of category.companions) trie.add(plainWord(word), { what: 'companion', category })
  }
  for (const word of moneyWords) trie.add(plainWord(word), { what: 'money' })
  for (const word of moneyExclusions) trie.add(plainWord(word), { what: 'no_money' })
  for (const word of negations) trie.add(plainWord(word), { what: 'negation' })
  for (const word of cancellers) trie.add(plainWord(word), { what: 'canceller' })
  return trie
}

/** A number is no part of a longer one, and a word of an alphabet no part of a longer one: 12345 does not stand in 1234567, nor sue in issue. */
function isWhole({ start, end }: Span, { text, at }: PlainText): boolean {
  const isOpen = (inside: number, outside: number) => {
    const [own, other] = [text[inside] ?? '', text[outside] ?? '']
    if (/\d/u.test(own)) return DIGIT.test(other)
    return ALPHABETIC.test(own) && ALPHABETIC.test(other) && Math.abs((at[inside] ?? 0) - (at[outside] ?? 0)) === 1
  }
  return !isOpen(start, start - 1) && !isOpen(end - 1, end)
}

function readAll(found: readonly Found<Entry>[], plain: PlainText): Read {
  const words: Candidate[] = []
  const exclusions = new Map<string, Span[]>()
  const negations: Span[] = []
  const cancellers: Span[] = []
  const companions = new Set<string>()
  const [money, noMoney]: [Span[], Span[]] = [[], []]
  for (const { start, end, entries } of found) {
    const span = { start, end }
    if (!isWhole(span, plain)) continue
    for (const entry of entries) {
      if (entry.what === 'money') money.push(span)
      else if (entry.what === 'no_money') noMoney.push(span)
      else if (entry.what === 'negation') negations.push(span)
      else if (entry.what === 'canceller') cancellers.push(span)
      else if (entry.what === 'companion') companions.add(entry.category.code)
      else if (entry.what === 'exclusion') exclusions.set(entry.category.code, [...(exclusions.get(entry.category.code) ?? []), span])
      else if (entry.what === 'word') words.push({ start, end, category: entry.category, word: entry.word })
    }
  }
  const hasMoney = money.some((one) => !noMoney.some((other) => other.start <= one.start && one.end <= other.end))
  return { words, exclusions, negations, cancellers, hasMoney, companions }
}

/** Longest first: what lies within a longer word, or of its own category shares characters with one, is no hit beside it. */
function longestFirst(words: readonly Candidate[]): Candidate[] {
  const sorted = [...words].sort((a, b) => lengthOf(b) - lengthOf(a) || a.start - b.start)
  const kept: Candidate[] = []
  for (const one of sorted) {
    const isShadowed = kept.some((other) =>
      other.category === one.category
        ? overlaps(other, one)
        : lengthOf(other) > lengthOf(one) && other.start <= one.start && one.end <= other.end,
    )
    if (!isShadowed) kept.push(one)
  }
  return kept.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** Whether a negation of the same clause reaches the word, and nothing between takes it away (domain.md 5.4). */
function isNegated(word: Span, { negations, cancellers }: Read, { clause }: PlainText, reach: number): boolean {
  return negations.some(
    (negation) =>
      negation.end <= word.start &&
      word.start - negation.start <= reach &&
      clause[negation.start] === clause[word.start] &&
      !cancellers.some((canceller) => canceller.start >= negation.end && canceller.end <= word.start),
  )
}

function fragmentOf(text: string, start: number, end: number): string {
  const room = Math.max(0, LONGEST_FRAGMENT - (end - start))
  const from = Math.max(0, Math.min(start - Math.ceil(room / 2), text.length - LONGEST_FRAGMENT))
  return text.slice(from, from + LONGEST_FRAGMENT).replace(/\p{Cc}/gu, ' ').trim()
}

function isAccompanied({ category }: Candidate, read: Read): boolean {
  if (category.needs === null || read.hasMoney) return true
  return category.needs === 'money_or_own' && read.companions.has(category.code)
}

/** Words of categories that ask for several of them, where fewer stand in the text. */
function isAlone({ category }: Candidate, hits: readonly Candidate[]): boolean {
  return category.together > 1 && new Set(hits.filter((hit) => hit.category === category).map(({ word }) => word)).size < category.together
}

/** Makes a dictionary ready (domain.md 5.4). */
export function keywordMatcher(dictionary: KeywordDictionary): KeywordMatcher {
  const trie = trieOf(dictionary)
  const match = (text: string, kind: TicketKind): readonly KeywordHit[] => {
    const plain = plainText(text)
    const found = trie.find(plain.text)
    if (!found.some(({ entries }) => entries.some(({ what }) => what === 'word'))) return []
    const read = readAll(found, plain)
    const evaluated = read.words.filter(
      (word) =>
        !word.category.exceptKinds.includes(kind) &&
        !(read.exclusions.get(word.category.code) ?? []).some((exclusion) => overlaps(exclusion, word)) &&
        isAccompanied(word, read),
    )
    const longest = longestFirst(evaluated)
    const hits = new Map<string, KeywordHit>()
    for (const hit of longest) {
      if (isAlone(hit, longest)) continue
      const isNoted = hit.category.isNegatable && isNegated(hit, read, plain, dictionary.negationReach)
      const key = `${hit.category.code} ${hit.word}`
      const known = hits.get(key)
      if (known !== undefined && (known.kind === 'alert' || isNoted)) continue
      const position = plain.at[hit.start] as number
      const fragment = fragmentOf(text, position, (plain.at[hit.end - 1] as number) + 1)
      hits.set(key, { category: hit.category.code, word: hit.word, position, kind: isNoted ? 'noted' : 'alert', fragment })
    }
    return [...hits.values()].sort((a, b) => a.position - b.position || (a.category < b.category ? -1 : 1))
  }
  return { dictionary, match }
}
