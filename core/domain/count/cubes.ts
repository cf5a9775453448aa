import type { RegionLevel } from '../vocabulary.ts'
import { type Base, type Dimension, MEASURES, SKETCHES } from './fact.ts'

/** Widths of time bins; days, weeks and months are cut in the deployment's zone, `none` has no time. */
export type Grain = 'half_minute' | 'hour' | 'day' | 'week' | 'month' | 'none'

/** One family of counting cells: a base set cut by time, by region down to a level, and by at most one dimension more. */
export interface Cube {
  /** `FIN/day/unit`. */
  readonly name: string
  readonly base: Base
  readonly grain: Grain
  /** Nodes below this level count at their ancestor of this level; `grid` is the finest there is. */
  readonly level: RegionLevel
  readonly by: Dimension | null
  readonly hasSketch: boolean
}

/** By what each base is cut besides region and kind: what the indicators of domain.md section 6 name as their dimensions. */
const CUT_BY: Readonly<Record<Base, readonly Dimension[]>> = {
  ACC: ['source', 'channel', 'product', 'phenomenon_l1', 'phenomenon', 'tier', 'urban_rural', 'stage'],
  FIN: ['source', 'channel', 'product', 'phenomenon_l1', 'phenomenon', 'tier', 'urban_rural', 'unit', 'cause', 'liability'],
  FIN1: ['unit'],
  DUE: ['unit', 'tier'],
  LEG: ['unit'],
  EVT: ['unit', 'phenomenon', 'product', 'survey_mode'],
  SNAP: ['unit'],
  NOW: [],
  CALL: ['agent_group'],
}

/** Bases with figures by the hour: the wall and the duty manager's pages. */
const HOURLY: ReadonlySet<Base> = new Set(['ACC', 'FIN', 'DUE', 'SNAP', 'LEG', 'EVT', 'CALL'] as const)
/** Cuts by which a sketch is kept too (K-27: R U, T by kind); by the hour it has too few values to say anything. */
const SKETCHED_BY: ReadonlySet<Dimension | null> = new Set([null, 'unit'] as const)

function cube(base: Base, grain: Grain, level: RegionLevel, by: Dimension | null): Cube {
  const name = [base, grain, ...(by === null ? [] : [by])].join('/')
  return { name, base, grain, level, by, hasSketch: base in SKETCHES && SKETCHED_BY.has(by) && grain !== 'hour' }
}

function cubesOf(base: Base): readonly Cube[] {
  if (base === 'NOW') return [cube(base, 'none', 'grid', null)]
  const cuts = CUT_BY[base]
  return [
    ...(base === 'ACC' ? [cube(base, 'half_minute', 'grid', 'phenomenon')] : []),
    ...(HOURLY.has(base) ? [cube(base, 'hour', 'city', null)] : []),
    cube(base, 'day', 'grid', null),
    cube(base, 'week', 'city', null),
    cube(base, 'month', 'city', null),
    // A week by cuts is the sum of seven days; of a month that would be thirty.
    ...cuts.flatMap((by) => [cube(base, 'day', 'city', by), cube(base, 'month', 'province', by)]),
  ]
}

/** Every cube, by base. docs/adr says why these, with their measured sizes. */
export const CUBES: Readonly<Record<Base, readonly Cube[]>> = Object.fromEntries(
  (Object.keys(MEASURES) as Base[]).map((base) => [base, cubesOf(base)]),
) as Record<Base, readonly Cube[]>

const byName: ReadonlyMap<string, Cube> = new Map(Object.values(CUBES).flatMap((cubes) => cubes.map((one) => [one.name, one] as const)))

/** The cube of that name. @throws RangeError for a name that is none. */
export function cubeNamed(name: string): Cube {
  const found = byName.get(name)
  if (found === undefined) throw new RangeError(`no cube is called ${name}`)
  return found
}

/** Place of a measure in the stored row of its base, from 0. @throws RangeError for a measure that the base has not. */
export function measurePlace(base: Base, measure: string): number {
  const place = (MEASURES[base] as readonly string[]).indexOf(measure)
  if (place < 0) throw new RangeError(`${base} has no measure ${measure}`)
  return place
}
