import { scanDigits } from './digit-scan.ts'
import { isFixedNumber, isMobile, matchAt, replacementFor } from './number-patterns.ts'

const classOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(0x10000)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
// Digits in both widths: a masked number stands in half width, and must not make an address of what was none before.
const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789０１２３４５６７８９'
const IN_LOCAL_PART = classOf(`${LETTERS_AND_DIGITS}._%+-`)
const IN_DOMAIN = classOf(`${LETTERS_AND_DIGITS}.-`)
const DOT = 0x2e
const DASH = 0x2d
const AT = 0x40
const FULL_WIDTH_AT = 0xff20

/** Where the domain that starts at `start` ends, trailing dots and dashes left out; -1 when it is none. */
function domainEnd(text: string, start: number): number {
  let end = start
  let firstDot = -1
  for (; end < text.length && IN_DOMAIN[text.charCodeAt(end)] === 1; end++) if (firstDot < 0 && text.charCodeAt(end) === DOT) firstDot = end
  while (end > start && (text.charCodeAt(end - 1) === DOT || text.charCodeAt(end - 1) === DASH)) end -= 1
  return firstDot > start && firstDot < end ? end : -1
}

/** Replaces e-mail addresses, walking from @ to @. Neither the local part nor the domain holds one, so nothing is read more than twice. */
function maskAddresses(text: string): string {
  let out = ''
  let done = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code !== AT && code !== FULL_WIDTH_AT) continue
    let start = index
    while (start > done && IN_LOCAL_PART[text.charCodeAt(start - 1)] === 1) start -= 1
    const end = start < index ? domainEnd(text, index + 1) : -1
    if (end < 0) continue
    out += `${text.slice(done, start)}[EMAIL]`
    done = end
  }
  return done === 0 ? text : out + text.slice(done)
}

/** An IPv4 address has four. */
const LEAST_DIGITS = 4

function maskNumbers(text: string): string {
  const scan = scanDigits(text, LEAST_DIGITS)
  if (scan === null) return text
  let out = ''
  let done = 0
  for (let i = 0; i < scan.count; ) {
    const match = matchAt(scan, i)
    if (match === null) {
      i += 1
      continue
    }
    out += text.slice(done, scan.at[i]) + replacementFor(scan, i, match)
    done = (scan.at[i + match.length - 1] as number) + 1 + (match.kind === 'id_x' ? 1 : 0)
    i += match.length
  }
  return done === 0 ? text : out + text.slice(done)
}

/**
 * Masks personal numbers in free text (domain.md 8.4): mobile and fixed numbers keep their head and last four digits, identity numbers
 * become `[ID]`, cards `[CARD]`, e-mail `[EMAIL]`, IPv4 `[IP]`; also with full-width digits and with spaces or dashes between digits. Any other run of 11 and more
 * digits is shortened like a telephone number. Linear in the length of the text; masking twice changes nothing more.
 */
export function maskText(text: string): string {
  return maskNumbers(maskAddresses(text))
}

const HALF_WIDTH_ZERO = 0x30
const FULL_WIDTH_ZERO = 0xff10

/** The digits of a telephone number as sources write it, in half width, without the country code of a mobile. The form that keys are made of. */
export function normaliseNumber(number: string): string {
  const digits = number
    .replace(/[０-９]/gu, (digit) => String.fromCharCode(digit.charCodeAt(0) - FULL_WIDTH_ZERO + HALF_WIDTH_ZERO))
    .replace(/\D/gu, '')
  const rest = digits.replace(/^(00)?86/u, '')
  return isMobile(rest) || isFixedNumber(rest) ? rest : digits
}

/** Mask of one number: `138****1111`, `0512****1111`; of shorter ones less is shown, of 4 digits and fewer nothing. A mask stays as it is. */
export function maskNumber(number: string): string {
  if (/^\d{0,5}\*{4}\d{0,4}$/u.test(number)) return number
  const digits = normaliseNumber(number)
  if (isFixedNumber(digits)) return `${digits.slice(0, /^0(10|2)/u.test(digits) ? 3 : 4)}****${digits.slice(-4)}`
  if (digits.length >= 11) return `${digits.slice(0, 3)}****${digits.slice(-4)}`
  if (digits.length >= 8) return `****${digits.slice(-4)}`
  return digits.length >= 5 ? `****${digits.slice(-2)}` : '****'
}

/** `张三` → `张**`: the first character, whatever the length of the name (domain.md 8.4). */
export function maskName(name: string): string {
  const [first] = name.trim()
  return first === undefined ? '' : `${first}**`
}
