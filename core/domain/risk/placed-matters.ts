import { joinedWith, type Matter, matterKey } from './matter.ts'
import type { RiskParameters } from './reading.ts'

interface Placed<T> {
  readonly ordinal: number
  readonly item: T
}

interface Shelf<T> {
  /** By their own path. */
  readonly at: Map<string, Placed<T>[]>
  /** By every path that they lie within, their own included. */
  readonly under: Map<string, Placed<T>[]>
}

const pathsKnown = new Map<string, readonly string[]>()
const MOST_KNOWN = 50_000

/** The paths that a path lies within, `''` first and itself last: each ends where a slash does, as all paths of the tree. */
export function pathsAround(path: string): readonly string[] {
  const known = pathsKnown.get(path)
  if (known !== undefined) return known
  const around = ['']
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) around.push(path.slice(0, end + 1))
  if (pathsKnown.size >= MOST_KNOWN) pathsKnown.clear()
  pathsKnown.set(path, around)
  return around
}

function put<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [one])
  else list.push(one)
}

/**
 * Things that have matters and places, found by the matters and places that join them (domain.md 5.1 Joining): the cost of a question follows what it finds, not how many things
 * there are.
 */
export class PlacedMatters<T> {
  readonly #parameters: Pick<RiskParameters, 'outage'>
  readonly #shelves = new Map<string, Shelf<T>>()
  #count = 0

  constructor(parameters: Pick<RiskParameters, 'outage'>) {
    this.#parameters = parameters
  }

  /** Puts a thing in under each of these; it comes after all that were put in before. */
  add(item: T, places: readonly { readonly matter: Matter; readonly regionPath: string }[]): void {
    const placed = { ordinal: this.#count, item }
    this.#count += 1
    for (const { matter, regionPath } of places) {
      const key = matterKey(matter)
      const shelf = this.#shelves.get(key) ?? { at: new Map(), under: new Map() }
      this.#shelves.set(key, shelf)
      put(shelf.at, regionPath, placed)
      for (const path of pathsAround(regionPath)) put(shelf.under, path, placed)
    }
  }

  /** The things that stand under a joined matter in an overlapping place, each once, in the order in which they were put in. */
  near(matter: Matter, regionPath: string): T[] {
    const found = new Set<Placed<T>>()
    const around = pathsAround(regionPath)
    for (const joined of joinedWith(matter, this.#parameters)) {
      const shelf = this.#shelves.get(matterKey(joined))
      if (shelf === undefined) continue
      for (const placed of shelf.under.get(regionPath) ?? []) found.add(placed)
      for (const path of around) for (const placed of shelf.at.get(path) ?? []) found.add(placed)
    }
    return [...found].sort((a, b) => a.ordinal - b.ordinal).map(({ item }) => item)
  }
}
