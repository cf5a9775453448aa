interface Node<T> {
  readonly next: Map<number, Node<T>>
  readonly found: T[]
}

/** A word found in a text. */
export interface Found<T> {
  readonly start: number
  readonly end: number
  readonly entries: readonly T[]
}

const node = <T>(): Node<T> => ({ next: new Map(), found: [] })

/**
 * Words by their characters. A text is looked through once; at each place as far as some word goes, so that the cost does not grow with the number of
 * words. (Words are a few characters long, and few begin alike: links of failure would save nothing.)
 */
export class Trie<T> {
  readonly #root: Node<T> = node()

  add(word: string, entry: T): void {
    if (word === '') return
    let place = this.#root
    for (let index = 0; index < word.length; index++) {
      const code = word.charCodeAt(index)
      const next = place.next.get(code) ?? node<T>()
      place.next.set(code, next)
      place = next
    }
    place.found.push(entry)
  }

  /** Every occurrence of every word, by where it starts, the shorter first. */
  find(text: string): Found<T>[] {
    const all: Found<T>[] = []
    for (let start = 0; start < text.length; start++) {
      let place = this.#root.next.get(text.charCodeAt(start))
      for (let end = start + 1; place !== undefined; end++) {
        if (place.found.length > 0) all.push({ start, end, entries: place.found })
        place = end < text.length ? place.next.get(text.charCodeAt(end)) : undefined
      }
    }
    return all
  }
}
