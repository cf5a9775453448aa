import { maskName, maskNumber, maskText, normaliseNumber } from './mask.ts'
import { type KeyKind, MATTER_IDENTIFIERS, PERSON_PARENT, PERSONAL_FIELDS, type Treatment } from './personal-fields.ts'

/**
 * The keyed hash (HMAC-SHA-256, key per province), made by core/engine. It must answer 32 or more hex digits or 40 or more base64url
 * characters, optionally after a key id and a colon: by that form a finished key is known and left alone when protected again.
 */
export type KeyedHash = (kind: KeyKind, value: string) => string

type Entry = readonly [key: string, value: unknown]

/** Deeper values are dropped. */
const MAX_DEPTH = 12
const FINISHED_KEY = /^([a-z0-9]{1,16}:)?([0-9a-f]{32,128}|[\w-]{40,128})$/u
/** JSON numbers with this many digits and more are taken for telephone numbers, unless their field says what they are. */
const LONG_NUMBER = 7

const snakeCase = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .replace(/[\s-]+/gu, '_')
    .toLowerCase()

/** `江苏省苏州市姑苏区平江路1号` → `江苏省苏州市姑苏区`: down to district or county, else to the city; null where neither is named. */
export function coarseAddress(address: string): string | null {
  const parts = /^((?:[^\d\s]{2,8}?(?:省|自治区))?(?:[^\d\s]{2,8}?[市州盟])?(?:[^\d\s]{1,8}?(?<![小社园厂校])[区县旗])?)/u.exec(address.trim())
  return parts?.[1] ? parts[1] : null
}

/** The /24 network of an IPv4 address; null for anything else. */
export function coarseIp(address: string): string | null {
  const match = /^\s*(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(\/24)?\s*$/u.exec(address)
  return match ? `${match[1]}.0/24` : null
}

const keyOnce = (kind: KeyKind, text: string, hash: KeyedHash): string => (FINISHED_KEY.test(text) ? text : hash(kind, text))

/** One scalar of a personal field; `field` is its bare name, without `_key` or `_mask`. */
function treat(field: string, text: string, treatment: Treatment, hash: KeyedHash): readonly Entry[] {
  const mask = (value: string | null): readonly Entry[] => (value === null || value === '' ? [] : [[`${field}_mask`, value]])
  switch (treatment) {
    case 'number': {
      const number = normaliseNumber(text)
      const isNumber = number.length >= 5
      return [
        [`${field}_key`, keyOnce('number', isNumber ? number : text.trim(), hash)],
        [`${field}_mask`, isNumber ? maskNumber(text) : '****'],
      ]
    }
    case 'customer':
      return [['customer_key', keyOnce('customer', text.trim(), hash)]]
    case 'name':
      return mask(maskName(text))
    case 'address':
      return mask(coarseAddress(text))
    case 'ip':
      return [...mask(coarseIp(text) ?? '[IP]'), [`${field}_key`, keyOnce('ip', text.trim(), hash)]]
    case 'card':
      return mask('[CARD]')
    case 'email':
      return mask('[EMAIL]')
    case 'drop':
      return []
  }
}

/** A value that is already a result: `<field>_key` stays when it is a finished key, `<field>_mask` is masked again, which changes no mask. */
function treatResult(key: string, text: string, hash: KeyedHash): readonly Entry[] | null {
  if (key === 'customer_key') return [[key, keyOnce('customer', text, hash)]]
  const field = key.replace(/_(key|mask)$/u, '')
  const treatment = field === key ? undefined : PERSONAL_FIELDS.get(field)
  if (treatment === undefined) return null
  const entries = treat(field, text, treatment, hash)
  return entries.filter(([name]) => name === key)
}

function numberUnder(key: string, value: number): number | string {
  const digits = String(Math.trunc(Math.abs(value))).length
  const isInstant = key.endsWith('_at') && (digits === 10 || digits === 13)
  const isAmount = /_(cents|minutes|seconds|ms|count|users|subscribers)$/u.test(key) && digits <= 10
  return digits < LONG_NUMBER || isInstant || isAmount ? value : maskNumber(String(Math.trunc(Math.abs(value))))
}

function textUnder(key: string, value: string): string {
  if (!MATTER_IDENTIFIERS.has(key)) return maskText(value)
  return /^\s*(?:1[3-9]\d{9}|[1-9]\d{5}(?:18|19|20)\d{9}[\dXx])\s*$/u.test(value) ? maskText(value) : value
}

const isUnknown = (value: unknown): boolean => value === null || value === undefined || value === '' || value === -1 || value === '-1'

function entriesOf(rawKey: string, value: unknown, parent: string, depth: number, hash: KeyedHash): readonly Entry[] {
  const key = snakeCase(rawKey)
  const treatment = key === 'name' && PERSON_PARENT.test(parent) ? 'name' : PERSONAL_FIELDS.get(key)
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
  if (treatment !== undefined && (isScalar || Array.isArray(value))) {
    const scalars = (Array.isArray(value) ? value : [value]).filter((one) => !isUnknown(one) && typeof one !== 'object')
    return joined(
      scalars.flatMap((one) => treat(key, String(one), treatment, hash)),
      Array.isArray(value),
    )
  }
  if (treatment === 'drop') return []
  if (typeof value === 'string') {
    const results = treatResult(key, value, hash)
    if (results) return results
  }
  const kept = protectValue(key, value, depth, hash)
  return kept === undefined ? [] : [[treatment === undefined ? maskText(rawKey) : key, kept]]
}

/** Several values of one field become lists under its results. */
function joined(entries: readonly Entry[], isList: boolean): readonly Entry[] {
  if (!isList) return entries
  const lists = new Map<string, unknown[]>()
  for (const [key, value] of entries) lists.set(key, [...(lists.get(key) ?? []), value])
  return [...lists]
}

function protectValue(key: string, value: unknown, depth: number, hash: KeyedHash): unknown {
  if (typeof value === 'string') return textUnder(key, value)
  if (typeof value === 'number') return Number.isFinite(value) ? numberUnder(key, value) : null
  if (typeof value === 'bigint') return maskNumber(String(value))
  if (value === null || typeof value === 'boolean') return value
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return undefined
  if (Array.isArray(value)) return value.map((one) => protectValue(key, one, depth + 1, hash)).filter((one) => one !== undefined)
  return protectRecord(value as Readonly<Record<string, unknown>>, key, depth + 1, hash)
}

/** Results that the source itself sent (`customer_key` beside `customer_id`) come before those made here. */
function protectRecord(record: Readonly<Record<string, unknown>>, parent: string, depth: number, hash: KeyedHash): Record<string, unknown> {
  const entries = Object.entries(record).map(([key, value]) => ({
    isResult: /_(key|mask)$/u.test(snakeCase(key)),
    entries: entriesOf(key, value, parent, depth, hash),
  }))
  const made = entries.filter((entry) => !entry.isResult).flatMap((entry) => entry.entries)
  const sent = entries.filter((entry) => entry.isResult).flatMap((entry) => entry.entries)
  return Object.fromEntries([...made, ...sent])
}

/**
 * A payload without a clear telephone number, name, identity number or address (invariant 13, domain.md 8.4): named fields by the
 * catalogue, all other text and long numbers by their content, at any depth to a bound. Protecting twice changes nothing more. Anything but
 * an object becomes an object without fields.
 */
export function protectPayload(payload: unknown, hash: KeyedHash): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return {}
  return protectRecord(payload as Readonly<Record<string, unknown>>, '', 0, hash)
}
