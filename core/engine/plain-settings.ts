import type { SettingsAnswer, SettingsChange, SettingsHistory } from '../contract/settings.ts'
import type { Dictionary } from '../domain/dictionary/dictionary.ts'
import { lostTargets } from '../domain/dictionary/map-codes.ts'
import { changedSettings, changesBetween, defaultsOf, fieldsOf, type PlainSetting, type PlainSettings, valuesOf } from '../domain/settings.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { type ConfigRecord, loadConfigRecords, lockConfig } from '../store/config-store.ts'
import { loadMappings } from '../store/mapping-store.ts'
import { type NewSettings, saveSettings } from './settings.ts'

/** Versions that are looked through; older ones stand in the table of configuration. */
const MOST_VERSIONS = 500

type Body = PlainSettings[PlainSetting]
type Changes = SettingsHistory['items'][number]['changes']

const bodyOf = ({ body }: ConfigRecord) => body as Body

async function loadNewest(sql: Sql, kind: PlainSetting): Promise<ConfigRecord> {
  const newest = (await loadConfigRecords(sql, kind, 1)).at(-1)
  if (newest === undefined) throw new Error(`no version of configuration '${kind}' is in force: was seedSettings run?`)
  return newest
}

/** The newest version of a group of settings, beside the defaults. */
export async function viewSettings(sql: Sql, kind: PlainSetting, mayChange: boolean): Promise<SettingsAnswer> {
  const newest = await loadNewest(sql, kind)
  const { version, effectiveFrom: at, author, reason } = newest
  const changed = version === 1 ? null : { version, at, author, reason }
  return { kind, version, mayChange, fields: fieldsOf(kind).map((field) => ({ ...field })), values: { ...valuesOf(kind, bodyOf(newest)) }, defaults: { ...defaultsOf(kind) }, changed }
}

/** Every version that changed anything, newest first, with what became what. */
export async function viewSettingsHistory(sql: Sql, kind: PlainSetting): Promise<SettingsHistory> {
  const records = await loadConfigRecords(sql, kind, MOST_VERSIONS)
  const items = records.flatMap((record, index) => {
    const before = records[index - 1]
    if (before === undefined) return []
    const changes: Changes = changesBetween(kind, bodyOf(before), bodyOf(record))
    const { version, effectiveFrom: at, author, reason } = record
    return changes.length === 0 ? [] : [{ version, at, author, reason, changes }]
  })
  return { kind, items: items.reverse() }
}

/** What became of a change: refused as made on an older version, or by its faults; or the version now in force, with what became what. */
export type SettingsChangeResult =
  | { readonly outcome: 'stale'; readonly version: number }
  | { readonly outcome: 'faults'; readonly faults: readonly string[] }
  | { readonly outcome: 'changed'; readonly version: number; readonly changes: Changes }

/** Changes settings by name as the next version, in force at once. Of two changes made on the same version the second is refused: its author had not seen the first. */
export async function changeSettings(
  tx: Tx,
  kind: PlainSetting,
  { basedOn, values, reason }: SettingsChange,
  { author, now }: { readonly author: string; readonly now: Instant },
): Promise<SettingsChangeResult> {
  await lockConfig(tx, kind)
  const newest = await loadNewest(tx, kind)
  if (newest.version !== basedOn) return { outcome: 'stale', version: newest.version }
  const changed = changedSettings(kind, bodyOf(newest), values)
  if ('faults' in changed) return { outcome: 'faults', faults: changed.faults }
  const lost = kind === 'dictionary' ? lostTargets(changed.body as Dictionary, await loadMappings(tx), now) : []
  if (lost.length > 0) return { outcome: 'faults', faults: lost }
  const changes = changesBetween(kind, bodyOf(newest), changed.body)
  if (changes.length === 0) return { outcome: 'changed', version: newest.version, changes }
  // Never before the version that it continues: a process whose clock is behind would put it where nobody looks.
  const effectiveFrom = Math.max(now, newest.effectiveFrom)
  const version = await saveSettings(tx, { kind, body: changed.body, author, reason, now, effectiveFrom } as NewSettings)
  return { outcome: 'changed', version, changes }
}
