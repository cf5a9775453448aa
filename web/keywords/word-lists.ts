import { COMMA, namesOf } from '../rules/risk-values.ts'

/** Lists of words by name. */
export type WordLists<L extends string> = { readonly [K in L]: readonly string[] }

/** What about to be saved would come into a list, and what would leave it. */
export interface ListChange<L extends string = string> {
  readonly list: L
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

const lacking = (from: readonly string[], to: readonly string[]): string[] => from.filter((word) => !to.includes(word))

/** A list as a field of a form shows it. */
export const listed = (words: readonly string[]): string => words.join(COMMA)

/** The words that a field of a form says, each once. */
export const wordsIn = (text: string): string[] => [...new Set(namesOf(text))]

/** What would change, list by list; the order of words is no change. */
export const changesIn = <L extends string>(lists: readonly L[], base: WordLists<L>, held: WordLists<L>): ListChange<L>[] =>
  lists.flatMap((list) => {
    const [added, removed] = [lacking(held[list], base[list]), lacking(base[list], held[list])]
    return added.length + removed.length === 0 ? [] : [{ list, added, removed }]
  })

/** What was added to and taken from `base`, done to what others have made of the list meanwhile. */
export const moved = (base: readonly string[], mine: readonly string[], newest: readonly string[]): string[] => [...lacking(newest, lacking(base, mine)), ...lacking(lacking(mine, base), newest)]
