/** So many readings are under way while one is worked on. */
const AHEAD = 2

/**
 * Each stretch with what was read of it, in order: the database reads the next ones while the last is worked on. A reading that fails does so in its turn; where the
 * work breaks off, those under way are left to end by themselves.
 */
export async function* readAhead<T, R>(stretches: Iterable<T> | AsyncIterable<T>, read: (stretch: T) => Promise<R>): AsyncGenerator<readonly [T, R]> {
  const rest = Symbol.asyncIterator in stretches ? stretches[Symbol.asyncIterator]() : stretches[Symbol.iterator]()
  const begun: (readonly [T, Promise<R>])[] = []
  const begin = async () => {
    const next = await rest.next()
    if (next.done === true) return
    const reading = read(next.value)
    // What becomes of it is asked in its turn, which may never come.
    reading.catch(() => undefined)
    begun.push([next.value, reading])
  }
  for (let ahead = 0; ahead < AHEAD; ahead += 1) await begin()
  for (let next = begun.shift(); next !== undefined; next = begun.shift()) {
    const [stretch, reading] = next
    const found = await reading
    await begin()
    yield [stretch, found]
  }
}

/** `[from, to)` in stretches of at most the length, ms, that is asked for when each begins. */
export function* stretchesOf(from: number, to: number, lengthNow: () => number): Generator<{ readonly from: number; readonly to: number }> {
  for (let at = from; at < to; ) {
    const end = Math.min(to, at + lengthNow())
    yield { from: at, to: end }
    at = end
  }
}
