import type { RegionTree } from '../region.ts'
import { dayStart, floorTo, HOUR, type Instant, localDate, weekStart, type Zone, zoneOffset } from '../time.ts'
import type { RegionLevel } from '../vocabulary.ts'
import { CUBES, type Cube, type Grain } from './cubes.ts'
import { type CompactFact, compactOf, DIMENSION_PLACES } from './compact-fact.ts'
import { type Base, DIMENSIONS, type Fact, MEASURES } from './fact.ts'
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

/** Cubes of one base that share their bins and the level of their regions: what is looked up once for all of them. */
interface CubeGroup {
  /** Its place among all groups. */
  readonly id: number
  readonly grain: Grain
  readonly level: RegionLevel
  readonly cubes: readonly Cube[]
  /** By cube the place of its dimension; −1 where it has none. */
  readonly cuts: readonly number[]
}

function groupsOf(base: Base, firstId: number): CubeGroup[] {
  const groups = new Map<string, Cube[]>()
  for (const cube of CUBES[base]) {
    const key = `${cube.grain} ${cube.level}`
    groups.set(key, [...(groups.get(key) ?? []), cube])
  }
  return [...groups.values()].map((cubes, index) => {
    const { grain, level } = cubes[0] as Cube
    const cuts = cubes.map(({ by }) => (by === null ? -1 : (DIMENSION_PLACES.get(by) as number)))
    return { id: firstId + index, grain, level, cubes, cuts }
  })
}

const GROUPS = new Map<Base, readonly CubeGroup[]>()
let groupCount = 0
for (const base of Object.keys(CUBES) as Base[]) {
  const groups = groupsOf(base, groupCount)
  GROUPS.set(base, groups)
  groupCount += groups.length
}

interface Cell {
  readonly change: CellChange & { readonly n: number[] }
  /** Of the sketch, where the cube has one. */
  buckets: Map<number, number> | null
}

/** One bin, region and kind: its cells by cube (in the order of the group) and value. */
interface Spot {
  readonly kind: string
  readonly binAt: Instant
  readonly regionCode: string
  readonly cells: readonly Map<string, Cell>[]
}

/** Spots of one group by bin, region and kind. */
type Spots = Map<Instant, Map<string, Map<string, Spot>>>

const ordered = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
const spotOrder = (a: Spot, b: Spot) => a.binAt - b.binAt || ordered(a.regionCode, b.regionCode) || ordered(a.kind, b.kind)
const byKey = <T>(entries: Iterable<[string, T]>): [string, T][] => [...entries].sort(([a], [b]) => ordered(a, b))

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let held = map.get(key)
  if (held === undefined) {
    held = make()
    map.set(key, held)
  }
  return held
}
const emptyMap = <K, V>() => new Map<K, V>()

/** Sums facts, signed, into the cells of every cube that counts them. */
export class CellSums {
  readonly #tree: RegionTree
  readonly #zone: Zone
  readonly #spots: readonly Spots[] = Array.from({ length: groupCount }, (): Spots => new Map())
  /** Starts of the week and month of a day, by its start. */
  readonly #wideBins = new Map<Instant, { readonly week: Instant; readonly month: Instant }>()
  /** Of the fact in hand, by place of the dimension; empty in between. */
  readonly #values: string[] = DIMENSIONS.map(() => '')

  constructor(tree: RegionTree, zone: Zone) {
    this.#tree = tree
    this.#zone = zone
  }

  /** Adds a fact `times` times; takes it away where `times` is negative. */
  add(fact: Fact, times: number): void {
    this.addCompact(compactOf(fact), times)
  }

  /** The same with a fact as it is stored. */
  addCompact(fact: CompactFact, times: number): void {
    const [base, , , , cut, counts, sketched] = fact
    const values = this.#values
    for (let at = 0; at < cut.length; at += 2) values[cut[at] as number] = cut[at + 1] as string
    const bucket = sketched === undefined ? null : bucketOf(sketched)
    for (const group of GROUPS.get(base) as readonly CubeGroup[]) {
      const spot = this.#spot(group, fact)
      for (let place = 0; place < group.cuts.length; place += 1) {
        const by = group.cuts[place] as number
        const value = by < 0 ? '' : (values[by] as string)
        // What says nothing of a cut is what the cube without cuts has more than the sum of those with.
        if (value === '' && by >= 0 && group.grain !== 'half_minute') continue
        const cube = group.cubes[place] as Cube
        const cells = spot.cells[place] as Map<string, Cell>
        const cell = cells.get(value) ?? newCell(cells, cube, spot, value)
        const { n } = cell.change
        for (let at = 0; at < counts.length; at += 2) {
          const measure = counts[at] as number
          n[measure] = (n[measure] ?? 0) + times * (counts[at + 1] as number)
        }
        if (bucket === null || !cube.hasSketch) continue
        cell.buckets ??= new Map()
        cell.buckets.set(bucket, (cell.buckets.get(bucket) ?? 0) + times)
      }
    }
    for (let at = 0; at < cut.length; at += 2) values[cut[at] as number] = ''
  }

  #spot(group: CubeGroup, [, at, finest, kind]: CompactFact): Spot {
    const binAt = this.#bin(at, group.grain)
    const regionCode = (this.#tree.atLevel(finest, group.level) ?? this.#tree.root).code
    const byRegion = within<Instant, Map<string, Map<string, Spot>>>(this.#spots[group.id] as Spots, binAt, emptyMap)
    const byKind = within<string, Map<string, Spot>>(byRegion, regionCode, emptyMap)
    return within(byKind, kind, () => ({ kind, binAt, regionCode, cells: group.cubes.map(() => new Map<string, Cell>()) }))
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
  #cells(): Cell[] {
    const spotsOf = this.#spots.map((spots) => [...spots.values()].flatMap((byRegion) => [...byRegion.values()].flatMap((byKind) => [...byKind.values()])))
    for (const spots of spotsOf) spots.sort(spotOrder)
    const cubes = [...GROUPS.values()].flat().flatMap(({ id, cubes: all }) => all.map(({ name }, place) => ({ name, place, spots: spotsOf[id] as Spot[] })))
    const cells: Cell[] = []
    for (const { place, spots } of cubes.sort((a, b) => ordered(a.name, b.name))) {
      for (const spot of spots) {
        const byValue = spot.cells[place] as Map<string, Cell>
        if (byValue.size > 1) for (const [, cell] of byKey(byValue)) cells.push(cell)
        else for (const cell of byValue.values()) cells.push(cell)
      }
    }
    return cells
  }

  /** Cells with anything to add, sorted by their key, so that writers lock them in one order. */
  cells(): readonly CellChange[] {
    return this.#cells().flatMap(({ change }) => (change.n.some((value) => value !== 0) ? [change] : []))
  }

  /** The same for buckets of sketches. */
  buckets(): readonly SketchChange[] {
    const list: SketchChange[] = []
    for (const { change, buckets } of this.#cells()) {
      if (buckets === null) continue
      const { n: _, ...place } = change
      for (const [bucket, n] of [...buckets].sort(([a], [b]) => a - b)) if (n !== 0) list.push({ ...place, bucket, n })
    }
    return list
  }
}

function newCell(cells: Map<string, Cell>, { name, base }: Cube, { binAt, regionCode, kind }: Spot, value: string): Cell {
  const n = new Array<number>(MEASURES[base].length).fill(0)
  const cell: Cell = { change: { cube: name, base, binAt, regionCode, kind, value, n }, buckets: null }
  cells.set(value, cell)
  return cell
}
