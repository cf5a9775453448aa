import { CASE_RULES, riskRule } from '../domain/risk/catalogue.ts'
import { afterTick, ofTrial, type RiskTrial, trialSettings } from '../domain/risk/trial.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { loadRiskFindings, saveRiskFindings } from '../store/risk-trial-store.ts'
import { loadRunningTrials, type TrialRow } from '../store/trial-store.ts'
import type { Engine, EngineTx } from './context.ts'
import type { DayBaseline } from './day-baseline.ts'
import { readCasePicture, readPicture } from './risk-picture.ts'
import { inEngineTransaction } from './transaction.ts'

const trialOf = ({ id, ruleId, scopeCode, parameters }: TrialRow): RiskTrial[] => (riskRule(ruleId) === undefined ? [] : [{ id, ruleId, scope: scopeCode, values: parameters }])

async function record(etx: EngineTx, trial: RiskTrial, tickAt: Instant, usual: DayBaseline): Promise<void> {
  const { engine, tx, settings } = etx
  const body = trialSettings(settings.risk.body, trial)
  const tried: EngineTx = { ...etx, settings: { ...settings, risk: { version: settings.risk.version, body } } }
  const path = trial.scope === null ? null : (engine.tree.get(trial.scope)?.path ?? null)
  const picture = await readPicture(tried, tickAt, [], usual, 'all', { path })
  const { findings } = CASE_RULES.some(({ id }) => id === trial.ruleId) ? await readCasePicture(tried, tickAt, picture) : picture
  const gapMs = body.joinGapHours * HOUR
  const known = await loadRiskFindings(tx, trial.id, tickAt - gapMs)
  await saveRiskFindings(tx, trial.id, afterTick(known, ofTrial(findings, trial, engine.tree), tickAt, gapMs))
}

/**
 * What the running trials of risk rules would have made of a tick, recorded after it: the tick's own gathering and deciding by the trial's settings. It opens no case, pages nobody and leaves live
 * cases alone; parts split off by hand are not known to it. Each has a transaction of its own, so that a trial that fails takes neither a tick nor another trial with it. One statement where nothing is tried.
 */
export async function recordRiskTrials(engine: Engine, tickAt: Instant, usual: DayBaseline): Promise<void> {
  for (const trial of (await loadRunningTrials(engine.pool, tickAt)).flatMap(trialOf)) {
    try {
      await inEngineTransaction(engine, tickAt, (etx) => record(etx, trial, tickAt, usual))
    } catch (error) {
      engine.log.error({ err: error, trial: trial.id, ruleId: trial.ruleId, tickAt }, 'a trial of a risk rule missed a tick')
    }
  }
}
