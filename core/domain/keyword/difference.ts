import { colourOf, colourZhOf, type Level } from '../vocabulary.ts'
import type { KeywordCategory, KeywordDictionary } from './dictionary.ts'

/** The lists of a category that people change, or that follow from their change. */
const LISTS = ['words', 'exclusions', 'threats', 'emergencies', 'companions'] as const

/** The lists that all categories have in common (domain.md 5.4). */
export const COMMON_LISTS = ['moneyWords', 'moneyExclusions', 'negations', 'cancellers'] as const
export type CommonList = (typeof COMMON_LISTS)[number]

/** Under which name what all categories have in common is changed and told of, beside the codes of categories. */
export const COMMON = 'common'

/** What came into one list and what left it. */
export interface ListChange {
  readonly list: (typeof LISTS)[number] | CommonList
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** What became another of one category, or of what all have in common. */
export interface CategoryChange {
  /** The code, or {@link COMMON}. */
  readonly category: string
  readonly zh: string
  readonly en: string
  readonly lists: readonly ListChange[]
  /** The colour of MR-04, where it changed; 0 where there was or is no category. */
  readonly colour: { readonly from: Level; readonly to: Level } | null
  /** How far before a word a negation may begin, in characters, where that changed. */
  readonly reach: { readonly from: number; readonly to: number } | null
}

const lacking = (from: readonly string[], to: readonly string[]): string[] => from.filter((word) => !to.includes(word))

const listChanges = <L extends ListChange['list']>(lists: readonly L[], before: { readonly [K in L]?: readonly string[] }, after: { readonly [K in L]?: readonly string[] }): ListChange[] =>
  lists.flatMap((list) => {
    const [was, is] = [before[list] ?? [], after[list] ?? []]
    const [added, removed] = [lacking(is, was), lacking(was, is)]
    return added.length + removed.length === 0 ? [] : [{ list, added, removed }]
  })

function commonChange(before: KeywordDictionary, after: KeywordDictionary): CategoryChange[] {
  const lists = listChanges(COMMON_LISTS, before, after)
  const reach = before.negationReach === after.negationReach ? null : { from: before.negationReach, to: after.negationReach }
  return lists.length === 0 && reach === null ? [] : [{ category: COMMON, zh: '各类共用', en: 'common to all categories', lists, colour: null, reach }]
}

function categoryChange(before: KeywordCategory | undefined, after: KeywordCategory | undefined): CategoryChange[] {
  const named = after ?? before
  if (named === undefined) return []
  const lists = listChanges(LISTS, before ?? {}, after ?? {})
  const [from, to]: [Level, Level] = [before?.colour ?? 0, after?.colour ?? 0]
  const colour = from === to ? null : { from, to }
  return lists.length === 0 && colour === null ? [] : [{ category: named.code, zh: named.zh, en: named.en, lists, colour, reach: null }]
}

/** What of each category, and of what all have in common, became another from one dictionary to the next, in their order; the order of words is no change. */
export function dictionaryChanges(before: KeywordDictionary, after: KeywordDictionary): readonly CategoryChange[] {
  const was = new Map(before.categories.map((one) => [one.code, one]))
  const is = new Map(after.categories.map((one) => [one.code, one]))
  return [...[...new Set([...was.keys(), ...is.keys()])].flatMap((code) => categoryChange(was.get(code), is.get(code))), ...commonChange(before, after)]
}

const LIST_NAMES: Readonly<Record<ListChange['list'], { readonly zh: string; readonly en: string }>> = {
  words: { zh: '词', en: 'words' },
  exclusions: { zh: '排除语', en: 'exclusions' },
  threats: { zh: '危及生命的词', en: 'threats to life' },
  emergencies: { zh: '紧急呼叫的词', en: 'emergency calls' },
  companions: { zh: '同现词', en: 'companions' },
  moneyWords: { zh: '金额用语', en: 'words about money' },
  moneyExclusions: { zh: '不算金额用语的词', en: 'words that are not about money' },
  negations: { zh: '否定语', en: 'negations' },
  cancellers: { zh: '使否定失效的词', en: 'words that take a negation away' },
}

const joined = (parts: readonly { readonly zh: string; readonly en: string }[]) => ({ zh: parts.map(({ zh }) => zh).join('；'), en: parts.map(({ en }) => en).join('; ') })

/** A change in one sentence of each language, for the person whose own change came too late. */
export function saidChange({ lists, colour, reach }: CategoryChange): { readonly zh: string; readonly en: string } {
  const parts = lists.flatMap(({ list, added, removed }) => [
    ...(added.length === 0 ? [] : [{ zh: `${LIST_NAMES[list].zh}新增 ${added.join('、')}`, en: `${LIST_NAMES[list].en} added: ${added.join(', ')}` }]),
    ...(removed.length === 0 ? [] : [{ zh: `${LIST_NAMES[list].zh}删除 ${removed.join('、')}`, en: `${LIST_NAMES[list].en} removed: ${removed.join(', ')}` }]),
  ])
  if (reach !== null) parts.push({ zh: `否定语的距离由 ${reach.from} 字改为 ${reach.to} 字`, en: `reach of negations ${reach.from} became ${reach.to} letters` })
  if (colour === null || colour.from === 0 || colour.to === 0) return joined(parts)
  const { from, to } = colour
  return joined([...parts, { zh: `颜色由${colourZhOf(from)}改为${colourZhOf(to)}`, en: `colour ${colourOf(from)} became ${colourOf(to)}` }])
}
