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

const LONGEST_CODE = 64
const LONGEST_NAME = 80
/** Codes of one field: more are no dictionary but data. */
const MOST_CODES = 2_000
const KEYS: ReadonlySet<string> = new Set(['code', 'zh', 'en', 'isSkipLevel', 'parent', 'products', 'validFrom', 'validTo'] satisfies (keyof Code)[])

const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value.trim() !== '' && value.length <= most
const isWhen = (value: unknown): boolean => value === undefined || Number.isFinite(value)

/** What is wrong with the shape of one code, whatever it is; nothing says that it is a {@link Code}. */
function shapeFaults(at: string, given: unknown): string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [`${at}: 应为对象 { code, zh, en, … } / expected an object { code, zh, en, … }`]
  const { code, zh, en, isSkipLevel, parent, products, validFrom, validTo } = given as Readonly<Record<string, unknown>>
  const faults: string[] = []
  const unknown = Object.keys(given).filter((key) => !KEYS.has(key))
  if (unknown.length > 0) faults.push(`${at}.${unknown[0]}: 没有这一项 / there is no such key`)
  if (!isText(code, LONGEST_CODE) || code === UNMAPPED || /[\s\p{Cc}]/u.test(code)) faults.push(`${at}.code: 应为 1–${LONGEST_CODE} 个字符、不含空白、不为 ${UNMAPPED} 的代码 / expected a code of 1 to ${LONGEST_CODE} characters, without blanks, not ${UNMAPPED}`)
  for (const [name, value] of [['zh', zh], ['en', en]] as const) {
    if (!isText(value, LONGEST_NAME)) faults.push(`${at}.${name}: 应为 1–${LONGEST_NAME} 个字的名称 / expected a name of 1 to ${LONGEST_NAME} letters`)
  }
  if (isSkipLevel !== undefined && typeof isSkipLevel !== 'boolean') faults.push(`${at}.isSkipLevel: 应为 true 或 false / expected true or false`)
  if (parent !== undefined && !isText(parent, LONGEST_CODE)) faults.push(`${at}.parent: 应为一级代码 / expected a code of the first level`)
  if (products !== undefined && !(Array.isArray(products) && products.every((one) => isText(one, LONGEST_CODE)))) faults.push(`${at}.products: 应为产品代码的列表 / expected a list of product codes`)
  for (const [name, value] of [['validFrom', validFrom], ['validTo', validTo]] as const) {
    if (!isWhen(value)) faults.push(`${at}.${name}: 应为毫秒时刻 / expected an instant in milliseconds`)
  }
  return faults
}

const startOf = ({ validFrom = Number.NEGATIVE_INFINITY }: Code) => validFrom
const endOf = ({ validTo = Number.POSITIVE_INFINITY }: Code) => validTo
const placeOf = ({ code, parent = '' }: Code) => `${parent}\u001f${code}`

/** Periods that end before they begin, a code twice at one time, a parent or a product that is no code. */
function meaningFaults(field: DictionaryField, fields: Dictionary['fields']): string[] {
  const faults: string[] = []
  const seen = new Map<string, Code[]>()
  const has = (other: DictionaryField, code: string) => (indexOf(fields[other]).get(code) ?? []).length > 0
  fields[field].forEach((one, index) => {
    const at = `${field}[${index}]`
    if (startOf(one) >= endOf(one)) faults.push(`${at}.validTo: ${one.code} 的止不晚于起 / ${one.code} ends before it begins`)
    const before = seen.get(placeOf(one)) ?? []
    if (before.some((other) => startOf(other) < endOf(one) && startOf(one) < endOf(other))) faults.push(`${at}.code: ${one.code} 同一时间有两条 / ${one.code} stands twice at one time`)
    seen.set(placeOf(one), [...before, one])
    if (field === 'phenomenon_l2' && one.parent !== undefined && !has('phenomenon_l1', one.parent)) faults.push(`${at}.parent: '${one.parent}' 不是一级现象 / '${one.parent}' is no phenomenon_l1`)
    const stranger = (one.products ?? []).find((product) => !has('product_l1', product))
    if (stranger !== undefined) faults.push(`${at}.products: '${stranger}' 不是产品代码 / '${stranger}' is no product_l1`)
  })
  return faults
}

/** Why dictionaries, of whatever shape, cannot be put in force, as `field: mend` in both languages; none when they can. */
export function dictionaryFaults({ strict, fields }: Dictionary): string[] {
  const faults: string[] = []
  if (typeof strict !== 'boolean') faults.push('strict: 应为 true 或 false / expected true or false')
  for (const field of DICTIONARY_FIELDS) {
    const codes: unknown = fields[field]
    if (!Array.isArray(codes) || codes.length === 0 || codes.length > MOST_CODES) faults.push(`${field}: 应为 1–${MOST_CODES} 个代码的列表 / expected a list of 1 to ${MOST_CODES} codes`)
    else faults.push(...codes.flatMap((one, index) => shapeFaults(`${field}[${index}]`, one)))
  }
  return faults.length > 0 ? faults : DICTIONARY_FIELDS.flatMap((field) => meaningFaults(field, fields))
}
