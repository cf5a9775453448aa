import type { CommonWordsChange, KeywordCategoryShown, KeywordChange, KeywordHistory, KeywordsAnswer, KeywordTrial, KeywordTrialAnswer } from '../contract/keywords.ts'
import type { KeywordCategory, KeywordDictionary } from '../domain/keyword/dictionary.ts'
import { type CategoryChange, COMMON, COMMON_LISTS, type CommonList, dictionaryChanges } from '../domain/keyword/difference.ts'
import { keywordFaults } from '../domain/keyword/keyword-faults.ts'
import { keywordMatcher } from '../domain/keyword/match.ts'
import { ticketRulesOf } from '../domain/keyword/ticket-keywords.ts'
import { maskText } from '../domain/protect/mask.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { type ConfigRecord, loadConfigBody, loadConfigRecords, lockConfig } from '../store/config-store.ts'
import { presentable } from './intake-hygiene.ts'
import { saveSettings } from './settings.ts'

const KIND = 'keywords'

/** Versions that are looked through; older ones stand in the table of configuration. */
const MOST_VERSIONS = 500

interface DictionaryVersion extends ConfigRecord {
  readonly body: KeywordDictionary
}

/** The newest versions of the dictionary, oldest first. */
const loadVersions = async (sql: Sql, limit: number): Promise<readonly DictionaryVersion[]> => (await loadConfigRecords(sql, KIND, limit)) as DictionaryVersion[]

async function loadNewest(sql: Sql): Promise<DictionaryVersion> {
  const newest = (await loadVersions(sql, 1)).at(-1)
  if (newest === undefined) throw new Error('no dictionary of sensitive words: was seedSettings run?')
  return newest
}

const shown = ({ code, zh, en, words, exclusions, colour, to, threats, feeds, opensCase, isNegatable, exceptKinds, needs, companions, together }: KeywordCategory): KeywordCategoryShown => ({
  code, zh, en, words: [...words], exclusions: [...exclusions], colour, to: [...to], threats: [...threats], feeds: [...feeds], ticketRules: [...ticketRulesOf(code)], opensCase,
  isNegatable, exceptKinds: [...exceptKinds], needs, companions: [...companions], together,
})

/** The newest dictionary with its categories; what a change has to be joined to. */
export async function viewKeywords(sql: Sql, mayChange: boolean): Promise<KeywordsAnswer> {
  const { version, effectiveFrom: at, author, reason, body } = await loadNewest(sql)
  const { moneyWords, moneyExclusions, negations, cancellers, negationReach } = body
  const common = { moneyWords: [...moneyWords], moneyExclusions: [...moneyExclusions], negations: [...negations], cancellers: [...cancellers], negationReach }
  return { version, at, author, reason, mayChange, items: body.categories.map(shown), common }
}

/** Every version at which a category became another, or one category alone, newest first. */
export async function viewKeywordHistory(sql: Sql, category: string | null): Promise<KeywordHistory> {
  const versions = await loadVersions(sql, MOST_VERSIONS)
  const entries = versions.flatMap(({ version, effectiveFrom: at, author, reason, body }, index) => {
    const before = versions[index - 1]?.body
    if (before === undefined) return []
    const changes = dictionaryChanges(before, body).filter((change) => category === null || change.category === category)
    return changes.length === 0
      ? []
      : [{ version, at, author, reason, changes: changes.map((change) => ({ ...change, lists: change.lists.map(({ list, added, removed }) => ({ list, added: [...added], removed: [...removed] })) })) }]
  })
  return { items: entries.reverse() }
}

type Given = Partial<Omit<KeywordChange, 'version' | 'reason'>>

const cleaned = (words: readonly string[] | undefined): readonly string[] | undefined => words?.map((word) => presentable(word).trim())

/** A category with what is given put in. Words that leave the category leave its threats and emergencies too. */
function changedCategory(before: KeywordCategory, given: Given): KeywordCategory {
  const words = cleaned(given.words) ?? before.words
  const kept = (named: readonly string[]) => named.filter((word) => words.includes(word))
  return {
    ...before,
    words,
    exclusions: cleaned(given.exclusions) ?? before.exclusions,
    threats: cleaned(given.threats) ?? kept(before.threats),
    emergencies: kept(before.emergencies),
    colour: (given.colour ?? before.colour) as Severity,
  }
}

const withCategory = (dictionary: KeywordDictionary, after: KeywordCategory): KeywordDictionary => ({
  ...dictionary, categories: dictionary.categories.map((category) => (category.code === after.code ? after : category)),
})

const categoryIn = (dictionary: KeywordDictionary, code: string): KeywordCategory | undefined => dictionary.categories.find((category) => category.code === code)

/** Who changed the category since it was read, when, and what all changes since then come to. */
export interface StaleChange {
  readonly by: string
  readonly at: Instant
  readonly version: number
  readonly change: CategoryChange
}

type CommonGiven = Partial<Omit<CommonWordsChange, 'version' | 'reason'>>

/** A dictionary with what is given of its common part put in. */
function withCommon(before: KeywordDictionary, given: CommonGiven): KeywordDictionary {
  const lists = Object.fromEntries(COMMON_LISTS.map((list) => [list, cleaned(given[list]) ?? before[list]])) as Pick<KeywordDictionary, CommonList>
  return { ...before, ...lists, negationReach: given.negationReach ?? before.negationReach }
}

type NotChanged = { readonly outcome: 'faults'; readonly faults: readonly string[] } | { readonly outcome: 'stale'; readonly stale: StaleChange }

/** What became of a change: nothing, for want of the category, by its faults, or because it came too late; or the version now in force, and the category before and after. */
export type KeywordChangeResult =
  | NotChanged
  | { readonly outcome: 'no_category' }
  | { readonly outcome: 'changed'; readonly before: KeywordCategory; readonly after: KeywordCategory; readonly version: number }

/** The same of what all categories have in common. */
export type CommonChangeResult = NotChanged | { readonly outcome: 'changed'; readonly change: CategoryChange; readonly version: number }

interface Author {
  readonly author: string
  readonly now: Instant
}

/** What has happened to a category since a version; null where nothing has, and for a version that there never was the fault. */
async function staleness(sql: Sql, code: string, readVersion: number, newest: DictionaryVersion): Promise<StaleChange | { readonly fault: string } | null> {
  if (readVersion === newest.version) return null
  const read = (await loadConfigBody(sql, KIND, readVersion)) as KeywordDictionary | undefined
  if (read === undefined) return { fault: `version: 没有第 ${readVersion} 版，现为第 ${newest.version} 版 / there is no version ${readVersion}; the newest is ${newest.version}` }
  const change = dictionaryChanges(read, newest.body).find(({ category }) => category === code)
  if (change === undefined) return null
  const last = (await viewKeywordHistory(sql, code)).items.find(({ version }) => version > readVersion)
  return { by: last?.author ?? newest.author, at: last?.at ?? newest.effectiveFrom, version: last?.version ?? newest.version, change }
}

/** Writes the next version, of which the part `code` was made from `change.version`, unless it is not sound, changes nothing, or that part has changed since. */
async function writeNext(tx: Tx, newest: DictionaryVersion, code: string, body: KeywordDictionary, change: Pick<KeywordChange, 'version' | 'reason'>, by: Author): Promise<NotChanged | { readonly outcome: 'changed'; readonly change: CategoryChange; readonly version: number }> {
  const stale = await staleness(tx, code, change.version, newest)
  if (stale !== null) return 'fault' in stale ? { outcome: 'faults', faults: [stale.fault] } : { outcome: 'stale', stale }
  const faults = keywordFaults(body)
  if (faults.length > 0) return { outcome: 'faults', faults }
  const made = dictionaryChanges(newest.body, body).find(({ category }) => category === code)
  if (made === undefined) return { outcome: 'faults', faults: [`${code === COMMON ? COMMON : `${code}.words`}: 与现行词库相同，没有更改 / the same as what is in force; nothing would change`] }
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(by.now, newest.effectiveFrom)
  const version = await saveSettings(tx, { kind: KIND, body, author: by.author, reason: change.reason, now: by.now, effectiveFrom })
  return { outcome: 'changed', change: made, version }
}

/**
 * Changes one category as the next version of the dictionary, in force at once for tickets accepted from now on; what was accepted before keeps its hits
 * (domain.md 0.2-8). Joined to the newest version written: changes of other categories stay, and a change of the same category since `change.version`
 * refuses this one.
 */
export async function changeKeywords(tx: Tx, code: string, change: KeywordChange, by: Author): Promise<KeywordChangeResult> {
  await lockConfig(tx, KIND)
  const newest = await loadNewest(tx)
  const before = categoryIn(newest.body, code)
  if (before === undefined) return { outcome: 'no_category' }
  const after = changedCategory(before, change)
  const written = await writeNext(tx, newest, code, withCategory(newest.body, after), change, by)
  return written.outcome === 'changed' ? { outcome: 'changed', before, after, version: written.version } : written
}

/** The same for words about money and negations, which all categories have in common. */
export async function changeCommonWords(tx: Tx, change: CommonWordsChange, by: Author): Promise<CommonChangeResult> {
  await lockConfig(tx, KIND)
  const newest = await loadNewest(tx)
  return writeNext(tx, newest, COMMON, withCommon(newest.body, change), change, by)
}

/** What of a text people are shown who try it, or the faults of what is being edited. */
export type KeywordTrialResult = { readonly outcome: 'no_category' } | { readonly outcome: 'faults'; readonly faults: readonly string[] } | { readonly outcome: 'tried'; readonly answer: KeywordTrialAnswer }

/** Runs a text, masked as intake masks it, through a dictionary as it is being edited; keeps nothing. */
export async function tryText(sql: Sql, { text, kind = 'complaint', draft, common }: KeywordTrial): Promise<KeywordTrialResult> {
  const { version, body } = await loadNewest(sql)
  const category = draft === undefined ? undefined : categoryIn(body, draft.category)
  if (draft !== undefined && category === undefined) return { outcome: 'no_category' }
  const edited = draft === undefined || category === undefined ? body : withCategory(body, changedCategory(category, draft))
  const dictionary = common === undefined ? edited : withCommon(edited, common)
  const faults = dictionary === body ? [] : keywordFaults(dictionary)
  if (faults.length > 0) return { outcome: 'faults', faults }
  const masked = maskText(presentable(text))
  return { outcome: 'tried', answer: { version, text: masked, items: [...keywordMatcher(dictionary).inspect(masked, kind)] } }
}
