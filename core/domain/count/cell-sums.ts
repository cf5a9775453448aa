import type { RegionTree } from '../region.ts'
import { dayStart, floorTo, HOUR, type Instant, localDate, weekStart, type Zone, zoneOffset } from '../time.ts'
import type { RegionLevel } from '../vocabulary.ts'
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

function monthStart(at: Instant, zone: Zone): Instant {
  const date = Number(localDate(at, zone).slice(8))
  // Noon of the first day: safe from a change of the clock in between.
  return dayStart(dayStart(at, zone) + HOUR * 12 - (date - 1) * 24 * HOUR, zone)
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
      return weekStart(at, zone)
    case 'month':
      return monthStart(at, zone)
  }
}

const SEPARATOR = '\u001f'

/** Cubes of one base that share their bins and the level of their regions: what is looked up once for all of them. */
interface CubeGroup {
  readonly id: number
  readonly grain: Grain
  readonly level: RegionLevel
  readonly cubes: readonly Cube[]
}

function groupsOf(base: Base, firstId: number): CubeGroup[] {
  const groups = new Map<string, Cube[]>()
  for (const cube of CUBES[base]) {
    const key = `${cube.grain} ${cube.level}`
    groups.set(key, [...(groups.get(key) ?? []), cube])
  }
  return [...groups.values()].map((cubes, index) => {
    const { grain, level } = cubes[0] as Cube
    return { id: firstId + index, grain, level, cubes }
  })
}

const MOST_GROUPS = 100
const GROUPS: ReadonlyMap<Base, readonly CubeGroup[]> = new Map(
  (Object.keys(CUBES) as Base[]).map((base, index) => [base, groupsOf(base, index * MOST_GROUPS)]),
)

interface Cell {
  readonly place: CellPlace
  readonly n: number[]
  /** Of the sketch, where the cube has one. */
  buckets: Map<number, number> | null
}

/** One bin, region and kind: its cells by cube (in the order of the group) and value. */
interface Spot {
  readonly group: CubeGroup
  readonly kind: string
  readonly binAt: Instant
  readonly regionCode: string
  readonly cells: readonly Map<string, Cell>[]
}

const ordered = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
const spotOrder = (a: Spot, b: Spot) => a.binAt - b.binAt || ordered(a.regionCode, b.regionCode) || ordered(a.kind, b.kind)

/** Sums facts, signed, into the cells of every cube that counts them. */
export class CellSums {
  readonly #tree: RegionTree
  readonly #zone: Zone
  readonly #spots = new Map<string, Spot>()
  /** Starts of the week and month of a day, by its start. */
  readonly #wideBins = new Map<Instant, { readonly week: Instant; readonly month: Instant }>()

  constructor(tree: RegionTree, zone: Zone) {
    this.#tree = tree
    this.#zone = zone
  }

  /** Adds a fact `times` times; takes it away where `times` is negative. */
  add(fact: Fact, times: number): void {
    const names = MEASURES[fact.base] as readonly string[]
    const counts = Object.entries(fact.measures).map(([measure, n]): [place: number, n: number] => [names.indexOf(measure), times * n])
    const bucket = fact.sketched === undefined ? null : bucketOf(fact.sketched)
    for (const group of GROUPS.get(fact.base) ?? []) {
      const spot = this.#spot(group, fact)
      group.cubes.forEach((cube, place) => {
        const value = cube.by === null ? '' : (fact.by[cube.by] ?? '')
        // What says nothing of a cut is what the cube without cuts has more than the sum of those with.
        if (value === '' && cube.by !== null && cube.grain !== 'half_minute') return
        const cells = spot.cells[place] as Map<string, Cell>
        let cell = cells.get(value)
        if (cell === undefined) {
          const { binAt, regionCode } = spot
          const at: CellPlace = { cube: cube.name, base: cube.base, binAt, regionCode, kind: fact.kind, value }
          cell = { place: at, n: new Array<number>(names.length).fill(0), buckets: null }
          cells.set(value, cell)
        }
        for (const [measure, n] of counts) cell.n[measure] = (cell.n[measure] ?? 0) + n
        if (!cube.hasSketch || bucket === null) return
        cell.buckets ??= new Map()
        cell.buckets.set(bucket, (cell.buckets.get(bucket) ?? 0) + times)
      })
    }
  }

  #spot(group: CubeGroup, { at, regionCode: finest, kind }: Fact): Spot {
    const binAt = this.#bin(at, group.grain)
    const regionCode = (this.#tree.atLevel(finest, group.level) ?? this.#tree.root).code
    const key = `${group.id}${SEPARATOR}${binAt}${SEPARATOR}${regionCode}${SEPARATOR}${kind}`
    let spot = this.#spots.get(key)
    if (spot === undefined) {
      spot = { group, kind, binAt, regionCode, cells: group.cubes.map(() => new Map<string, Cell>()) }
      this.#spots.set(key, spot)
    }
    return spot
  }

  #bin(at: Instant, grain: Grain): Instant {
    if (grain !== 'week' && grain !== 'month') return binStart(at, grain, this.#zone)
    const day = dayStart(at, this.#zone)
    let bins = this.#wideBins.get(day)
    if (bins === undefined) {
      bins = { week: binStart(at, 'week', this.#zone), month: binStart(at, 'month', this.#zone) }
      this.#wideBins.set(day, bins)
    }
    return bins[grain]
  }

  /** All cells in the order of their keys, without comparing the long keys themselves. */
  *#cells(): Generator<Cell> {
    const spotsOf = new Map<CubeGroup, Spot[]>()
    for (const spot of this.#spots.values()) {
      const spots = spotsOf.get(spot.group)
      if (spots === undefined) spotsOf.set(spot.group, [spot])
      else spots.push(spot)
    }
    for (const spots of spotsOf.values()) spots.sort(spotOrder)
    const cubes = [...spotsOf].flatMap(([group, spots]) => group.cubes.map(({ name }, place) => ({ name, place, spots })))
    for (const { place, spots } of cubes.sort((a, b) => ordered(a.name, b.name))) {
      for (const { cells } of spots) {
        const byValue = [...(cells[place] as Map<string, Cell>)]
        if (byValue.length > 1) byValue.sort(([a], [b]) => ordered(a, b))
        for (const [, cell] of byValue) yield cell
      }
    }
  }

  /** Cells with anything to add, sorted by their key, so that writers lock them in one order. */
  cells(): readonly CellChange[] {
    const list: CellChange[] = []
    for (const { place, n } of this.#cells()) if (n.some((value) => value !== 0)) list.push({ ...place, n })
    return list
  }

  /** The same for buckets of sketches. */
  buckets(): readonly SketchChange[] {
    const list: SketchChange[] = []
    for (const { place, buckets } of this.#cells()) {
      if (buckets === null) continue
      for (const [bucket, n] of [...buckets].sort(([a], [b]) => a - b)) if (n !== 0) list.push({ ...place, bucket, n })
    }
    return list
  }
}
