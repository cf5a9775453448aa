import type { Instant } from '../time.ts'

/** What codes are kept for (domain.md appendix B); `region` has no codes of its own, its dictionary is the regional tree. */
export const DICTIONARY_FIELDS = [
  'channel',
  'phenomenon_l1',
  'phenomenon_l2',
  'product_l1',
  'cause_l1',
  'result_code',
  'timeout_reason',
  'survey_mode',
  'liability',
  'suspend_reason',
  'return_reason',
  'urgency',
  'emotion',
] as const
export type DictionaryField = (typeof DICTIONARY_FIELDS)[number]

/** Fields whose source codes may be mapped onto ours. */
export const MAPPED_FIELDS = [...DICTIONARY_FIELDS, 'region'] as const
export type MappedField = (typeof MAPPED_FIELDS)[number]

/** One code with its names. */
export interface Code {
  readonly code: string
  readonly zh: string
  readonly en: string
  /** Of a channel: counts as skip-level (domain.md 3.2: the flag decides, not the name). */
  readonly isSkipLevel?: boolean
  /** Of a second level: the first level it belongs to. */
  readonly parent?: string
  /** Of a phenomenon's first level: the products it fits; left out, it fits all (DQ-10). */
  readonly products?: readonly string[]
  /** In use from here, and until before there; left out, since ever and for ever. */
  readonly validFrom?: Instant
  readonly validTo?: Instant
}

/** The dictionaries of a deployment; a versioned setting. */
export interface Dictionary {
  /** An unknown code is replaced by {@link UNMAPPED} and so counted as such; else it stays as sent and is only flagged. */
  readonly strict: boolean
  readonly fields: Readonly<Record<DictionaryField, readonly Code[]>>
}

/** What stands in the place of an unknown code in a strict deployment (DQ-02). */
export const UNMAPPED = 'UNMAPPED'

const indexes = new WeakMap<readonly Code[], ReadonlyMap<string, readonly Code[]>>()

function indexOf(codes: readonly Code[]): ReadonlyMap<string, readonly Code[]> {
  const held = indexes.get(codes)
  if (held !== undefined) return held
  const index = new Map<string, Code[]>()
  for (const code of codes) index.set(code.code, [...(index.get(code.code) ?? []), code])
  indexes.set(codes, index)
  return index
}

/** The code as in use at `at`, or undefined where the dictionary has none. */
export function codeAt(dictionary: Dictionary, field: DictionaryField, code: string, at: Instant): Code | undefined {
  return indexOf(dictionary.fields[field])
    .get(code)
    ?.find(({ validFrom = Number.NEGATIVE_INFINITY, validTo = Number.POSITIVE_INFINITY }) => validFrom <= at && at < validTo)
}

/** Whether a field's word is one of the dictionaries. */
export const isDictionaryField = (field: string): field is DictionaryField => (DICTIONARY_FIELDS as readonly string[]).includes(field)

/** What is wrong with dictionaries that somebody wants in force: an empty code, a period that ends before it begins, a parent that is no code. */
export function dictionaryFaults(dictionary: Dictionary): string[] {
  const faults: string[] = []
  for (const field of DICTIONARY_FIELDS) {
    for (const { code, validFrom, validTo, parent } of dictionary.fields[field] ?? []) {
      if (code.trim() === '' || code === UNMAPPED) faults.push(`${field}: '${code}' is no code`)
      if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo) faults.push(`${field} ${code}: ends before it begins`)
      if (parent !== undefined && field === 'phenomenon_l2' && !dictionary.fields.phenomenon_l1.some((one) => one.code === parent))
        faults.push(`${field} ${code}: parent '${parent}' is no phenomenon_l1`)
    }
  }
  return faults
}
