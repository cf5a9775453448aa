import { calendarFrom } from '../domain/calendar.ts'
import { type UsualDays, usualDays } from '../domain/like-days.ts'
import { depthOf, isWithin, type RegionNode } from '../domain/region.ts'
import type { MatterKind } from '../domain/vocabulary.ts'
import { touchedHours } from '../domain/risk/baseline.ts'
import { median } from '../domain/risk/surge.ts'
import { ENGINE_SCOPE } from '../domain/access.ts'
import { DAY, dayStart, HOUR, type Instant, localDate, MINUTE, shiftDays, timeOfDay } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadDayCounts, sumOfDays } from '../store/figure-store.ts'
import { loadProvinceFeeds, type ProvinceFeed } from '../store/province-feed-store.ts'
import { loadConfirmedCases } from '../store/risk-store.ts'
import type { Engine, Settings } from './context.ts'

/** The kind that the wall's figures count (K-01: complaints). */
export const FIGURE_KIND = 'complaint'

const MINUTES = DAY / MINUTE

/** The usual course of one local day, per node down to the cities: medians of days like it (domain.md 5.1, 6.2). */
export interface DayBaseline {
  /** Cumulative complaints up to the same time of day, to the minute; null: no usable week. */
  readonly upTo: (regionCode: string, at: Instant) => number | null
  /** The same for the whole day. */
  readonly wholeDay: (regionCode: string) => number | null
  /** Whether days of past weeks taught it, or the days just past. */
  readonly basis: UsualDays['basis']
  /** How many of these days were usable. */
  readonly days: (regionCode: string) => number
  /**
   * Complaints per minute usual between `since` and `now` (at least the last hour), for the silence of a feed; null: nothing known.
   * Over the silence itself, because a quiet night expects little and a morning much.
   */
  readonly perMinute: (regionCode: string, since: Instant, now: Instant) => number | null
}

interface NodeCurve {
  readonly days: number
  /** `curve[m]`: complaints before minute m of the local day. */
  readonly curve: Float32Array
}

interface PastDay {
  readonly from: Instant
  readonly to: Instant
}

/** First event known of a node: of its own feeds below it, or of the feed it lies in. */
export function firstEventIn(node: Pick<RegionNode, 'path'>, feeds: readonly (ProvinceFeed & { readonly path: string })[]): Instant | null {
  const own = feeds.filter((feed) => isWithin(feed.path, node.path) || isWithin(node.path, feed.path))
  return own.length === 0 ? null : Math.min(...own.map((feed) => feed.firstOccurredAt))
}

/** What is known of every province's feed, with its place in the tree. */
export async function loadPlacedFeeds(engine: Engine, sql: Sql): Promise<(ProvinceFeed & { readonly path: string })[]> {
  const feeds = await loadProvinceFeeds(sql, ENGINE_SCOPE)
  return feeds.map((feed) => ({ ...feed, path: engine.tree.get(feed.provinceCode)?.path ?? '' })).filter((feed) => feed.path !== '')
}

function pastDays(dayStartAt: Instant, { risk, calendar }: Settings, { zone }: Engine): { basis: UsualDays['basis']; days: PastDay[] } {
  const { weeks, minValues: least } = risk.body.surge
  const { basis, back } = usualDays(localDate(dayStartAt, zone), { weeks, least }, calendarFrom(calendar.body))
  const days = back.map((count) => {
    const from = shiftDays(dayStartAt, -count, zone)
    return { from, to: shiftDays(from, 1, zone) }
  })
  return { basis, days }
}

/** Per day and node, complaints of the subtree by minute. */
async function minuteCounts(engine: Engine, sql: Sql, days: readonly PastDay[]): Promise<Map<string, Float64Array>[]> {
  const byDay = days.map(() => new Map<string, Float64Array>())
  for (const row of await loadDayCounts(sql, FIGURE_KIND, days, engine.zone)) {
    const nodes = engine.tree.chain(row.regionCode).filter((node) => depthOf(node.level) <= depthOf('city'))
    const day = byDay[row.place]
    if (day === undefined) continue
    const targets = nodes.map(({ code }) => {
      const held = day.get(code) ?? new Float64Array(MINUTES)
      day.set(code, held)
      return held
    })
    for (const pair of row.counts.split(',')) {
      const [minute, n] = pair.split(':').map(Number) as [number, number]
      for (const target of targets) target[minute] = (target[minute] ?? 0) + n
    }
  }
  return byDay
}

/** Cases about these take their time out of what is usual; a case of several provinces does so through its members. */
export const SPOILING: readonly MatterKind[] = ['phenomenon', 'product', 'feed']

const NOTHING = new Float32Array(MINUTES + 1)

function curveOf(days: readonly (Float64Array | undefined)[]): NodeCurve {
  if (days.every((day) => day === undefined)) return { days: days.length, curve: NOTHING }
  const curve = new Float32Array(MINUTES + 1)
  const sums = days.map(() => 0)
  let middle = 0
  for (let minute = 0; minute < MINUTES; minute++) {
    let isChanged = false
    for (const [index, day] of days.entries()) {
      const n = day?.[minute] ?? 0
      if (n === 0) continue
      sums[index] = (sums[index] ?? 0) + n
      isChanged = true
    }
    if (isChanged) middle = median(sums)
    curve[minute + 1] = middle
  }
  return { days: days.length, curve }
}

async function computeCurves(engine: Engine, sql: Sql, days: readonly PastDay[]): Promise<Map<string, NodeCurve>> {
  const counts = await minuteCounts(engine, sql, days)
  const feeds = await loadPlacedFeeds(engine, sql)
  const confirmed = (await loadConfirmedCases(sql, SPOILING, Math.min(...days.map((day) => day.from)))).map((held) => ({
    ...touchedHours(held.firstTrueAt, held.lastTrueAt, engine.zone),
    regionPath: held.regionPath,
  }))
  const curves = new Map<string, NodeCurve>()
  for (const node of engine.tree.all()) {
    if (depthOf(node.level) > depthOf('city')) continue
    const firstAt = firstEventIn(node, feeds)
    const usable = days.flatMap((day, index) => {
      const isKnown = firstAt !== null && day.from >= firstAt
      // A case below a node is a small part of its day; a case at the node or above it is not.
      const isSpoilt = confirmed.some((spoilt) => isWithin(node.path, spoilt.regionPath) && spoilt.from < day.to && day.from < spoilt.to)
      return isKnown && !isSpoilt ? [counts[index]?.get(node.code)] : []
    })
    if (usable.length > 0) curves.set(node.code, curveOf(usable))
  }
  return curves
}

interface Held {
  readonly key: string
  /** Changes when late data changed one of the days compared with. */
  readonly mark: number
  readonly checkedAt: Instant
  readonly baseline: DayBaseline
}
const held = new WeakMap<Engine['pool'], Held>()
const CHECK_EVERY = MINUTE

/**
 * The usual course of the local day that holds `now`. Kept in this process per day and version of risk settings and calendar, and looked at
 * again once a minute: it is computed anew only when data of the days compared with has changed.
 */
export async function dayBaseline(engine: Engine, now: Instant): Promise<DayBaseline> {
  const settings = await engine.settings(now)
  const key = `${localDate(now, engine.zone)}|${settings.risk.version}|${settings.calendar.version}|${engine.zone}`
  const before = held.get(engine.pool)
  if (before?.key === key && Math.abs(now - before.checkedAt) < CHECK_EVERY) return before.baseline
  const today = dayStart(now, engine.zone)
  const { basis, days } = pastDays(today, settings, engine)
  const mark = await sumOfDays(
    engine.pool,
    FIGURE_KIND,
    days.map((day) => day.from),
  )
  const isSame = before?.key === key && before.mark === mark
  const baseline = isSame ? before.baseline : baselineOf(await computeCurves(engine, engine.pool, days), basis, engine)
  held.set(engine.pool, { key, mark, checkedAt: now, baseline })
  return baseline
}

/** The same computed from what is stored and not kept: for a look at the past, which must not push out what the present goes by. */
export async function pastDayBaseline(engine: Engine, sql: Sql, at: Instant): Promise<DayBaseline> {
  const today = dayStart(at, engine.zone)
  const { basis, days } = pastDays(today, await engine.settings(at), engine)
  return baselineOf(await computeCurves(engine, sql, days), basis, engine)
}

function baselineOf(curves: ReadonlyMap<string, NodeCurve>, basis: UsualDays['basis'], engine: Engine): DayBaseline {
  const minuteOf = (at: Instant) => Math.floor(timeOfDay(at, engine.zone) / MINUTE)
  const between = ({ curve }: NodeCurve, from: Instant, to: Instant): number => {
    const days = Math.round((dayStart(to, engine.zone) - dayStart(from, engine.zone)) / DAY)
    return (curve[minuteOf(to)] ?? 0) - (curve[minuteOf(from)] ?? 0) + days * (curve[MINUTES] ?? 0)
  }
  return {
    basis,
    upTo: (regionCode, at) => curves.get(regionCode)?.curve[minuteOf(at)] ?? null,
    wholeDay: (regionCode) => curves.get(regionCode)?.curve[MINUTES] ?? null,
    days: (regionCode) => curves.get(regionCode)?.days ?? 0,
    perMinute: (regionCode, since, now) => {
      const node = curves.get(regionCode)
      const from = Math.min(since, now - HOUR)
      return node === undefined ? null : between(node, from, now) / ((now - from) / MINUTE)
    },
  }
}
