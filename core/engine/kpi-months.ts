import type { KpiMonthsAnswer } from '../contract/kpi.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { binStart } from '../domain/count/cell-sums.ts'
import { measurePlace } from '../domain/count/cubes.ts'
import type { Base } from '../domain/count/fact.ts'
import { shiftMonths } from '../domain/count/month-freeze.ts'
import { INDICATORS } from '../domain/indicator/catalogue.ts'
import type { Indicator, PeriodSums } from '../domain/indicator/indicator.ts'
import { depthOf, isWithin, type RegionNode, type Scope } from '../domain/region.ts'
import { type Instant, localDate } from '../domain/time.ts'
import { type FrozenSum, frozenAt, loadFrozen, loadMonthStates, loadMonthSums, type MonthSums } from '../store/month-store.ts'
import { firstReceivedAt } from '../store/province-feed-store.ts'
import type { Engine } from './context.ts'
import { FIGURE_KIND } from './day-baseline.ts'
import { freezesAt, MONTH_BASES } from './freeze-months.ts'
import { asOf } from './kpi.ts'
import { codesWithin, type Held, loadHeld, type Period, restatedFigure, type View } from './published.ts'
import { loadWatch, watchSums, type WatchOf } from './watch.ts'

interface Month extends Period {
  /** Local date of the first day. */
  readonly first: string
  readonly frozenAt: Instant | null
}

/** What the figures of a node are made of: all rows of the province that its data depends on, and which of them are the node's own. */
interface Known {
  readonly sums: readonly MonthSums[]
  readonly states: ReadonlyMap<string, readonly MonthSums[]>
  readonly isOwn: (regionCode: string) => boolean
  readonly isCounted: boolean
  readonly held: Held
  readonly watch: WatchOf
  readonly regionCode: string
}

const total = (rows: readonly MonthSums[], place: number) => rows.reduce((sum, { n }) => sum + (n[place] ?? 0), 0)

function knownSums(month: Month, { sums, states, isOwn, isCounted, held, watch, regionCode }: Known, view: View): PeriodSums {
  const of = (base: Base) => sums.filter((row) => row.base === base && row.monthAt === month.startAt)
  const without = (base: Base) => held.without(month, base, view)
  return {
    startAt: month.startAt,
    endAt: month.endAt,
    sum: (base, measure) => {
      const place = measurePlace(base, measure)
      const own = of(base).filter(({ regionCode }) => isOwn(regionCode))
      return total(own, place) - (without(base)?.own[place] ?? 0)
    },
    running: (state) => total(states.get(month.first) ?? [], measurePlace('SNAP', state)),
    hasData: isCounted && MONTH_BASES.some((base) => total(of(base), 0) - (without(base)?.received ?? 0) > 0),
    watch: watchSums(watch(month, regionCode)),
  }
}

function frozenSums(month: Month, frozen: readonly FrozenSum[]): PeriodSums {
  const own = frozen.filter((row) => row.month === month.first)
  const value = (base: Base, measure: Parameters<typeof measurePlace>[1]) => own.find((row) => row.base === base)?.n[measurePlace(base, measure)] ?? 0
  const [measures, latency] = [own.find((row) => row.base === 'WATCH')?.n, own.find((row) => row.base === 'LATENCY')?.n]
  const watch = measures === undefined || latency === undefined ? null : watchSums({ measures, latency })
  return { startAt: month.startAt, endAt: month.endAt, sum: value, running: (state) => value('SNAP', state), hasData: own.length > 0, watch }
}

async function loadKnown(engine: Engine, node: RegionNode, months: readonly Month[], now: Instant): Promise<Known> {
  const province = engine.tree.atLevel(node.code, 'province') ?? node
  const [ownCodes, feedCodes] = [codesWithin(engine, node), codesWithin(engine, province)]
  const own = ownCodes === null ? null : new Set(ownCodes)
  const states = new Map<string, readonly MonthSums[]>()
  for (const month of months) {
    states.set(month.first, await loadMonthStates(engine.pool, { kind: FIGURE_KIND, monthAt: month.startAt, regionCodes: ownCodes }))
  }
  const starts = months.map(({ startAt }) => startAt)
  return {
    sums: await loadMonthSums(engine.pool, { kind: FIGURE_KIND, bases: MONTH_BASES, months: starts, regionCodes: feedCodes }),
    states,
    isOwn: (code) => own === null || own.has(code),
    isCounted: depthOf(node.level) <= depthOf('city'),
    held: await loadHeld(engine, node, { bases: MONTH_BASES, periods: months, now }),
    watch: await loadWatch(engine, engine.pool, node.path, { periods: months, now }),
    regionCode: node.code,
  }
}

/**
 * Every indicator of one node by month, the last `count` months. A frozen month says what it said when it froze, and what has changed since as its adjustment;
 * before that a month is provisional, and once it ended longer ago than the watermark it is without the restatements that wait (domain.md 3.8).
 * @throws RangeError when the node is not in the scope.
 */
export async function loadKpiMonths(engine: Engine, scope: Scope, regionCode: string, count: number, now: Instant): Promise<KpiMonthsAnswer> {
  const { tree, zone, pool } = engine
  const node = tree.get(regionCode)
  if (node === undefined || !isWithin(node.path, scope.path)) throw new RangeError(`region ${regionCode} is not in your scope`)
  const present = binStart(now, 'month', zone)
  const starts = Array.from({ length: count }, (_, index) => shiftMonths(present, index - count + 1, zone))
  const firsts = starts.map((startAt) => localDate(startAt, zone))
  const closed = await frozenAt(pool, FIGURE_KIND, tree.root.code, firsts)
  const months = starts.map((startAt, index): Month => {
    const first = firsts[index] as string
    return { startAt, endAt: shiftMonths(startAt, 1, zone), first, frozenAt: closed.get(first) ?? null }
  })
  const known = await loadKnown(engine, node, months, now)
  const frozen = await loadFrozen(pool, FIGURE_KIND, regionCode, firsts)
  const { calendar, restatement } = await engine.settings(now)
  const since = await firstReceivedAt(pool)
  const dataAsOf = await asOf(engine, pool, tree.atLevel(regionCode, 'province'), now)
  const monthOf = (indicator: Indicator, month: Month) => {
    const at = month.frozenAt
    const views =
      at === null
        ? { known: knownSums(month, known, 'known'), published: knownSums(month, known, 'published'), first: knownSums(month, known, 'first') }
        : { known: knownSums(month, known, 'known'), published: frozenSums(month, frozen), first: frozenSums(month, frozen) }
    const { published, ...restated } = restatedFigure(indicator, month, known.held, views)
    const formulaVersion = frozen.find((row) => row.month === month.first)?.formulaVersion ?? indicator.formulaVersion
    return {
      month: month.first.slice(0, 7),
      startAt: month.startAt,
      endAt: month.endAt,
      isComplete: month.endAt <= now,
      status: at === null ? ('provisional' as const) : ('frozen' as const),
      frozenAt: at,
      freezesAt: freezesAt(month.startAt, { calendar: calendarFrom(calendar.body), workday: restatement.body.freezeWorkday, zone, since }),
      figure: { ...published, dataAsOf: at ?? dataAsOf, formulaVersion },
      restated: known.held.count(month),
      ...restated,
    }
  }
  return {
    regionCode,
    regionNameZh: node.nameZh,
    regionNameEn: node.nameEn,
    zone,
    dataAsOf,
    series: INDICATORS.map((indicator) => {
      const { id, nameZh, nameEn, unit, basis } = indicator
      return { id, nameZh, nameEn, unit, basis, months: months.map((month) => monthOf(indicator, month)) }
    }),
  }
}
