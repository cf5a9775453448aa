import { setImmediate as breathe } from 'node:timers/promises'
import { FACT_RULES } from '../domain/risk/catalogue.ts'
import type { FactRule } from '../domain/risk/fact-rule.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { type ReplayInstants, replayInstants } from '../domain/risk/replay-instants.ts'
import type { ReplayedCases } from '../domain/risk/replayed-cases.ts'
import { ReplayedCircles } from '../domain/risk/replayed-circles.ts'
import { keenest } from '../domain/risk/scopes.ts'
import { dayStart, HOUR, type Instant, SECOND, shiftDays } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { loadFactTimes } from '../store/replay-time-store.ts'
import type { Engine } from './context.ts'
import { loadPlacedFeeds } from './day-baseline.ts'
import { type Gathering, GATHERINGS, type LookedFacts } from './replay-gather.ts'
import { KeptReadings, LookedReadings, type ReplayedReadings, type ReplayInstant } from './replay-readings.ts'

/** Between ticks the system looks this often at what is told at once. */
const LOOK_MS = 5 * SECOND
/** For so many instants facts are read in one transaction: one by one, or all of them by one statement. */
const MOST_AT_ONCE = { look: 72, ticket: 288 } as const

/** What to replay: one rule of facts alone. */
export interface FactReplaySpan {
  readonly ruleId: string
  readonly parameters: RiskParameters
  readonly from: Instant
  readonly to: Instant
}

/** Hours for what is counted by the hour, days for what is compared with days. */
function clockSteps(how: LookedFacts, { from, to }: FactReplaySpan, { zone }: Engine): Instant[] {
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
  const shape = { from, to, periodMs, isPrompt: rule.isPrompt }
  const load = (times: LookedFacts['times'], reach: number) => (times === null ? [] : loadFactTimes(tx, times, from - reach, to, stepMs))
  if (how.by === 'ticket') return replayInstants({ steps: await load(rule.isPrompt ? how.arrivals : null, how.reach(parameters)), stepMs, spans: [] }, shape)
  const spans = how.spans(parameters)
  const changed = await load(how.times, Math.max(0, ...spans))
  return replayInstants({ steps: [...changed, ...clockSteps(how, span, engine)].sort((a, b) => a - b), stepMs, spans }, shape)
}

function* inOrder(ticks: readonly Instant[], looks: readonly Instant[]): Generator<ReplayInstant> {
  let next = 0
  for (const tick of ticks) {
    for (let look = looks[next]; look !== undefined && look < tick; look = looks[(next += 1)]) yield { at: look, isTick: false }
    yield { at: tick, isTick: true }
  }
  for (const look of looks.slice(next)) yield { at: look, isTick: false }
}

interface Opened {
  readonly readings: ReplayedReadings
  readonly looks: readonly Instant[]
  readonly mostAtOnce: number
}

async function opened(engine: Engine, tx: Tx, span: FactReplaySpan): Promise<Opened> {
  const rule = FACT_RULES.find(({ id }) => id === span.ruleId)
  const how = GATHERINGS[span.ruleId]
  if (rule === undefined || how === undefined) throw new RangeError(`${span.ruleId} cannot be replayed`)
  const { looks, mayDiffer } = await instantsOf(engine, tx, rule, how, span)
  const scene = { engine, rule, parameters: span.parameters, feeds: await loadPlacedFeeds(engine, tx), mayDiffer }
  const mostAtOnce = MOST_AT_ONCE[how.by]
  if (how.by === 'look') return { readings: new LookedReadings(scene, how), looks, mostAtOnce }
  if (rule.grouping === undefined) throw new RangeError(`${span.ruleId} reads no groups`)
  return { readings: new KeptReadings(scene, how, rule.grouping), looks, mostAtOnce }
}

/** Replays one rule of facts at the fixed ticks of `[from, to)`, and between them where it is told at once, in transactions that can write nothing. */
export async function replayFactRule(engine: Engine, span: FactReplaySpan, onProgress: (done: number, total: number) => void | Promise<void>): Promise<{ readonly cases: ReplayedCases['all']; readonly ticks: number }> {
  const readOnly = { readOnly: true, isolation: 'repeatable read' } as const
  const { readings, looks, mostAtOnce } = await inTransaction(engine.pool, (tx) => opened(engine, tx, span), readOnly)
  const cases = new ReplayedCircles(engine.tree, span.parameters)
  const period = span.parameters.tickSeconds * SECOND
  const ticks: Instant[] = []
  for (let at = Math.ceil(span.from / period) * period; at < span.to; at += period) ticks.push(at)
  const all = [...inOrder(ticks, looks)]
  let done = 0
  await onProgress(0, ticks.length)
  for (let next = 0; next < all.length; next += mostAtOnce) {
    const some = all.slice(next, next + mostAtOnce)
    await inTransaction(engine.pool, (tx) => readings.read(tx, some), readOnly)
    readings.take()
    // Outside any transaction: it may take longer than one may lie idle.
    for (const { at, isTick } of some) {
      for (const [name, reading] of readings.changesAt(at)) cases.put(name, reading)
      cases.look(at, isTick ? 'all' : 'prompt')
      // Everything else in the process has its turn.
      await breathe()
    }
    done += some.filter(({ isTick }) => isTick).length
    await onProgress(done, ticks.length)
  }
  return { cases: [...cases.all], ticks: ticks.length }
}
