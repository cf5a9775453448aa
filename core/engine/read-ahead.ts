/**
 * Each stretch with what was read of it, in order, until none comes `after`: the database reads the next one while the last is worked on. A reading that fails does
 * so in its turn; where the work breaks off, the one under way is left to end by itself.
 */
export async function* readAhead<T, R>(first: T, read: (stretch: T) => Promise<R>, after: (stretch: T, found: R) => T | null): AsyncGenerator<readonly [T, R]> {
  let stretch: T | null = first
  let reading = read(first)
  while (stretch !== null) {
    const [done, found]: [T, R] = [stretch, await reading]
    stretch = after(done, found)
    if (stretch !== null) {
      reading = read(stretch)
      // What becomes of it is asked in its turn, which may never come.
      reading.catch(() => undefined)
    }
    yield [done, found]
  }
}
