import { CASE_RULES, FACT_RULES, riskRule } from '../domain/risk/catalogue.ts'
import { afterTick, ofTrial, type RiskTrial, trialSettings } from '../domain/risk/trial.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { type ReadMemory, remembering } from '../platform/remembered-reads.ts'
import { loadRiskFindings, saveRiskFindings } from '../store/risk-trial-store.ts'
import { loadRunningTrials, type TrialRow } from '../store/trial-store.ts'
import type { Engine, EngineTx } from './context.ts'
import type { DayBaseline } from './day-baseline.ts'
import { type Look, readCasePicture, readPicture } from './risk-picture.ts'
import { inEngineTransaction } from './transaction.ts'

const trialOf = ({ id, ruleId, scopeCode, parameters }: TrialRow): RiskTrial[] => (riskRule(ruleId) === undefined ? [] : [{ id, ruleId, scope: scopeCode, values: parameters }])

/** The trials of risk rules that run at an instant; of a look between ticks those of rules that are told at once. One statement. */
export async function runningRiskTrials(engine: Engine, at: Instant, look: Look): Promise<RiskTrial[]> {
  const running = (await loadRunningTrials(engine.pool, at)).flatMap(trialOf)
  return look === 'all' ? running : running.filter(({ ruleId }) => FACT_RULES.some(({ id, isPrompt }) => id === ruleId && isPrompt))
}

/** What the trials are looked at with: an instant, and what it has read already. */
export interface TrialLook {
  readonly at: Instant
  readonly usual: DayBaseline
  readonly look: Look
  readonly reads: ReadMemory
}

async function record(etx: EngineTx, trial: RiskTrial, { at, usual, look, reads }: TrialLook): Promise<void> {
  const { engine, tx, settings } = etx
  const body = trialSettings(settings.risk.body, trial)
  const tried: EngineTx = { ...etx, settings: { ...settings, risk: { version: settings.risk.version, body } } }
  const path = trial.scope === null ? null : (engine.tree.get(trial.scope)?.path ?? null)
  const picture = await readPicture({ ...tried, tx: remembering(tx, reads) }, at, [], usual, look, { path })
  // Its cases have changed since the tick read them.
  const { findings } = CASE_RULES.some(({ id }) => id === trial.ruleId) ? await readCasePicture(tried, at, picture) : picture
  const gapMs = body.joinGapHours * HOUR
  const known = await loadRiskFindings(tx, trial.id, at - gapMs)
  await saveRiskFindings(tx, trial.id, afterTick(known, ofTrial(findings, trial, engine.tree), at, gapMs))
}

/**
 * What trials of risk rules would have made of a tick or a look, recorded after it: its own gathering and deciding by the trial's settings, of what it has read where that is the same. It opens no
 * case, pages nobody and leaves live cases alone; parts split off by hand are not known to it. Each has a transaction of its own, so that a trial that fails takes neither a tick nor another trial
 * with it.
 */
export async function recordRiskTrials(engine: Engine, trials: readonly RiskTrial[], seen: TrialLook): Promise<void> {
  for (const trial of trials) {
    try {
      await inEngineTransaction(engine, seen.at, (etx) => record(etx, trial, seen))
    } catch (error) {
      engine.log.error({ err: error, trial: trial.id, ruleId: trial.ruleId, tickAt: seen.at }, 'a trial of a risk rule missed a tick')
    }
  }
}
