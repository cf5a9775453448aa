import { maskText } from '../domain/protect/mask.ts'

/** Why an item cannot go in (design.md section 7): the field, what was expected and what to do, each in both languages. */
export interface Refusal {
  readonly code: string
  readonly field: string
  readonly expected: string
  readonly mend: string
}

const LIMITS = { depth: 8, values: 2_000, keys: 200, key: 64, text: 20_000 }
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

interface Fault {
  readonly code: string
  readonly path: readonly (string | number)[]
}

const EXPLANATIONS: Readonly<Record<string, readonly [expected: string, mend: string]>> = {
  nul_character: ['不含 NUL 字符的文本 / text without NUL characters', '删除 U+0000 后重发 / remove U+0000 and send again'],
  broken_text: [
    '有效的 Unicode 文本 / well-formed Unicode text',
    '修正编码（孤立代理项）后重发 / mend the encoding (a lone surrogate) and send again',
  ],
  control_character: [
    '不含 U+001E、U+001F 的文本 / text without U+001E and U+001F',
    '删除控制字符后重发 / remove the control characters and send again',
  ],
  too_long: [`最多 ${LIMITS.text} 个字符 / at most ${LIMITS.text} characters`, '缩短后重发 / shorten it and send again'],
  too_deep: [`嵌套最多 ${LIMITS.depth} 层 / at most ${LIMITS.depth} levels deep`, '压平嵌套后重发 / flatten it and send again'],
  too_many_values: [
    `一条最多 ${LIMITS.values} 个值 / at most ${LIMITS.values} values in an item`,
    '拆分或精简后重发 / split or trim it and send again',
  ],
  bad_key: [`1–${LIMITS.key} 字符的普通键名 / ordinary key names of 1–${LIMITS.key} characters`, '改键名后重发 / rename the key and send again'],
  number_out_of_range: ['±9007199254740991 以内的数 / a number within ±9007199254740991', '改为合理数值或文本 / give a sensible number, or text'],
}

// Under the `u` flag a surrogate that is half of a pair is no surrogate any more.
const LONE_SURROGATE = /\p{Surrogate}/u
const LONE_SURROGATES = /\p{Surrogate}/gu

function textFault(text: string): string | null {
  if (text.length > LIMITS.text) return 'too_long'
  if (text.includes('\u0000')) return 'nul_character'
  if (text.includes('\u001f') || text.includes('\u001e')) return 'control_character'
  return LONE_SURROGATE.test(text) ? 'broken_text' : null
}

interface Count {
  left: number
}

function walkList(list: readonly unknown[], depth: number, count: Count): Fault | null {
  for (let index = 0; index < list.length; index++) {
    const fault = walk(list[index], depth, count)
    if (fault !== null) return { code: fault.code, path: [index, ...fault.path] }
  }
  return null
}

function walkRecord(record: Readonly<Record<string, unknown>>, depth: number, count: Count): Fault | null {
  for (const key of Object.keys(record)) {
    const fault = isBadKey(key) ? { code: 'bad_key', path: [] } : walk(record[key], depth, count)
    if (fault !== null) return { code: fault.code, path: [key, ...fault.path] }
  }
  return null
}

function walk(value: unknown, depth: number, count: Count): Fault | null {
  count.left -= 1
  if (count.left < 0) return { code: 'too_many_values', path: [] }
  if (typeof value === 'string') {
    const code = textFault(value)
    return code === null ? null : { code, path: [] }
  }
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? null : { code: 'number_out_of_range', path: [] }
  if (value === null || typeof value !== 'object') return null
  if (depth === 0) return { code: 'too_deep', path: [] }
  return Array.isArray(value) ? walkList(value, depth - 1, count) : walkRecord(value as Readonly<Record<string, unknown>>, depth - 1, count)
}

const isBadKey = (key: string) => key.length === 0 || key.length > LIMITS.key || FORBIDDEN_KEYS.has(key) || textFault(key) !== null

/** The name of a field as the sender wrote it, fit to be shown and kept: cut short, nothing personal, nothing that breaks a screen or a database. */
export const shownName = (name: string): string => maskText(presentable(name)).slice(0, 64)

const showPath = (path: readonly (string | number)[]) => path.map((part) => shownName(String(part))).join('.') || '*'

// Eleven digits of a mobile number standing alone.
const MOBILE = /(?<!\d)1[3-9]\d{9}(?!\d)/

/** Whether an id that must be kept as it is holds a telephone number. */
export const holdsNumber = (id: string): boolean => id.length >= 11 && MOBILE.test(id)

/** Text that every column and every screen can hold: no NUL, no separators, no lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
export const presentable = (text: string): string => text.replace(LONE_SURROGATES, '\ufffd').replace(/[\u0000\u001e\u001f]/g, '\ufffd')

/** What about an item no database or screen could hold: broken characters, absurd sizes, depths and numbers; null when it is clean. */
export function unfitness(item: unknown): Refusal | null {
  const fault = walk(item, LIMITS.depth, { left: LIMITS.values })
  if (fault === null) return null
  const [expected, mend] = EXPLANATIONS[fault.code] as readonly [string, string]
  return { code: fault.code, field: showPath(fault.path), expected, mend }
}

const KEPT = { depth: 6, values: 500, text: 64_000, cut: 2_000 }
// What a cut through a number, an address or a name could leave behind.
const LOOSE_END = /[\w\s@.+\-()（）０-９]{0,200}$/u

/**
 * A copy of a refused item small and clean enough to keep, to be masked next; `isWhole` is false when something had to go.
 * A text that is cut loses its loose end, so that no number escapes masking by being cut in two.
 */
export function keepsake(item: unknown): { readonly value: unknown; readonly isWhole: boolean } {
  const left = { values: KEPT.values, text: KEPT.text }
  let isWhole = true
  const drop = <T>(value: T): T => {
    isWhole = false
    return value
  }
  const text = (raw: string): string => {
    left.text -= Math.min(raw.length, LIMITS.text)
    if (left.text < 0) return drop('…')
    const shown = raw.length > LIMITS.text ? drop(`${raw.slice(0, KEPT.cut).replace(LOOSE_END, '')}…`) : raw
    return presentable(shown)
  }
  const copy = (value: unknown, depth: number): unknown => {
    left.values -= 1
    if (left.values < 0 || depth === 0) return drop('…')
    if (typeof value === 'string') return text(value)
    if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : drop('…')
    if (typeof value === 'boolean' || value === null) return value
    if (typeof value !== 'object') return null
    if (Array.isArray(value)) return value.slice(0, left.values + 1).map((held) => copy(held, depth - 1))
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, left.values + 1)
        .map(([key, held]) => [presentable(key.slice(0, 64)), copy(held, depth - 1)]),
    )
  }
  // A bare text is a line that could not be read, perhaps cut by whoever read it.
  const whole = typeof item === 'string' && item.length >= KEPT.cut ? item.slice(0, KEPT.cut).replace(LOOSE_END, '') : item
  return { value: copy(whole, KEPT.depth), isWhole }
}
