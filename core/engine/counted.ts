import { type Base, DIMENSIONS, type Dimension, type Fact, MEASURES } from '../domain/count/fact.ts'

/** A fact, its measures perhaps negative, and how often it is to be added; what is lost is taken away. */
export interface FactChange {
  readonly fact: Fact
  readonly times: number
}

/** Of dimensions and measures the places in their lists stand in the text: both lists grow at their ends only. */
type Tuple = [base: Base, at: number, regionCode: string, kind: string, by: (number | string)[], measures: number[], sketched?: number]

function tupleOf({ base, at, regionCode, kind, by, measures, sketched }: Fact): Tuple {
  const cut: (number | string)[] = []
  DIMENSIONS.forEach((dimension, place) => {
    const value = by[dimension]
    if (value !== undefined && value !== '') cut.push(place, value)
  })
  const counts: number[] = []
  ;(MEASURES[base] as readonly string[]).forEach((measure, place) => {
    const n = (measures as Readonly<Record<string, number>>)[measure]
    if (n !== undefined && n !== 0) counts.push(place, n)
  })
  return sketched === undefined ? [base, at, regionCode, kind, cut, counts] : [base, at, regionCode, kind, cut, counts, sketched]
}

function factOf([base, at, regionCode, kind, cut, counts, sketched]: Tuple): Fact {
  const by: Partial<Record<Dimension, string>> = {}
  for (let index = 0; index < cut.length; index += 2) by[DIMENSIONS[cut[index] as number] as Dimension] = cut[index + 1] as string
  const measures: Record<string, number> = {}
  const names = MEASURES[base] as readonly string[]
  for (let index = 0; index < counts.length; index += 2) measures[names[counts[index] as number] as string] = counts[index + 1] as number
  return { base, at, regionCode, kind, by, measures, ...(sketched === undefined ? {} : { sketched }) }
}

/** A fact as text: equal facts give equal texts, in whatever order their keys were written. */
const textOf = (fact: Fact): string => JSON.stringify(tupleOf(fact))

/** Facts as the short text that a ticket row keeps; the same facts, in whatever order, give the same text. */
export const writeFacts = (facts: readonly Fact[]): string => `[${facts.map(textOf).sort().join(',')}]`

/** The facts of a ticket row's text. */
export const readFacts = (text: string): Fact[] => (JSON.parse(text) as Tuple[]).map(factOf)

/** Facts of one place: what their measures add up to, and how often each sketched value stands. */
interface Net {
  readonly place: Fact
  readonly measures: Map<string, number>
  readonly sketched: Map<number, number>
}

function changesOf({ place, measures, sketched }: Net): FactChange[] {
  const left = [...measures].filter(([, n]) => n !== 0)
  const values = [...sketched].filter(([, n]) => n !== 0)
  const [first, ...more] = values
  const counted = { ...place, measures: Object.fromEntries(left) } as Fact
  // One value gained, as of a ticket that finished: the usual case, in one change.
  if (first !== undefined && more.length === 0 && first[1] === 1) return [{ fact: { ...counted, sketched: first[0] }, times: 1 }]
  const ofSketch = values.map(([value, times]): FactChange => ({ fact: { ...place, measures: {}, sketched: value } as Fact, times }))
  return left.length === 0 ? ofSketch : [{ fact: counted, times: 1 }, ...ofSketch]
}

/**
 * What is left of lost and gained facts, in no particular order: of the facts of one place only what their measures differ by, nothing where
 * they are equal. A measure that is lost is negative.
 */
export function netOf(lost: readonly Fact[], gained: readonly Fact[]): FactChange[] {
  const nets = new Map<string, Net>()
  const add = ({ sketched, ...fact }: Fact, sign: 1 | -1) => {
    const key = textOf({ ...fact, measures: {} } as Fact)
    let net = nets.get(key)
    if (net === undefined) {
      net = { place: fact as Fact, measures: new Map(), sketched: new Map() }
      nets.set(key, net)
    }
    for (const [measure, n] of Object.entries(fact.measures)) net.measures.set(measure, (net.measures.get(measure) ?? 0) + sign * n)
    if (sketched !== undefined) net.sketched.set(sketched, (net.sketched.get(sketched) ?? 0) + sign)
  }
  for (const fact of lost) add(fact, -1)
  for (const fact of gained) add(fact, 1)
  return [...nets.values()].flatMap(changesOf)
}

/** Changes as the text of one difference row. */
export const writeChanges = (changes: readonly FactChange[]): string => JSON.stringify(changes.map(({ fact, times }) => [times, tupleOf(fact)]))

/** The changes of a difference row's text. */
export const readChanges = (text: string): FactChange[] =>
  (JSON.parse(text) as [times: number, fact: Tuple][]).map(([times, fact]) => ({ fact: factOf(fact), times }))
