import { maskName, maskNumber, maskText, normaliseNumber } from './mask.ts'
import { type KeyKind, MATTER_IDENTIFIERS, PERSON_PARENT, PERSONAL_FIELDS, type Treatment } from './personal-fields.ts'

/**
 * The keyed hash (HMAC-SHA-256, key per province), made by core/engine. It must answer 32 or more hex digits or 40 or more base64url
 * characters, optionally after a key id and a colon: by that form a finished key is known and left alone when protected again.
 */
export type KeyedHash = (kind: KeyKind, value: string) => string

/** The hash that values are known by (`<field>_key`) and, while keys are being changed over, the coming one, stored beside it (`<field>_key_next`). */
export interface KeyedHashes {
  readonly first: KeyedHash
  readonly next: KeyedHash | null
}

type Entry = readonly [key: string, value: string]

/** What the name of a coming key ends in. */
const NEXT = '_next'
/** What stands for a value of which nothing may be shown. */
const HIDDEN = '****'
/** Deeper values are dropped. */
const MAX_DEPTH = 12
const FINISHED_KEY = /^([a-z0-9]{1,16}:)?([0-9a-f]{32,128}|[\w-]{40,128})$/u
/** Digits and what people write between them; a broadband account with letters in it is hashed as it stands. */
const NUMBER_LIKE = /^[\d０-９\s()（）+.－-]+$/u
/** JSON numbers of seven digits and more are taken for telephone numbers, unless their field says what they are. */
const LONG_NUMBER = 1_000_000

const COARSE = new RegExp(
  '^((?:[^\\d\\s]{2,8}?(?:省|自治区))?(?:[^\\d\\s]{2,8}?[市州盟])?(?:[^\\d\\s]{1,8}?(?<![小社园厂校])[区县旗]' +
    // A branch or grid is a name, without a street, a house or a number in it.
    '(?:[^\\d\\s路街巷弄道村号幢栋室楼]{1,8}?支局)?(?:[^\\d\\s路街巷弄道村号幢栋室楼]{1,8}?网格)?)?)',
  'u',
)

/** Whatever their fields are called, their results are named after what they are. */
const isOneKeyed = (name: string | undefined): name is 'customer' | 'agent' => name === 'customer' || name === 'agent'

const snakeCase = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .replace(/[\s-]+/gu, '_')
    .toLowerCase()

/**
 * `江苏省苏州市姑苏区平江路1号` → `江苏省苏州市姑苏区`: down to the district or county, and to the operator's own branch and grid where the
 * address names them right behind it (domain.md 8.4); else to the city; null where none of them is named.
 */
export function coarseAddress(address: string): string | null {
  const parts = COARSE.exec(address.trim())
  return parts?.[1] ? parts[1] : null
}

/** The /24 network of an IPv4 address; null for anything else. */
export function coarseIp(address: string): string | null {
  const match = /^\s*(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(\/24)?\s*$/u.exec(address)
  return match ? `${match[1]}.0/24` : null
}

/** The key of a value, and its coming key where there is one. A finished key is left alone: what it was made of is not known. */
function keysOf(name: string, kind: KeyKind, text: string, { first, next }: KeyedHashes): readonly Entry[] {
  if (FINISHED_KEY.test(text)) return [[name, text]]
  const key: Entry = [name, first(kind, text)]
  return next === null ? [key] : [key, [`${name}${NEXT}`, next(kind, text)]]
}

/** What a source has masked itself is no one's number: hashed, it would make one customer of all whose digits fit. */
const isMask = (text: string): boolean => /[*＊]/u.test(text)

/** One scalar of a personal field; `field` is its bare name, without `_key` or `_mask`. */
function treat(field: string, text: string, treatment: Treatment, hashes: KeyedHashes): readonly Entry[] {
  const mask = (value: string | null): readonly Entry[] => (value === null || value === '' ? [] : [[`${field}_mask`, value]])
  switch (treatment) {
    case 'number': {
      const number = NUMBER_LIKE.test(text) ? normaliseNumber(text) : ''
      const isNumber = number.length >= 5
      const shown: Entry = [`${field}_mask`, isNumber || text.includes('****') ? maskNumber(text) : HIDDEN]
      return isMask(text) ? [shown] : [...keysOf(`${field}_key`, 'number', isNumber ? number : text.trim(), hashes), shown]
    }
    case 'customer':
    case 'agent':
      return isMask(text) ? [] : keysOf(`${treatment}_key`, treatment, text.trim(), hashes)
    case 'name':
      return mask(maskName(text))
    case 'address':
      return mask(coarseAddress(text))
    case 'ip':
      return [...mask(coarseIp(text) ?? '[IP]'), ...keysOf(`${field}_key`, 'ip', text.trim(), hashes)]
    case 'card':
      return mask('[CARD]')
    case 'email':
      return mask('[EMAIL]')
    case 'drop':
      return []
  }
}

/** What a payload key means, worked out once per spelling. */
interface KeyProfile {
  /** Snake case. */
  readonly name: string
  /** As it is stored: the key as sent, without a number in it. */
  readonly stored: string
  readonly treatment: Treatment | undefined
  /** `<field>_key`, `<field>_key_next` and `<field>_mask` of a personal field: the field. */
  readonly resultOf: string | null
  readonly isMatterIdentifier: boolean
}

const profiles = new Map<string, KeyProfile>()
/** Keys come from outside; a feed that invents them must not fill the memory. */
const MOST_PROFILES = 5_000

function profileOf(rawKey: string): KeyProfile {
  let profile = profiles.get(rawKey)
  if (profile === undefined) {
    const name = snakeCase(rawKey)
    const field = name.replace(/_(key(_next)?|mask)$/u, '')
    const isResult = /^(customer|agent)_key(_next)?$/u.test(name) || (field !== name && PERSONAL_FIELDS.has(field))
    profile = {
      name,
      stored: maskText(rawKey),
      treatment: PERSONAL_FIELDS.get(name),
      resultOf: isResult ? field : null,
      isMatterIdentifier: MATTER_IDENTIFIERS.has(name),
    }
    if (profiles.size >= MOST_PROFILES) profiles.clear()
    profiles.set(rawKey, profile)
  }
  return profile
}

/**
 * What a result under its own name becomes: a finished key stays, a clear value there is hashed like one of the field, a mask is masked again,
 * which changes no mask. A clear value under the name of a coming key goes: the field's own key says who it is.
 */
function treatResult(name: string, field: string, text: string, hashes: KeyedHashes): readonly Entry[] {
  if (name.endsWith(NEXT)) return FINISHED_KEY.test(text) ? [[name, text]] : []
  const treatment = isOneKeyed(field) ? field : (PERSONAL_FIELDS.get(field) as Treatment)
  return treat(field, text, treatment, hashes).filter(([key]) => key === name || key === `${name}${NEXT}`)
}

function numberUnder(name: string, value: number): number | string {
  if (Math.abs(value) < LONG_NUMBER) return value
  const whole = String(Math.trunc(Math.abs(value)))
  const isInstant = name.endsWith('_at') && (whole.length === 10 || whole.length === 13)
  const isAmount = /_(cents|minutes|seconds|ms|count|users|subscribers)$|^(users_affected|subscribers|reach)$/u.test(name) && whole.length <= 10
  return isInstant || isAmount ? value : maskNumber(whole)
}

const WHOLLY_PERSONAL = /^\s*(?:1[3-9]\d{9}|[1-9]\d{5}(?:18|19|20)\d{9}[\dXx])\s*$/u

function protectValue({ name, isMatterIdentifier }: KeyProfile, value: unknown, depth: number, hashes: KeyedHashes): unknown {
  if (typeof value === 'string') return isMatterIdentifier && !WHOLLY_PERSONAL.test(value) ? value : maskText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? numberUnder(name, value) : null
  if (typeof value === 'bigint') return maskNumber(String(value))
  if (value === null || typeof value === 'boolean') return value
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return undefined
  if (Array.isArray(value)) return value.map((one) => protectValue(profileOf(name), one, depth + 1, hashes)).filter((one) => one !== undefined)
  return protectRecord(value as Readonly<Record<string, unknown>>, name, depth + 1, hashes)
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
const isUnknown = (value: unknown): boolean => value === null || value === undefined || value === '' || value === -1 || value === '-1'

/** Puts what becomes of a value, or of each value of a list, under the names of the results. */
function addResults(out: Record<string, unknown>, value: unknown, resultsOf: (text: string) => readonly Entry[]): void {
  if (!Array.isArray(value)) {
    if (!isUnknown(value)) for (const [key, result] of resultsOf(String(value))) out[key] = result
    return
  }
  const lists = new Map<string, string[]>()
  for (const one of value) {
    if (isUnknown(one) || !isScalar(one)) continue
    for (const [key, result] of resultsOf(String(one))) {
      const list = lists.get(key)
      if (list === undefined) lists.set(key, [result])
      else list.push(result)
    }
  }
  for (const [key, list] of lists) out[key] = list
}

function addField(out: Record<string, unknown>, profile: KeyProfile, value: unknown, parent: string, depth: number, hashes: KeyedHashes): void {
  const { name, resultOf } = profile
  const treatment = name === 'name' && PERSON_PARENT.test(parent) ? 'name' : profile.treatment
  const isPlain = value === null || isScalar(value) || Array.isArray(value)
  if (treatment !== undefined && isPlain) {
    addResults(out, value, (text) => treat(name, text, treatment, hashes))
  } else if (resultOf !== null && isPlain) {
    // A key that the source sent is not the one made here, so neither is the coming one.
    if (!isUnknown(value)) delete out[`${name}${NEXT}`]
    addResults(out, value, (text) => treatResult(name, resultOf, text, hashes))
  } else if (treatment !== 'drop') {
    const kept = protectValue(profile, value, depth, hashes)
    if (kept !== undefined) out[profile.stored] = kept
  }
}

/** The personal field that a record says it corrects (domain.md 3.4 row 2); null where it corrects none. */
function correctedField({ field }: Readonly<Record<string, unknown>>): string | null {
  if (typeof field !== 'string') return null
  const { name, treatment, resultOf } = profileOf(field)
  if (resultOf !== null && isOneKeyed(resultOf)) return `${resultOf}_id`
  return treatment === undefined ? resultOf : name
}

const PARTS_OF_CORRECTION: ReadonlySet<string> = new Set(['old', 'new', 'new_key', `new_key${NEXT}`])

/** The values of a correction: masked as the field itself would be, and beside the new one its keys, made as those of the field. */
function addCorrection(out: Record<string, unknown>, record: Readonly<Record<string, unknown>>, field: string, depth: number, hashes: KeyedHashes): void {
  const treatment = PERSONAL_FIELDS.get(field)
  const keyName = isOneKeyed(treatment) ? `${treatment}_key` : `${field}_key`
  const keys = { [keyName]: record['new_key'], [`${keyName}${NEXT}`]: record[`new_key${NEXT}`] }
  const made = protectRecord({ [field]: record['new'], ...keys }, '', depth, hashes)
  const before = protectRecord({ [field]: record['old'] }, '', depth, hashes)
  for (const [part, results] of [['old', before] as const, ['new', made] as const]) {
    const value = record[part]
    if (value !== undefined) out[part] = isUnknown(value) ? value : (results[field] ?? results[`${field}_mask`] ?? (Array.isArray(value) ? [] : HIDDEN))
  }
  for (const ending of ['', NEXT]) if (made[`${keyName}${ending}`] !== undefined) out[`new_key${ending}`] = made[`${keyName}${ending}`]
}

/** Results that the source itself sent (`customer_key` beside `customer_id`) come after those made here, and stand. */
function protectRecord(record: Readonly<Record<string, unknown>>, parent: string, depth: number, hashes: KeyedHashes): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  const sent: string[] = []
  const corrected = correctedField(record)
  for (const rawKey of Object.keys(record)) {
    if (rawKey === '__proto__' || (corrected !== null && PARTS_OF_CORRECTION.has(rawKey))) continue
    const profile = profileOf(rawKey)
    if (profile.resultOf !== null) sent.push(rawKey)
    else addField(out, profile, record[rawKey], parent, depth, hashes)
  }
  // Keys before coming keys.
  sent.sort((a, b) => Number(profileOf(a).name.endsWith(NEXT)) - Number(profileOf(b).name.endsWith(NEXT)))
  for (const rawKey of sent) addField(out, profileOf(rawKey), record[rawKey], parent, depth, hashes)
  if (corrected !== null) addCorrection(out, record, corrected, depth, hashes)
  return out
}

/**
 * A payload without a clear telephone number, name, identity number or address (invariant 13, domain.md 8.4): named fields by the
 * catalogue, all other text and long numbers by their content, at any depth to a bound. Protecting twice changes nothing more. Anything but
 * an object becomes an object without fields.
 */
export function protectPayload(payload: unknown, hashes: KeyedHashes): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return {}
  return protectRecord(payload as Readonly<Record<string, unknown>>, '', 0, hashes)
}

/**
 * {@link protectPayload} of a correction, which may bring what changes of another event's payload: of a personal field that it says is not
 * known any more there stays a null under the field's name, for that is a change too.
 */
export function protectChanges(payload: unknown, hashes: KeyedHashes): Record<string, unknown> {
  const made = protectPayload(payload, hashes)
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return made
  for (const [key, value] of Object.entries(payload)) {
    const { name, treatment } = profileOf(key)
    if (treatment !== undefined && treatment !== 'drop' && isUnknown(value)) made[name] = null
  }
  return made
}

/** The personal field that a payload's key, the field's own or that of a result, tells of; `customer` of all that make the customer's key, `agent` likewise. */
export function personalFieldOf(key: string): string | null {
  const { name, treatment, resultOf } = profileOf(key)
  if (treatment === undefined) return resultOf
  return isOneKeyed(treatment) ? treatment : name
}

/**
 * A protected payload with a protected correction's words in the place of its own. A personal field goes with all its results: a key of the
 * old number beside the mask of the new one would be another's.
 */
export function withChanges(payload: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const changed = new Set(Object.keys(changes).map(personalFieldOf))
  changed.delete(null)
  const kept = Object.entries(payload).filter(([key]) => !changed.has(personalFieldOf(key)))
  return { ...Object.fromEntries(kept), ...changes }
}
