import type { Matter } from '../risk/matter.ts'
import { median } from '../risk/surge.ts'
import { dateOfDay, type DayNumber, dayNumber, HOUR, type Instant, MINUTE, startOfDay, type Zone, zoneOffset } from '../time.ts'
import type { MatterKind, Severity } from '../vocabulary.ts'

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

/** Counts are whole; of each list only the first {@link MOST_LISTED}, by the instant at which they opened. */
export interface CaseComparison {
  readonly would: SideSummary
  readonly did: SideSummary
  readonly matchedCount: number
  readonly matched: readonly MatchedCase[]
  readonly medianMinutesEarlier: number | null
  readonly onlyWould: number
  readonly onlyDid: number
  readonly onlyWouldCases: readonly LoneCase[]
  readonly onlyDidCases: readonly LoneCase[]
  /** Every local day of the span, by the day on which a case opened. */
  readonly byDay: readonly { readonly day: string; readonly would: number; readonly did: number }[]
}

/** `[from, to)`. */
export interface ComparedSpan {
  readonly from: Instant
  readonly to: Instant
}

/** So many cases of each list are kept: a rule may raise millions in a year. */
export const MOST_LISTED = 200

const SHIFT = 12 * HOUR
export const openedAt = ({ rings }: Pick<ComparedCase, 'rings'>): Instant => rings[0]?.at ?? 0
const highestOf = ({ rings }: ComparedCase): Severity => rings.reduce<Severity>((highest, { severity }) => (severity > highest ? severity : highest), 1)

/** The shifts as whole numbers, each from 08:00 or from 20:00 local. */
const shiftOf = (at: Instant, zone: Zone): number => Math.floor((at + zoneOffset(at, zone) - 8 * HOUR) / SHIFT)

const countIn = (counts: Map<number, number>, name: number): void => void counts.set(name, (counts.get(name) ?? 0) + 1)

/** The first of all that were added, by their instants; of one instant in the order in which they came. */
class Earliest<T> {
  readonly #atOf: (one: T) => Instant
  #kept: T[] = []

  constructor(atOf: (one: T) => Instant) {
    this.#atOf = atOf
  }

  add(one: T): void {
    this.#kept.push(one)
    if (this.#kept.length >= 2 * MOST_LISTED) this.#kept = this.list()
  }

  list(): T[] {
    return this.#kept.toSorted((a, b) => this.#atOf(a) - this.#atOf(b)).slice(0, MOST_LISTED)
  }
}

/** What one side raised, case by case. */
class Side {
  readonly #zone: Zone
  readonly #byColour: [number, number, number, number] = [0, 0, 0, 0]
  readonly #shifts = new Map<number, number>()
  readonly byDay = new Map<DayNumber, number>()
  #cases = 0
  #pages = 0
  #right = 0
  #wrong = 0
  readonly alone = new Earliest<LoneCase>((one) => one.openedAt)
  aloneCount = 0

  constructor(zone: Zone) {
    this.#zone = zone
  }

  add(one: ComparedCase, verdict: ComparedCase['verdict']): void {
    const highest = highestOf(one)
    this.#byColour[highest - 1] = (this.#byColour[highest - 1] ?? 0) + 1
    this.#cases += 1
    this.#pages += one.rings.length
    for (const { at } of one.rings) countIn(this.#shifts, shiftOf(at, this.#zone))
    countIn(this.byDay, dayNumber(openedAt(one), this.#zone))
    if (verdict === 'right') this.#right += 1
    if (verdict === 'wrong') this.#wrong += 1
  }

  addAlone(one: ComparedCase, verdict: ComparedCase['verdict']): void {
    this.add(one, verdict)
    this.aloneCount += 1
    this.alone.add({ id: one.id, matter: one.matter, regionPath: one.regionPath, openedAt: openedAt(one), severity: highestOf(one) })
  }

  summary({ from, to }: ComparedSpan): SideSummary {
    const [right, wrong] = [this.#right, this.#wrong]
    return {
      cases: this.#cases,
      byColour: [...this.#byColour],
      right,
      wrong,
      precision: right + wrong === 0 ? null : Math.round((right / (right + wrong)) * 10_000) / 100,
      pages: this.#pages,
      pagesPerShift: { mean: Math.round((this.#pages / Math.max(1, (to - from) / SHIFT)) * 100) / 100, most: Math.max(0, ...this.#shifts.values()) },
    }
  }
}

/** What a rule would have raised beside what it did raise in a span, case by case, however many: kept are counts and the first of each list. */
export class Comparison {
  readonly #span: ComparedSpan
  readonly #zone: Zone
  readonly #would: Side
  readonly #did: Side
  readonly #matched = new Earliest<MatchedCase>((one) => one.wouldAt)
  readonly #minutesEarlier: number[] = []

  constructor(span: ComparedSpan, zone: Zone) {
    this.#span = span
    this.#zone = zone
    this.#would = new Side(zone)
    this.#did = new Side(zone)
  }

  /** The verdict of a would-be case is that of the stored case it matches. */
  addMatched(would: ComparedCase, did: ComparedCase): void {
    this.#would.add(would, did.verdict)
    this.#did.add(did, did.verdict)
    const [wouldAt, didAt] = [openedAt(would), openedAt(did)]
    const minutesEarlier = Math.round((didAt - wouldAt) / MINUTE)
    this.#minutesEarlier.push(minutesEarlier)
    this.#matched.add({ would: would.id, did: did.id, matterKind: would.matter.kind, matter: would.matter.name, wouldAt, didAt, minutesEarlier })
  }

  addWould(one: ComparedCase): void {
    this.#would.addAlone(one, null)
  }

  addDid(one: ComparedCase): void {
    this.#did.addAlone(one, one.verdict)
  }

  #days(): DayNumber[] {
    // A stored case may have opened before the span and been true in it.
    const days = new Set([...this.#would.byDay.keys(), ...this.#did.byDay.keys()])
    const { from, to } = this.#span
    for (let day = dayNumber(from, this.#zone); startOfDay(day, this.#zone) < to; day += 1) days.add(day)
    return [...days].sort((a, b) => a - b)
  }

  result(): CaseComparison {
    return {
      would: this.#would.summary(this.#span),
      did: this.#did.summary(this.#span),
      matchedCount: this.#minutesEarlier.length,
      matched: this.#matched.list(),
      medianMinutesEarlier: this.#minutesEarlier.length === 0 ? null : median(this.#minutesEarlier),
      onlyWould: this.#would.aloneCount,
      onlyDid: this.#did.aloneCount,
      onlyWouldCases: this.#would.alone.list(),
      onlyDidCases: this.#did.alone.list(),
      byDay: this.#days().map((day) => ({ day: dateOfDay(day), would: this.#would.byDay.get(day) ?? 0, did: this.#did.byDay.get(day) ?? 0 })),
    }
  }
}
