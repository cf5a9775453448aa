import { type Base, DIMENSIONS, type Dimension, type Fact, MEASURES } from '../domain/count/fact.ts'

/** A fact, its measures perhaps negative, and how often it is to be added; what is lost is taken away. */
export interface FactChange {
  readonly fact: Fact
  readonly times: number
}

/** Of dimensions and measures the places in their lists stand in the text: both lists grow at their ends only. */
type Tuple = [base: Base, at: number, regionCode: string, kind: string, by: (number | string)[], measures: number[], sketched?: number]

const placesIn = (names: readonly string[]): ReadonlyMap<string, number> => new Map(names.map((name, place) => [name, place]))
const DIMENSION_PLACES = placesIn(DIMENSIONS)
const MEASURE_PLACES = new Map(Object.entries(MEASURES).map(([base, names]) => [base, placesIn(names)]))

/** Texts as JSON writes them; few are met again and again. */
const quoted = new Map<string, string>()
const MOST_QUOTED = 20_000

function quote(text: string): string {
  let known = quoted.get(text)
  if (known === undefined) {
    known = JSON.stringify(text)
    if (quoted.size >= MOST_QUOTED) quoted.clear()
    quoted.set(text, known)
  }
  return known
}

/** Pairs of place and value in the order of their places, as the inside of a JSON list; what is empty or zero is left out. */
function pairs(held: Readonly<Record<string, string | number | undefined>>, places: ReadonlyMap<string, number>): string {
  let text = ''
  let last = -1
  for (const name in held) {
    const value = held[name]
    const place = places.get(name)
    if (value === undefined || value === '' || value === 0 || place === undefined) continue
    if (place < last) return pairs(inOrder(held, places), places)
    text += `${text === '' ? '' : ','}${place},${typeof value === 'number' ? value : quote(value)}`
    last = place
  }
  return text
}

/** The same, its known names in the order of their places. */
const inOrder = <T>(held: Readonly<Record<string, T>>, places: ReadonlyMap<string, number>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(held)
      .filter(([name]) => places.has(name))
      .sort(([a], [b]) => (places.get(a) as number) - (places.get(b) as number)),
  )

/** A fact as text: equal facts give equal texts, in whatever order their keys were written. */
function textOf({ base, at, regionCode, kind, by, measures, sketched }: Fact): string {
  const cut = pairs(by, DIMENSION_PLACES)
  const counts = pairs(measures, MEASURE_PLACES.get(base) as ReadonlyMap<string, number>)
  return `["${base}",${at},${quote(regionCode)},${quote(kind)},[${cut}],[${counts}]${sketched === undefined ? '' : `,${sketched}`}]`
}

function factOf([base, at, regionCode, kind, cut, counts, sketched]: Tuple): Fact {
  const by: Partial<Record<Dimension, string>> = {}
  for (let index = 0; index < cut.length; index += 2) by[DIMENSIONS[cut[index] as number] as Dimension] = cut[index + 1] as string
  const measures: Record<string, number> = {}
  const names = MEASURES[base] as readonly string[]
  for (let index = 0; index < counts.length; index += 2) measures[names[counts[index] as number] as string] = counts[index + 1] as number
  return { base, at, regionCode, kind, by, measures, ...(sketched === undefined ? {} : { sketched }) }
}

/** Between the facts of a text: JSON has no line end inside a value. */
const LINE = ',\n'

/** Facts as the short text that a ticket row keeps; the same facts, in whatever order, give the same text. */
export const writeFacts = (facts: readonly Fact[]): string => `[${facts.map(textOf).sort().join(LINE)}]`

/** The facts of a ticket row's text. */
export const readFacts = (text: string): Fact[] => (JSON.parse(text) as Tuple[]).map(factOf)

const linesOf = (text: string): string[] => (text.length <= 2 ? [] : text.slice(1, -1).split(LINE))
const factOfLine = (line: string): Fact => factOf(JSON.parse(line) as Tuple)

/** Which facts of two texts of {@link writeFacts} only the first or only the second has; what both have is not even read. */
export function differenceOfTexts(before: string, after: string): { readonly lost: Fact[]; readonly gained: Fact[] } {
  const [was, is] = [linesOf(before), linesOf(after)]
  const [lost, gained]: [Fact[], Fact[]] = [[], []]
  let [i, j] = [0, 0]
  while (i < was.length || j < is.length) {
    const [a, b] = [was[i], is[j]]
    if (a === b) {
      i += 1
      j += 1
    } else if (b === undefined || (a !== undefined && a < b)) {
      lost.push(factOfLine(a as string))
      i += 1
    } else {
      gained.push(factOfLine(b))
      j += 1
    }
  }
  return { lost, gained }
}

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

/** Facts lost and gained, whole, when equal ones have cancelled out, in no particular order. */
export function withoutEqual(lost: readonly Fact[], gained: readonly Fact[]): FactChange[] {
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
export const writeChanges = (changes: readonly FactChange[]): string => `[${changes.map(({ fact, times }) => `[${times},${textOf(fact)}]`).join(',')}]`

/** The changes of a difference row's text. */
export const readChanges = (text: string): FactChange[] =>
  (JSON.parse(text) as [times: number, fact: Tuple][]).map(([times, fact]) => ({ fact: factOf(fact), times }))
