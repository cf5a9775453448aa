import type { Dictionary } from '../domain/dictionary/dictionary.ts'
import { type MappingTable, mappingTable } from '../domain/dictionary/map-codes.ts'
import type { Instant } from '../domain/time.ts'
import { systemClock } from '../platform/clock.ts'
import type { Sql } from '../platform/database.ts'
import { loadMappings } from '../store/mapping-store.ts'
import type { Engine } from './context.ts'

/** By what the door reads codes. */
export interface CodeBook {
  readonly dictionary: Dictionary
  readonly mappings: MappingTable
}

/** How old the mapping table may be before it is read again, real time. */
const KEPT_MS = 2_000

interface Held {
  readonly readAt: Instant
  readonly table: Promise<MappingTable>
}
const held = new WeakMap<Engine['pool'], Held>()

/** Makes this process read the mapping table anew: it has just changed. */
export function forgetMappings(engine: Engine): void {
  held.delete(engine.pool)
}

const readTable = async (sql: Sql): Promise<MappingTable> => mappingTable(await loadMappings(sql))

/** Dictionaries in force and the mapping table, cheap enough to be asked for every batch; another process's mapping is seen within 2 s. */
export async function codeBook(engine: Engine, now: Instant): Promise<CodeBook> {
  const { dictionary } = await engine.settings(now)
  const readAt = systemClock.now()
  const before = held.get(engine.pool)
  if (before !== undefined && readAt >= before.readAt && readAt - before.readAt < KEPT_MS) {
    return { dictionary: dictionary.body, mappings: await before.table }
  }
  const table = readTable(engine.pool)
  const fresh = { readAt, table }
  held.set(engine.pool, fresh)
  table.catch(() => {
    if (held.get(engine.pool) === fresh) held.delete(engine.pool)
  })
  return { dictionary: dictionary.body, mappings: await table }
}

/** The same as this transaction sees it. */
export async function codeBookOf(engine: Engine, sql: Sql, now: Instant): Promise<CodeBook> {
  const { dictionary } = await engine.settings(now)
  return { dictionary: dictionary.body, mappings: await readTable(sql) }
}
