import { CONTIGUOUS, type DigitScan, SEPARATED } from './digit-scan.ts'

export type NumberKind = 'mobile' | 'fixed' | 'id' | 'id_x' | 'card' | 'ipv4' | 'long'

export interface NumberMatch {
  readonly kind: NumberKind
  /** Digits taken. */
  readonly length: number
}

const MOBILE = 11
const LONG = 11
const DOT = 0x2e

export const isMobile = (digits: string): boolean => /^1[3-9]\d{9}$/u.test(digits)

/** With its area code: 010 and 02x have three digits, all others four; then seven or eight. */
export const isFixedNumber = (digits: string): boolean => /^(010|02\d)\d{7,8}$|^0[3-9]\d{2}\d{7,8}$/u.test(digits)

const digit = (scan: DigitScan, i: number): number => scan.value[i] as number
const pair = (scan: DigitScan, i: number): number => digit(scan, i) * 10 + digit(scan, i + 1)

/** Digits that stand together with the one at `i`, which starts a group. */
const groupLength = (scan: DigitScan, i: number): number => (scan.groupEnd[i] as number) - i

/** Whether exactly `length` digits from `i` end a group, with nothing but separators on the way. */
function spans(scan: DigitScan, i: number, length: number): boolean {
  const end = i + length
  return end <= (scan.reach[i] as number) && (end === scan.count || scan.link[end] !== CONTIGUOUS)
}

/** `YYYY-MM-DD`-like groups from `i` on; the numbers of a date begin no telephone number. */
function isDate(scan: DigitScan, i: number): boolean {
  if (i + 5 >= scan.count || digit(scan, i) !== 2 || digit(scan, i + 1) !== 0 || groupLength(scan, i) !== 4) return false
  const separator = scan.text[(scan.at[i + 3] as number) + 1]
  if (separator !== '-' && separator !== '.' && separator !== '/') return false
  const month = groupLength(scan, i + 4)
  return (
    scan.link[i + 4] === SEPARATED &&
    month <= 2 &&
    i + 4 + month < scan.count &&
    scan.link[i + 4 + month] === SEPARATED &&
    groupLength(scan, i + 4 + month) <= 2
  )
}

const isInsideDate = (scan: DigitScan, i: number): boolean => {
  for (let back = 4; back <= 6 && back <= i; back++) if (scan.link[i - back] !== CONTIGUOUS && isDate(scan, i - back)) return true
  return false
}

const isDayOf = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31

/** Region, birth date, sequence: six digits, a date of 18xx–20xx, then three and a check character. */
function isIdentity(scan: DigitScan, i: number): boolean {
  const century = pair(scan, i + 6)
  return digit(scan, i) > 0 && century >= 18 && century <= 20 && isDayOf(pair(scan, i + 10), pair(scan, i + 12))
}

/** The identity number of 15 digits in its three groups: region, birth date without the century, sequence. */
function isOldIdentity(scan: DigitScan, i: number): boolean {
  if (groupLength(scan, i) !== 6 || groupLength(scan, i + 6) !== 6 || !spans(scan, i, 15)) return false
  return digit(scan, i) > 0 && isDayOf(pair(scan, i + 8), pair(scan, i + 10))
}

const isCheckX = (scan: DigitScan, last: number): boolean => 'xXｘＸ'.includes(scan.text[(scan.at[last] as number) + 1] ?? ' ')

function matchIdentity(scan: DigitScan, i: number): NumberMatch | null {
  if (spans(scan, i, 18) && isIdentity(scan, i)) return { kind: 'id', length: 18 }
  if (spans(scan, i, 17) && isIdentity(scan, i) && isCheckX(scan, i + 16)) return { kind: 'id_x', length: 17 }
  const group = groupLength(scan, i)
  if (group === 17 && isCheckX(scan, i + 16)) return { kind: 'id_x', length: 17 }
  return group === 15 || isOldIdentity(scan, i) ? { kind: 'id', length: 15 } : null
}

/** Written together, or in groups of four with a shorter or equal last one. */
function matchCard(scan: DigitScan, i: number): NumberMatch | null {
  const group = groupLength(scan, i)
  if (group >= 16 && group <= 19) return { kind: 'card', length: group }
  if (group !== 4) return null
  let length = 0
  while (length < 16 && i + length < scan.count && groupLength(scan, i + length) === 4 && (length === 0 || scan.link[i + length] === SEPARATED))
    length += 4
  if (length !== 16) return null
  const rest = i + 16 < scan.count && scan.link[i + 16] === SEPARATED ? groupLength(scan, i + 16) : 0
  return { kind: 'card', length: rest <= 3 ? 16 + rest : 16 }
}

/** The area code in a group of its own or run into the number; the rest in at most three groups. */
function matchFixed(scan: DigitScan, i: number): NumberMatch | null {
  if (digit(scan, i) !== 0 || i + 9 >= scan.count) return null
  const second = digit(scan, i + 1)
  const area = (second === 1 && digit(scan, i + 2) === 0) || second === 2 ? 3 : second >= 3 ? 4 : 0
  const group = groupLength(scan, i)
  if (area === 0 || (group !== area && group < area + 7)) return null
  for (const length of [area + 8, area + 7]) if (spans(scan, i, length)) return { kind: 'fixed', length }
  return null
}

function matchMobile(scan: DigitScan, i: number): NumberMatch | null {
  if (digit(scan, i) === 1 && digit(scan, i + 1) >= 3 && spans(scan, i, MOBILE) && !isInsideDate(scan, i)) return { kind: 'mobile', length: MOBILE }
  return null
}

/** Four groups of 0–255 with single dots between. */
function matchIpv4(scan: DigitScan, i: number): NumberMatch | null {
  let length = 0
  for (let part = 0; part < 4; part++) {
    const start = i + length
    if (start >= scan.count) return null
    const group = groupLength(scan, start)
    if (group > 3 || (group === 3 && digit(scan, start) * 100 + pair(scan, start + 1) > 255)) return null
    const place = scan.at[start] as number
    if (part > 0 && (scan.text[place - 1] !== '.' || place - 2 !== scan.at[start - 1])) return null
    length += group
  }
  return { kind: 'ipv4', length }
}

/** Text goes by digit by digit: the first digit and the length of its group rule out most patterns at once. */
function matchNumber(scan: DigitScan, i: number): NumberMatch | null {
  const first = digit(scan, i)
  if (first === 0) return matchFixed(scan, i)
  const mobile = first === 1 ? matchMobile(scan, i) : null
  return mobile ?? ((scan.reach[i] as number) - i >= 15 ? matchIdentity(scan, i) : null)
}

/** What begins at the digit `i`, or null. Only the first digit of a group begins anything. */
export function matchAt(scan: DigitScan, i: number): NumberMatch | null {
  if (scan.link[i] === CONTIGUOUS || (scan.reach[i] as number) - i < 4) return null
  const group = groupLength(scan, i)
  const number = matchNumber(scan, i) ?? (group === 4 || group >= 16 ? matchCard(scan, i) : null)
  if (number) return number
  if (group >= LONG) return { kind: 'long', length: group }
  return group <= 3 && scan.text.charCodeAt((scan.at[i] as number) + group) === DOT ? matchIpv4(scan, i) : null
}

function digitsOf(scan: DigitScan, from: number, to: number): string {
  let digits = ''
  for (let i = from; i < to; i++) digits += digit(scan, i)
  return digits
}

/** What stands in the text instead of the match that begins at digit `i`. */
export function replacementFor(scan: DigitScan, i: number, { kind, length }: NumberMatch): string {
  if (kind === 'id' || kind === 'id_x') return '[ID]'
  if (kind === 'card') return '[CARD]'
  if (kind === 'ipv4') return '[IP]'
  const isShortArea = kind === 'fixed' && digit(scan, i + 1) <= 2
  const isAbroad = kind === 'long' && length === MOBILE + 2 && digitsOf(scan, i, i + 2) === '86'
  const head = isAbroad ? 5 : kind === 'fixed' && !isShortArea ? 4 : 3
  return `${digitsOf(scan, i, i + head)}****${digitsOf(scan, i + length - 4, i + length)}`
}
