import { HOUR, type Instant } from '../time.ts'
import type { BandedText } from './cluster-book.ts'
import type { PlacingRule } from './cluster.ts'
import { type GramSet, gramsOf } from './grams.ts'
import { normaliser } from './normalise.ts'
import type { NearDuplicateParameters } from './parameters.ts'
import { bandsOf } from './signature.ts'

/** How texts are read and placed by one set of parameters. */
export interface TextReader {
  readonly rule: PlacingRule
  /** A text of a province as it is compared. */
  said(provinceCode: string, text: string): string
  grams(said: string): GramSet
  /** A text of which only what is asked for is worked out, and once. */
  face(key: string, at: Instant, said: string): BandedText
}

/** {@link TextReader} of a set of parameters. */
export function textReader(parameters: NearDuplicateParameters): TextReader {
  const { similarity, leastGrams, windowHours, gram, functions, bands, templatePhrases } = parameters
  const plain = normaliser([])
  const byProvince = new Map(Object.entries(templatePhrases).map(([province, phrases]) => [province, normaliser(phrases)]))
  const grams = (said: string) => gramsOf(said, gram)
  return {
    rule: { similarity, leastGrams, window: windowHours * HOUR },
    said: (provinceCode, text) => (byProvince.get(provinceCode) ?? plain)(text),
    grams,
    face(key, at, said) {
      let [ownGrams, ownBands]: [GramSet | null, Int32Array | null] = [null, null]
      return {
        key,
        at,
        get grams() {
          ownGrams ??= grams(said)
          return ownGrams
        },
        get bands() {
          ownBands ??= bandsOf(this.grams, { functions, bands, gram })
          return ownBands
        },
      }
    },
  }
}
