/** The distinct grams of a text in rising order, each as the number that its UTF-16 units make: exact, no two grams share one. */
export type GramSet = Float64Array

/** More units than this do not fit into a number exactly. */
export const LONGEST_GRAM = 3
const UNITS = 0x10000

/** The set of all runs of `length` characters of a text (domain.md 5.3.2-2); a character outside of the basic plane counts as two. */
export function gramsOf(text: string, length: number): GramSet {
  const count = Math.max(0, text.length - length + 1)
  const grams = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    let gram = 0
    for (let place = at; place < at + length; place++) gram = gram * UNITS + text.charCodeAt(place)
    grams[at] = gram
  }
  grams.sort()
  let kept = 0
  for (let at = 0; at < count; at++) if (at === 0 || grams[at] !== grams[at - 1]) grams[kept++] = grams[at] as number
  return grams.slice(0, kept)
}

/** Shared grams ÷ all grams of two sets, exact, 0 to 1; two empty sets are equal. */
export function jaccard(a: GramSet, b: GramSet): number {
  let shared = 0
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const left = a[i] as number
    const right = b[j] as number
    if (left === right) shared += 1
    if (left <= right) i += 1
    if (right <= left) j += 1
  }
  const all = a.length + b.length - shared
  return all === 0 ? 1 : shared / all
}
