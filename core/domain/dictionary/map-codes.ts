import { REGION_KEYS } from '../ticket/acceptance.ts'
import { asText, isUnknown } from '../ticket/payload.ts'
import type { Instant } from '../time.ts'
import { codeAt, type Dictionary, type DictionaryField, isDictionaryField, type MappedField, UNMAPPED } from './dictionary.ts'

/** One line of the mapping table: what a source calls a thing, and what we call it, in force for events that occurred in the period. */
export interface Mapping {
  readonly sourceSystem: string
  readonly field: MappedField
  readonly sourceCode: string
  readonly code: string
  /** Whose events it is for: provinces within this path. */
  readonly regionPath: string
  readonly effectiveFrom: Instant
  /** Null: still in force. */
  readonly effectiveTo: Instant | null
}

/** Whose code, and when. */
export interface CodePlace {
  readonly sourceSystem: string
  /** Path of the event's province; empty where the tree does not know it. */
  readonly placePath: string
  readonly occurredAt: Instant
}

/** The mapping table, made ready to be asked. */
export interface MappingTable {
  find(field: MappedField, sourceCode: string, place: CodePlace): string | null
}

const SEPARATOR = '\u001f'

/** Of several lines for one code the one for the smaller region decides, then the one that came into force last. */
export function mappingTable(mappings: readonly Mapping[]): MappingTable {
  const byCode = new Map<string, Mapping[]>()
  const ordered = [...mappings].sort((a, b) => b.regionPath.length - a.regionPath.length || b.effectiveFrom - a.effectiveFrom)
  for (const mapping of ordered) {
    const key = [mapping.sourceSystem, mapping.field, mapping.sourceCode].join(SEPARATOR)
    const list = byCode.get(key)
    if (list === undefined) byCode.set(key, [mapping])
    else list.push(mapping)
  }
  return {
    find: (field, sourceCode, { sourceSystem, placePath, occurredAt: at }) => {
      if (byCode.size === 0) return null
      const found = byCode.get([sourceSystem, field, sourceCode].join(SEPARATOR))
      const isInForce = (line: Mapping) => line.effectiveFrom <= at && (line.effectiveTo === null || at < line.effectiveTo)
      return found?.find((line) => isInForce(line) && placePath.startsWith(line.regionPath))?.code ?? null
    },
  }
}

/** A field of a payload that holds a code. */
export interface CodedField {
  readonly key: string
  readonly field: MappedField
}

const same = (...fields: readonly DictionaryField[]): readonly CodedField[] => fields.map((field) => ({ key: field, field }))
const REGIONS: readonly CodedField[] = REGION_KEYS.map((key) => ({ key, field: 'region' }))
const OF_CREATED = [...same('channel', 'phenomenon_l1', 'phenomenon_l2', 'product_l1', 'urgency', 'emotion'), ...REGIONS]

const BY_TYPE: ReadonlyMap<string, readonly CodedField[]> = new Map([
  ['created', OF_CREATED],
  ['qualified', same('cause_l1', 'liability', 'timeout_reason')],
  ['completed', same('result_code')],
  ['suspended', [{ key: 'reason_code', field: 'suspend_reason' }]],
  ['returned', [{ key: 'reason_code', field: 'return_reason' }]],
  ['survey_sent', [{ key: 'mode', field: 'survey_mode' }]],
  ['fault_cleared', same('cause_l1')],
])
const NO_FIELDS: readonly CodedField[] = []

/** A corrected field's older names. */
const CORRECTED: ReadonlyMap<string, MappedField> = new Map([
  ['phenomenon', 'phenomenon_l1'],
  ['product', 'product_l1'],
  ['region', 'region'],
])

/** Which fields of this event's payload hold codes, and of which dictionary. */
export function codedFields(type: string, payload: Readonly<Record<string, unknown>>): readonly CodedField[] {
  if (type !== 'corrected') return BY_TYPE.get(type) ?? NO_FIELDS
  const name = payload['field']
  if (name === undefined) return OF_CREATED
  if (typeof name !== 'string') return NO_FIELDS
  if ((REGION_KEYS as readonly string[]).includes(name)) return [{ key: 'new', field: 'region' }]
  const field = CORRECTED.get(name) ?? (isDictionaryField(name) ? name : null)
  return field === null ? NO_FIELDS : [{ key: 'new', field }]
}

/** The payload key under which the door lists the fields whose codes it does not know (DQ-02). */
export const UNMAPPED_FIELDS = 'unmapped_fields'
/** The payload key that keeps a mapped field's code as it was sent. */
export const sourceKeyOf = (key: string): string => `${key}_source`

export interface CodeContext extends CodePlace {
  readonly type: string
}

/**
 * A payload in our codes, by the mapping in force when the event occurred; each code as sent stays beside it as `<field>_source`.
 * Mapping what is mapped already changes nothing, so that a replayed item maps as a fresh one.
 */
export function mapCodes(
  payload: Readonly<Record<string, unknown>>,
  mappings: MappingTable,
  context: CodeContext,
): Readonly<Record<string, unknown>> {
  let mapped: Record<string, unknown> | null = null
  for (const { key, field } of codedFields(context.type, payload)) {
    const sent = payload[key] === UNMAPPED ? payload[sourceKeyOf(key)] : payload[key]
    const text = isUnknown(sent) ? null : asText(sent)
    const code = text === null ? null : mappings.find(field, text, context)
    if (code === null || code === text) continue
    mapped ??= { ...payload }
    mapped[sourceKeyOf(key)] = text
    mapped[key] = code
  }
  return mapped ?? payload
}

/** A field whose code no dictionary knows, with the code as sent. */
export interface UnknownCode {
  readonly field: DictionaryField
  readonly key: string
  readonly sourceCode: string
}

export interface CodeJudgement {
  readonly payload: Readonly<Record<string, unknown>>
  /** Fields that hold a code of a dictionary's. */
  readonly judged: readonly DictionaryField[]
  readonly unknown: readonly UnknownCode[]
}

/**
 * Looks every code of a mapped payload up as of the event (DQ-02). Unknown ones are listed in the payload under {@link UNMAPPED_FIELDS} and,
 * where the deployment is strict, replaced by UNMAPPED. A region is the tree's business.
 */
export function judgeCodes(payload: Readonly<Record<string, unknown>>, dictionary: Dictionary, context: CodeContext): CodeJudgement {
  const judged: DictionaryField[] = []
  const unknown: UnknownCode[] = []
  const replaced: Record<string, unknown> = {}
  for (const { key, field } of codedFields(context.type, payload)) {
    if (field === 'region' || isUnknown(payload[key])) continue
    const sent = payload[key] === UNMAPPED ? payload[sourceKeyOf(key)] : payload[key]
    const text = asText(sent)
    if (text === null) continue
    judged.push(field)
    if (codeAt(dictionary, field, text, context.occurredAt) !== undefined) continue
    unknown.push({ field, key, sourceCode: text })
    if (!dictionary.strict) continue
    replaced[sourceKeyOf(key)] = text
    replaced[key] = UNMAPPED
  }
  if (unknown.length === 0 && !(UNMAPPED_FIELDS in payload)) return { payload, judged, unknown }
  const { [UNMAPPED_FIELDS]: _sent, ...rest } = payload
  const listed = unknown.length === 0 ? {} : { [UNMAPPED_FIELDS]: [...new Set(unknown.map(({ field }) => field))] }
  return { payload: { ...rest, ...replaced, ...listed }, judged, unknown }
}

/** Why a dictionary cannot follow another while these lines of the mapping table stand, as `field: mend`: a code that they lead to is gone from it at `now`. */
export function lostTargets(dictionary: Dictionary, mappings: readonly Mapping[], now: Instant): readonly string[] {
  return mappings.flatMap(({ field, sourceCode, code, effectiveTo }) => {
    if (!isDictionaryField(field) || (effectiveTo !== null && effectiveTo <= now) || dictionary.fields[field].some((one) => one.code === code)) return []
    return [`${field}: 映射 ${sourceCode} → ${code} 仍有效，请以 validTo 停用该代码而非删除 / the mapping ${sourceCode} → ${code} stands: end the code with validTo, do not remove it`]
  })
}
