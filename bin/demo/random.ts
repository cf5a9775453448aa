/** A seeded source of numbers: the demo's world is a function of its seed and the hour, so a restart continues the same world. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in [from, to]. */
  integer(from: number, to: number): number
  /** One item, by weight. */
  pick<T>(items: readonly T[], weightOf: (item: T) => number): T
  /** Poisson-distributed count with the given mean. */
  poisson(mean: number): number
  /** Exponential waiting time with the given mean. */
  wait(mean: number): number
}

/** Mulberry32 over a string seed. */
export function seededRandom(seed: string): Random {
  let state = 2166136261
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 16777619)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick(items, weightOf) {
      let left = next() * items.reduce((sum, item) => sum + weightOf(item), 0)
      for (const item of items) {
        left -= weightOf(item)
        if (left < 0) return item
      }
      return items[items.length - 1] as (typeof items)[number]
    },
    poisson(mean) {
      const limit = Math.exp(-mean)
      let product = next()
      let count = 0
      while (product > limit) {
        product *= next()
        count += 1
      }
      return count
    },
    wait: (mean) => -Math.log(1 - next()) * mean,
  }
}
