import { leastTicketsAt } from '../domain/risk/catalogue.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { keenest } from '../domain/risk/scopes.ts'
import { HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { type RiskTrial, trialSettings } from '../domain/risk/trial.ts'
import { REGION_LEVELS } from '../domain/vocabulary.ts'
import { type ReadMemory, remembering } from '../platform/remembered-reads.ts'
import { type LiveCase, lockLiveCases } from '../store/case-store.ts'
import { takeQuietTick } from '../store/risk-store.ts'
import { noteSilence } from '../store/silent-stretch-store.ts'
import { takeTickSlot } from '../store/tick-slot-store.ts'
import { mayBacklogMatter } from './backlog-facts.ts'
import type { Engine } from './context.ts'
import { dayBaseline } from './day-baseline.ts'
import { mayKeywordsMatter } from './keyword-facts.ts'
import { applyPicture, type CaseChange } from './risk-apply.ts'
import { mayFactsMatter } from './risk-facts.ts'
import { mayTicketsMatter } from './risk-ticket-facts.ts'
import { readCasePicture, readPicture } from './risk-picture.ts'
import { recordRiskTrials, runningRiskTrials } from './risk-trials.ts'
import { inEngineTransaction } from './transaction.ts'

/** The name under which risk ticks are counted off. */
export const RISK_SLOT = 'risk'

/** What one tick did. */
export interface RiskTickReport {
  readonly tickAt: Instant
  /** `quiet`: nothing could be true; `judged`: rules were read; `done_before`: this slot, or a later one, was done already. */
  readonly outcome: 'quiet' | 'judged' | 'done_before'
  /** Places and phenomena that were looked at closely. */
  readonly candidates: number
  readonly changes: readonly CaseChange[]
}

/** Fewest tickets of one phenomenon in the whole country with which any rule can be true anywhere. */
const leastAnywhere = (parameters: RiskParameters): number => Math.min(...REGION_LEVELS.map((level) => leastTicketsAt(level, parameters)))

/**
 * One risk tick, once: rules over `[tickAt − window, tickAt)`, cases opened, joined, raised, lowered and mitigated, tickets linked, in one
 * transaction with the slot (domain.md 5.1). A tick at which nothing can happen is one statement.
 */
export async function runRiskTick(engine: Engine, tickAt: Instant): Promise<RiskTickReport> {
  const settings = await engine.settings(tickAt)
  const parameters = keenest(settings.risk.body)
  const relapseSince = tickAt - parameters.relapseHours * HOUR
  const mayMatter =
    (await mayFactsMatter(engine, parameters, tickAt)) ||
    (await mayKeywordsMatter(engine, parameters, tickAt, 'all')) ||
    (await mayTicketsMatter(engine, parameters, tickAt, 'all')) ||
    (await mayBacklogMatter(engine, parameters))
  const isQuiet = !mayMatter && (await takeQuietTick(engine.pool, RISK_SLOT, {
    slotAt: tickAt,
    from: tickAt - parameters.windowMinutes * MINUTE,
    kinds: parameters.kinds,
    leastTickets: leastAnywhere(parameters),
    relapseSince,
  }))
  if (isQuiet) return { tickAt, outcome: 'quiet', candidates: 0, changes: [] }
  const usual = await dayBaseline(engine, tickAt)
  let reads: ReadMemory = new Map()
  const report = await inEngineTransaction<RiskTickReport>(engine, tickAt, async (etx) => {
    reads = new Map()
    if (!(await takeTickSlot(etx.tx, RISK_SLOT, tickAt))) return { tickAt, outcome: 'done_before', candidates: 0, changes: [] }
    const live = await lockLiveCases(etx.tx, relapseSince)
    const isOfCases = ({ matter }: LiveCase) => matter.kind === 'cross_province'
    const picture = await readPicture({ ...etx, tx: remembering(etx.tx, reads) }, tickAt, live, usual, 'all')
    await noteSilence(etx.tx, [...picture.staleProvinces].sort(), tickAt)
    const changes = await applyPicture(etx, tickAt, live.filter((held) => !isOfCases(held)), picture, 'all')
    const above = await readCasePicture(etx, tickAt, picture)
    const changesAbove = await applyPicture(etx, tickAt, live.filter(isOfCases), above, 'all')
    return { tickAt, outcome: 'judged', candidates: picture.candidates, changes: [...changes, ...changesAbove] }
  })
  if (report.outcome === 'judged') await recordRiskTrials(engine, await runningRiskTrials(engine, tickAt, 'all'), { at: tickAt, usual, look: 'all', reads })
  return report
}

/** The name under which looks between ticks are counted off. */
export const LOOK_SLOT = 'risk-look'

/** Whether what is told at once has anything to look at by these settings, lately. */
async function mayLookMatter(engine: Engine, settings: RiskParameters, at: Instant): Promise<boolean> {
  const parameters = keenest(settings)
  return (
    (await mayFactsMatter(engine, parameters, at)) || (await mayKeywordsMatter(engine, parameters, at, 'prompt')) || (await mayTicketsMatter(engine, parameters, at, 'prompt'))
  )
}

/**
 * A look between ticks, as of `at`, at what is told at once (domain.md 5.1 Evaluation): incidents, silent feeds, opinion items. Cases open, rise and come
 * back by it; what falls waits for the tick, which sees everything. Trials of these rules are looked at with it (docs/adr/0016). Not to be run before the ticks up to `at` are done.
 */
export async function runRiskLook(engine: Engine, at: Instant): Promise<readonly CaseChange[]> {
  const { body } = (await engine.settings(at)).risk
  const relapseSince = at - keenest(body).relapseHours * HOUR
  const mayMatter = await mayLookMatter(engine, body, at)
  const trials: RiskTrial[] = []
  for (const trial of await runningRiskTrials(engine, at, 'prompt')) if (mayMatter || (await mayLookMatter(engine, trialSettings(body, trial), at))) trials.push(trial)
  if (!mayMatter && trials.length === 0) return []
  const usual = await dayBaseline(engine, at)
  let reads: ReadMemory = new Map()
  const changes = await inEngineTransaction(engine, at, async (etx) => {
    reads = new Map()
    if (!(await takeTickSlot(etx.tx, LOOK_SLOT, at))) return null
    if (!mayMatter) return []
    const live = await lockLiveCases(etx.tx, relapseSince)
    return applyPicture(etx, at, live, await readPicture({ ...etx, tx: remembering(etx.tx, reads) }, at, live, usual, 'prompt'), 'prompt')
  })
  if (changes !== null) await recordRiskTrials(engine, trials, { at, usual, look: 'prompt', reads })
  return changes ?? []
}
