import type { CommonWordsChange, KeywordsAnswer } from '../../core/contract/keywords.ts'
import { changesIn, type ListChange, listed, moved, wordsIn } from './word-lists.ts'

/** What all categories have in common. */
export type Common = KeywordsAnswer['common']

/** The lists of it, in the order in which people read them. */
export const COMMON_LISTS = ['negations', 'cancellers', 'moneyWords', 'moneyExclusions'] as const
type List = (typeof COMMON_LISTS)[number]

/** What the form holds: one text for each list, and the reach of a negation as it was typed. */
export type CommonDraft = Readonly<Record<List, string>> & { readonly negationReach: number | '' }

const byList = <T>(of: (list: List) => T) => Object.fromEntries(COMMON_LISTS.map((list) => [list, of(list)])) as Record<List, T>

/** What is held as the form shows it. */
export const commonDraft = (common: Common): CommonDraft => ({ ...byList((list) => listed(common[list])), negationReach: common.negationReach })

/** What the form says; a reach left empty stays as it is. */
export const commonHeld = (base: Common, draft: CommonDraft): Common => ({ ...byList((list) => wordsIn(draft[list])), negationReach: draft.negationReach === '' ? base.negationReach : draft.negationReach })

/** What saving would change, list by list. */
export const commonChanges = (base: Common, held: Common): ListChange<List>[] => changesIn(COMMON_LISTS, base, held)

/** The reach before and after, where it changes. */
export const reachChange = (base: Common, held: Common) => (base.negationReach === held.negationReach ? null : { from: base.negationReach, to: held.negationReach })

/** What differs from what was read, for saving and for trying. */
export const commonGiven = (base: Common, held: Common): Omit<CommonWordsChange, 'version' | 'reason'> => ({
  ...Object.fromEntries(commonChanges(base, held).map(({ list }) => [list, held[list]])),
  ...(reachChange(base, held) === null ? {} : { negationReach: held.negationReach }),
})

/** A draft upon the newest version: what its writer added and took away since `base`, done to what others have made of it meanwhile. */
export function commonRebased(base: Common, draft: CommonDraft, newest: Common): CommonDraft {
  const mine = commonHeld(base, draft)
  const lists = byList((list) => moved(base[list], mine[list], newest[list]))
  return commonDraft({ ...lists, negationReach: mine.negationReach === base.negationReach ? newest.negationReach : mine.negationReach })
}
