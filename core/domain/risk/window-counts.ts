import type { RegionNode, RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import type { PastWindow } from './baseline.ts'
import { TickSeries } from './tick-series.ts'

/** One place and phenomenon with what its window holds now and held before. */
export interface WatchedCount {
  readonly node: RegionNode
  readonly phenomenon: string
  readonly series: TickSeries
  readonly least: number
  tickets: number
}

/** Tickets of one step at one node. */
export interface StepCount {
  readonly step: number
  readonly regionCode: string
  readonly phenomenon: string
  readonly n: number
}

/** A window that slides over steps of time: what it holds by place and phenomenon, subtrees included; the cost follows the changes, not the places. */
export class WindowCounts {
  /** Those that have tickets enough now to be looked at. */
  readonly hot = new Set<WatchedCount>()
  readonly #tree: RegionTree
  readonly #leastAt: (level: RegionNode['level']) => number
  readonly #stepMs: number
  readonly #chains = new Map<string, Map<string, readonly WatchedCount[]>>()
  readonly #byPlace = new Map<string, Map<string, WatchedCount>>()
  /** What the window holds, oldest first. */
  #inside: { readonly step: number; readonly watched: readonly WatchedCount[]; readonly n: number }[] = []
  #gone = 0

  constructor(tree: RegionTree, leastAt: (level: RegionNode['level']) => number, stepMs: number) {
    this.#tree = tree
    this.#leastAt = leastAt
    this.#stepMs = stepMs
  }

  add({ step, regionCode, phenomenon, n }: StepCount): void {
    const watched = this.#chainOf(regionCode, phenomenon)
    for (const one of watched) {
      one.series.add(step, n)
      this.#change(one, n)
    }
    this.#inside.push({ step, watched, n })
  }

  /** Lets what lies before `step` leave the window. */
  slide(step: number): void {
    for (let first = this.#inside[this.#gone]; first !== undefined && first.step < step; first = this.#inside[this.#gone]) {
      for (const one of first.watched) this.#change(one, -first.n)
      this.#gone += 1
    }
    if (this.#gone > 100_000) {
      this.#inside = this.#inside.slice(this.#gone)
      this.#gone = 0
    }
  }

  /** Forgets the past before an instant. */
  forget(before: Instant): void {
    for (const nodes of this.#byPlace.values()) for (const { series } of nodes.values()) series.forget(Math.floor(before / this.#stepMs))
  }

  past({ series }: WatchedCount, { from, to }: PastWindow): number {
    return series.between(Math.floor(from / this.#stepMs), Math.floor(to / this.#stepMs))
  }

  #change(one: WatchedCount, n: number): void {
    one.tickets += n
    if (one.tickets >= one.least) this.hot.add(one)
    else this.hot.delete(one)
  }

  #chainOf(regionCode: string, phenomenon: string): readonly WatchedCount[] {
    const places = this.#chains.get(phenomenon) ?? new Map<string, readonly WatchedCount[]>()
    this.#chains.set(phenomenon, places)
    const known = places.get(regionCode)
    if (known !== undefined) return known
    const nodes = this.#byPlace.get(phenomenon) ?? new Map<string, WatchedCount>()
    this.#byPlace.set(phenomenon, nodes)
    const watched = this.#tree.chain(regionCode).flatMap((node): WatchedCount[] => {
      const least = this.#leastAt(node.level)
      if (!Number.isFinite(least)) return []
      const held = nodes.get(node.code) ?? { node, phenomenon, series: new TickSeries(), least, tickets: 0 }
      nodes.set(node.code, held)
      return [held]
    })
    places.set(regionCode, watched)
    return watched
  }
}
