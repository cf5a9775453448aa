import type { ParameterValues } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { findingOf, type RuleTrial, type TrialFinding, trialsOf } from '../domain/abnormal/trial.ts'
import type { Tx } from '../platform/database.ts'
import type { Instant } from '../domain/time.ts'
import { loadFindings, loadRunningTrials, saveFindings, type TrialRow } from '../store/trial-store.ts'
import type { DatedJudgement } from './settle-alerts.ts'

/** A stored trial with its rule; none where this software no longer has that rule. */
function trialOf({ id, ruleId, scopeCode, parameters, startedAt }: TrialRow): readonly RuleTrial[] {
  const rule = ABNORMAL_RULES.find((one) => one.id === ruleId)
  return rule === undefined ? [] : [{ id, rule, values: parameters as ParameterValues, scope: scopeCode, startedAt }]
}

/** The trials that run at an instant. */
export const runningTrials = async (tx: Tx, at: Instant): Promise<readonly RuleTrial[]> => (await loadRunningTrials(tx, at)).flatMap(trialOf)

/** A ticket as it has just been judged, trials included. */
export interface TriedTicket {
  readonly ticket: { readonly ticketKey: string; readonly provinceCode: string }
  readonly judgements: readonly DatedJudgement[]
}

const keyOf = (trialId: string, ticketKey: string) => `${trialId} ${ticketKey}`

function findingsOf({ ticket, judgements }: TriedTicket, trials: readonly RuleTrial[], known: ReadonlyMap<string, TrialFinding>): TrialFinding[] {
  const { ticketKey, provinceCode } = ticket
  return trialsOf(trials, provinceCode).flatMap((trial) => {
    const before = known.get(keyOf(trial.id, ticketKey)) ?? null
    const verdicts = judgements.flatMap(({ at, judgement }) => {
      const verdict = judgement.trials.get(trial.id)
      return verdict === undefined ? [] : [{ at, verdict }]
    })
    const after = findingOf(before, trial, ticketKey, verdicts)
    return after === null || after === before ? [] : [after]
  })
}

/** Records what running trials say of tickets that this transaction has judged: two statements for any number of tickets, none where nothing is tried. */
export async function recordTrials(tx: Tx, tickets: readonly TriedTicket[], trials: readonly RuleTrial[]): Promise<void> {
  if (trials.length === 0 || tickets.length === 0) return
  const found = await loadFindings(tx, trials.map(({ id }) => id), tickets.map(({ ticket }) => ticket.ticketKey))
  const known = new Map(found.map((finding) => [keyOf(finding.trialId, finding.ticketKey), finding]))
  await saveFindings(tx, tickets.flatMap((one) => findingsOf(one, trials, known)))
}
