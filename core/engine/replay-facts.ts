import { FACT_RULES } from '../domain/risk/catalogue.ts'
import type { FactRule } from '../domain/risk/fact-rule.ts'
import type { RiskParameters, RiskReading } from '../domain/risk/reading.ts'
import { type ReplayInstants, replayInstants } from '../domain/risk/replay-instants.ts'
import { ReplayedCases } from '../domain/risk/replayed-cases.ts'
import { chooseFindings } from '../domain/risk/scope.ts'
import { dayStart, HOUR, type Instant, SECOND, shiftDays } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadFactTimes } from '../store/replay-time-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { loadPlacedFeeds } from './day-baseline.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { type Gathering, GATHERINGS, gather } from './replay-gather.ts'

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
  const { parameters, from, to } = span
  const periodMs = parameters.tickSeconds * SECOND
  const stepMs = rule.isPrompt ? LOOK_MS : periodMs
  const spans = how.spans(parameters)
  const changed = how.times === null ? [] : await loadFactTimes(tx, how.times, from - Math.max(0, ...spans), to, stepMs, how.names(parameters))
  const steps = [...changed, ...clockSteps(how, span, engine)].sort((a, b) => a - b)
  return replayInstants({ steps, stepMs, spans }, { from, to, periodMs, isPrompt: rule.isPrompt })
}

interface Scene {
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
  /** What was read last; null before the first look. */
  #last: readonly RiskReading[] | null = null

  constructor(scene: Scene) {
    this.#scene = scene
    this.cases = new ReplayedCases(scene.engine.tree, scene.span.parameters)
  }

  async at(tx: Tx, instant: Instant, isTick: boolean): Promise<void> {
    const { engine, span, instants } = this.#scene
    const readings = this.#last === null || !isTick || instants.mayDiffer(instant) ? await this.#read(tx, instant) : this.#last.map((reading) => ({ ...reading, tickAt: instant }))
    this.#last = readings
    this.cases.tick(instant, chooseFindings(readings, engine.tree, () => 0, span.parameters), isTick ? 'all' : 'prompt')
  }

  async #read(tx: Tx, at: Instant): Promise<readonly RiskReading[]> {
    const { engine, rule, how, feeds, span: { parameters } } = this.#scene
    const inForce = await engine.settings(at)
    const settings = { ...inForce, risk: { version: inForce.risk.version, body: parameters } }
    const etx: EngineTx = { engine, tx, settings, now: at, feed: new FeedBuffer(), bells: new Set() }
    return rule.read(await gather(how, etx, at, feeds), { tickAt: at, parameters, tree: engine.tree }).filter(({ level }) => level > 0)
  }
}

function* inOrder(ticks: readonly Instant[], looks: readonly Instant[]): Generator<{ readonly at: Instant; readonly isTick: boolean }> {
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
  const scene = await inTransaction(engine.pool, async (tx) => ({ engine, rule, how, span, feeds: await loadPlacedFeeds(engine, tx), instants: await instantsOf(engine, tx, rule, how, span) }), readOnly)
  const replay = new FactReplay(scene)
  const period = span.parameters.tickSeconds * SECOND
  const ticks: Instant[] = []
  for (let at = Math.ceil(span.from / period) * period; at < span.to; at += period) ticks.push(at)
  const all = [...inOrder(ticks, scene.instants.looks)]
  let done = 0
  await onProgress(0, ticks.length)
  for (let next = 0; next < all.length; next += MOST_AT_ONCE) {
    const some = all.slice(next, next + MOST_AT_ONCE)
    await inTransaction(engine.pool, async (tx) => {
      for (const { at, isTick } of some) await replay.at(tx, at, isTick)
    }, readOnly)
    done += some.filter(({ isTick }) => isTick).length
    await onProgress(done, ticks.length)
  }
  return { cases: replay.cases.all, ticks: ticks.length }
}
