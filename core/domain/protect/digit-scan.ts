/** How a digit follows the one before it. */
export const CONTIGUOUS = 0
/** Up to three spaces, dashes, dots or closing brackets lie between. */
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
}

const MAX_SEPARATORS = 3
const SEPARATORS: ReadonlySet<number> = new Set([...' \t\u00a0\u3000-－–—‐‑.．·_)）'].map((character) => character.charCodeAt(0)))

/** The digit at `index`, or -1. */
export function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0xff10 && code <= 0xff19 ? code - 0xff10 : -1
}

const runEnd = (text: string, start: number): number => {
  let end = start
  while (digitAt(text, end) >= 0) end += 1
  return end
}

/** Where the finished mask that starts with the digits [start, end) ends; -1 when it is none: 2–5 digits, four stars, exactly four digits. */
function maskEnd(text: string, start: number, end: number): number {
  if (end - start < 2 || end - start > 5 || !text.startsWith('****', end)) return -1
  const tail = runEnd(text, end + 4)
  return tail - (end + 4) === 4 ? tail : -1
}

/** Finds the digits of `text` in one walk. */
export function scanDigits(text: string): DigitScan {
  const at = new Int32Array(text.length)
  const value = new Uint8Array(text.length)
  const link = new Uint8Array(text.length)
  let count = 0
  let between = MAX_SEPARATORS + 1
  for (let i = 0; i < text.length; ) {
    const end = runEnd(text, i)
    if (end === i) {
      between = SEPARATORS.has(text.charCodeAt(i)) ? between + 1 : MAX_SEPARATORS + 1
      i += 1
      continue
    }
    const masked = maskEnd(text, i, end)
    if (masked >= 0) {
      between = MAX_SEPARATORS + 1
      i = masked
      continue
    }
    for (let j = i; j < end; j++) {
      at[count] = j
      value[count] = digitAt(text, j)
      link[count] = j > i ? CONTIGUOUS : between <= MAX_SEPARATORS ? SEPARATED : APART
      count += 1
    }
    between = 0
    i = end
  }
  return { text, count, at, value, link }
}
