import { setImmediate as breathe } from 'node:timers/promises'
import { calendarFrom, type LoadedCalendar } from '../domain/calendar.ts'
import type { RegionNode, RegionTree } from '../domain/region.ts'
import { baselineReach, type Interval, isUsable, mergedIntervals, type PastWindow, pastWindows, touchedHours, touchesAny } from '../domain/risk/baseline.ts'
import { COUNT_RULES, type CountRule, isCountRule, leastTicketsAt, RISK_RULES, type RiskCount } from '../domain/risk/catalogue.ts'
import { type Matter, phenomenonMatter } from '../domain/risk/matter.ts'
import { switched } from '../domain/risk/parameters.ts'
import { PlacedMatters } from '../domain/risk/placed-matters.ts'
import type { RiskParameters, RiskReading } from '../domain/risk/reading.ts'
import { ReplayedCases } from '../domain/risk/replayed-cases.ts'
import { type CustomersOf, chooseFindings } from '../domain/risk/scope.ts'
import { keenest, riskFor, scopeOfPlace } from '../domain/risk/scopes.ts'
import { SlidingCustomers } from '../domain/risk/sliding-customers.ts'
import { type BaselineValues, usualUnder } from '../domain/risk/surge.ts'
import { type WatchedCount, WindowCounts } from '../domain/risk/window-counts.ts'
import { DAY, type Instant, MINUTE, SECOND } from '../domain/time.ts'
import { REGION_LEVELS } from '../domain/vocabulary.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadStepCounts, loadStepTickets } from '../store/back-test-store.ts'
import { type ConfirmedCase, loadConfirmedCases } from '../store/risk-store.ts'
import type { Engine } from './context.ts'
import { firstEventIn, loadPlacedFeeds, SPOILING } from './day-baseline.ts'
import { readAhead, stretchesOf } from './read-ahead.ts'
import { replayFactRule } from './replay-facts.ts'

/** What to replay. */
export interface BackTestSpan {
  readonly ruleId: string
  readonly parameters: RiskParameters
  /** Ticks in `[from, to)`. */
  readonly from: Instant
  readonly to: Instant
}

/** Parameters under which one rule alone is on, in the group and so in every province. */
function onlyRule(ruleId: string, { scopes = {}, ...group }: RiskParameters): RiskParameters {
  const provinces = Object.entries(scopes).map(([code, { values }]) => [code, { values, enabledRules: [] }] as const)
  const held = RISK_RULES.reduce<RiskParameters>((settings, { id }) => switched(id, id === ruleId, settings), group)
  return provinces.length === 0 ? held : { ...held, scopes: Object.fromEntries(provinces) }
}

/** Counts of the past are read so much at a time. */
const CHUNK = DAY / 4

/** Missing data spoils what is usual of everything (domain.md 5.1 Baseline hygiene). */
const FEED: Matter = { kind: 'feed', name: '' }

/** The largest step that divides tick and window, in whole half minutes as the cells are kept. */
function stepOf({ tickSeconds, windowMinutes }: RiskParameters): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  return gcd(gcd(tickSeconds, windowMinutes * 60), 3_600) * SECOND
}

interface Maybe {
  readonly tickAt: Instant
  readonly counts: readonly RiskCount[]
}

/** Ticks, and those of them at which something could be true. */
interface Looked {
  readonly ticks: readonly Instant[]
  readonly maybes: readonly Maybe[]
}

/** So many ticks are looked at or judged without a break. */
const A_TURN = 10

/** By phenomenon. */
type PlacedCustomers = ReadonlyMap<string, SlidingCustomers>

/** Counts of one phenomenon whose places lie within each other: only they are told apart by their customers, where no rule counts these. */
function nested(counts: readonly RiskCount[], tree: RegionTree): RiskCount[] {
  const places = new Set(counts.map(({ phenomenon, regionCode }) => `${regionCode} ${phenomenon}`))
  const above = ({ phenomenon, regionCode }: RiskCount) => tree.chain(regionCode).slice(1).map(({ code }) => `${code} ${phenomenon}`).filter((place) => places.has(place))
  const tops = new Set(counts.flatMap(above))
  return counts.filter((count) => above(count).length > 0 || tops.has(`${count.regionCode} ${count.phenomenon}`))
}

type StepCounts = Awaited<ReturnType<typeof loadStepCounts>>
type Feeds = Awaited<ReturnType<typeof loadPlacedFeeds>>

/** A replay of one rule over stored cells: the deciding code of the ticks on counts that slide along in memory. */
class Replay {
  readonly cases: ReplayedCases
  readonly #engine: Engine
  readonly #calendar: LoadedCalendar
  readonly #parameters: RiskParameters
  readonly #windowMs: number
  readonly #stepMs: number
  readonly #window: WindowCounts
  readonly #feeds: Feeds
  readonly #firstKnownAt: Instant
  readonly #confirmed: PlacedMatters<ConfirmedCase>
  readonly #clean = new Map<Instant | null, readonly PastWindow[]>()
  readonly #firstEvents = new Map<string, Instant | null>()
  readonly #spoilt = new Map<WatchedCount, readonly Interval[]>()
  readonly #rules: ReadonlyMap<string, readonly CountRule[]>

  constructor(
    engine: Engine,
    calendar: LoadedCalendar,
    parameters: RiskParameters,
    feeds: Feeds,
    confirmed: readonly ConfirmedCase[],
  ) {
    this.#engine = engine
    this.#calendar = calendar
    this.#parameters = parameters
    this.#windowMs = parameters.windowMinutes * MINUTE
    this.#stepMs = stepOf(parameters)
    this.#window = new WindowCounts(engine.tree, (level) => leastTicketsAt(level, keenest(parameters)), this.#stepMs, this.#windowMs)
    this.#feeds = feeds
    this.#firstKnownAt = Math.min(...feeds.map(({ firstOccurredAt }) => firstOccurredAt))
    this.#confirmed = new PlacedMatters(parameters)
    for (const one of confirmed) this.#confirmed.add(one, [{ matter: one.matter.kind === 'feed' ? FEED : one.matter, regionPath: one.regionPath }])
    this.#rules = new Map(REGION_LEVELS.map((level) => [level, COUNT_RULES.filter((rule) => rule.levels(parameters).includes(level))]))
    this.cases = new ReplayedCases(engine.tree, parameters)
  }

  /** The settings of a place's province. */
  #at(code: string): RiskParameters {
    return riskFor(this.#parameters, scopeOfPlace(this.#engine.tree, code))
  }

  /** The counts of `[from, to)`. */
  read(tx: Tx, from: Instant, to: Instant): Promise<StepCounts> {
    return loadStepCounts(tx, this.#parameters.kinds, from, to, this.#stepMs)
  }

  /** Takes in the past of what comes before the first tick, up to `to`. */
  warmUp(to: Instant, stepCounts: StepCounts): void {
    this.#window.take(stepCounts)
    this.#window.slide(Math.floor(to / this.#stepMs))
  }

  /** The ticks in `[from, to)`, whose counts are given, and what could be true at them; each reads what was accepted before it. */
  async look(from: Instant, to: Instant, stepCounts: StepCounts): Promise<Looked> {
    const period = this.#parameters.tickSeconds * SECOND
    this.#window.take(stepCounts)
    const maybes: Maybe[] = []
    const ticks: Instant[] = []
    for (let tickAt = Math.ceil(from / period) * period; tickAt < to; tickAt += period) {
      this.#window.slide(tickAt / this.#stepMs)
      const counts = this.#countsAt(tickAt)
      if (counts.length > 0) maybes.push({ tickAt, counts })
      ticks.push(tickAt)
      if (ticks.length % A_TURN === 0) await breathe()
    }
    this.#window.forget(to - baselineReach(this.#parameters.surge.weeks, this.#windowMs))
    return { ticks, maybes }
  }

  /** The counts at a tick that could be true: judged with as many customers as tickets, of which there are never more. */
  #countsAt(tickAt: Instant): RiskCount[] {
    if (this.#window.hot.size === 0) return []
    this.#clean.clear()
    const counts: RiskCount[] = []
    for (const watched of this.#window.hot) {
      const { node, phenomenon, tickets } = watched
      const past = this.#parameters.surge.enabled ? this.#past(watched, tickAt) : { weeks: [], days: [] }
      if (past === null) continue
      const count = { regionCode: node.code, regionLevel: node.level, phenomenon, tickAt, tickets, customers: tickets, past }
      if (this.#read(count).some(({ level }) => level > 0)) counts.push(count)
    }
    return counts
  }

  /** What the rule on reads of a count; which rules are on at a level is asked once, not at each of a million counts. */
  #read(count: RiskCount): RiskReading[] {
    const parameters = this.#at(count.regionCode)
    return (this.#rules.get(count.regionLevel) ?? []).map((rule) => rule.judge(count, parameters)).filter((reading) => reading !== null)
  }

  /** What is usual of a count; null where it has no colour against it. */
  #past(watched: WatchedCount, tickAt: Instant): BaselineValues | null {
    const { node, tickets } = watched
    const spoilt = this.#spoiltOf(watched)
    const clean = this.#cleanWindows(node, tickAt)
    const usable = spoilt.length === 0 ? clean : clean.filter((window) => !touchesAny(window, spoilt))
    return usualUnder(tickets, usable, this.#at(node.code).surge, (window) => this.#window.past(watched, window))
  }

  /** The past windows that are usable where no case has spoilt them: the same for every phenomenon of a place. */
  #cleanWindows(node: RegionNode, tickAt: Instant): readonly PastWindow[] {
    const firstEventAt = this.#firstEventAt(node)
    const known = this.#clean.get(firstEventAt)
    if (known !== undefined) return known
    const scope = { tickAt, regionPath: node.path, phenomenon: '', firstEventAt, contaminations: [] }
    const made = pastWindows(tickAt, this.#windowMs, this.#parameters.surge.weeks, this.#engine.zone)
      .filter((window) => window.from >= this.#firstKnownAt && isUsable(window, scope, this.#engine.zone, this.#calendar))
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

  /** The hours of confirmed cases that must not teach what is usual there. */
  #spoiltOf(watched: WatchedCount): readonly Interval[] {
    const known = this.#spoilt.get(watched)
    if (known !== undefined) return known
    const { node, phenomenon } = watched
    const near = [...this.#confirmed.near(phenomenonMatter(phenomenon), node.path), ...this.#confirmed.near(FEED, node.path)]
    const made = mergedIntervals(near.map(({ firstTrueAt, lastTrueAt }) => touchedHours(firstTrueAt, lastTrueAt, this.#engine.zone)))
    this.#spoilt.set(watched, made)
    return made
  }

  /** Judges ticks in their order, with the customers of what could be true at them. */
  async judge({ ticks, maybes }: Looked, placed: PlacedCustomers): Promise<void> {
    const { tree } = this.#engine
    const byTick = new Map(maybes.map((maybe) => [maybe.tickAt, maybe]))
    for (const tickAt of ticks) {
      const counts = byTick.get(tickAt)?.counts ?? []
      const customersOf = this.#customersAt(tickAt, placed)
      const readings = counts.flatMap((count) => this.#read(this.#parameters.batch.enabled ? { ...count, customers: customersOf(count.regionCode, phenomenonMatter(count.phenomenon)) } : count))
      this.cases.tick(tickAt, chooseFindings(readings, tree, customersOf, this.#parameters))
      // Everything else in the process has its turn.
      await breathe()
    }
  }

  /** The customers behind what could be true, at the places that could be: one statement for the whole stretch. */
  async customersOf(tx: Tx, { maybes }: Looked): Promise<PlacedCustomers> {
    const asked = new Map<string, Set<string>>()
    const counted = maybes.map(({ tickAt, counts }) => ({ tickAt, counts: this.#parameters.batch.enabled ? counts : nested(counts, this.#engine.tree) })).filter(({ counts }) => counts.length > 0)
    const [first, last] = [counted[0], counted.at(-1)]
    if (first === undefined || last === undefined) return new Map()
    for (const { counts } of counted) {
      for (const { phenomenon, regionCode } of counts) {
        const places = asked.get(phenomenon)
        if (places === undefined) asked.set(phenomenon, new Set([regionCode]))
        else places.add(regionCode)
      }
    }
    const stretches = await loadStepTickets(tx, this.#parameters.kinds, [...asked.keys()], first.tickAt - this.#windowMs, last.tickAt, this.#stepMs)
    return new Map(stretches.map((tickets) => [tickets.phenomenon, new SlidingCustomers(tickets, asked.get(tickets.phenomenon) ?? [])]))
  }

  #customersAt(tickAt: Instant, placed: PlacedCustomers): CustomersOf {
    return (regionCode, { name }) => placed.get(name)?.countIn(regionCode, (tickAt - this.#windowMs) / this.#stepMs, tickAt / this.#stepMs) ?? 0
  }
}

/** How far a replay is: ticks done, and to be done; 0 while it reads what came before. What it throws ends the replay. */
export type OnProgress = (done: number, total: number) => void | Promise<void>

/** What a replay makes of a span. */
export interface Replayed {
  readonly cases: ReplayedCases['all']
  readonly ticks: number
}

/**
 * Replays one rule over the stored history at its fixed ticks, by the deciding code of the ticks, in transactions that can write nothing.
 * Nobody acts in it, no feed counts as silent, and late events are counted in.
 */
export function replayRule(engine: Engine, span: BackTestSpan, onProgress: OnProgress = () => undefined): Promise<Replayed> {
  const alone = { ...span, parameters: onlyRule(span.ruleId, span.parameters) }
  return isCountRule(span.ruleId) ? replayCountRule(engine, alone, onProgress) : replayFactRule(engine, alone, onProgress)
}

async function replayCountRule(engine: Engine, { parameters, from, to }: BackTestSpan, onProgress: OnProgress): Promise<Replayed> {
  const reach = parameters.surge.enabled ? baselineReach(parameters.surge.weeks, parameters.windowMinutes * MINUTE) : parameters.windowMinutes * MINUTE
  const total = Math.ceil((to - from) / (parameters.tickSeconds * SECOND))
  const readOnly = { readOnly: true } as const
  const calendar = calendarFrom((await engine.settings(to)).calendar.body)
  const replay = await inTransaction(engine.pool, async (tx) => {
    const feeds = await loadPlacedFeeds(engine, tx)
    return new Replay(engine, calendar, parameters, feeds, await loadConfirmedCases(tx, SPOILING, from - reach))
  }, readOnly)
  const read = (chunk: Interval) => inTransaction(engine.pool, (tx) => replay.read(tx, chunk.from, chunk.to), readOnly)
  const chunks = [...stretchesOf(from - reach, from, () => CHUNK), ...stretchesOf(from, to, () => CHUNK)]
  const looks = async function* (): AsyncGenerator<Looked> {
    for await (const [chunk, counts] of readAhead(chunks, read)) {
      if (chunk.to > from) yield await replay.look(chunk.from, chunk.to, counts)
      else {
        replay.warmUp(chunk.to, counts)
        await onProgress(0, total)
      }
    }
  }
  let ticks = 0
  for await (const [looked, customers] of readAhead(looks(), (one) => inTransaction(engine.pool, (tx) => replay.customersOf(tx, one), readOnly))) {
    await replay.judge(looked, customers)
    ticks += looked.ticks.length
    await onProgress(Math.min(ticks, total), total)
  }
  return { cases: replay.cases.all, ticks }
}
