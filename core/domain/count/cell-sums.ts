import type { RegionTree } from '../region.ts'
import { dayStart, floorTo, HOUR, type Instant, localDate, weekStart, type Zone, zoneOffset } from '../time.ts'
import { CUBES, type Cube, type Grain } from './cubes.ts'
import { type Base, type Fact, MEASURES } from './fact.ts'
import { bucketOf } from './sketch.ts'

/** A cell without its counts. `value` is that of the cube's dimension; empty where it has none or the ticket does not say. */
export interface CellPlace {
  readonly cube: string
  readonly base: Base
  /** Start of the bin; 0 where the cube has no time. */
  readonly binAt: Instant
  readonly regionCode: string
  readonly kind: string
  readonly value: string
}

/** What is added to one cell: one number per measure of its base, in their order. */
export interface CellChange extends CellPlace {
  readonly n: readonly number[]
}

/** What is added to one bucket of one cell's sketch. */
export interface SketchChange extends CellPlace {
  readonly bucket: number
  readonly n: number
}

/** Width of the finest time bin, ms; risk ticks are multiples of it. */
export const HALF_MINUTE = 30_000

const startsOfMonths = new Map<string, Instant>()

function monthStart(at: Instant, zone: Zone): Instant {
  const day = dayStart(at, zone)
  const key = `${day}|${zone}`
  let start = startsOfMonths.get(key)
  if (start === undefined) {
    const date = Number(localDate(at, zone).slice(8))
    // Noon of the first day: safe from a change of the clock in between.
    start = dayStart(day + HOUR * 12 - (date - 1) * 24 * HOUR, zone)
    if (startsOfMonths.size > 20_000) startsOfMonths.clear()
    startsOfMonths.set(key, start)
  }
  return start
}

const startsOfWeeks = new Map<string, Instant>()

function weekStartOnce(at: Instant, zone: Zone): Instant {
  const key = `${dayStart(at, zone)}|${zone}`
  let start = startsOfWeeks.get(key)
  if (start === undefined) {
    start = weekStart(at, zone)
    if (startsOfWeeks.size > 20_000) startsOfWeeks.clear()
    startsOfWeeks.set(key, start)
  }
  return start
}

/** Start of the bin of this width that holds `at`, in the zone. */
export function binStart(at: Instant, grain: Grain, zone: Zone): Instant {
  switch (grain) {
    case 'none':
      return 0
    case 'half_minute':
      return floorTo(at, HALF_MINUTE)
    case 'hour': {
      const offset = zoneOffset(at, zone)
      return floorTo(at + offset, HOUR) - offset
    }
    case 'day':
      return dayStart(at, zone)
    case 'week':
      return weekStartOnce(at, zone)
    case 'month':
      return monthStart(at, zone)
  }
}

const SEPARATOR = '\u001f'

/** Sums facts, signed, into the cells of every cube that counts them. */
export class CellSums {
  readonly #tree: RegionTree
  readonly #zone: Zone
  readonly #cells = new Map<string, { readonly place: CellPlace; readonly n: number[] }>()
  readonly #buckets = new Map<string, { readonly place: CellPlace; readonly bucket: number; n: number }>()

  constructor(tree: RegionTree, zone: Zone) {
    this.#tree = tree
    this.#zone = zone
  }

  add(fact: Fact, sign: 1 | -1): void {
    for (const cube of CUBES[fact.base]) this.#addTo(cube, fact, sign)
  }

  #addTo(cube: Cube, fact: Fact, sign: 1 | -1): void {
    const place: CellPlace = {
      cube: cube.name,
      base: cube.base,
      binAt: binStart(fact.at, cube.grain, this.#zone),
      regionCode: (this.#tree.atLevel(fact.regionCode, cube.level) ?? this.#tree.root).code,
      kind: fact.kind,
      value: cube.by === null ? '' : (fact.by[cube.by] ?? ''),
    }
    const key = [place.cube, place.binAt, place.regionCode, place.kind, place.value].join(SEPARATOR)
    const measures = MEASURES[fact.base] as readonly string[]
    let cell = this.#cells.get(key)
    if (cell === undefined) {
      cell = { place, n: new Array<number>(measures.length).fill(0) }
      this.#cells.set(key, cell)
    }
    for (const [measure, n] of Object.entries(fact.measures)) {
      const at = measures.indexOf(measure)
      cell.n[at] = (cell.n[at] ?? 0) + sign * n
    }
    if (!cube.hasSketch || fact.sketched === undefined) return
    const bucket = bucketOf(fact.sketched)
    const bucketKey = `${key}${SEPARATOR}${bucket}`
    const held = this.#buckets.get(bucketKey)
    if (held === undefined) this.#buckets.set(bucketKey, { place, bucket, n: sign })
    else held.n += sign
  }

  /** Cells with anything to add, sorted by their key, so that writers lock them in one order. */
  cells(): readonly CellChange[] {
    return [...this.#cells]
      .filter(([, { n }]) => n.some((value) => value !== 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { place, n }]) => ({ ...place, n }))
  }

  /** The same for buckets of sketches. */
  buckets(): readonly SketchChange[] {
    return [...this.#buckets]
      .filter(([, { n }]) => n !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { place, bucket, n }]) => ({ ...place, bucket, n }))
  }
}
