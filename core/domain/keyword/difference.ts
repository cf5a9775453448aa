import { colourOf, colourZhOf, type Level } from '../vocabulary.ts'
import type { KeywordCategory, KeywordDictionary } from './dictionary.ts'

/** The lists of a category that people change, or that follow from their change. */
const LISTS = ['words', 'exclusions', 'threats', 'emergencies', 'companions'] as const

/** What came into one list of a category and what left it. */
export interface ListChange {
  readonly list: (typeof LISTS)[number]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** What became another of one category. */
export interface CategoryChange {
  readonly category: string
  readonly zh: string
  readonly en: string
  readonly lists: readonly ListChange[]
  /** The colour of MR-04, where it changed; 0 where there was or is no category. */
  readonly colour: { readonly from: Level; readonly to: Level } | null
}

const lacking = (from: readonly string[], to: readonly string[]): string[] => from.filter((word) => !to.includes(word))

function categoryChange(before: KeywordCategory | undefined, after: KeywordCategory | undefined): CategoryChange[] {
  const named = after ?? before
  if (named === undefined) return []
  const lists = LISTS.flatMap((list) => {
    const [was, is] = [before?.[list] ?? [], after?.[list] ?? []]
    const [added, removed] = [lacking(is, was), lacking(was, is)]
    return added.length + removed.length === 0 ? [] : [{ list, added, removed }]
  })
  const [from, to]: [Level, Level] = [before?.colour ?? 0, after?.colour ?? 0]
  const colour = from === to ? null : { from, to }
  return lists.length === 0 && colour === null ? [] : [{ category: named.code, zh: named.zh, en: named.en, lists, colour }]
}

/** What of each category became another from one dictionary to the next, in their order; the order of words is no change. */
export function dictionaryChanges(before: KeywordDictionary, after: KeywordDictionary): readonly CategoryChange[] {
  const was = new Map(before.categories.map((one) => [one.code, one]))
  const is = new Map(after.categories.map((one) => [one.code, one]))
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((code) => categoryChange(was.get(code), is.get(code)))
}

const LIST_NAMES: Readonly<Record<ListChange['list'], { readonly zh: string; readonly en: string }>> = {
  words: { zh: '词', en: 'words' },
  exclusions: { zh: '排除语', en: 'exclusions' },
  threats: { zh: '危及生命的词', en: 'threats to life' },
  emergencies: { zh: '紧急呼叫的词', en: 'emergency calls' },
  companions: { zh: '同现词', en: 'companions' },
}

const joined = (parts: readonly { readonly zh: string; readonly en: string }[]) => ({ zh: parts.map(({ zh }) => zh).join('；'), en: parts.map(({ en }) => en).join('; ') })

/** A change in one sentence of each language, for the person whose own change came too late. */
export function saidChange({ lists, colour }: CategoryChange): { readonly zh: string; readonly en: string } {
  const parts = lists.flatMap(({ list, added, removed }) => [
    ...(added.length === 0 ? [] : [{ zh: `${LIST_NAMES[list].zh}新增 ${added.join('、')}`, en: `${LIST_NAMES[list].en} added: ${added.join(', ')}` }]),
    ...(removed.length === 0 ? [] : [{ zh: `${LIST_NAMES[list].zh}删除 ${removed.join('、')}`, en: `${LIST_NAMES[list].en} removed: ${removed.join(', ')}` }]),
  ])
  if (colour === null || colour.from === 0 || colour.to === 0) return joined(parts)
  const { from, to } = colour
  return joined([...parts, { zh: `颜色由${colourZhOf(from)}改为${colourZhOf(to)}`, en: `colour ${colourOf(from)} became ${colourOf(to)}` }])
}
