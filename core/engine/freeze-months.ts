import { calendarFrom } from '../domain/calendar.ts'
import { binStart } from '../domain/count/cell-sums.ts'
import { type Base, MEASURES } from '../domain/count/fact.ts'
import { monthFreezesAt, shiftMonths } from '../domain/count/month-freeze.ts'
import type { Calendar } from '../domain/day-type.ts'
import { INDICATORS } from '../domain/indicator/catalogue.ts'
import { depthOf, type RegionTree } from '../domain/region.ts'
import { type Instant, localDate, type Zone } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { hasDifferences } from '../store/difference-store.ts'
import { type FrozenSum, insertFrozen, loadHeldMonth, loadMonthStates, loadMonthSums, lockFreezing, type MonthSums, unfrozenMonths } from '../store/month-store.ts'
import { firstReceivedAt } from '../store/province-feed-store.ts'
import type { Engine } from './context.ts'
import { FIGURE_KIND } from './day-baseline.ts'
import { loadWatch } from './watch.ts'

/** Bases whose months the indicators sum; what is a state is kept beside them. */
export const MONTH_BASES: readonly Base[] = ['ACC', 'FIN']
const FORMULA_VERSION = Math.max(...INDICATORS.map(({ formulaVersion }) => formulaVersion))

/** By what the freezing of a month is set. */
export interface FreezeRules {
  readonly calendar: Calendar
  readonly workday: number
  readonly zone: Zone
  /** When the deployment first received anything; null: never. */
  readonly since: Instant | null
}

/** When a month freezes; history from before the first reception freezes with the first month that was received as it happened. */
export function freezesAt(monthAt: Instant, { calendar, workday, zone, since }: FreezeRules): Instant {
  const own = monthFreezesAt(monthAt, workday, calendar, zone)
  return since === null || since <= own ? own : monthFreezesAt(binStart(since, 'month', zone), workday, calendar, zone)
}

/** Sums of all published nodes (group, provinces, cities), each with its whole subtree. */
function rolledUp(tree: RegionTree, rows: readonly MonthSums[], sign: 1 | -1, into: Map<string, number[]>): void {
  for (const { base, regionCode, n } of rows) {
    const measures = MEASURES[base].length
    for (const { code, level } of tree.chain(regionCode)) {
      if (depthOf(level) > depthOf('city')) continue
      const key = `${base} ${code}`
      const sum = into.get(key) ?? new Array<number>(measures).fill(0)
      into.set(key, sum)
      for (let place = 0; place < measures; place += 1) sum[place] = (sum[place] ?? 0) + sign * (n[place] ?? 0)
    }
  }
}

/** What a month publishes at every node that has data: itself, or a city whose province has. */
async function publishedMonth(engine: Engine, tx: Tx, startAt: Instant, now: Instant): Promise<FrozenSum[]> {
  const { tree, zone } = engine
  const period = { startAt, endAt: shiftMonths(startAt, 1, zone) }
  const sums = new Map<string, number[]>()
  const all = { kind: FIGURE_KIND, bases: MONTH_BASES, regionCodes: null }
  rolledUp(tree, await loadMonthSums(tx, { ...all, months: [startAt] }), 1, sums)
  rolledUp(tree, await loadHeldMonth(tx, { ...all, ...period }), -1, sums)
  const states = new Map<string, number[]>()
  rolledUp(tree, await loadMonthStates(tx, { ...all, monthAt: startAt }), 1, states)
  const month = localDate(startAt, zone)
  const hasData = (code: string) => MONTH_BASES.some((base) => (sums.get(`${base} ${code}`)?.[0] ?? 0) > 0)
  const nodes = tree.all().filter(({ code, level }) => depthOf(level) <= depthOf('city') && hasData((tree.atLevel(code, 'province') ?? tree.root).code))
  const watch = await loadWatch(engine, tx, tree.root.path, { periods: [period], now })
  const stamp = { month, frozenAt: now, formulaVersion: FORMULA_VERSION }
  const frozen = (base: Base, regionCode: string, from: ReadonlyMap<string, readonly number[]>): FrozenSum => ({
    ...stamp,
    regionCode,
    base,
    n: from.get(`${base} ${regionCode}`) ?? [],
  })
  return nodes.flatMap(({ code }): FrozenSum[] => {
    const { measures, latency } = watch(period, code)
    const ofWatch = { ...stamp, regionCode: code, base: 'WATCH', n: measures } as const
    return [...MONTH_BASES.map((base) => frozen(base, code, sums)), frozen('SNAP', code, states), ofWatch, { ...ofWatch, base: 'LATENCY', n: latency }]
  })
}

/**
 * Freezes every month whose time has come and that is not frozen yet (domain.md 3.8), each whole or not at all; doing it again changes nothing. False
 * while facts wait to be tallied: the next round does it.
 */
export async function freezeMonths(engine: Engine, now: Instant): Promise<boolean> {
  const { tree, zone } = engine
  const { calendar, restatement } = await engine.settings(now)
  const since = await firstReceivedAt(engine.pool)
  const rules = { calendar: calendarFrom(calendar.body), workday: restatement.body.freezeWorkday, zone, since }
  const query = { kind: FIGURE_KIND, bases: MONTH_BASES, zone, rootCode: tree.root.code }
  const isDue = (monthAt: Instant) => freezesAt(monthAt, rules) <= now
  if (!(await unfrozenMonths(engine.pool, query)).some(isDue)) return true
  return inTransaction(engine.pool, async (tx) => {
    await lockFreezing(tx)
    if (await hasDifferences(tx)) return false
    for (const monthAt of (await unfrozenMonths(tx, query)).filter(isDue)) await insertFrozen(tx, FIGURE_KIND, await publishedMonth(engine, tx, monthAt, now))
    return true
  })
}
