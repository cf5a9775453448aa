const FULL_WIDTH_BEGINS = 0xfee0
const LETTER = /[\p{L}\p{M}\p{N}]/u
/** Where a clause ends and no word goes on. A white space ends a clause too, but words are found across it; between words of an alphabet it ends none. */
const BORDER = /[,.;:!?，。；：！？、…\n\r|/\\~]/u
const SPACE = /\s/u
const ALPHABETIC = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d]/u
const DIGIT = /\d/u
/** How the dot of a date is written (3·15, 3.15, 3•15). */
const DOTS = /[.·•・‧]/u

/** What stands for a border: no word holds it. */
const BREAK = '\n'

/** A text as words are looked for in it. */
export interface PlainText {
  readonly text: string
  /** Where each character of `text` stands in the original. */
  readonly at: readonly number[]
  /** The number of the clause that each character belongs to. */
  readonly clause: readonly number[]
}

const narrowed = (code: number): string => (code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - FULL_WIDTH_BEGINS) : String.fromCharCode(code))

/**
 * Half width, lower case, without white space and symbols; clauses keep their borders (domain.md 5.4). A dot between two digits stays, as `.`, so that
 * 3·15 is none of the amounts of 315.
 */
export function plainText(original: string): PlainText {
  const at: number[] = []
  const clause: number[] = []
  let text = ''
  let number = 0
  let isAfterSpace = false
  const put = (character: string, index: number) => {
    if (isAfterSpace && !(ALPHABETIC.test(character) && ALPHABETIC.test(text.at(-1) ?? ''))) number += 1
    isAfterSpace = false
    text += character
    at.push(index)
    clause.push(number)
  }
  for (let index = 0; index < original.length; index++) {
    const code = original.charCodeAt(index)
    const character = narrowed(code)
    if ((code >= 0x4e00 && code <= 0x9fff) || (LETTER.test(character) && character.length === 1)) {
      const lower = character.toLowerCase()
      put(lower.length === 1 ? lower : character, index)
    } else if (DOTS.test(character) && DIGIT.test(text.at(-1) ?? '') && at.at(-1) === index - 1 && DIGIT.test(narrowed(original.charCodeAt(index + 1)))) {
      put('.', index)
    } else if (BORDER.test(character)) {
      number += 1
      if (text !== '' && !text.endsWith(BREAK)) put(BREAK, index)
    } else if (SPACE.test(character)) isAfterSpace = true
  }
  return { text, at, clause }
}

/** A word as it is looked for; empty where nothing of it would be. */
export const plainWord = (word: string): string => plainText(word).text
