import type { KpiAnswer, PublishedFigure } from '../contract/kpi.ts'
import { binStart } from '../domain/count/cell-sums.ts'
import { measurePlace } from '../domain/count/cubes.ts'
import type { Base } from '../domain/count/fact.ts'
import { INDICATORS } from '../domain/indicator/catalogue.ts'
import type { Figure, Indicator, PeriodSums } from '../domain/indicator/indicator.ts'
import { depthOf, isWithin, type RegionNode, type Scope } from '../domain/region.ts'
import { type Instant, isoWeek, isoWeekStart, shiftDays, weekStart, type Zone } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadStateChanges, loadWeekSums, type StateChange, type WeekSums } from '../store/kpi-store.ts'
import type { Engine } from './context.ts'
import { dayBaseline, FIGURE_KIND, loadPlacedFeeds } from './day-baseline.ts'
import { readFeed } from './feeds.ts'
import { codesWithin, type Held, loadHeld, restatedFigure, type View } from './published.ts'
import { loadWatch, watchSums, type WatchOf } from './watch.ts'

/** Bases whose weeks the indicators sum. */
const BASES: readonly Base[] = ['ACC', 'FIN']
/** What shows that a week has data at all. */
const EVIDENCE: readonly Base[] = ['ACC', 'FIN']
const weekCube = (base: Base) => `${base}/week`

interface Week {
  readonly label: string
  readonly startAt: Instant
  readonly endAt: Instant
}

const weekOf = (startAt: Instant, zone: Zone): Week => ({ label: isoWeek(startAt, zone), startAt, endAt: shiftDays(startAt, 7, zone) })

/** The ISO week of the same number a year before; null for a week 53 that the year before had not. */
function yearBefore({ label }: Week, zone: Zone): Week | null {
  const [year, week] = label.split('-W').map(Number) as [number, number]
  const startAt = isoWeekStart(year - 1, week, zone)
  return startAt === null ? null : weekOf(startAt, zone)
}

/** What weeks are summed from. */
interface Sums {
  readonly weeks: readonly WeekSums[]
  readonly changes: readonly StateChange[]
  /** False below the cities, where no week is counted: no data there, not zero. */
  readonly isCounted: boolean
  readonly held: Held
  readonly watch: WatchOf
  readonly regionCode: string
}

/** Sums of one week in one view. */
function sumsOf(week: Week, { weeks, changes, isCounted, held, watch, regionCode }: Sums, view: View): PeriodSums {
  const without = (base: Base) => held.without(week, base, view)
  const own = new Map(weeks.filter(({ weekAt }) => weekAt === week.startAt).map((row) => [row.cube, row]))
  return {
    startAt: week.startAt,
    endAt: week.endAt,
    sum: (base, measure) => {
      if (!BASES.includes(base)) throw new Error(`weeks of ${base} are not loaded`)
      const place = measurePlace(base, measure)
      return (own.get(weekCube(base))?.own[place] ?? 0) - (without(base)?.own[place] ?? 0)
    },
    running: (state) => {
      const place = measurePlace('SNAP', state)
      return changes.reduce((sum, { weekAt, n }) => (weekAt === null || weekAt <= week.startAt ? sum + (n[place] ?? 0) : sum), 0)
    },
    hasData: isCounted && EVIDENCE.some((base) => (own.get(weekCube(base))?.received ?? 0) - (without(base)?.received ?? 0) > 0),
    watch: watchSums(watch(week, regionCode)),
  }
}

/** The sums of all these weeks over a node, and over the province whose feed it depends on. */
async function loadSums(engine: Engine, node: RegionNode, weeks: readonly Week[], now: Instant): Promise<Sums> {
  const weekStarts = [...new Set(weeks.map(({ startAt }) => startAt))].sort((a, b) => a - b)
  const [firstWeekAt, lastWeekAt] = [weekStarts[0] ?? 0, weekStarts.at(-1) ?? 0]
  const regionCodes = codesWithin(engine, node)
  const feedCodes = codesWithin(engine, engine.tree.atLevel(node.code, 'province') ?? node)
  return {
    weeks: await loadWeekSums(engine.pool, { kind: FIGURE_KIND, cubes: BASES.map(weekCube), weekStarts, regionCodes, feedCodes }),
    changes: await loadStateChanges(engine.pool, {
      kind: FIGURE_KIND,
      monthAt: binStart(firstWeekAt, 'month', engine.zone),
      firstWeekAt,
      lastWeekAt,
      regionCodes,
    }),
    isCounted: depthOf(node.level) <= depthOf('city'),
    held: await loadHeld(engine, node, { bases: BASES, periods: weeks, now }),
    watch: await loadWatch(engine, engine.pool, node.path, { periods: weeks, now }),
    regionCode: node.code,
  }
}

/** As of when the figures of a node stand: a silent province's are as old as the last thing heard of it (domain.md S-9). */
export async function asOf(engine: Engine, sql: Sql, province: RegionNode | undefined, now: Instant): Promise<Instant> {
  if (province?.level !== 'province') return now
  const feed = (await loadPlacedFeeds(engine, sql)).find((held) => held.provinceCode === province.code)
  return feed !== undefined && readFeed(feed, province.code, await dayBaseline(engine, now), now).state === 'stale' ? feed.lastReceivedAt : now
}

const NONE: Figure = { numerator: null, denominator: null, value: null, status: 'no_data' }

/**
 * Every indicator of one node by ISO week: the last `weeks` weeks, the present one marked as incomplete, each beside the week of the same
 * number a year before. All sums come from week cells, in one query; what was open, from months and days before them. A week in which nothing
 * at all was received has no data, not zero.
 * @throws RangeError when the node is not in the scope.
 */
export async function loadKpi(engine: Engine, scope: Scope, regionCode: string, weeks: number, now: Instant): Promise<KpiAnswer> {
  const { tree, zone, pool } = engine
  const node = tree.get(regionCode)
  if (node === undefined || !isWithin(node.path, scope.path)) throw new RangeError(`region ${regionCode} is not in your scope`)
  const present = weekStart(now, zone)
  const shown = Array.from({ length: weeks }, (_, index) => weekOf(shiftDays(present, 7 * (index - weeks + 1), zone), zone))
  const before = shown.map((week) => yearBefore(week, zone))
  const province = tree.atLevel(regionCode, 'province')
  const sums = await loadSums(
    engine,
    node,
    [...shown, ...before].filter((week) => week !== null),
    now,
  )
  const dataAsOf = await asOf(engine, pool, province, now)
  const figure = (indicator: Indicator, week: Week | null): PublishedFigure => ({
    ...(week === null ? NONE : indicator.compute(sumsOf(week, sums, 'published'))),
    dataAsOf,
    formulaVersion: indicator.formulaVersion,
  })
  return {
    regionCode,
    regionNameZh: node.nameZh,
    regionNameEn: node.nameEn,
    zone,
    dataAsOf,
    regions: tree
      .all()
      .filter((other) => isWithin(other.path, scope.path) && depthOf(other.level) <= depthOf('city'))
      .map(({ code, nameZh, nameEn, level }) => ({ code, nameZh, nameEn, level })),
    series: INDICATORS.map((indicator) => {
      const { id, nameZh, nameEn, formulaZh, formulaEn, unit, group, direction, basis, thresholds } = indicator
      return {
        id,
        nameZh,
        nameEn,
        formulaZh,
        formulaEn,
        unit,
        group,
        direction,
        basis,
        thresholds,
        weeks: shown.map((week, index) => {
          const views = { known: sumsOf(week, sums, 'known'), published: sumsOf(week, sums, 'published'), first: sumsOf(week, sums, 'first') }
          const { published, ...restated } = restatedFigure(indicator, week, sums.held, views)
          return {
            week: week.label,
            startAt: week.startAt,
            endAt: week.endAt,
            isComplete: week.endAt <= now,
            figure: { ...published, dataAsOf, formulaVersion: indicator.formulaVersion },
            restated: sums.held.count(week),
            ...restated,
            lastYear: figure(indicator, before[index] ?? null),
          }
        }),
      }
    }),
  }
}
