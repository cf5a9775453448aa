import { maskText } from '../protect/mask.ts'

/** What stands for a mobile number, and for any other number. Upper case, so that no letter of a text can be taken for it. */
const PHONE = '#P#'
const NUMBER = '#'

const FULL_WIDTH = /[\uff01-\uff5e]/gu
const FULL_WIDTH_BEGINS = 0xfee0

/**
 * In this order: the mask of an 11-digit number that starts with 1 (with its country code or without); the masks of other numbers, numbers with
 * their decimals; what is neither letter nor digit. The bracket stands apart, or a run of punctuation would open `[ID]`.
 */
const PIECES = /((?:86)?1\d\d\*{4}\d{4}(?!\d))|(\d{2,5}\*{4}\d{4}(?!\d)|\[(?:id|card|ip)\]|\d+(?:\.\d+)?)|[^\p{L}\p{M}\p{N}[]+|\[/gu

/** A text without what differs between copies of it. It is masked first, as intake does: what was stored and what was sent give the same. */
function plainOf(text: string): string {
  return maskText(text)
    .replace(FULL_WIDTH, (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_BEGINS))
    .toLowerCase()
    .replace(PIECES, (_piece, phone?: string, number?: string) => (phone !== undefined ? PHONE : number === undefined ? '' : NUMBER))
}

/**
 * Makes what texts are compared by (domain.md 5.3.2-1): lower case, half width, mobile numbers as `#P#`, other numbers as `#`, no punctuation,
 * symbol or white space, none of a province's own phrases (the longest first). Clear and masked texts give the same.
 */
export function normaliser(phrases: readonly string[]): (text: string) => string {
  const plain = [...new Set(phrases.map(plainOf))].filter((phrase) => phrase !== '').sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  if (plain.length === 0) return plainOf
  // Letters, digits and # only: nothing in them means anything else in a pattern.
  const phrase = new RegExp(plain.join('|'), 'gu')
  return (text) => plainOf(text).replace(phrase, '')
}
