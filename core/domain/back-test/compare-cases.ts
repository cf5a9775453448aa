import { isWithin } from '../region.ts'
import { isSameMatter } from '../risk/matter.ts'
import { HOUR, type Zone } from '../time.ts'
import { type CaseComparison, type ComparedCase, type ComparedSpan, Comparison, openedAt } from './comparison.ts'

/** How far apart two cases of one matter and place may lie and still be about the same: as far as findings join (domain.md 5.1). */
const NEAR = 2 * HOUR

function isAboutTheSame(a: ComparedCase, b: ComparedCase): boolean {
  // One rule on one ticket is one matter, however much later other values would have told of it.
  if (a.matter.kind === 'ticket' || b.matter.kind === 'ticket') return a.matter.kind === b.matter.kind && a.matter.name === b.matter.name
  const isPlace = isWithin(a.regionPath, b.regionPath) || isWithin(b.regionPath, a.regionPath)
  return isSameMatter(a.matter, b.matter) && isPlace && openedAt(a) <= b.lastTrueAt + NEAR && openedAt(b) <= a.lastTrueAt + NEAR
}

function byMatter(cases: readonly ComparedCase[]): Map<string, ComparedCase[]> {
  const held = new Map<string, ComparedCase[]>()
  for (const one of cases) {
    const same = held.get(one.matter.name)
    if (same === undefined) held.set(one.matter.name, [one])
    else same.push(one)
  }
  return held
}

/** Adds both sides: pairs of what is about the same, the nearest in time first, each case once; the rest alone. `did` may hold more than concerns `would`: what was matched is taken out. */
function addAll(comparison: Comparison, would: readonly ComparedCase[], did: Map<string, ComparedCase[]>): void {
  const pairs = would.flatMap((a) => (did.get(a.matter.name) ?? []).filter((b) => isAboutTheSame(a, b)).map((b) => [a, b] as const))
  pairs.sort(([a, b], [c, d]) => Math.abs(openedAt(a) - openedAt(b)) - Math.abs(openedAt(c) - openedAt(d)))
  const taken = new Set<ComparedCase>()
  for (const [a, b] of pairs) {
    if (taken.has(a) || taken.has(b)) continue
    taken.add(a).add(b)
    comparison.addMatched(a, b)
  }
  for (const name of new Set(pairs.map(([a]) => a.matter.name))) did.set(name, (did.get(name) ?? []).filter((one) => !taken.has(one)))
  for (const one of would) if (!taken.has(one)) comparison.addWould(one)
}

/** What a rule would have raised beside what it did raise in a span. */
export function compareCases(would: readonly ComparedCase[], did: readonly ComparedCase[], span: ComparedSpan, zone: Zone): CaseComparison {
  const comparison = new AlertComparison(did, span, zone)
  comparison.take(would)
  return comparison.result()
}

/** The same, where what would have been raised comes in parts; what is about the same comes in one part, as all alerts of a ticket do. */
export class AlertComparison {
  readonly #comparison: Comparison
  readonly #did: Map<string, ComparedCase[]>

  constructor(did: readonly ComparedCase[], span: ComparedSpan, zone: Zone) {
    this.#comparison = new Comparison(span, zone)
    this.#did = byMatter(did)
  }

  take(would: readonly ComparedCase[]): void {
    addAll(this.#comparison, would, this.#did)
  }

  /** To be asked once: what is left of the stored side stands alone from then on. */
  result(): CaseComparison {
    for (const left of this.#did.values()) for (const one of left) this.#comparison.addDid(one)
    this.#did.clear()
    return this.#comparison.result()
  }
}
