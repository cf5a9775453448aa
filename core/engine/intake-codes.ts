import { mapCodes } from '../domain/dictionary/map-codes.ts'
import type { RegionTree } from '../domain/region.ts'
import { parseRfc3339 } from '../domain/rfc3339.ts'
import type { CodeBook } from './code-book.ts'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * An item in our codes, before it is checked, so that a source's words for places and enumerations do not get it refused. What is not
 * shaped like an event is left as it is: the check names the fault.
 */
export function mappedItem(tree: RegionTree, item: unknown, { mappings }: CodeBook): unknown {
  if (!isRecord(item) || !isRecord(item['payload'])) return item
  const { source_system: sourceSystem, event_type: type, province_code: provinceCode, occurred_at: time, payload } = item
  if (typeof sourceSystem !== 'string' || typeof type !== 'string' || typeof provinceCode !== 'string' || typeof time !== 'string') return item
  const occurredAt = parseRfc3339(time)
  if (occurredAt === null) return item
  const mapped = mapCodes(payload, mappings, { sourceSystem, type, placePath: tree.get(provinceCode)?.path ?? '', occurredAt })
  return mapped === payload ? item : { ...item, payload: mapped }
}
