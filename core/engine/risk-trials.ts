import { CASE_RULES, riskRule } from '../domain/risk/catalogue.ts'
import { afterTick, ofTrial, type RiskTrial, trialSettings } from '../domain/risk/trial.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { loadRiskFindings, saveRiskFindings } from '../store/risk-trial-store.ts'
import { loadRunningTrials, type TrialRow } from '../store/trial-store.ts'
import type { EngineTx } from './context.ts'
import type { DayBaseline } from './day-baseline.ts'
import { readCasePicture, readPicture } from './risk-picture.ts'

const trialOf = ({ id, ruleId, scopeCode, parameters }: TrialRow): RiskTrial[] => (riskRule(ruleId) === undefined ? [] : [{ id, ruleId, scope: scopeCode, values: parameters }])

/**
 * What the running trials of risk rules would have made of a tick, recorded in its transaction: the tick's own gathering and deciding by the trial's settings. It opens no case, pages nobody and
 * leaves live cases alone; parts split off by hand are not known to it. One statement where nothing is tried.
 */
export async function recordRiskTrials(etx: EngineTx, tickAt: Instant, usual: DayBaseline): Promise<void> {
  const { engine, tx, settings } = etx
  const trials = (await loadRunningTrials(tx, tickAt)).flatMap(trialOf)
  for (const trial of trials) {
    const body = trialSettings(settings.risk.body, trial)
    const tried: EngineTx = { ...etx, settings: { ...settings, risk: { version: settings.risk.version, body } } }
    const picture = await readPicture(tried, tickAt, [], usual, 'all')
    const { findings } = CASE_RULES.some(({ id }) => id === trial.ruleId) ? await readCasePicture(tried, tickAt, picture) : picture
    const gapMs = body.joinGapHours * HOUR
    const known = await loadRiskFindings(tx, trial.id, tickAt - gapMs)
    await saveRiskFindings(tx, trial.id, afterTick(known, ofTrial(findings, trial, engine.tree), tickAt, gapMs))
  }
}
