/** How a digit follows the one before it. */
export const CONTIGUOUS = 0
/** Up to three blanks (line ends and invisible ones too), dashes, dots, slashes or closing brackets lie between. */
export const SEPARATED = 1
/** Anything else lies between, or nothing comes before. */
export const APART = 2

/** The digits of a text, half- and full-width, with their places and how they hang together. Parts of a finished mask (`138****1111`) are left out. */
export interface DigitScan {
  readonly text: string
  readonly count: number
  /** Index in the text. */
  readonly at: Int32Array
  readonly value: Uint8Array
  readonly link: Uint8Array
  /** For the first digit of a group the end (exclusive) of the digits that stand together with it. */
  readonly groupEnd: Int32Array
  /** The end (exclusive) of the digits that nothing but separators parts from this one. */
  readonly reach: Int32Array
}

const MAX_SEPARATORS = 3
/** Patterns may look this far past the last digit; reading outside an array would make every later reading slow. */
const LOOK_AHEAD = 24
const isSeparator = new Uint8Array(0x10000)
const SEPARATORS =
  ' \t\n\v\f\r\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d' +
  '\u2028\u2029\u202f\u205f\u2060\u3000\ufeff-－–—‐‑‒−.．·•_/／)）'
for (const character of SEPARATORS) isSeparator[character.charCodeAt(0)] = 1

/** The digit of a character code, or -1. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0xff10 && code <= 0xff19 ? code - 0xff10 : -1
}

const runEnd = (text: string, start: number): number => {
  let end = start
  while (end < text.length && digitOf(text.charCodeAt(end)) >= 0) end += 1
  return end
}

/** Where the finished mask that starts with the digits [start, end) ends; -1 when it is none: 2–5 digits, four stars, exactly four digits. */
function maskEnd(text: string, start: number, end: number): number {
  if (end - start < 2 || end - start > 5 || !text.startsWith('****', end)) return -1
  const tail = runEnd(text, end + 4)
  return tail - (end + 4) === 4 ? tail : -1
}

/** Fills groupEnd and reach from the back. */
function withEnds(text: string, count: number, at: Int32Array, value: Uint8Array, link: Uint8Array): DigitScan {
  const groupEnd = new Int32Array(count + LOOK_AHEAD)
  const reach = new Int32Array(count + LOOK_AHEAD)
  for (let i = count - 1; i >= 0; i--) {
    const next = i + 1 < count ? link[i + 1] : APART
    groupEnd[i] = next === CONTIGUOUS ? (groupEnd[i + 1] as number) : i + 1
    reach[i] = next === APART ? i + 1 : (reach[i + 1] as number)
  }
  return { text, count, at, value, link, groupEnd, reach }
}

function countDigits(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) if (digitOf(text.charCodeAt(i)) >= 0) count += 1
  return count
}

/** Finds the digits of `text`; null when there are fewer than `least`. */
export function scanDigits(text: string, least: number): DigitScan | null {
  const digits = countDigits(text)
  if (digits < least) return null
  const size = digits + LOOK_AHEAD
  const at = new Int32Array(size)
  const value = new Uint8Array(size)
  const link = new Uint8Array(size)
  let count = 0
  let between = MAX_SEPARATORS + 1
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i)
    if (digitOf(code) < 0) {
      between = isSeparator[code] === 1 ? between + 1 : MAX_SEPARATORS + 1
      i += 1
      continue
    }
    const end = runEnd(text, i)
    const masked = maskEnd(text, i, end)
    if (masked >= 0) {
      between = MAX_SEPARATORS + 1
      i = masked
      continue
    }
    for (let j = i; j < end; j++) {
      at[count] = j
      value[count] = digitOf(text.charCodeAt(j))
      link[count] = j > i ? CONTIGUOUS : between <= MAX_SEPARATORS ? SEPARATED : APART
      count += 1
    }
    between = 0
    i = end
  }
  return withEnds(text, count, at, value, link)
}
