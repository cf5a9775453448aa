import { setImmediate as breathe } from 'node:timers/promises'
import { FACT_RULES } from '../domain/risk/catalogue.ts'
import { NO_FACTS, type RiskFacts } from '../domain/risk/facts.ts'
import type { FactRule } from '../domain/risk/fact-rule.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { readFacts } from '../domain/risk/read-facts.ts'
import { type ReplayInstants, replayInstants } from '../domain/risk/replay-instants.ts'
import { ReplayedCases } from '../domain/risk/replayed-cases.ts'
import type { Finding } from '../domain/risk/risk-case.ts'
import { chooseFindings } from '../domain/risk/scope.ts'
import { keenest } from '../domain/risk/scopes.ts'
import { dayStart, HOUR, type Instant, SECOND, shiftDays } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadFactTimes } from '../store/replay-time-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { loadPlacedFeeds } from './day-baseline.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { type Gathering, GATHERINGS } from './replay-gather.ts'

/** Between ticks the system looks this often at what is told at once. */
const LOOK_MS = 5 * SECOND
/** So many instants are looked at in one transaction. */
const MOST_AT_ONCE = 72

/** What to replay: one rule of facts alone. */
export interface FactReplaySpan {
  readonly ruleId: string
  readonly parameters: RiskParameters
  readonly from: Instant
  readonly to: Instant
}

/** Hours for what is counted by the hour, days for what is compared with days. */
function clockSteps(how: Gathering, { from, to }: FactReplaySpan, { zone }: Engine): Instant[] {
  const steps: Instant[] = []
  if (how.times === null) for (let at = Math.floor(from / HOUR) * HOUR; at < to; at += HOUR) steps.push(at)
  else if (how.times === 'appeals') for (let at = dayStart(from, zone); at < to; at = shiftDays(at, 1, zone)) steps.push(at)
  return steps
}

async function instantsOf(engine: Engine, tx: Tx, rule: FactRule, how: Gathering, span: FactReplaySpan): Promise<ReplayInstants> {
  const { from, to } = span
  const parameters = keenest(span.parameters)
  const periodMs = parameters.tickSeconds * SECOND
  const stepMs = rule.isPrompt ? LOOK_MS : periodMs
  const spans = how.spans(parameters)
  const changed = how.times === null ? [] : await loadFactTimes(tx, how.times, from - Math.max(0, ...spans), to, stepMs, how.names(parameters))
  const steps = [...changed, ...clockSteps(how, span, engine)].sort((a, b) => a - b)
  return replayInstants({ steps, stepMs, spans }, { from, to, periodMs, isPrompt: rule.isPrompt })
}

interface Scene {
  /** By which facts are gathered: no province must lack one that is true by its own values. */
  readonly gatherBy: RiskParameters
  readonly engine: Engine
  readonly rule: FactRule
  readonly how: Gathering
  readonly span: FactReplaySpan
  readonly instants: ReplayInstants
  readonly feeds: Awaited<ReturnType<typeof loadPlacedFeeds>>
}

/** A replay of one rule of facts: the gathering, the judging and the case machine of the ticks, where something can have changed. */
class FactReplay {
  readonly cases: ReplayedCases
  readonly #scene: Scene
  /** What was found last; null before the first look. */
  #last: readonly Finding[] | null = null

  constructor(scene: Scene) {
    this.#scene = scene
    this.cases = new ReplayedCases(scene.engine.tree, scene.span.parameters)
  }

  /** The facts at these instants; null where they are those of the instant before. */
  async read(tx: Tx, instants: readonly ReplayInstant[]): Promise<(RiskFacts | null)[]> {
    const { how, gatherBy, instants: { mayDiffer }, feeds } = this.#scene
    const [first, last] = [instants[0], instants.at(-1)]
    const isRead = ({ at, isTick }: ReplayInstant) => (this.#last === null && at === first?.at) || !isTick || mayDiffer(at)
    if (first === undefined || last === undefined || !instants.some(isRead)) return instants.map(() => null)
    const readAt = await how.open(await this.#stand(tx, last.at), gatherBy, first.at, last.at)
    const facts: (RiskFacts | null)[] = []
    for (const instant of instants) facts.push(isRead(instant) ? { ...NO_FACTS, ...(await readAt(await this.#stand(tx, instant.at), gatherBy, instant.at, feeds)) } : null)
    return facts
  }

  /** Judges them in their order, outside any transaction: it may take longer than one may lie idle. */
  async judge(instants: readonly ReplayInstant[], facts: readonly (RiskFacts | null)[]): Promise<void> {
    const { engine: { tree }, rule, span: { parameters } } = this.#scene
    for (const [place, { at, isTick }] of instants.entries()) {
      const read = facts[place] ?? null
      if (read !== null) this.#last = chooseFindings(readFacts([rule], read, { tickAt: at, parameters, tree }), tree, () => 0, parameters)
      this.cases.tick(at, this.#last ?? [], isTick ? 'all' : 'prompt')
      // Everything else in the process has its turn.
      await breathe()
    }
  }

  /** The stretch as the steps of the engine stand on it, with the rule's own parameters. */
  async #stand(tx: Tx, now: Instant): Promise<EngineTx> {
    const { engine, span: { parameters } } = this.#scene
    const inForce = await engine.settings(now)
    return { engine, tx, settings: { ...inForce, risk: { version: inForce.risk.version, body: parameters } }, now, feed: new FeedBuffer(), bells: new Set() }
  }
}

interface ReplayInstant {
  readonly at: Instant
  readonly isTick: boolean
}

function* inOrder(ticks: readonly Instant[], looks: readonly Instant[]): Generator<ReplayInstant> {
  let next = 0
  for (const tick of ticks) {
    for (let look = looks[next]; look !== undefined && look < tick; look = looks[(next += 1)]) yield { at: look, isTick: false }
    yield { at: tick, isTick: true }
  }
  for (const look of looks.slice(next)) yield { at: look, isTick: false }
}

/** Replays one rule of facts at the fixed ticks of `[from, to)`, and between them where it is told at once, in transactions that can write nothing. */
export async function replayFactRule(engine: Engine, span: FactReplaySpan, onProgress: (done: number, total: number) => void | Promise<void>): Promise<{ readonly cases: ReplayedCases['all']; readonly ticks: number }> {
  const rule = FACT_RULES.find(({ id }) => id === span.ruleId)
  const how = GATHERINGS[span.ruleId]
  if (rule === undefined || how === undefined) throw new RangeError(`${span.ruleId} cannot be replayed`)
  const readOnly = { readOnly: true, isolation: 'repeatable read' } as const
  const scene = await inTransaction(engine.pool, async (tx) => ({ engine, rule, how, span, gatherBy: keenest(span.parameters), feeds: await loadPlacedFeeds(engine, tx), instants: await instantsOf(engine, tx, rule, how, span) }), readOnly)
  const replay = new FactReplay(scene)
  const period = span.parameters.tickSeconds * SECOND
  const ticks: Instant[] = []
  for (let at = Math.ceil(span.from / period) * period; at < span.to; at += period) ticks.push(at)
  const all = [...inOrder(ticks, scene.instants.looks)]
  let done = 0
  await onProgress(0, ticks.length)
  for (let next = 0; next < all.length; next += MOST_AT_ONCE) {
    const some = all.slice(next, next + MOST_AT_ONCE)
    await replay.judge(some, await inTransaction(engine.pool, (tx) => replay.read(tx, some), readOnly))
    done += some.filter(({ isTick }) => isTick).length
    await onProgress(done, ticks.length)
  }
  return { cases: replay.cases.all, ticks: ticks.length }
}
