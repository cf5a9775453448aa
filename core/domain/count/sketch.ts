/**
 * A mergeable, signed sketch of a distribution of non-negative seconds: counts of logarithmic buckets. Adding and taking away are exact, so a
 * withdrawn ticket leaves no trace; a quantile read from it lies within RELATIVE_ERROR of a true value (the scheme of DDSketch).
 */
export const RELATIVE_ERROR = 0.01

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_GAMMA = Math.log(GAMMA)

/** The bucket of a value in seconds; everything below one second is bucket 0. */
export function bucketOf(seconds: number): number {
  return seconds < 1 ? 0 : Math.floor(Math.log(seconds) / LOG_GAMMA) + 1
}

/** The value, seconds, that stands for a bucket: none in it is farther away than RELATIVE_ERROR. */
export function valueOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GAMMA ** bucket) / (1 + GAMMA)
}

/**
 * The value at a share (0.5 the median, 0.9 the P90) of the counted, by nearest rank; null where nothing is counted. Counts of one bucket
 * may come in several entries, also negative ones.
 */
export function quantile(counts: Iterable<readonly [bucket: number, n: number]>, share: number): number | null {
  const sums = new Map<number, number>()
  for (const [bucket, n] of counts) sums.set(bucket, (sums.get(bucket) ?? 0) + n)
  const ordered = [...sums].filter(([, n]) => n > 0).sort(([a], [b]) => a - b)
  const total = ordered.reduce((sum, [, n]) => sum + n, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(share * total))
  let seen = 0
  for (const [bucket, n] of ordered) {
    seen += n
    if (seen >= rank) return valueOf(bucket)
  }
  return null
}
