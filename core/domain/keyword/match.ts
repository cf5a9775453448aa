import type { TicketKind } from '../vocabulary.ts'
import type { KeywordDictionary } from './dictionary.ts'
import type { PlainText } from './normalise.ts'
import { keywordReader, type Span } from './read-text.ts'
import { judgeWords, type KeywordVerdict } from './verdict.ts'

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

/** A word of the dictionary wherever it stands in a text, hit or not; places are characters of the text as given. */
export interface KeywordFinding {
  readonly category: string
  readonly word: string
  readonly start: number
  readonly end: number
  readonly verdict: KeywordVerdict
  /** The exclusion, negation or longer word that decided, as the text writes it; null where no phrase did. */
  readonly because: string | null
}

/** A dictionary made ready; cheap to keep, dear to make. */
export interface KeywordMatcher {
  readonly dictionary: KeywordDictionary
  /** Each word of a category once: its first occurrence that alerts, or else its first. In the order of the text. */
  readonly match: (text: string, kind: TicketKind) => readonly KeywordHit[]
  /** Every occurrence of every word with what becomes of it and why, in the order of the text: for people who try a text. */
  readonly inspect: (text: string, kind: TicketKind) => readonly KeywordFinding[]
}

export const LONGEST_FRAGMENT = 20

/** A stretch of the normalised text as one of the original. */
const placeOf = ({ start, end }: Span, { at }: PlainText): Span => ({ start: at[start] as number, end: (at[end - 1] as number) + 1 })

function fragmentOf(text: string, { start, end }: Span): string {
  const room = Math.max(0, LONGEST_FRAGMENT - (end - start))
  const from = Math.max(0, Math.min(start - Math.ceil(room / 2), text.length - LONGEST_FRAGMENT))
  return text.slice(from, from + LONGEST_FRAGMENT).replace(/\p{Cc}/gu, ' ').trim()
}

/** Makes a dictionary ready (domain.md 5.4). */
export function keywordMatcher(dictionary: KeywordDictionary): KeywordMatcher {
  const readText = keywordReader(dictionary)
  const match = (text: string, kind: TicketKind): readonly KeywordHit[] => {
    const read = readText(text)
    if (read === null) return []
    const hits = new Map<string, KeywordHit>()
    for (const { word: found, verdict } of judgeWords(read, kind, dictionary)) {
      if (verdict !== 'alert' && verdict !== 'noted') continue
      const key = `${found.category.code} ${found.word}`
      const known = hits.get(key)
      if (known !== undefined && (known.kind === 'alert' || verdict === 'noted')) continue
      const place = placeOf(found, read.plain)
      hits.set(key, { category: found.category.code, word: found.word, position: place.start, kind: verdict, fragment: fragmentOf(text, place) })
    }
    return [...hits.values()].sort((a, b) => a.position - b.position || (a.category < b.category ? -1 : 1))
  }
  const inspect = (text: string, kind: TicketKind): readonly KeywordFinding[] => {
    const read = readText(text)
    if (read === null) return []
    return judgeWords(read, kind, dictionary).map(({ word: found, verdict, because }) => {
      const reason = because === null ? null : placeOf(because, read.plain)
      return { category: found.category.code, word: found.word, ...placeOf(found, read.plain), verdict, because: reason === null ? null : text.slice(reason.start, reason.end) }
    })
  }
  return { dictionary, match, inspect }
}
