import { type CompactFact, DIMENSION_PLACES, factOf, measurePlaces } from '../domain/count/compact-fact.ts'
import type { Base, Fact } from '../domain/count/fact.ts'
import type { Instant } from '../domain/time.ts'

/** A fact and how often it is to be added; what is lost is taken away. */
export interface FactChange {
  readonly fact: Fact
  readonly times: number
}

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
  const counts = pairs(measures, measurePlaces(base))
  return `["${base}",${at},${quote(regionCode)},${quote(kind)},[${cut}],[${counts}]${sketched === undefined ? '' : `,${sketched}`}]`
}

/** Between the facts of a text: JSON has no line end inside a value. */
const LINE = ',\n'

/** Facts as the short text that a ticket row keeps; the same facts, in whatever order, give the same text. */
export const writeFacts = (facts: readonly Fact[]): string => `[${facts.map(textOf).sort().join(LINE)}]`

/** The facts of a ticket row's text. */
export const readFacts = (text: string): Fact[] => (JSON.parse(text) as CompactFact[]).map(factOf)

/** One fact of a text of {@link writeFacts}, as it stands there. */
export type FactLine = string

/** The facts of such a text, unread. */
export const linesOf = (text: string): FactLine[] => (text.length <= 2 ? [] : text.slice(1, -1).split(LINE))

/** The facts of such lines. */
export const factsOfLines = (lines: readonly FactLine[]): Fact[] => lines.map((line) => factOf(JSON.parse(line) as CompactFact))

/** What a line begins with: base and instant of its fact. */
export function headOf(line: FactLine): { readonly base: Base; readonly at: Instant } {
  const end = line.indexOf('"', 2)
  return { base: line.slice(2, end) as Base, at: Number(line.slice(end + 2, line.indexOf(',', end + 2))) }
}

/** Which facts of two texts of {@link writeFacts} only the first or only the second has; none is read. */
export function differenceOfTexts(before: string, after: string): { readonly lost: FactLine[]; readonly gained: FactLine[] } {
  const [was, is] = [linesOf(before), linesOf(after)]
  const [lost, gained]: [FactLine[], FactLine[]] = [[], []]
  let [i, j] = [0, 0]
  while (i < was.length || j < is.length) {
    const [a, b] = [was[i], is[j]]
    if (a === b) {
      i += 1
      j += 1
    } else if (b === undefined || (a !== undefined && a < b)) {
      lost.push(a as string)
      i += 1
    } else {
      gained.push(b)
      j += 1
    }
  }
  return { lost, gained }
}

interface Signed {
  readonly line: FactLine
  readonly sign: 1 | -1
}

/** After the dimensions of a line nothing but numbers follows: the last of these parts them from the measures. */
const BEFORE_MEASURES = '],['

/** What the facts of one place add up to, as elements of a difference's text; nothing where they cancel out. A measure that is lost is negative. */
function netOf(place: string, signed: readonly Signed[]): string[] {
  const measures: number[] = []
  const sketched = new Map<number, number>()
  for (const { line, sign } of signed) {
    const [counts, value] = JSON.parse(`[${line.slice(place.length + 1)}`) as [number[], number?]
    for (let index = 0; index < counts.length; index += 2) {
      const at = counts[index] as number
      measures[at] = (measures[at] ?? 0) + sign * (counts[index + 1] as number)
    }
    if (value !== undefined) sketched.set(value, (sketched.get(value) ?? 0) + sign)
  }
  let counted = ''
  measures.forEach((n, at) => {
    if (n !== 0) counted += `${counted === '' ? '' : ','}${at},${n}`
  })
  const values = [...sketched].filter(([, n]) => n !== 0)
  const ofSketch = values.map(([value, n]) => `[${n},${place},[],${value}]]`)
  return counted === '' ? ofSketch : [`[1,${place},[${counted}]]]`, ...ofSketch]
}

/**
 * The text of one difference row: what is left of lost and gained facts; of the facts of one place only what their measures differ by. Null where
 * nothing is left.
 */
export function writeDifference(lost: readonly FactLine[], gained: readonly FactLine[]): string | null {
  const byPlace = new Map<string, Signed[]>()
  const add = (line: FactLine, sign: 1 | -1) => {
    const place = line.slice(0, line.lastIndexOf(BEFORE_MEASURES) + 1)
    const signed = byPlace.get(place)
    if (signed === undefined) byPlace.set(place, [{ line, sign }])
    else signed.push({ line, sign })
  }
  for (const line of lost) add(line, -1)
  for (const line of gained) add(line, 1)
  const elements: string[] = []
  for (const [place, signed] of byPlace) {
    const [first] = signed
    // Alone at its place: the usual case, written as it stands.
    if (signed.length === 1 && first !== undefined) elements.push(`[${first.sign},${first.line}]`)
    else elements.push(...netOf(place, signed))
  }
  return elements.length === 0 ? null : `[${elements.join(',')}]`
}

/** What a difference row says: facts, their measures perhaps negative, and how often each is to be added; below zero: taken away. */
export const readDifference = (text: string): (readonly [times: number, fact: CompactFact])[] => JSON.parse(text) as [number, CompactFact][]

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
