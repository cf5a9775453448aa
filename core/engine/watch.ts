import { LATENCY_EDGES, WATCH_MEASURES, type WatchMeasure, type WatchSums } from '../domain/indicator/watch.ts'
import type { RegionTree } from '../domain/region.ts'
import { type Instant, localDate, type Zone } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadReceptions, loadWatchCounts, type WatchPeriod } from '../store/watch-store.ts'

/** What is counted of the monitoring itself at one node in one period, as a frozen month keeps it: by place of the measure, and of the edge. */
export interface WatchRow {
  readonly measures: readonly number[]
  readonly latency: readonly number[]
}

/** What was counted at a node in a period, which is one of those that were loaded. */
export type WatchOf = (period: Pick<WatchPeriod, 'startAt'>, regionCode: string) => WatchRow

const EMPTY: WatchRow = { measures: [], latency: [] }

/** Such a row as indicators read it. */
export function watchSums({ measures, latency }: WatchRow): WatchSums {
  return {
    count: (measure) => measures[WATCH_MEASURES.indexOf(measure)] ?? 0,
    latency: LATENCY_EDGES.flatMap((edge, place) => ((latency[place] ?? 0) > 0 ? [[edge, latency[place] as number] as const] : [])),
  }
}

class Sums {
  readonly measures = new Array<number>(WATCH_MEASURES.length).fill(0)
  readonly latency = new Array<number>(LATENCY_EDGES.length).fill(0)

  add(measure: WatchMeasure, n: number): void {
    const place = WATCH_MEASURES.indexOf(measure)
    this.measures[place] = (this.measures[place] ?? 0) + n
  }

  addReception(checkId: string, dimension: string, n: number): void {
    if (checkId === 'K-80') this.add(dimension as 'received' | 'complete', n)
    const place = checkId === 'K-79' ? LATENCY_EDGES.indexOf(Number(dimension)) : -1
    if (place >= 0) this.latency[place] = (this.latency[place] ?? 0) + n
  }
}

/**
 * What is counted of the monitoring itself in each of these periods, as of `now`, at every node above what is counted within `path`: of a period, by region
 * code. What falls due later is not due yet. Receptions are known by province only.
 */
export async function loadWatch(
  { tree, zone }: { readonly tree: RegionTree; readonly zone: Zone },
  sql: Sql,
  path: string,
  { periods, now }: { readonly periods: readonly WatchPeriod[]; readonly now: Instant },
): Promise<WatchOf> {
  const cut = periods.map(({ startAt, endAt }) => ({ startAt, endAt: Math.min(endAt, now + 1) }))
  const byPlace = periods.map(() => new Map<string, Sums>())
  const each = (place: number, regionCode: string, add: (sums: Sums) => void) => {
    const sums = byPlace[place]
    for (const { code } of sums === undefined ? [] : tree.chain(regionCode)) {
      const held = sums?.get(code) ?? new Sums()
      sums?.set(code, held)
      add(held)
    }
  }
  for (const { place, regionCode, measure, n } of await loadWatchCounts(sql, { path }, cut)) {
    each(place, regionCode, (sums) => {
      sums.add(measure, n)
      if (measure === 'closed_false') sums.add('closed_true', -n)
    })
  }
  const days = periods.map(({ startAt, endAt }) => ({ from: localDate(startAt, zone), to: localDate(endAt, zone) }))
  for (const { place, provinceCode, checkId, dimension, n } of await loadReceptions(sql, { path }, days)) {
    each(place, provinceCode, (sums) => sums.addReception(checkId, dimension, n))
  }
  return ({ startAt }, regionCode) => byPlace[periods.findIndex((one) => one.startAt === startAt)]?.get(regionCode) ?? EMPTY
}
