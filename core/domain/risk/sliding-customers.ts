import { codesOfPath } from '../region.ts'

/** Tickets of one phenomenon, as columns of equal length: in which step of time each was accepted, where and whose. In any order. */
export interface CountedTickets {
  readonly steps: readonly number[]
  readonly regionPaths: readonly string[]
  readonly customerKeys: readonly string[]
}

interface Place {
  /** Tickets inside of customers who have one only. */
  single: number
  /** Tickets inside of every other customer. */
  readonly repeated: Map<string, number>
}

/** The distinct customers of a window that only moves forward, at some places at once, subtrees included: each ticket is looked at twice, however often the window is asked for. */
export class SlidingCustomers {
  readonly #tickets: CountedTickets
  /** Places of the tickets in the order of their steps. */
  readonly #order: Int32Array
  /** Customers of more than one ticket: only they have to be told apart. */
  readonly #repeated = new Set<string>()
  readonly #places: ReadonlyMap<string, Place>
  /** Of each ticket those in which it counts. */
  readonly #placesOf: readonly (readonly Place[])[]
  #first = 0
  #next = 0

  constructor(tickets: CountedTickets, regionCodes: Iterable<string>) {
    const { steps, customerKeys } = tickets
    this.#tickets = tickets
    this.#places = new Map([...regionCodes].map((code) => [code, { single: 0, repeated: new Map() }]))
    const known = new Map<string, readonly Place[]>()
    this.#placesOf = tickets.regionPaths.map((path) => {
      const places = known.get(path) ?? codesOfPath(path).flatMap((code) => this.#places.get(code) ?? [])
      known.set(path, places)
      return places
    })
    this.#order = Int32Array.from(steps.keys()).sort((a, b) => (steps[a] ?? 0) - (steps[b] ?? 0))
    const seen = new Set<string>()
    for (const key of customerKeys) if (seen.size === seen.add(key).size) this.#repeated.add(key)
  }

  /** How many customers have a ticket at a place in the steps `[from, to)`; neither end may lie before that of an earlier call. 0 for a place that is not counted. */
  countIn(regionCode: string, from: number, to: number): number {
    const { steps } = this.#tickets
    const stepAt = (place: number) => steps[this.#order[place] ?? -1] ?? Number.POSITIVE_INFINITY
    for (; stepAt(this.#next) < to; this.#next += 1) this.#change(this.#order[this.#next] ?? 0, 1)
    for (; this.#first < this.#next && stepAt(this.#first) < from; this.#first += 1) this.#change(this.#order[this.#first] ?? 0, -1)
    const place = this.#places.get(regionCode)
    return place === undefined ? 0 : place.single + place.repeated.size
  }

  #change(ticket: number, by: 1 | -1): void {
    const key = this.#tickets.customerKeys[ticket] ?? ''
    const places = this.#placesOf[ticket] ?? []
    if (!this.#repeated.has(key)) {
      for (const place of places) place.single += by
      return
    }
    for (const { repeated } of places) {
      const left = (repeated.get(key) ?? 0) + by
      if (left === 0) repeated.delete(key)
      else repeated.set(key, left)
    }
  }
}
