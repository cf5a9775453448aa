import { type Base, DIMENSIONS, type Dimension, type Fact, MEASURES } from '../domain/count/fact.ts'

/** A fact and how often it is gained, negative where it is lost. */
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

/** What is left of lost and gained facts when equal ones have cancelled out, in no particular order. */
export function netOf(lost: readonly Fact[], gained: readonly Fact[]): FactChange[] {
  const net = new Map<string, { readonly fact: Fact; times: number }>()
  const add = (fact: Fact, sign: 1 | -1) => {
    const text = textOf(fact)
    const held = net.get(text)
    if (held === undefined) net.set(text, { fact, times: sign })
    else held.times += sign
  }
  for (const fact of lost) add(fact, -1)
  for (const fact of gained) add(fact, 1)
  return [...net.values()].filter(({ times }) => times !== 0)
}

/** Changes as the text of one difference row. */
export const writeChanges = (changes: readonly FactChange[]): string => JSON.stringify(changes.map(({ fact, times }) => [times, tupleOf(fact)]))

/** The changes of a difference row's text. */
export const readChanges = (text: string): FactChange[] =>
  (JSON.parse(text) as [times: number, fact: Tuple][]).map(([times, fact]) => ({ fact: factOf(fact), times }))
