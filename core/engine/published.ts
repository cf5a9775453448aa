import type { Adjustment, HeldBack, KpiDecision, PublishedFigure } from '../contract/kpi.ts'
import { type Base, MEASURES } from '../domain/count/fact.ts'
import type { Figure, Indicator, PeriodSums } from '../domain/indicator/indicator.ts'
import { maskText } from '../domain/protect/mask.ts'
import { isWithin, type RegionNode } from '../domain/region.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { countHeld, type HeldCount, type HeldPeriod, type HeldSums, loadHeldSums, loadRestating, type Restating } from '../store/restated-sum-store.ts'
import type { Engine } from './context.ts'
import { FIGURE_KIND } from './day-baseline.ts'

/** The codes of a node's subtree, itself included; null for the root: all. */
export const codesWithin = (engine: Engine, node: RegionNode): string[] | null =>
  node.parentCode === null
    ? null
    : engine.tree
        .all()
        .filter((other) => isWithin(other.path, node.path))
        .map((other) => other.code)

/** A period of published figures. */
export interface Period {
  readonly startAt: Instant
  readonly endAt: Instant
  /** When it froze; null: it did not, and stands published from the watermark after its end on. */
  readonly frozenAt?: Instant | null
}

/** `known`: by now; `published`: without what is held back; `first`: also without what restated it since it was published. */
export type View = 'known' | 'published' | 'first'

/** What restatements hold back of some periods, and how they restated them (domain.md 3.8). */
export interface Held {
  /** What a view is without; nothing while the period ended less than the watermark ago: until then it is simply counted anew. */
  readonly without: (period: Period, base: Base, view: View) => Pick<HeldSums, 'own' | 'received'> | null
  readonly count: (period: Period) => HeldBack
  /** Whose words on lines that touch one of these bases (none: any) restated the period, newest first. */
  readonly decisions: (period: Period, bases: ReadonlySet<Base>) => KpiDecision[]
}

/** Decisions that a figure names; the restatement log has all. */
const MOST_DECISIONS = 5

const joined = (a: HeldSums | undefined, b: HeldSums | undefined): Pick<HeldSums, 'own' | 'received'> | null => {
  if (a === undefined || b === undefined) return a ?? b ?? null
  return { own: a.own.map((n, place) => n + (b.own[place] ?? 0)), received: a.received + b.received }
}

/** Loads what restatements do to these periods over the nodes of a figure. */
export async function loadHeld(
  engine: Engine,
  node: RegionNode,
  { bases, periods, now }: { readonly bases: readonly Base[]; readonly periods: readonly Period[]; readonly now: Instant },
): Promise<Held> {
  const watermark = (await engine.settings(now)).restatement.body.watermarkHours * HOUR
  const regionCodes = codesWithin(engine, node)
  const feedCodes = codesWithin(engine, engine.tree.atLevel(node.code, 'province') ?? node)
  const measures = Math.max(...bases.map((base) => MEASURES[base].length))
  const dated = periods.map(({ startAt, endAt, frozenAt }): HeldPeriod => ({ startAt, endAt, publishedAt: frozenAt ?? endAt + watermark }))
  const query = { kind: FIGURE_KIND, bases, periods: dated, regionCodes, feedCodes, measures }
  const held: readonly HeldSums[] = await loadHeldSums(engine.pool, 'held', query)
  const restated: readonly HeldSums[] = await loadHeldSums(engine.pool, 'restated', query)
  const counts: readonly HeldCount[] = await countHeld(engine.pool, query)
  const restating: readonly Restating[] = restated.length === 0 ? [] : await loadRestating(engine.pool, query)
  const of = (sums: readonly HeldSums[], startAt: Instant, base: Base) => sums.find((one) => one.startAt === startAt && one.base === base)
  return {
    without: ({ startAt, endAt }, base, view) => {
      if (view === 'known' || now - endAt <= watermark) return null
      return joined(of(held, startAt, base), view === 'first' ? of(restated, startAt, base) : undefined)
    },
    count: ({ startAt }) => {
      const { waiting = 0, rejected = 0 } = counts.find((one) => one.startAt === startAt) ?? {}
      return { waiting, rejected }
    },
    decisions: ({ startAt }, read) =>
      restating
        .filter((one) => one.startAt === startAt && (read.size === 0 || one.bases.some((base) => read.has(base))))
        .slice(0, MOST_DECISIONS)
        .map(({ at, by, reason, cause, lines }) => ({ at, by, reason: maskText(reason), cause, lines })),
  }
}

/** The bases that an indicator sums. */
function basesOf(indicator: Indicator, sums: PeriodSums): ReadonlySet<Base> {
  const read = new Set<Base>()
  indicator.compute({
    ...sums,
    sum: (base, measure) => {
      read.add(base)
      return sums.sum(base, measure)
    },
  })
  return read
}

/** One indicator's figure of a period, with all that restatements have to do with it. */
export interface Restated {
  readonly published: Figure
  /** What it said when it was first published, where that was something else; else null. */
  readonly first: Pick<PublishedFigure, 'numerator' | 'denominator' | 'value' | 'status'> | null
  readonly adjustment: Adjustment
  readonly decisions: KpiDecision[]
}

/** Reads one indicator of a period by its three views; of a frozen month the published sums are also the first ones. */
export function restatedFigure(indicator: Indicator, period: Period, held: Held, views: { readonly [V in View]: PeriodSums }): Restated {
  const [known, published, first] = [indicator.compute(views.known), indicator.compute(views.published), indicator.compute(views.first)]
  const { numerator, denominator, value, status } = first
  const isRestated = numerator !== published.numerator || denominator !== published.denominator || value !== published.value || status !== published.status
  const adjustment = adjustmentOf(known, published)
  const isFrozenMoved = period.frozenAt !== undefined && period.frozenAt !== null && adjustment !== null
  return {
    published,
    first: isRestated ? { numerator, denominator, value, status } : null,
    adjustment,
    decisions: isRestated || isFrozenMoved ? held.decisions(period, basesOf(indicator, views.known)) : [],
  }
}

const minus = (a: number | null, b: number | null) => (a === null && b === null ? null : (a ?? 0) - (b ?? 0))

/** The line beside a published figure: what is known by now minus it; null where they are the same. */
function adjustmentOf(truth: Figure, published: Figure): Adjustment {
  const [numerator, denominator] = [minus(truth.numerator, published.numerator), minus(truth.denominator, published.denominator)]
  if ((numerator ?? 0) === 0 && (denominator ?? 0) === 0) return null
  const value = truth.value === null || published.value === null ? null : truth.value - published.value
  return { numerator, denominator, value }
}
