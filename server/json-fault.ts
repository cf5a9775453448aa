/** Where a JSON text stops being one. */
export interface JsonFault {
  /** Index of the first character that cannot stand there; the text's length when it ends too early. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Index (from 0) of the item of the outermost array in which it is; null outside an array. */
  readonly item: number | null
}

const SPACE = /[\t\n\r ]*/y
const TEXT = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
/** As much of a broken text or number as still fits; the fault is behind it. */
const TEXT_START = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*(?:\\u?[0-9a-fA-F]{0,3})?/y
const NUMBER_START = /-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?)?)?/y

/** Reads with a stack of its own, so that ten thousand opening brackets cannot exhaust the engine's. */
class Reader {
  readonly #text: string
  #at = 0
  /** Open brackets, outermost first: `[` or `{`. */
  readonly #open: ('[' | '{')[] = []
  #item = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The offset of the fault, or null for a sound text. */
  read(): { offset: number; item: number | null } | null {
    const isSound = this.#value() && this.#rest()
    return isSound ? null : { offset: this.#at, item: this.#open[0] === '[' ? this.#item : null }
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found !== null) this.#at += found[0].length
    return found !== null
  }

  /** Takes the character if it is next, with the space before it. */
  #sign(sign: string): boolean {
    this.#take(SPACE)
    if (this.#text[this.#at] !== sign) return false
    this.#at += 1
    return true
  }

  /** One scalar, or the opening of a container down to its first scalar. */
  #value(): boolean {
    for (;;) {
      this.#take(SPACE)
      const next = this.#text[this.#at]
      if (next === '[') {
        this.#at += 1
        this.#open.push('[')
        if (this.#sign(']')) return this.#close()
      } else if (next === '{') {
        this.#at += 1
        this.#open.push('{')
        if (this.#sign('}')) return this.#close()
        if (!this.#key()) return false
      } else return this.#scalar(next)
    }
  }

  #scalar(next: string | undefined): boolean {
    if (next === '"') return this.#take(TEXT) || this.#fail(TEXT_START)
    if (next !== undefined && /[-\d]/.test(next)) return this.#take(NUMBER) || this.#fail(NUMBER_START)
    return this.#take(WORD)
  }

  #fail(start: RegExp): false {
    this.#take(start)
    return false
  }

  #key(): boolean {
    this.#take(SPACE)
    if (this.#text[this.#at] !== '"') return false
    return (this.#take(TEXT) || this.#fail(TEXT_START)) && this.#sign(':')
  }

  #close(): true {
    this.#open.pop()
    return true
  }

  /** Everything after the first value: commas, closings, further values, the end. */
  #rest(): boolean {
    for (;;) {
      this.#take(SPACE)
      const inside = this.#open.at(-1)
      if (inside === undefined) return this.#at === this.#text.length
      if (this.#sign(inside === '[' ? ']' : '}')) this.#close()
      else {
        if (!this.#sign(',')) return false
        if (this.#open.length === 1 && inside === '[') this.#item += 1
        if (inside === '{' && !this.#key()) return false
        if (!this.#value()) return false
      }
    }
  }
}

/** Where `text` stops being JSON, or null when it is sound. The engine's own message names no place in short texts, and quotes them. */
export function findJsonFault(text: string): JsonFault | null {
  const fault = new Reader(text).read()
  if (fault === null) return null
  const before = text.slice(0, fault.offset)
  const line = before.split('\n').length
  return { ...fault, line, column: fault.offset - (before.lastIndexOf('\n') + 1) + 1 }
}
