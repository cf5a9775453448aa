import { normaliser } from '../near-duplicate/normalise.ts'

const normalised = normaliser([])

/** Two finishes of MurmurHash3 over the units of a text: 64 bits in 13 characters, so that no two texts of a day are taken for one. */
function digestOf(text: string): string {
  let [a, b] = [0x9e3779b1, 0x85ebca77]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    a = Math.imul(a ^ unit, 0x85ebca6b)
    a ^= a >>> 15
    b = Math.imul(b ^ unit, 0xc2b2ae35)
    b ^= b >>> 13
  }
  a = Math.imul(a ^ text.length, 0xc2b2ae35)
  b = Math.imul(b ^ text.length, 0x27d4eb2f)
  const word = (value: number) => ((value ^ (value >>> 16)) >>> 0).toString(36).padStart(7, '0')
  return word(a) + word(b)
}

/**
 * By what replies of equal wording are found (domain.md 4.3 AT-17 "identical after normalising"): case, width, punctuation, white space and numbers
 * make no difference, as in 5.3.2-1. Null for a text that says nothing in letters or digits.
 */
export function replyDigest(text: string): string | null {
  const plain = normalised(text)
  return plain === '' ? null : digestOf(plain)
}
