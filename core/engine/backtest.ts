import type { BacktestAnswer } from '../contract/backtest.ts'
import { isWithin, type Scope } from '../domain/region.ts'
import { CaseReplay, compareCases, onlyRule, type ReplayedCase, withParameters } from '../domain/risk/backtest.ts'
import { CASE_RULES, COUNT_RULES, leastTicketsAt, RISK_RULES } from '../domain/risk/catalogue.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import type { Finding } from '../domain/risk/risk-case.ts'
import { median } from '../domain/risk/surge.ts'
import { DAY, floorTo, HOUR, type Instant, localDate, MINUTE, SECOND, shiftDays, dayStart } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { loadRaisedCases } from '../store/case-store.ts'
import { loadBinnedSums } from '../store/risk-store.ts'
import type { Engine, EngineTx, Settings } from './context.ts'
import { dayBaseline } from './day-baseline.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { readPastPicture, readPicture } from './risk-picture.ts'

const SHIFT = 12 * HOUR

/** What is asked: a rule, some of its parameters set otherwise, over `(from, to]`. */
export interface BacktestQuestion {
  readonly ruleId: string
  readonly set: Readonly<Record<string, unknown>>
  readonly from: Instant
  readonly to: Instant
}

/** Rules that read what stood in the past: MR-18 reads cases, which are kept as they ended. */
export const canBacktest = (ruleId: string): boolean => RISK_RULES.some(({ id }) => id === ruleId) && !CASE_RULES.some(({ id }) => id === ruleId)

/** Tickets of a day by tick, node and phenomenon, rolled up: which ticks have so many anywhere that a counting rule could be true. */
async function busyTicks(etx: EngineTx, parameters: RiskParameters, ticks: readonly Instant[]): Promise<ReadonlySet<Instant>> {
  const [first, last] = [ticks[0], ticks.at(-1)]
  const found = new Set<Instant>()
  if (first === undefined || last === undefined) return found
  const width = parameters.tickSeconds * SECOND
  const bins = Math.round((parameters.windowMinutes * MINUTE) / width)
  const from = first - parameters.windowMinutes * MINUTE
  const places = Math.round((last - from) / width) + 1
  const { tree } = etx.engine
  const counts = new Map<string, { least: number; perBin: Int32Array }>()
  for (const { bin, regionCode, phenomenon, n } of await loadBinnedSums(etx.tx, parameters.kinds, from, last, width)) {
    for (const node of tree.chain(regionCode)) {
      const least = leastTicketsAt(node.level, parameters)
      if (!Number.isFinite(least)) continue
      const key = `${node.code}\u001f${phenomenon}`
      const held = counts.get(key) ?? { least, perBin: new Int32Array(places) }
      counts.set(key, held)
      held.perBin[bin] = (held.perBin[bin] ?? 0) + n
    }
  }
  for (const { least, perBin } of counts.values()) {
    let sum = 0
    for (let bin = 0; bin < places; bin += 1) {
      sum += (perBin[bin] ?? 0) - (bin >= bins ? (perBin[bin - bins] ?? 0) : 0)
      // The window of a tick ends where its bin begins.
      if (sum >= least) found.add(from + (bin + 1) * width)
    }
  }
  return found
}

/** What the rule would have found at a tick. */
async function findingsAt(etx: EngineTx, ruleId: string, tickAt: Instant): Promise<readonly Finding[]> {
  if (COUNT_RULES.some(({ id }) => id === ruleId)) return (await readPastPicture(etx, tickAt, etx.engine.tree.root.path)).findings
  return (await readPicture(etx, tickAt, [], await dayBaseline(etx.engine, tickAt), 'all')).findings
}

/** Replays the ticks of one local day. */
async function replayDay(engine: Engine, settings: Settings, ruleId: string, ticks: readonly Instant[], replay: CaseReplay): Promise<void> {
  const parameters = settings.risk.body
  await inTransaction(
    engine.pool,
    async (tx) => {
      const etxAt = (now: Instant): EngineTx => ({ engine, tx, settings, now, feed: new FeedBuffer(), bells: new Set() })
      const isCounted = COUNT_RULES.some(({ id }) => id === ruleId)
      const busy = isCounted ? await busyTicks(etxAt(ticks.at(-1) ?? 0), parameters, ticks) : null
      for (const tickAt of ticks) {
        const findings = busy === null || busy.has(tickAt) ? await findingsAt(etxAt(tickAt), ruleId, tickAt) : []
        if (findings.length > 0 || !replay.isQuiet) replay.tick(tickAt, findings)
      }
    },
    { isolation: 'repeatable read', readOnly: true },
  )
}

const shown = ({ matter, regionCode, openedAt, lastTrueAt, mitigatedAt, highest, pagedAt }: ReplayedCase) => ({ matter, regionCode, openedAt, lastTrueAt, mitigatedAt, highest, pages: pagedAt.length })

function days(question: BacktestQuestion, replayed: readonly { openedAt: Instant }[], raised: readonly { firstTrueAt: Instant }[], zone: string): BacktestAnswer['byDay'] {
  const names: string[] = []
  for (let at = dayStart(question.from, zone); at < question.to; at = shiftDays(at, 1, zone)) names.push(localDate(at, zone))
  const count = (instants: readonly Instant[], day: string) => instants.filter((at) => localDate(at, zone) === day).length
  return names.map((day) => ({ day, replayed: count(replayed.map(({ openedAt }) => openedAt), day), raised: count(raised.map(({ firstTrueAt }) => firstTrueAt), day) }))
}

/**
 * What a rule with these parameters would have raised over the stored history, beside what it did raise (issue "back-test"): the same reading, joining and case machine as live, on
 * a replayed clock, in transactions that cannot write. Only what lies in the scope is told. Facts as known now: what came late is counted where it belongs.
 * @throws NoSuchParameter for a setting that is none.
 */
export async function backtest(engine: Engine, scope: Scope, question: BacktestQuestion, onProgress: (ticks: number) => void = () => undefined): Promise<BacktestAnswer> {
  const { ruleId, from, to, set } = question
  const inForce = await engine.settings(to)
  const parameters = onlyRule(withParameters(inForce.risk.body, set), ruleId, RISK_RULES.map(({ id }) => id))
  const settings: Settings = { ...inForce, risk: { ...inForce.risk, body: parameters } }
  const replay = new CaseReplay(engine.tree, parameters)
  const width = parameters.tickSeconds * SECOND
  let done = 0
  let ticks: Instant[] = []
  for (let tickAt = floorTo(from, width) + width; tickAt <= to; tickAt += width) {
    ticks.push(tickAt)
    if (tickAt + width <= to && ticks.length * width < DAY) continue
    await replayDay(engine, settings, ruleId, ticks, replay)
    done += ticks.length
    onProgress(done)
    ticks = []
  }
  const isMine = (path: string) => isWithin(path, scope.path)
  const cases = replay.cases().filter(({ regionCode }) => isMine(engine.tree.get(regionCode)?.path ?? ''))
  const raised = await loadRaisedCases(engine.pool, scope, ruleId, from, to)
  const { replayed, missed, precision } = compareCases(cases, raised, { tree: engine.tree, parameters })
  const pages = cases.reduce((sum, { pagedAt }) => sum + pagedAt.length, 0)
  const earlier = replayed.flatMap(({ minutesEarlier }) => minutesEarlier ?? [])
  return {
    ruleId, from, to, ticks: done, set: { ...set }, version: inForce.risk.version,
    replayed: replayed.map((one) => ({ ...shown(one), alertId: one.alertId, minutesEarlier: one.minutesEarlier })),
    missed: missed.map(({ alertId, matter, regionCode, severity, firstTrueAt }) => ({ alertId, matter, regionCode, severity, firstTrueAt })),
    raised: raised.length,
    byDay: days(question, cases, raised, engine.zone),
    precision,
    pages,
    pagesPerShift: pages / Math.max(1, (to - from) / SHIFT),
    medianMinutesEarlier: earlier.length === 0 ? null : median(earlier),
  }
}
