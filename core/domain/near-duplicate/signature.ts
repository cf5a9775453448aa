import type { GramSet } from './grams.ts'

/** How texts become candidates of each other: so many hash functions, cut into so many bands. */
export interface SignatureShape {
  readonly functions: number
  readonly bands: number
  /** Characters of a gram. */
  readonly gram: number
}

const GOLDEN = 0x9e3779b1

/** The finish of MurmurHash3: every bit of a 32-bit number moves every other, and no two numbers become one. */
function mixed(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

interface Family {
  readonly factors: Int32Array
  readonly offsets: Int32Array
}

const families = new Map<number, Family>()

/** The first `count` functions `factor · x + offset` modulo 2³² of one fixed row; with an odd factor each only changes the order of all numbers. */
function familyOf(count: number): Family {
  const known = families.get(count)
  if (known !== undefined) return known
  const factors = new Int32Array(count)
  const offsets = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    factors[i] = mixed(Math.imul(2 * i + 1, GOLDEN)) | 1
    offsets[i] = mixed(Math.imul(2 * i + 2, GOLDEN))
  }
  const family = { factors, offsets }
  families.set(count, family)
  return family
}

/** The MinHash of a gram set: two sets agree at a place with the probability of their Jaccard similarity. The same on every machine, for ever. */
export function minHash(grams: GramSet, functions: number): Int32Array {
  const { factors, offsets } = familyOf(functions)
  const hashes = new Int32Array(grams.length)
  for (let i = 0; i < grams.length; i++) {
    const gram = grams[i] as number
    const high = Math.floor(gram / 0x100000000)
    hashes[i] = mixed((gram - high * 0x100000000) ^ Math.imul(high, GOLDEN))
  }
  const signature = new Int32Array(functions)
  for (let f = 0; f < functions; f++) {
    const factor = factors[f] as number
    const offset = offsets[f] as number
    let least = 0x7fffffff
    for (let i = 0; i < hashes.length; i++) {
      const value = (Math.imul(factor, hashes[i] as number) + offset) | 0
      if (value < least) least = value
    }
    signature[f] = least
  }
  return signature
}

/**
 * One number for each band of a gram set's MinHash (domain.md 5.3.2-3): sets that agree in a whole band share its number. Numbers of different
 * bands or shapes do not meet but by chance, which costs a comparison and decides nothing.
 */
export function bandsOf(grams: GramSet, { functions, bands, gram }: SignatureShape): Int32Array {
  const signature = minHash(grams, functions)
  const rows = functions / bands
  const keys = new Int32Array(bands)
  for (let band = 0; band < bands; band++) {
    let key = mixed(Math.imul(band + 1, GOLDEN) ^ Math.imul(functions, 0x01000193) ^ (bands << 3) ^ gram)
    for (let row = band * rows; row < (band + 1) * rows; row++) key = mixed(Math.imul(key, 31) ^ (signature[row] as number))
    keys[band] = key
  }
  return keys
}

/** The keys of bands within stretches of time: what lies in other stretches is not found by them, however much of it there is. */
export function keysWithin(bands: Int32Array, buckets: readonly number[]): number[] {
  const keys: number[] = []
  for (const bucket of buckets) {
    const stretch = Math.imul(bucket, GOLDEN)
    for (let band = 0; band < bands.length; band++) keys.push(mixed((bands[band] as number) ^ stretch))
  }
  return keys
}
