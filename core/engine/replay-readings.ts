import type { FactGrouping } from '../domain/risk/fact-grouping.ts'
import { type RiskFacts, NO_FACTS } from '../domain/risk/facts.ts'
import type { FactRule } from '../domain/risk/fact-rule.ts'
import { matterKey } from '../domain/risk/matter.ts'
import { readFacts } from '../domain/risk/read-facts.ts'
import type { RiskParameters, RiskReading } from '../domain/risk/reading.ts'
import { RuleInTime } from '../domain/risk/rule-in-time.ts'
import { keenest } from '../domain/risk/scopes.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import type { Engine, EngineTx } from './context.ts'
import type { loadPlacedFeeds } from './day-baseline.ts'
import { FeedBuffer } from './feed-buffer.ts'
import type { KeptFacts, LookedFacts } from './replay-gather.ts'

/** An instant at which a replay looks. */
export interface ReplayInstant {
  readonly at: Instant
  readonly isTick: boolean
}

/** What a replayed rule stands on. */
export interface ReplayScene {
  readonly engine: Engine
  readonly rule: FactRule
  readonly parameters: RiskParameters
  readonly feeds: Awaited<ReturnType<typeof loadPlacedFeeds>>
  /** Whether facts can differ at a tick from those of the look before. */
  readonly mayDiffer: (tickAt: Instant) => boolean
}

/** What a rule reads over a replayed clock. */
export interface ReplayedReadings {
  /** Reads in one transaction what the looks of a stretch need; tried again, it reads the same. Stretches come in their order. */
  readonly read: (tx: Tx, instants: readonly ReplayInstant[]) => Promise<void>
  /** Goes on to the stretch that was read, once its transaction is over. */
  readonly take: () => void
  /** What may be read otherwise than at the instant before, by names of the rule's own; asked of every instant of the stretch, in their order. */
  readonly changesAt: (at: Instant) => ReadonlyMap<string, RiskReading | null>
}

/** The stretch as the steps of the engine stand on it, with the rule's own parameters. */
async function stand({ engine, parameters }: ReplayScene, tx: Tx, now: Instant): Promise<EngineTx> {
  const inForce = await engine.settings(now)
  return { engine, tx, settings: { ...inForce, risk: { version: inForce.risk.version, body: parameters } }, now, feed: new FeedBuffer(), bells: new Set() }
}

const NOTHING: ReadonlyMap<string, RiskReading | null> = new Map()

/** Of readings of one matter in one place the highest alone decides. */
function byName(readings: readonly RiskReading[]): Map<string, RiskReading> {
  const named = new Map<string, RiskReading>()
  for (const reading of readings) {
    if (reading.level === 0) continue
    const name = `${matterKey(reading.matter)}\u0000${reading.regionCode}`
    const held = named.get(name)
    if (held === undefined || reading.level > held.level) named.set(name, reading)
  }
  return named
}

/** Readings of facts that are gathered at each look at which they may differ. */
export class LookedReadings implements ReplayedReadings {
  readonly #scene: ReplayScene
  readonly #how: LookedFacts
  #read: ReadonlyMap<Instant, RiskFacts> = new Map()
  #facts: ReadonlyMap<Instant, RiskFacts> | null = null
  #before = new Map<string, RiskReading>()

  constructor(scene: ReplayScene, how: LookedFacts) {
    this.#scene = scene
    this.#how = how
  }

  async read(tx: Tx, instants: readonly ReplayInstant[]): Promise<void> {
    const { feeds, mayDiffer, parameters } = this.#scene
    // By the strictest: no province must lack a fact that is true by its own values.
    const gatherBy = keenest(parameters)
    const read = new Map<Instant, RiskFacts>()
    for (const { at, isTick } of instants) {
      const isFirst = this.#facts === null && read.size === 0
      if (!isFirst && isTick && !mayDiffer(at)) continue
      read.set(at, { ...NO_FACTS, ...(await this.#how.read(await stand(this.#scene, tx, at), gatherBy, at, feeds)) })
    }
    this.#read = read
  }

  take(): void {
    this.#facts = this.#read
  }

  changesAt(at: Instant): ReadonlyMap<string, RiskReading | null> {
    const facts = this.#facts?.get(at)
    if (facts === undefined) return NOTHING
    const { rule, parameters, engine: { tree } } = this.#scene
    const now = byName(readFacts([rule], facts, { tickAt: at, parameters, tree }))
    const gone = [...this.#before.keys()].filter((name) => !now.has(name))
    this.#before = now
    return new Map([...now, ...gone.map((name) => [name, null] as const)])
  }
}

interface Arrivals {
  readonly facts: RiskFacts[KeptFacts['facts']]
  /** By another dictionary than all before: those are read once more. */
  readonly isAnew: boolean
}

/** How far facts have been read, by which dictionary, and those of the stretch by the first instant that has them. */
interface ReadSoFar {
  readonly to: Instant
  readonly book: unknown
  readonly arrivals: ReadonlyMap<Instant, Arrivals>
}

/** Readings of facts that are read once and kept. */
export class KeptReadings implements ReplayedReadings {
  readonly #scene: ReplayScene
  readonly #how: KeptFacts
  readonly #grouping: FactGrouping
  #rule: RuleInTime | null = null
  #taken: ReadSoFar = { to: Number.NEGATIVE_INFINITY, book: null, arrivals: new Map() }
  #read: ReadSoFar = this.#taken

  constructor(scene: ReplayScene, how: KeptFacts, grouping: FactGrouping) {
    this.#scene = scene
    this.#how = how
    this.#grouping = grouping
  }

  async read(tx: Tx, instants: readonly ReplayInstant[]): Promise<void> {
    let sofar: ReadSoFar = { ...this.#taken, arrivals: new Map() }
    for (let next = 0; next < instants.length; ) {
      const some = await this.#byOneBook(instants.slice(next))
      sofar = await this.#readOn(tx, sofar, some)
      next += some.length
    }
    this.#read = sofar
  }

  take(): void {
    this.#taken = this.#read
  }

  /** As many of these instants as have the dictionary of the first. */
  async #byOneBook(instants: readonly ReplayInstant[]): Promise<ReplayInstant[]> {
    const some: ReplayInstant[] = []
    let book: unknown = null
    for (const instant of instants) {
      const { body } = (await this.#scene.engine.settings(instant.at)).keywords
      if (some.length > 0 && body !== book) break
      book = body
      some.push(instant)
    }
    return some
  }

  async #readOn(tx: Tx, sofar: ReadSoFar, some: readonly ReplayInstant[]): Promise<ReadSoFar> {
    const [first, last] = [some[0], some.at(-1)]
    if (first === undefined || last === undefined) return sofar
    const etx = await stand(this.#scene, tx, first.at)
    const book = etx.settings.keywords.body
    const isAnew = book !== sofar.book
    const gatherBy = keenest(this.#scene.parameters)
    const facts = await this.#how.load(etx, gatherBy, isAnew ? first.at - this.#how.reach(gatherBy) : sofar.to, last.at)
    return { to: last.at, book, arrivals: new Map([...sofar.arrivals, [first.at, { facts, isAnew }]]) }
  }

  changesAt(at: Instant): ReadonlyMap<string, RiskReading | null> {
    const arrivals = this.#taken.arrivals.get(at)
    const over = new Map<string, null>()
    if (this.#rule === null || arrivals?.isAnew) {
      for (const name of this.#rule?.names ?? []) over.set(name, null)
      this.#rule = this.#begun()
    }
    if (arrivals !== undefined) this.#rule.add(arrivals.facts)
    return new Map([...over, ...this.#rule.look(at)])
  }

  #begun(): RuleInTime {
    const { rule, parameters, engine: { tree } } = this.#scene
    return new RuleInTime({ id: rule.id, grouping: this.#grouping }, { parameters, tree }, this.#how.times(keenest(parameters)))
  }
}
