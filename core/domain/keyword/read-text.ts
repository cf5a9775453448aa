import type { KeywordCategory, KeywordDictionary } from './dictionary.ts'
import { type PlainText, plainText, plainWord } from './normalise.ts'
import { type Found, Trie } from './trie.ts'

type Entry =
  | { readonly what: 'word'; readonly category: KeywordCategory; readonly word: string }
  | { readonly what: 'exclusion' | 'companion'; readonly category: KeywordCategory }
  | { readonly what: 'money' | 'no_money' }
  | { readonly what: 'negation' }
  | { readonly what: 'canceller' }

/** A stretch of the normalised text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A word of a category, wherever it stands. */
export interface Candidate extends Span {
  readonly category: KeywordCategory
  readonly word: string
}

/** What of the dictionary stands in a text. */
export interface TextRead {
  readonly plain: PlainText
  readonly words: readonly Candidate[]
  readonly exclusions: ReadonlyMap<string, readonly Span[]>
  readonly negations: readonly Span[]
  readonly cancellers: readonly Span[]
  readonly hasMoney: boolean
  readonly companions: ReadonlySet<string>
}

const DIGIT = /[\d.]/u
/** Letters of scripts that keep words apart by spaces. */
const ALPHABETIC = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u

export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

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

function readAll(found: readonly Found<Entry>[], plain: PlainText): TextRead {
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
  return { plain, words, exclusions, negations, cancellers, hasMoney, companions }
}

/** Looks texts through for the words of a dictionary; null where no word of a category stands. Cheap to keep, dear to make. */
export function keywordReader(dictionary: KeywordDictionary): (text: string) => TextRead | null {
  const trie = trieOf(dictionary)
  return (text) => {
    const plain = plainText(text)
    const found = trie.find(plain.text)
    return found.some(({ entries }) => entries.some(({ what }) => what === 'word')) ? readAll(found, plain) : null
  }
}
