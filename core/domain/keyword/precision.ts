/** How often a word hit in a stretch of time, and how often a person called that wrong. */
export interface WordCount {
  readonly hits: number
  readonly wrong: number
}

const LEAST_HITS = 30
const LEAST_PRECISION = 20

/** Of 100, two decimals, rounded half up (domain.md 0.2-4). There is no word without a hit. */
export const precisionOf = ({ hits, wrong }: WordCount): number => Math.floor(((hits - wrong) * 10_000 * 2 + hits) / (2 * hits)) / 100

/** A word to be taken out of the dictionary: under 20 % precision, by at least 30 hits (domain.md 5.4). */
export const isProposedForRemoval = (count: WordCount): boolean => count.hits >= LEAST_HITS && (count.hits - count.wrong) * 100 < LEAST_PRECISION * count.hits
