import type { Instant } from '../time.ts'
import { type Base, DIMENSIONS, type Dimension, type Fact, MEASURES } from './fact.ts'

/**
 * A fact in the order and with the places in which it is stored: of dimensions and measures their places in {@link DIMENSIONS} and {@link MEASURES}, each followed by its
 * value. Both lists grow at their ends only, so what was written once can be read for ever.
 */
export type CompactFact = readonly [
  base: Base,
  at: Instant,
  regionCode: string,
  kind: string,
  by: readonly (number | string)[],
  measures: readonly number[],
  sketched?: number,
]

const placesIn = (names: readonly string[]): ReadonlyMap<string, number> => new Map(names.map((name, place) => [name, place]))
/** Place of each dimension. */
export const DIMENSION_PLACES = placesIn(DIMENSIONS)
const PLACES = new Map(Object.entries(MEASURES).map(([base, names]) => [base, placesIn(names)]))

/** Place of each measure of a base. */
export const measurePlaces = (base: Base): ReadonlyMap<string, number> => PLACES.get(base) as ReadonlyMap<string, number>

function flat<T extends number | string>(held: Readonly<Record<string, T | undefined>>, places: ReadonlyMap<string, number>): (number | T)[] {
  return Object.entries(held).flatMap(([name, value]) => {
    const place = places.get(name)
    return place === undefined || !value ? [] : [place, value]
  })
}

/** The same fact by places; what is empty or zero is left out. */
export function compactOf({ base, at, regionCode, kind, by, measures, sketched }: Fact): CompactFact {
  const fact = [base, at, regionCode, kind, flat(by, DIMENSION_PLACES), flat<number>(measures, measurePlaces(base))] as const
  return sketched === undefined ? fact : [...fact, sketched]
}

/** The same fact by names. */
export function factOf([base, at, regionCode, kind, cut, counts, sketched]: CompactFact): Fact {
  const by: Partial<Record<Dimension, string>> = {}
  for (let index = 0; index < cut.length; index += 2) by[DIMENSIONS[cut[index] as number] as Dimension] = cut[index + 1] as string
  const measures: Record<string, number> = {}
  const names = MEASURES[base] as readonly string[]
  for (let index = 0; index < counts.length; index += 2) measures[names[counts[index] as number] as string] = counts[index + 1] as number
  return { base, at, regionCode, kind, by, measures, ...(sketched === undefined ? {} : { sketched }) }
}
