import type { KpiAnswer, PublishedFigure } from '../contract/kpi.ts'
import type { CubeName } from '../domain/count/contribution.ts'
import { INDICATORS } from '../domain/indicator/catalogue.ts'
import type { Figure, Indicator, PeriodSums } from '../domain/indicator/indicator.ts'
import { depthOf, isWithin, type RegionNode, type Scope } from '../domain/region.ts'
import { type Instant, isoWeek, isoWeekStart, shiftDays, weekStart, type Zone } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadPeriods, type PeriodCube } from '../store/kpi-store.ts'
import type { Engine } from './context.ts'
import { dayBaseline, FIGURE_KIND, loadPlacedFeeds } from './day-baseline.ts'
import { readFeed } from './feeds.ts'

const CUBES: readonly CubeName[] = ['accepted_day', 'finished_day', 'finished_in_time_day', 'open_change_day']
const RUNNING: readonly CubeName[] = ['open_change_day']
/** What shows that a week has data at all. */
const EVIDENCE: readonly CubeName[] = ['accepted_day', 'finished_day']

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

/** The sums of one week out of the sums between all edges. */
function sumsOf(week: Week, edges: readonly Instant[], rows: readonly PeriodCube[]): PeriodSums {
  const place = edges.indexOf(week.startAt)
  const total = (cube: CubeName, fits: (row: PeriodCube) => boolean) =>
    rows.reduce((sum, row) => (row.cube === cube && fits(row) ? sum + row.own : sum), 0)
  return {
    startAt: week.startAt,
    endAt: week.endAt,
    sum: (cube) => total(cube, (row) => row.place === place),
    running: (cube) => {
      if (!RUNNING.includes(cube)) throw new Error(`${cube} is not summed from the beginning of time`)
      return total(cube, (row) => row.place <= place)
    },
    hasData: rows.some((row) => row.place === place && row.feed > 0 && EVIDENCE.includes(row.cube)),
  }
}

const codesWithin = (engine: Engine, node: RegionNode): string[] | null =>
  node.parentCode === null
    ? null
    : engine.tree
        .all()
        .filter((other) => isWithin(other.path, node.path))
        .map((other) => other.code)

/** As of when the figures of a node stand: a silent province's are as old as the last thing heard of it (domain.md S-9). */
async function asOf(engine: Engine, sql: Sql, province: RegionNode | undefined, now: Instant): Promise<Instant> {
  if (province?.level !== 'province') return now
  const feed = (await loadPlacedFeeds(engine, sql)).find((held) => held.provinceCode === province.code)
  return feed !== undefined && readFeed(feed, province.code, await dayBaseline(engine, now), now).state === 'stale' ? feed.lastReceivedAt : now
}

const NONE: Figure = { numerator: null, denominator: null, value: null, status: 'no_data' }

/**
 * Every indicator of one node by ISO week: the last `weeks` weeks, the present one marked as incomplete, each beside the week of the same
 * number a year before. All sums come from day cells in one query. A week in which nothing at all was received has no data, not zero.
 * @throws RangeError when the node is not in the scope.
 */
export async function loadKpi(engine: Engine, scope: Scope, regionCode: string, weeks: number, now: Instant): Promise<KpiAnswer> {
  const { tree, zone, pool } = engine
  const node = tree.get(regionCode)
  if (node === undefined || !isWithin(node.path, scope.path)) throw new RangeError(`region ${regionCode} is not in your scope`)
  const present = weekStart(now, zone)
  const shown = Array.from({ length: weeks }, (_, index) => weekOf(shiftDays(present, 7 * (index - weeks + 1), zone), zone))
  const before = shown.map((week) => yearBefore(week, zone))
  const edges = [...new Set([...shown, ...before].flatMap((week) => (week === null ? [] : [week.startAt, week.endAt])))].sort((a, b) => a - b)
  const province = tree.atLevel(regionCode, 'province')
  const rows = await loadPeriods(pool, {
    kind: FIGURE_KIND,
    cubes: CUBES,
    runningCubes: RUNNING,
    regionCodes: codesWithin(engine, node),
    feedCodes: codesWithin(engine, province ?? node),
    edges,
  })
  const dataAsOf = await asOf(engine, pool, province, now)
  const figure = (indicator: Indicator, week: Week | null): PublishedFigure => ({
    ...(week === null ? NONE : indicator.compute(sumsOf(week, edges, rows))),
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
      const { id, nameZh, nameEn, formulaZh, formulaEn, unit, direction, basis, thresholds } = indicator
      return {
        id,
        nameZh,
        nameEn,
        formulaZh,
        formulaEn,
        unit,
        direction,
        basis,
        thresholds,
        weeks: shown.map((week, index) => ({
          week: week.label,
          startAt: week.startAt,
          endAt: week.endAt,
          isComplete: week.endAt <= now,
          figure: figure(indicator, week),
          lastYear: figure(indicator, before[index] ?? null),
        })),
      }
    }),
  }
}
