import { isWithin } from '../region.ts'
import { dayStart, HOUR, type Instant, localDate, MINUTE, shiftDays, timeOfDay, type Zone } from '../time.ts'
import type { MatterKind, Severity } from '../vocabulary.ts'
import { type Matter, isSameMatter } from '../risk/matter.ts'
import { median } from '../risk/surge.ts'

/** What is compared is about: the matter of a case, or the one ticket of an alert, whose key is its name. */
export type ComparedMatter = Matter | { readonly kind: 'ticket'; readonly name: string }
export type ComparedKind = MatterKind | 'ticket'

/** A case, or an alert of one ticket, of either side, as it is compared. */
export interface ComparedCase {
  readonly id: string
  readonly matter: ComparedMatter
  readonly regionPath: string
  readonly lastTrueAt: Instant
  /** When it opened and each time it rose, in order. */
  readonly rings: readonly { readonly at: Instant; readonly severity: Severity }[]
  /** What a person said of it: right (acknowledged or resolved), wrong (false positive), or nothing. */
  readonly verdict: 'right' | 'wrong' | null
}

/** What one side raised. */
export interface SideSummary {
  readonly cases: number
  /** By the highest colour: blue, yellow, orange, red. */
  readonly byColour: readonly [number, number, number, number]
  readonly right: number
  readonly wrong: number
  /** right ÷ (right + wrong) in %, two decimals; null where nobody has checked any. */
  readonly precision: number | null
  /** One page each time a case opens or rises: the first step of a ladder. */
  readonly pages: number
  /** Of shifts from 08:00 and from 20:00 local. */
  readonly pagesPerShift: { readonly mean: number; readonly most: number }
}

/** Two cases that are about the same. */
export interface MatchedCase {
  readonly would: string
  readonly did: string
  readonly matterKind: ComparedKind
  readonly matter: string
  readonly wouldAt: Instant
  readonly didAt: Instant
  /** Above 0: sooner than it was. */
  readonly minutesEarlier: number
}

/** A case that only one side raised. */
export interface LoneCase {
  readonly id: string
  readonly matter: ComparedMatter
  readonly regionPath: string
  readonly openedAt: Instant
  /** The highest it had. */
  readonly severity: Severity
}

export interface CaseComparison {
  readonly would: SideSummary
  readonly did: SideSummary
  readonly matched: readonly MatchedCase[]
  readonly medianMinutesEarlier: number | null
  readonly onlyWould: number
  readonly onlyDid: number
  readonly onlyWouldCases: readonly LoneCase[]
  readonly onlyDidCases: readonly LoneCase[]
  /** Every local day of the span, by the day on which a case opened. */
  readonly byDay: readonly { readonly day: string; readonly would: number; readonly did: number }[]
}

const SHIFT = 12 * HOUR
const openedAt = ({ rings }: ComparedCase): Instant => rings[0]?.at ?? 0
const highestOf = ({ rings }: ComparedCase): Severity => Math.max(...rings.map(({ severity }) => severity)) as Severity
/** How far apart two cases of one matter and place may lie and still be about the same: as far as findings join (domain.md 5.1). */
const NEAR = 2 * HOUR

const shiftOf = (at: Instant, zone: Zone): string => `${localDate(at - 8 * HOUR, zone)}/${timeOfDay(at, zone) >= 8 * HOUR && timeOfDay(at, zone) < 20 * HOUR ? 'day' : 'night'}`

function summarise(cases: readonly ComparedCase[], { from, to }: { from: Instant; to: Instant }, zone: Zone): SideSummary {
  const byColour: [number, number, number, number] = [0, 0, 0, 0]
  const shifts = new Map<string, number>()
  for (const one of cases) {
    const highest = highestOf(one)
    byColour[highest - 1] = (byColour[highest - 1] ?? 0) + 1
    for (const { at } of one.rings) shifts.set(shiftOf(at, zone), (shifts.get(shiftOf(at, zone)) ?? 0) + 1)
  }
  const [right, wrong] = [cases.filter(({ verdict }) => verdict === 'right').length, cases.filter(({ verdict }) => verdict === 'wrong').length]
  const pages = cases.reduce((sum, { rings }) => sum + rings.length, 0)
  return {
    cases: cases.length,
    byColour,
    right,
    wrong,
    precision: right + wrong === 0 ? null : Math.round((right / (right + wrong)) * 10_000) / 100,
    pages,
    pagesPerShift: { mean: Math.round((pages / Math.max(1, (to - from) / SHIFT)) * 100) / 100, most: Math.max(0, ...shifts.values()) },
  }
}

function isAboutTheSame(a: ComparedCase, b: ComparedCase): boolean {
  // One rule on one ticket is one matter, however much later other values would have told of it.
  if (a.matter.kind === 'ticket' || b.matter.kind === 'ticket') return a.matter.kind === b.matter.kind && a.matter.name === b.matter.name
  const isPlace = isWithin(a.regionPath, b.regionPath) || isWithin(b.regionPath, a.regionPath)
  return isSameMatter(a.matter, b.matter) && isPlace && openedAt(a) <= b.lastTrueAt + NEAR && openedAt(b) <= a.lastTrueAt + NEAR
}

/** Pairs of both sides, the nearest in time first, each case once. */
function matchCases(would: readonly ComparedCase[], did: readonly ComparedCase[]): [ComparedCase, ComparedCase][] {
  const byMatter = new Map<string, ComparedCase[]>()
  for (const one of did) byMatter.set(one.matter.name, [...(byMatter.get(one.matter.name) ?? []), one])
  const pairs = would.flatMap((a) => (byMatter.get(a.matter.name) ?? []).filter((b) => isAboutTheSame(a, b)).map((b) => [a, b] as const))
  pairs.sort(([a, b], [c, d]) => Math.abs(openedAt(a) - openedAt(b)) - Math.abs(openedAt(c) - openedAt(d)))
  const taken = new Set<ComparedCase>()
  const matched: [ComparedCase, ComparedCase][] = []
  for (const [a, b] of pairs) {
    if (taken.has(a) || taken.has(b)) continue
    taken.add(a).add(b)
    matched.push([a, b])
  }
  return matched.sort(([a], [b]) => openedAt(a) - openedAt(b))
}

function daysOf({ from, to }: { readonly from: Instant; readonly to: Instant }, cases: readonly ComparedCase[], zone: Zone): string[] {
  // A stored case may have opened before the span and been true in it.
  const days = new Set(cases.map((one) => localDate(openedAt(one), zone)))
  for (let day = dayStart(from, zone); day < to; day = shiftDays(day, 1, zone)) days.add(localDate(day, zone))
  return [...days].sort()
}

/** Those of a side that the other has not, in the order in which they opened. */
function alone(cases: readonly ComparedCase[], taken: ReadonlySet<ComparedCase>): LoneCase[] {
  return cases
    .filter((one) => !taken.has(one))
    .map((one) => ({ id: one.id, matter: one.matter, regionPath: one.regionPath, openedAt: openedAt(one), severity: highestOf(one) }))
    .sort((a, b) => a.openedAt - b.openedAt)
}

/** What a rule would have raised beside what it did raise in a span; the verdict of a would-be case is that of the stored case it matches. */
export function compareCases(would: readonly ComparedCase[], did: readonly ComparedCase[], span: { readonly from: Instant; readonly to: Instant }, zone: Zone): CaseComparison {
  const pairs = matchCases(would, did)
  const verdicts = new Map(pairs.map(([a, b]) => [a, b.verdict]))
  const judged = would.map((one) => ({ ...one, verdict: verdicts.get(one) ?? null }))
  const matched = pairs.map(([a, b]) => {
    return { would: a.id, did: b.id, matterKind: a.matter.kind, matter: a.matter.name, wouldAt: openedAt(a), didAt: openedAt(b), minutesEarlier: Math.round((openedAt(b) - openedAt(a)) / MINUTE) }
  })
  const taken = new Set(pairs.flat())
  const countBy = (cases: readonly ComparedCase[]) => {
    const counts = new Map<string, number>()
    for (const one of cases) counts.set(localDate(openedAt(one), zone), (counts.get(localDate(openedAt(one), zone)) ?? 0) + 1)
    return (day: string) => counts.get(day) ?? 0
  }
  const [wouldOn, didOn] = [countBy(would), countBy(did)]
  return {
    would: summarise(judged, span, zone),
    did: summarise(did, span, zone),
    matched,
    medianMinutesEarlier: matched.length === 0 ? null : median(matched.map(({ minutesEarlier }) => minutesEarlier)),
    onlyWould: would.length - pairs.length,
    onlyDid: did.length - pairs.length,
    onlyWouldCases: alone(would, taken),
    onlyDidCases: alone(did, taken),
    byDay: daysOf(span, [...would, ...did], zone).map((day) => ({ day, would: wouldOn(day), did: didOn(day) })),
  }
}
