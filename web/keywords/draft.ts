import type { KeywordCategoryShown, KeywordChange, KeywordPrecisionAnswer, KeywordTrialAnswer } from '../../core/contract/keywords.ts'
import { changesIn, type ListChange, listed, moved, wordsIn } from './word-lists.ts'

/** The lists of a category that the form changes. */
export const LISTS = ['words', 'exclusions', 'threats'] as const
type List = (typeof LISTS)[number]

/** What the form of a category holds: one text for each list. */
export type Draft = Readonly<Record<List, string>> & { readonly colour: number }

type Held = Pick<KeywordCategoryShown, List | 'colour'>

/** A category as the form shows it. */
export const draftOf = ({ words, exclusions, threats, colour }: Held): Draft => ({ words: listed(words), exclusions: listed(exclusions), threats: listed(threats), colour })

/** What the form says, list by list, each word once; a threat that is taken out of the words is none any more. */
export function heldIn(base: Held, draft: Draft): Held {
  const [words, exclusions, threats] = LISTS.map((list) => wordsIn(draft[list])) as [string[], string[], string[]]
  return { words, exclusions, threats: threats.filter((word) => words.includes(word) || !base.words.includes(word)), colour: draft.colour }
}

/** What saving would change, list by list; the order of words is no change. */
export const listChanges = (base: Held, held: Held): ListChange<List>[] => changesIn(LISTS, base, held)

/** The call that saves what differs from the category that was read. */
export function changeBody(base: Held, held: Held, version: number, reason: string): KeywordChange {
  const lists = Object.fromEntries(listChanges(base, held).map(({ list }) => [list, held[list]]))
  return { version, ...lists, ...(held.colour === base.colour ? {} : { colour: held.colour }), reason }
}

/** A draft upon the newest version: what its writer added and took away since `base`, done to what others have made of the category meanwhile. */
export function rebased(base: Held, draft: Draft, newest: Held): Draft {
  const mine = heldIn(base, draft)
  const list = (name: List) => moved(base[name], mine[name], newest[name])
  return draftOf({ words: list('words'), exclusions: list('exclusions'), threats: list('threats'), colour: mine.colour === base.colour ? newest.colour : mine.colour })
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

/** Whether a word is what is searched for; nothing searched finds nothing. */
export const isFound = (word: string, query: string): boolean => plain(query) !== '' && plain(word).includes(plain(query))

/** The categories that hold what is searched for, in a word, an exclusion, the code or a name; all where nothing is. */
export function matching(items: readonly KeywordCategoryShown[], query: string): readonly KeywordCategoryShown[] {
  if (plain(query) === '') return items
  return items.filter(({ code, zh, en, words, exclusions }) => [code, zh, en, ...words, ...exclusions].some((text) => isFound(text, query)))
}

export type WordFigures = KeywordPrecisionAnswer['items'][number]

/** Words to be taken out, of those that are still in the dictionary, the least precise first. */
export function proposals(items: readonly KeywordCategoryShown[], figures: readonly WordFigures[]): readonly (WordFigures & { readonly of: KeywordCategoryShown })[] {
  const proposed = figures.flatMap((one) => {
    const of = items.find(({ code }) => code === one.category)
    return one.isProposedForRemoval && of?.words.includes(one.word) === true ? [{ ...one, of }] : []
  })
  return proposed.sort((a, b) => a.precision - b.precision || b.hits - a.hits)
}

/** A text cut into pieces, with whether a word that alerts stands there, one that does not, or none. */
export function piecesOf({ text, items }: Pick<KeywordTrialAnswer, 'text' | 'items'>): readonly { readonly text: string; readonly what: 'alert' | 'other' | 'none' }[] {
  const edges = [...new Set([0, text.length, ...items.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b)
  return edges.slice(1).map((end, index) => {
    const start = edges[index] ?? 0
    const over = items.filter((one) => one.start <= start && end <= one.end)
    const isAlert = over.some(({ verdict }) => verdict === 'alert')
    return { text: text.slice(start, end), what: isAlert ? 'alert' : over.length > 0 ? 'other' : 'none' }
  })
}
