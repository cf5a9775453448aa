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

/** Tickets of one phenomenon in a stretch of time, as columns of equal length: in which step, at which node (its subtree left out), how many. In any order. */
export interface StepCounts {
  readonly phenomenon: string
  readonly steps: readonly number[]
  readonly regionCodes: readonly string[]
  readonly counts: readonly number[]
}

interface Entry {
  readonly step: number
  readonly watched: readonly WatchedCount[]
  readonly n: number
}

/** What is watched of one phenomenon. */
interface Watched {
  /** By the node at which a ticket stands: that and those above it. */
  readonly chains: Map<string, readonly WatchedCount[]>
  readonly nodes: Map<string, WatchedCount>
}

/** A window that slides over steps of time: what it holds by place and phenomenon, subtrees included; the cost follows the changes, not the places. */
export class WindowCounts {
  /** Those that have tickets enough now to be looked at. */
  readonly hot = new Set<WatchedCount>()
  readonly #tree: RegionTree
  readonly #leastAt: (level: RegionNode['level']) => number
  readonly #stepMs: number
  readonly #windowSteps: number
  readonly #phenomena = new Map<string, Watched>()
  /** What the window holds and what is still to come, in the order of the steps. */
  #entries: Entry[] = []
  #gone = 0
  #next = 0

  /** @param windowMs a whole number of steps */
  constructor(tree: RegionTree, leastAt: (level: RegionNode['level']) => number, stepMs: number, windowMs: number) {
    this.#tree = tree
    this.#leastAt = leastAt
    this.#stepMs = stepMs
    this.#windowSteps = windowMs / stepMs
  }

  /** Takes in a stretch of time; none of its steps lies before one of a stretch taken in earlier. */
  take(stretch: readonly StepCounts[]): void {
    const bySteps = new Map<number, Entry[]>()
    for (const { phenomenon, steps, regionCodes, counts } of stretch) {
      const places = this.#phenomena.get(phenomenon) ?? { chains: new Map(), nodes: new Map() }
      this.#phenomena.set(phenomenon, places)
      for (const [line, step] of steps.entries()) {
        const code = regionCodes[line] ?? ''
        const watched = places.chains.get(code) ?? this.#chainOf(code, phenomenon, places)
        const entry = { step, watched, n: counts[line] ?? 0 }
        const entries = bySteps.get(step)
        if (entries === undefined) bySteps.set(step, [entry])
        else entries.push(entry)
      }
    }
    for (const step of [...bySteps.keys()].sort((a, b) => a - b)) for (const entry of bySteps.get(step) ?? []) this.#entries.push(entry)
  }

  /** Moves the window on: what lies before `step` enters, what lies a window before it leaves. */
  slide(step: number): void {
    for (let entry = this.#entries[this.#next]; entry !== undefined && entry.step < step; entry = this.#entries[(this.#next += 1)]) {
      for (const one of entry.watched) {
        one.series.add(entry.step, entry.n)
        this.#change(one, entry.n)
      }
    }
    const since = step - this.#windowSteps
    for (let entry = this.#entries[this.#gone]; this.#gone < this.#next && entry !== undefined && entry.step < since; entry = this.#entries[(this.#gone += 1)])
      for (const one of entry.watched) this.#change(one, -entry.n)
    if (this.#gone > 100_000) {
      this.#entries = this.#entries.slice(this.#gone)
      this.#next -= this.#gone
      this.#gone = 0
    }
  }

  /** Forgets the past before an instant. */
  forget(before: Instant): void {
    for (const { nodes } of this.#phenomena.values()) for (const { series } of nodes.values()) series.forget(Math.floor(before / this.#stepMs))
  }

  past({ series }: WatchedCount, { from, to }: PastWindow): number {
    return series.between(Math.floor(from / this.#stepMs), Math.floor(to / this.#stepMs))
  }

  #change(one: WatchedCount, n: number): void {
    const wasHot = one.tickets >= one.least
    one.tickets += n
    const isHot = one.tickets >= one.least
    if (isHot === wasHot) return
    if (isHot) this.hot.add(one)
    else this.hot.delete(one)
  }

  #chainOf(regionCode: string, phenomenon: string, { chains, nodes }: Watched): readonly WatchedCount[] {
    const watched = this.#tree.chain(regionCode).flatMap((node): WatchedCount[] => {
      const least = this.#leastAt(node.level)
      if (!Number.isFinite(least)) return []
      const held = nodes.get(node.code) ?? { node, phenomenon, series: new TickSeries(), least, tickets: 0 }
      nodes.set(node.code, held)
      return [held]
    })
    chains.set(regionCode, watched)
    return watched
  }
}
