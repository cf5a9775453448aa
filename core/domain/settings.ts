import { DEFAULT_RESTATEMENT, RESTATEMENT_FIELDS, restatementFaults, type RestatementSettings } from './count/restatement-settings.ts'
import { DEFAULT_DICTIONARY } from './dictionary/default-dictionary.ts'
import { type Code, type Dictionary, DICTIONARY_FIELDS, dictionaryFaults } from './dictionary/dictionary.ts'
import { DEFAULT_NEAR_DUPLICATE, NEAR_DUPLICATE_FIELDS, nearDuplicateFaults, type NearDuplicateParameters } from './near-duplicate/parameters.ts'
import { DEFAULT_RETENTION, RETENTION_FIELDS, retentionFaults, type RetentionMonths } from './protect/retention.ts'
import { otherField, type SettingField } from './setting-field.ts'
import { LIMIT_FIELDS, limitFaults } from './ticket/limit-fields.ts'
import { type ClockLimits, DEFAULT_CLOCK_LIMITS } from './ticket/limits.ts'

/** Settings without rules of their own that people change by name: limits of clocks, keeping times, restatement, dictionaries, near-duplicates. */
export interface PlainSettings {
  readonly limits: ClockLimits
  readonly retention: RetentionMonths
  readonly restatement: RestatementSettings
  readonly dictionary: Dictionary
  readonly nearDuplicate: NearDuplicateParameters
}
export const PLAIN_SETTINGS = ['limits', 'retention', 'restatement', 'dictionary', 'nearDuplicate'] as const satisfies readonly (keyof PlainSettings)[]
export type PlainSetting = (typeof PLAIN_SETTINGS)[number]

type Values = Readonly<Record<string, unknown>>
type Bodies = PlainSettings[PlainSetting]

const DEFAULTS: PlainSettings = { limits: DEFAULT_CLOCK_LIMITS, retention: DEFAULT_RETENTION, restatement: DEFAULT_RESTATEMENT, dictionary: DEFAULT_DICTIONARY, nearDuplicate: DEFAULT_NEAR_DUPLICATE }

const FIELDS: Readonly<Record<PlainSetting, readonly SettingField[]>> = {
  limits: LIMIT_FIELDS,
  retention: RETENTION_FIELDS,
  restatement: RESTATEMENT_FIELDS,
  dictionary: [otherField('switch', 'strict'), ...DICTIONARY_FIELDS.map((field) => otherField('codes', field))],
  nearDuplicate: NEAR_DUPLICATE_FIELDS,
}

/** What each value of a group is, in the order in which people read them. */
export const fieldsOf = (kind: PlainSetting): readonly SettingField[] => FIELDS[kind]

/** A body by the names under which people change it; of dictionaries each field's codes are one value. */
export const valuesOf = (kind: PlainSetting, body: Bodies): Values => {
  if (kind === 'limits') return Object.fromEntries(LIMIT_FIELDS.map(({ name }) => [name, { ...DEFAULT_CLOCK_LIMITS, ...(body as ClockLimits) }[name]]))
  if (kind !== 'dictionary') return { ...DEFAULTS[kind], ...body }
  const { strict, fields } = body as Dictionary
  return { strict, ...fields }
}

export const defaultsOf = (kind: PlainSetting): Values => valuesOf(kind, DEFAULTS[kind])

function bodyOf(kind: PlainSetting, values: Values): Bodies {
  if (kind === 'limits') return { ...DEFAULT_CLOCK_LIMITS, ...values } as ClockLimits
  if (kind !== 'dictionary') return values as unknown as Bodies
  const { strict, ...fields } = values
  return { strict, fields } as unknown as Dictionary
}

function faultsOf(kind: PlainSetting, body: Bodies): readonly string[] {
  if (kind === 'limits') return limitFaults(body as ClockLimits)
  if (kind === 'retention') return retentionFaults(body as RetentionMonths)
  if (kind === 'restatement') return restatementFaults(body as RestatementSettings)
  if (kind === 'nearDuplicate') return nearDuplicateFaults(body as NearDuplicateParameters)
  return dictionaryFaults(body as Dictionary)
}

/** The body with these values in the place of its own, null for the default; or its faults as `field: mend` in both languages. Others stay as they are. */
export function changedSettings(kind: PlainSetting, held: Bodies, given: Values): { readonly body: Bodies } | { readonly faults: readonly string[] } {
  const [before, defaults] = [valuesOf(kind, held), defaultsOf(kind)]
  const known = Object.keys(defaults)
  const unknown = Object.keys(given).filter((name) => !known.includes(name))
  if (unknown.length > 0) return { faults: unknown.map((name) => `${name}: 不是 ${kind} 的设置，有 ${known.join('、')} / no setting of ${kind}; there are ${known.join(', ')}`) }
  const body = bodyOf(kind, { ...before, ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? defaults[name]])) })
  const faults = faultsOf(kind, body)
  return faults.length > 0 ? { faults } : { body }
}

/** The same whatever the order of keys: the database keeps its own. */
const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_key, held: unknown) => (typeof held === 'object' && held !== null && !Array.isArray(held) ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))) : held))

/** What became what between two bodies, by path; of dictionaries code by code. */
export function changesBetween(kind: PlainSetting, before: Bodies, after: Bodies): { readonly path: string; readonly from: unknown; readonly to: unknown }[] {
  const [was, is] = [flat(kind, before), flat(kind, after)]
  const paths = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return paths.flatMap((path) => (canonical(was[path]) === canonical(is[path]) ? [] : [{ path, from: was[path] ?? null, to: is[path] ?? null }]))
}

function flat(kind: PlainSetting, body: Bodies): Values {
  const values = valuesOf(kind, body)
  if (kind !== 'dictionary') return values
  const codes = DICTIONARY_FIELDS.flatMap((field) => (values[field] as readonly Code[]).map((one) => [pathOf(field, one), one] as const))
  return Object.fromEntries([['strict', values['strict']], ...codes])
}

const pathOf = (field: string, { code, parent, validFrom }: Code): string => [field, ...(parent === undefined ? [] : [parent]), validFrom === undefined ? code : `${code}@${validFrom}`].join('/')

