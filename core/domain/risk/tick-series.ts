/** Counts by step of time, added in any order within a step and step by step onwards: sums over any stretch in two searches. Steps are whole numbers. */
export class TickSeries {
  #steps = new Int32Array(16)
  /** `#sums[i]`: all up to and with step i. */
  #sums = new Int32Array(16)
  #length = 0
  /** What was forgotten at the beginning. */
  #base = 0

  /** Adds at a step that is not before the last one. @throws RangeError for one that is. */
  add(step: number, n: number): void {
    const last = this.#length - 1
    if (last >= 0 && step < (this.#steps[last] ?? 0)) throw new RangeError(`step ${step} lies before ${this.#steps[last]}`)
    if (last >= 0 && this.#steps[last] === step) {
      this.#sums[last] = (this.#sums[last] ?? 0) + n
      return
    }
    if (this.#length === this.#steps.length) this.#grow()
    this.#steps[this.#length] = step
    this.#sums[this.#length] = (last < 0 ? this.#base : (this.#sums[last] ?? 0)) + n
    this.#length += 1
  }

  /** The sum of the steps in `[from, to)`. */
  between(from: number, to: number): number {
    return this.#before(to) - this.#before(from)
  }

  /** Forgets the steps before `step`; sums over what is left stay. */
  forget(step: number): void {
    const kept = this.#placeOf(step)
    if (kept < this.#length / 2) return
    this.#base = this.#before(step)
    this.#steps.copyWithin(0, kept, this.#length)
    this.#sums.copyWithin(0, kept, this.#length)
    this.#length -= kept
  }

  #before(step: number): number {
    const place = this.#placeOf(step)
    return place === 0 ? this.#base : (this.#sums[place - 1] ?? 0)
  }

  /** How many steps lie before `step`. */
  #placeOf(step: number): number {
    let [low, high] = [0, this.#length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#steps[middle] ?? 0) < step) low = middle + 1
      else high = middle
    }
    return low
  }

  #grow(): void {
    const [steps, sums] = [new Int32Array(this.#steps.length * 2), new Int32Array(this.#sums.length * 2)]
    steps.set(this.#steps)
    sums.set(this.#sums)
    this.#steps = steps
    this.#sums = sums
  }
}
