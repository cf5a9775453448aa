import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { calendarFrom } from '../../core/domain/calendar.ts'
import { buildRegionTree, type RegionNode, type RegionTree } from '../../core/domain/region.ts'
import { isUsable, pastWindows } from '../../core/domain/risk/baseline.ts'
import { leastTicketsAt, readRules } from '../../core/domain/risk/catalogue.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters, type RiskReading } from '../../core/domain/risk/reading.ts'
import { chooseFindings } from '../../core/domain/risk/scope.ts'
import { atLocal, DAY, HOUR, type Instant, localDate, MINUTE, shiftDays, timeOfDay, type Zone } from '../../core/domain/time.ts'
import type { RegionLevel } from '../../core/domain/vocabulary.ts'

interface Filed {
  readonly filedAt: Instant
  readonly regionCode: string
}

const TICK = 5 * MINUTE
/** Chicago's holidays are not loaded. */
const NO_HOLIDAYS = calendarFrom({ years: [], tags: {} })

/** Index of the first entry that is ≥ `at`. */
function lowerBound(sorted: readonly Instant[], at: Instant): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** MR-02 at every node of the tree at every tick of the file, by the pure functions alone; every ticket is its own customer. */
function surgeReadings(tickets: readonly Filed[], tree: RegionTree, zone: Zone, parameters: RiskParameters): RiskReading[] {
  const filedAt = new Map<string, Instant[]>()
  for (const ticket of tickets) {
    for (const { code } of tree.chain(ticket.regionCode)) filedAt.set(code, [...(filedAt.get(code) ?? []), ticket.filedAt])
  }
  const windowMs = parameters.windowMinutes * MINUTE
  const first = Math.ceil(Math.min(...tickets.map((ticket) => ticket.filedAt)) / TICK) * TICK
  const last = Math.max(...tickets.map((ticket) => ticket.filedAt)) + HOUR
  const readings: RiskReading[] = []
  for (let tickAt = first; tickAt <= last; tickAt += TICK) {
    for (const [regionCode, times] of filedAt) {
      const node = tree.get(regionCode) as RegionNode
      const count = (from: Instant, to: Instant) => lowerBound(times, to) - lowerBound(times, from)
      const tickets = count(tickAt - windowMs, tickAt)
      if (tickets < leastTicketsAt(node.level, parameters)) continue
      const scope = { tickAt, regionPath: node.path, phenomenon: 'all', firstEventAt: times[0] ?? null, contaminations: [] }
      const usable = pastWindows(tickAt, windowMs, parameters.surge.weeks, zone).filter((window) => isUsable(window, scope, zone, NO_HOLIDAYS))
      const values = (basis: 'weeks' | 'days') => usable.filter((window) => window.basis === basis).map(({ from, to }) => count(from, to))
      const past = { weeks: values('weeks'), days: values('days') }
      readings.push(...readRules({ regionCode, regionLevel: node.level, phenomenon: 'all', tickAt, tickets, customers: tickets, past }, parameters))
    }
  }
  return readings
}

const SURGE_ONLY: RiskParameters = { ...DEFAULT_RISK_PARAMETERS, batch: { ...DEFAULT_RISK_PARAMETERS.batch, enabled: false } }

const clock = (at: Instant, zone: Zone) => `${localDate(at, zone)} ${new Date(timeOfDay(at, zone)).toISOString().slice(11, 16)}`

function treeOf(rows: readonly { code: string; parent: string | null; level: RegionLevel; name: string }[]): RegionTree {
  const parentOf = new Map(rows.map((row) => [row.code, row.parent]))
  const pathOf = (code: string): string => {
    const parent = parentOf.get(code) ?? null
    return parent === null ? `/${code}/` : `${pathOf(parent)}${code}/`
  }
  return buildRegionTree(
    rows.map(({ code, parent, level, name }) => ({
      code,
      parentCode: parent,
      level,
      nameZh: name,
      nameEn: name,
      shortZh: name,
      path: pathOf(code),
      tile: null,
    })),
  )
}

const DATA = path.join(import.meta.dirname, '../../../shared/data')
const FILE = path.join(DATA, 'comcast-2015.csv')
const isThere = existsSync(FILE)
if (!isThere) process.stdout.write('skipped: the real complaint file ../shared/data/comcast-2015.csv is not there\n')

describe.runIf(isThere)('the real complaint file of 2015', () => {
  const zone = 'America/New_York'
  const read = (file: string) => parse(readFileSync(file), { columns: true, skip_empty_lines: true }) as Record<string, string>[]
  const load = () => {
    const tree = treeOf(
      read(path.join(DATA, 'comcast-2015-regions.csv')).map((row) => ({
        code: String(row['code']),
        parent: row['parent_code'] || null,
        level: row['level'] as RegionLevel,
        name: String(row['name']),
      })),
    )
    const tickets = read(FILE).map((row) => {
      const [date, time] = String(row['filed_at']).split(' ') as [string, string]
      const [hour, minute, second] = time.split(':').map(Number) as [number, number, number]
      return {
        filedAt: atLocal(date, hour * HOUR + minute * MINUTE + second * 1000, zone),
        regionCode: String(row['city_code'] || row['state_code']),
      }
    })
    return { tree, readings: surgeReadings(tickets, tree, zone, SURGE_ONLY).filter((reading) => reading.level > 0) }
  }
  const loaded = isThere ? load() : null
  const tree = loaded?.tree as RegionTree
  const readings = loaded?.readings ?? []
  const national = readings.filter((reading) => reading.regionCode === tree.root.code)

  test('turns yellow on one day only, first at 14:50 of 23 June with 21 tickets, and never orange', () => {
    expect(Math.max(...readings.map((reading) => reading.level))).toBe(2)
    const yellow = national.filter((reading) => reading.level === 2)
    expect(new Set(yellow.map((reading) => localDate(reading.tickAt, zone)))).toEqual(new Set(['2015-06-23']))
    expect(clock(yellow[0]?.tickAt ?? 0, zone)).toBe('2015-06-23 14:50')
    expect(yellow[0]?.value).toBe(21)
  })

  test('is blue at the national node on 12 June for one tick with 8 tickets, and from the 23rd to the 26th', () => {
    const ticksByDay = new Map<string, number>()
    for (const { tickAt } of national) ticksByDay.set(localDate(tickAt, zone), (ticksByDay.get(localDate(tickAt, zone)) ?? 0) + 1)
    expect(Object.fromEntries(ticksByDay)).toEqual({ '2015-06-12': 1, '2015-06-23': 123, '2015-06-24': 176, '2015-06-25': 42, '2015-06-26': 5 })
    expect(clock(national[0]?.tickAt ?? 0, zone)).toBe('2015-06-12 16:55')
    expect(national[0]?.value).toBe(8)
  })

  test('raises one other node, California, blue at one tick, which joins the national finding', () => {
    const others = readings.filter((reading) => reading.regionCode !== tree.root.code)
    expect(others.map((reading) => [reading.regionCode, clock(reading.tickAt, zone), reading.level])).toEqual([['06', '2015-06-23 20:05', 1]])
    const together = readings.filter((reading) => reading.tickAt === others[0]?.tickAt)
    const findings = chooseFindings(together, tree, (code) => together.find((reading) => reading.regionCode === code)?.value ?? 0, SURGE_ONLY)
    expect(findings.map((finding) => finding.regionCode)).toEqual([tree.root.code])
  })
})

describe('an invented series', () => {
  const zone = 'America/New_York'
  const tree = treeOf([
    { code: '00', parent: null, level: 'group', name: 'Country' },
    { code: '01', parent: '00', level: 'province', name: 'East' },
    { code: '0101', parent: '01', level: 'city', name: 'East One' },
    { code: '02', parent: '00', level: 'province', name: 'West' },
  ])
  const every = (from: Instant, to: Instant, gap: number, regionCode: string): Filed[] =>
    Array.from({ length: Math.ceil((to - from) / gap) }, (_, index) => ({ filedAt: from + index * gap, regionCode }))
  // Ten weeks across the March change of clocks: each day 12:00 to 18:00, one ticket in ten minutes, by turns in two places.
  const days = Array.from({ length: 70 }, (_, day) => shiftDays(atLocal('2026-01-26', 12 * HOUR, zone), day, zone))
  const usual = days.flatMap((noon) => [
    ...every(noon, noon + 6 * HOUR, 20 * MINUTE, '0101'),
    ...every(noon + 10 * MINUTE, noon + 6 * HOUR, 20 * MINUTE, '02'),
  ])
  const surgeDay = atLocal('2026-03-31', 15 * HOUR, zone)
  const readingsOf = (extra: readonly Filed[]) =>
    surgeReadings(
      [...usual, ...extra].sort((a, b) => a.filedAt - b.filedAt),
      tree,
      zone,
      SURGE_ONLY,
    ).filter((reading) => reading.level > 0)

  test('stays quiet without the surge, the change of clocks included', () => {
    expect(readingsOf([])).toEqual([])
  })

  test('shows an hour of tickets at two-minute steps in its place, with the tick and the number', () => {
    const found = readingsOf(every(surgeDay, surgeDay + HOUR, 2 * MINUTE, '0101'))
    const city = found.filter((reading) => reading.regionCode === '0101')
    expect(clock(city[0]?.tickAt ?? 0, zone)).toBe('2026-03-31 15:15')
    expect(city[0]).toMatchObject({ level: 1, value: 11, baseline: 3 })
    const yellow = city.find((reading) => reading.level === 2)
    expect([clock(yellow?.tickAt ?? 0, zone), yellow?.value]).toEqual(['2026-03-31 15:35', 21])
    expect(Math.max(...found.map((reading) => reading.level))).toBe(2)
    const at = found.filter((reading) => reading.tickAt === yellow?.tickAt)
    const customers = new Map(at.map((reading) => [reading.regionCode, reading.value]))
    expect(chooseFindings(at, tree, (code) => customers.get(code) ?? 0, SURGE_ONLY).map((finding) => finding.regionCode)).toEqual(['0101'])
  })

  test('does not learn a surge of last week within two days', () => {
    const before = every(surgeDay - 2 * DAY, surgeDay - 2 * DAY + HOUR, 2 * MINUTE, '0101')
    const again = readingsOf([...before, ...every(surgeDay, surgeDay + HOUR, 2 * MINUTE, '0101')])
    expect(again.some((reading) => reading.level === 2 && localDate(reading.tickAt, zone) === '2026-03-31')).toBe(true)
  })
})
