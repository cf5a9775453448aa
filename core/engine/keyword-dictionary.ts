import type { KeywordChange } from '../contract/keywords.ts'
import type { KeywordCategory, KeywordDictionary } from '../domain/keyword/dictionary.ts'
import { keywordFaults } from '../domain/keyword/keyword-faults.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody, lockConfig } from '../store/config-store.ts'
import type { Versioned } from './context.ts'
import { saveSettings } from './settings.ts'

const KIND = 'keywords'

/** What became of a change: nothing, for want of the category or by its faults; or the version now in force, and the category before. */
export type KeywordChangeResult =
  | { readonly outcome: 'no_category' }
  | { readonly outcome: 'faults'; readonly faults: readonly string[] }
  | { readonly outcome: 'changed'; readonly before: KeywordCategory; readonly settings: Versioned<KeywordDictionary> }

/**
 * Changes one category as the next version of the dictionary, in force at once for tickets accepted from now on; what was accepted before keeps its hits
 * (domain.md 0.2-8). Joined to the newest version written, so that of two changes at once neither is lost. Words that leave the
 * category leave its threats and emergencies too.
 */
export async function changeKeywords(tx: Tx, code: string, change: KeywordChange, by: { readonly author: string; readonly now: Instant }): Promise<KeywordChangeResult> {
  await lockConfig(tx, KIND)
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === KIND)
  const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
  const held = (await loadConfigBody(tx, KIND, newest.version)) as KeywordDictionary
  const before = held.categories.find((category) => category.code === code)
  if (before === undefined) return { outcome: 'no_category' }
  const { reason, ...given } = change
  const words = given.words ?? before.words
  const kept = (named: readonly string[]) => named.filter((word) => words.includes(word))
  const after: KeywordCategory = { ...before, threats: kept(before.threats), emergencies: kept(before.emergencies), ...given, colour: (given.colour ?? before.colour) as Severity }
  const body = { ...held, categories: held.categories.map((category) => (category === before ? after : category)) }
  const faults = keywordFaults(body)
  if (faults.length > 0) return { outcome: 'faults', faults }
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(by.now, ...versions.map((version) => version.effectiveFrom))
  const version = await saveSettings(tx, { kind: KIND, body, author: by.author, reason, now: by.now, effectiveFrom })
  return { outcome: 'changed', before, settings: { version, body } }
}
