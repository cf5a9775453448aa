import { NO_CALENDAR } from '../domain/day-type.ts'
import type { RegionNode } from '../domain/region.ts'
import { baselineReach, type Contamination, isUsable, type PastWindow, pastWindows, touchedHours } from '../domain/risk/baseline.ts'
import { usablePast } from '../domain/risk/candidates.ts'
import { COUNT_RULES, leastTicketsAt, type RiskCount, readRules } from '../domain/risk/catalogue.ts'
import { covers, phenomenonMatter } from '../domain/risk/matter.ts'
import { switched } from '../domain/risk/parameters.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { ReplayedCases } from '../domain/risk/replayed-cases.ts'
import { type CustomersOf, chooseFindings } from '../domain/risk/scope.ts'
import { keenest, riskFor, scopeOfPlace } from '../domain/risk/scopes.ts'
import type { BaselineValues } from '../domain/risk/surge.ts'
import { type WatchedCount, WindowCounts } from '../domain/risk/window-counts.ts'
import { DAY, type Instant, MINUTE, SECOND } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadStepSums } from '../store/back-test-store.ts'
import { loadConfirmedCases, loadWindowTickets, type WindowTicket } from '../store/risk-store.ts'
import type { Engine } from './context.ts'
import { firstEventIn, loadPlacedFeeds } from './day-baseline.ts'

/** The rules that can be replayed: those that read counts and nothing else (docs/adr/0022). */
export const REPLAYABLE_RULES: readonly string[] = COUNT_RULES.map(({ id }) => id)

/** What to replay. */
export interface BackTestSpan {
  readonly ruleId: string
  readonly parameters: RiskParameters
  /** Ticks in `[from, to)`. */
  readonly from: Instant
  readonly to: Instant
}

/** Parameters under which one counting rule alone is on. */
function onlyRule(ruleId: string, { scopes = {}, ...group }: RiskParameters): RiskParameters {
  const provinces = Object.entries(scopes).map(([code, { values }]) => [code, { values, enabledRules: [] }] as const)
  const held = REPLAYABLE_RULES.reduce<RiskParameters>((settings, id) => switched(id, id === ruleId, settings), group)
  return provinces.length === 0 ? held : { ...held, scopes: Object.fromEntries(provinces) }
}

/** Counts of the past are read so much at a time. */
const CHUNK = DAY

/** The largest step that divides tick and window, in whole half minutes as the cells are kept. */
function stepOf({ tickSeconds, windowMinutes }: RiskParameters): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  return gcd(gcd(tickSeconds, windowMinutes * 60), 3_600) * SECOND
}

interface Maybe {
  readonly tickAt: Instant
  readonly counts: readonly RiskCount[]
}

type PlacedTickets = Map<string, Map<string, WindowTicket[]>>

/** How many tickets of a list in time order were accepted before an instant. */
function placeOf(list: readonly WindowTicket[], at: Instant): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.acceptedAt ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

type Feeds = Awaited<ReturnType<typeof loadPlacedFeeds>>

/** A replay of one rule over stored cells: the deciding code of the ticks on counts that slide along in memory. */
class Replay {
  readonly cases: ReplayedCases
  readonly #engine: Engine
  readonly #parameters: RiskParameters
  readonly #windowMs: number
  readonly #stepMs: number
  readonly #window: WindowCounts
  readonly #feeds: Feeds
  readonly #firstKnownAt: Instant
  readonly #confirmed: Awaited<ReturnType<typeof loadConfirmedCases>>
  readonly #clean = new Map<Instant | null, readonly PastWindow[]>()
  readonly #firstEvents = new Map<string, Instant | null>()
  readonly #spoilt = new Map<string, Contamination[]>()

  constructor(engine: Engine, parameters: RiskParameters, feeds: Feeds, confirmed: Awaited<ReturnType<typeof loadConfirmedCases>>) {
    this.#engine = engine
    this.#parameters = parameters
    this.#windowMs = parameters.windowMinutes * MINUTE
    this.#stepMs = stepOf(parameters)
    this.#window = new WindowCounts(engine.tree, (level) => leastTicketsAt(level, keenest(parameters)), this.#stepMs)
    this.#feeds = feeds
    this.#firstKnownAt = Math.min(...feeds.map(({ firstOccurredAt }) => firstOccurredAt))
    this.#confirmed = confirmed
    this.cases = new ReplayedCases(engine.tree, parameters)
  }

  /** The settings of a place's province. */
  #at(code: string): RiskParameters {
    return riskFor(this.#parameters, scopeOfPlace(this.#engine.tree, code))
  }

  /** Takes in the past of `[from, to)` that comes before the first tick. */
  async warmUp(tx: Tx, from: Instant, to: Instant): Promise<void> {
    for (const sum of await loadStepSums(tx, this.#parameters.kinds, from, to, this.#stepMs)) this.#window.add(sum)
    this.#window.slide(Math.floor((to - this.#windowMs) / this.#stepMs))
  }

  /** The ticks in `[from, to)`; each reads what was accepted before it. */
  async ticks(tx: Tx, from: Instant, to: Instant): Promise<number> {
    const period = this.#parameters.tickSeconds * SECOND
    const sums = await loadStepSums(tx, this.#parameters.kinds, from, to, this.#stepMs)
    const maybes: Maybe[] = []
    let next = 0
    const ticks: Instant[] = []
    for (let tickAt = Math.ceil(from / period) * period; tickAt < to; tickAt += period) {
      const step = tickAt / this.#stepMs
      for (let sum = sums[next]; sum !== undefined && sum.step < step; sum = sums[(next += 1)]) this.#window.add(sum)
      this.#window.slide((tickAt - this.#windowMs) / this.#stepMs)
      const counts = this.#countsAt(tickAt)
      if (counts.length > 0) maybes.push({ tickAt, counts })
      ticks.push(tickAt)
    }
    for (const sum of sums.slice(next)) this.#window.add(sum)
    await this.#judge(tx, ticks, maybes)
    this.#window.forget(to - baselineReach(this.#parameters.surge.weeks, this.#windowMs))
    return ticks.length
  }

  /** The counts at a tick that could be true: judged with as many customers as tickets, of which there are never more. */
  #countsAt(tickAt: Instant): RiskCount[] {
    if (this.#window.hot.size === 0) return []
    this.#clean.clear()
    return [...this.#window.hot].flatMap((watched) => {
      const { node, phenomenon, tickets } = watched
      const past = this.#parameters.surge.enabled ? this.#past(watched, tickAt) : { weeks: [], days: [] }
      const count = { regionCode: node.code, regionLevel: node.level, phenomenon, tickAt, tickets, customers: tickets, past }
      return readRules(count, this.#at(node.code)).some(({ level }) => level > 0) ? [count] : []
    })
  }

  #past(watched: WatchedCount, tickAt: Instant): BaselineValues {
    const { node, phenomenon } = watched
    const windows = this.#cleanWindows(node, tickAt)
    const contaminations = this.#spoiltOf(phenomenon)
    const count = (window: PastWindow) => this.#window.past(watched, window)
    if (contaminations.length === 0) {
      const values = (basis: PastWindow['basis']) => windows.filter((window) => window.basis === basis).map(count)
      return { weeks: values('weeks'), days: values('days') }
    }
    const scope = { tickAt, regionPath: node.path, phenomenon, firstEventAt: this.#firstEventAt(node), contaminations }
    return usablePast(windows, scope, this.#engine.zone, (_place, window) => count(window))
  }

  /** The past windows that are usable where no case has spoilt them: the same for every phenomenon of a place. */
  #cleanWindows(node: RegionNode, tickAt: Instant): readonly PastWindow[] {
    const firstEventAt = this.#firstEventAt(node)
    const known = this.#clean.get(firstEventAt)
    if (known !== undefined) return known
    const scope = { tickAt, regionPath: node.path, phenomenon: '', firstEventAt, contaminations: [] }
    const made = pastWindows(tickAt, this.#windowMs, this.#parameters.surge.weeks, this.#engine.zone)
      .filter((window) => window.from >= this.#firstKnownAt && isUsable(window, scope, this.#engine.zone, NO_CALENDAR))
    this.#clean.set(firstEventAt, made)
    return made
  }

  #firstEventAt(node: RegionNode): Instant | null {
    const known = this.#firstEvents.get(node.code)
    if (known !== undefined) return known
    const made = firstEventIn(node, this.#feeds)
    this.#firstEvents.set(node.code, made)
    return made
  }

  #spoiltOf(phenomenon: string): Contamination[] {
    const known = this.#spoilt.get(phenomenon)
    if (known !== undefined) return known
    const made = this.#confirmed
      .filter(({ matter }) => covers(matter, phenomenon, this.#parameters))
      .map(({ regionPath, firstTrueAt, lastTrueAt }) => ({ ...touchedHours(firstTrueAt, lastTrueAt, this.#engine.zone), phenomenon, regionPath }))
    this.#spoilt.set(phenomenon, made)
    return made
  }

  async #judge(tx: Tx, ticks: readonly Instant[], maybes: readonly Maybe[]): Promise<void> {
    const { tree } = this.#engine
    const tickets = await this.#ticketsOf(tx, maybes)
    const byTick = new Map(maybes.map((maybe) => [maybe.tickAt, maybe]))
    for (const tickAt of ticks) {
      const counts = byTick.get(tickAt)?.counts ?? []
      const customersOf = this.#customersAt(tickAt, tickets)
      const readings = counts.flatMap((count) => readRules(this.#at(count.regionCode).batch.enabled ? { ...count, customers: customersOf(count.regionCode, phenomenonMatter(count.phenomenon)) } : count, this.#at(count.regionCode)))
      this.cases.tick(tickAt, chooseFindings(readings, tree, customersOf, this.#parameters))
    }
  }

  /** The tickets behind what could be true, by phenomenon and place (subtrees included), in their order: one statement for the whole stretch. */
  async #ticketsOf(tx: Tx, maybes: readonly Maybe[]): Promise<PlacedTickets> {
    const placed: PlacedTickets = new Map()
    const [first, last] = [maybes[0], maybes.at(-1)]
    if (first === undefined || last === undefined) return placed
    const phenomena = [...new Set(maybes.flatMap(({ counts }) => counts.map(({ phenomenon }) => phenomenon)))]
    const tickets = await loadWindowTickets(tx, this.#parameters.kinds, phenomena, first.tickAt - this.#windowMs, last.tickAt)
    for (const ticket of tickets.sort((a, b) => a.acceptedAt - b.acceptedAt)) {
      const places = placed.get(ticket.phenomenon) ?? new Map<string, WindowTicket[]>()
      placed.set(ticket.phenomenon, places)
      for (const code of ticket.regionPath.split('/')) {
        const list = places.get(code)
        if (list) list.push(ticket)
        else places.set(code, [ticket])
      }
    }
    return placed
  }

  #customersAt(tickAt: Instant, tickets: PlacedTickets): CustomersOf {
    return (regionCode, { name }) => {
      const list = tickets.get(name)?.get(regionCode) ?? []
      const customers = new Set<string>()
      for (let place = placeOf(list, tickAt - this.#windowMs); place < list.length; place += 1) {
        const ticket = list[place]
        if (ticket === undefined || ticket.acceptedAt >= tickAt) break
        customers.add(ticket.customerKey)
      }
      return customers.size
    }
  }
}

/** How far a replay is: ticks done, and to be done. */
export type OnProgress = (done: number, total: number) => void

/**
 * Replays one counting rule over the stored history at its fixed ticks, by the deciding code of the ticks, in a transaction that can write nothing.
 * Nobody acts in it, no feed counts as silent, and late events are counted in.
 */
export async function replayRule(engine: Engine, { ruleId, parameters: given, from, to }: BackTestSpan, onProgress: OnProgress = () => undefined): Promise<{ readonly cases: ReplayedCases['all']; readonly ticks: number }> {
  const parameters = onlyRule(ruleId, given)
  const reach = parameters.surge.enabled ? baselineReach(parameters.surge.weeks, parameters.windowMinutes * MINUTE) : parameters.windowMinutes * MINUTE
  const total = Math.ceil((to - from) / (parameters.tickSeconds * SECOND))
  const readOnly = { readOnly: true } as const
  const replay = await inTransaction(engine.pool, async (tx) => {
    const feeds = await loadPlacedFeeds(engine, tx)
    return new Replay(engine, parameters, feeds, await loadConfirmedCases(tx, ['phenomenon', 'product'], from - reach))
  }, readOnly)
  for (let at = from - reach; at < from; at += CHUNK) await inTransaction(engine.pool, (tx) => replay.warmUp(tx, at, Math.min(from, at + CHUNK)), readOnly)
  let ticks = 0
  for (let at = from; at < to; at += CHUNK) {
    ticks += await inTransaction(engine.pool, (tx) => replay.ticks(tx, at, Math.min(to, at + CHUNK)), readOnly)
    onProgress(Math.min(ticks, total), total)
  }
  return { cases: replay.cases.all, ticks }
}
