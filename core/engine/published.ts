import type { Adjustment, HeldBack } from '../contract/kpi.ts'
import { type Base, MEASURES } from '../domain/count/fact.ts'
import type { Figure } from '../domain/indicator/indicator.ts'
import { isWithin, type RegionNode } from '../domain/region.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { countHeld, type HeldCount, type HeldSums, loadHeldSums } from '../store/restatement-store.ts'
import type { Engine } from './context.ts'
import { FIGURE_KIND } from './day-baseline.ts'

/** A period of published figures. */
export interface Period {
  readonly startAt: Instant
  readonly endAt: Instant
}

/** The codes of a node's subtree, itself included; null for the root: all. */
export const codesWithin = (engine: Engine, node: RegionNode): string[] | null =>
  node.parentCode === null
    ? null
    : engine.tree
        .all()
        .filter((other) => isWithin(other.path, node.path))
        .map((other) => other.code)

/** What waiting and rejected restatements hold back of some periods (domain.md 3.8). */
export interface Held {
  /** Nothing while the period ended less than the watermark ago: until then it is simply counted anew. */
  readonly of: (period: Period, base: Base) => Pick<HeldSums, 'own' | 'received'> | null
  readonly count: (period: Period) => HeldBack
}

/** Loads what is held back of these periods over the nodes of a figure. */
export async function loadHeld(
  engine: Engine,
  node: RegionNode,
  { bases, periods, now }: { readonly bases: readonly Base[]; readonly periods: readonly Period[]; readonly now: Instant },
): Promise<Held> {
  const watermark = (await engine.settings(now)).restatement.body.watermarkHours * HOUR
  const regionCodes = codesWithin(engine, node)
  const feedCodes = codesWithin(engine, engine.tree.atLevel(node.code, 'province') ?? node)
  const measures = Math.max(...bases.map((base) => MEASURES[base].length))
  const query = { kind: FIGURE_KIND, bases, periods, regionCodes, feedCodes, measures }
  const sums: readonly HeldSums[] = await loadHeldSums(engine.pool, query)
  const counts: readonly HeldCount[] = await countHeld(engine.pool, query)
  return {
    of: ({ startAt, endAt }, base) =>
      now - endAt <= watermark ? null : (sums.find((held) => held.startAt === startAt && held.base === base) ?? null),
    count: ({ startAt }) => {
      const { waiting = 0, rejected = 0 } = counts.find((held) => held.startAt === startAt) ?? {}
      return { waiting, rejected }
    },
  }
}

const minus = (a: number | null, b: number | null) => (a === null && b === null ? null : (a ?? 0) - (b ?? 0))

/** The line beside a published figure: what is known by now minus it; null where they are the same. */
export function adjustmentOf(truth: Figure, published: Figure): Adjustment {
  const [numerator, denominator] = [minus(truth.numerator, published.numerator), minus(truth.denominator, published.denominator)]
  if ((numerator ?? 0) === 0 && (denominator ?? 0) === 0) return null
  const value = truth.value === null || published.value === null ? null : truth.value - published.value
  return { numerator, denominator, value }
}
