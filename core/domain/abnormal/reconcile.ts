import { type AlertState, LIVE_ALERT_STATES, type Severity } from '../vocabulary.ts'
import type { AbnormalRule, AbnormalVerdict } from './abnormal-rule.ts'
import { ABNORMAL_RULES } from './catalogue.ts'

/**
 * An alert on the ticket, as far as reconciling needs it. Live ones always. Ended ones count only with `endedBy`: those that the engine
 * ended may still be retracted (S-6), those that a person ended are never touched and keep the rule from firing on the same fact (4.1-5).
 */
export interface KnownAlert {
  readonly alertId: string
  readonly ruleId: string
  readonly severity: Severity
  readonly state: AlertState
  readonly endedBy?: 'engine' | 'person'
  /** `facts.cause` of the verdict it was last raised or upgraded by. */
  readonly cause?: string
  /** The colour that a person, or the end of its handling limit, raised it to: facts do not take it below that. */
  readonly floor?: Severity
}

type Facts = AbnormalVerdict['facts']

/** One thing to do about one rule on one ticket; the caller carries it out through the transition table. */
export type AbnormalAction =
  | { readonly action: 'open'; readonly ruleId: string; readonly severity: Severity; readonly facts: Facts; readonly suppressedBy: string | null }
  | { readonly action: 'upgrade'; readonly alertId: string; readonly ruleId: string; readonly severity: Severity; readonly facts: Facts }
  | {
      readonly action: 'downgrade'
      readonly alertId: string
      readonly ruleId: string
      readonly severity: Severity
      readonly facts: Facts
      readonly reason: 'never_true'
    }
  | { readonly action: 'auto_resolve'; readonly alertId: string; readonly ruleId: string; readonly reason: 'cleared' | 'absorbed' }
  | { readonly action: 'mitigate'; readonly alertId: string; readonly ruleId: string }
  | { readonly action: 'relapse'; readonly alertId: string; readonly ruleId: string }
  | { readonly action: 'retract'; readonly alertId: string; readonly ruleId: string; readonly reason: 'never_true' }
  | { readonly action: 'suppress'; readonly alertId: string; readonly ruleId: string; readonly caseId: string }
  | { readonly action: 'unsuppress'; readonly alertId: string; readonly ruleId: string }

const isLive = (alert: KnownAlert): boolean => LIVE_ALERT_STATES.includes(alert.state)

/** 4.1-5: what a person has ended fires again on another fact, or when it has become worse than what he ended. */
function isAnswered(verdict: AbnormalVerdict, severity: Severity, known: readonly KnownAlert[]): boolean {
  return known.some(
    (alert) =>
      !isLive(alert) &&
      alert.endedBy === 'person' &&
      severity <= alert.severity &&
      (alert.cause === undefined || alert.cause === verdict.facts['cause']),
  )
}

/**
 * While true: the level is a ratchet, the case's suppression follows the case. Time alone never lowers a level, so a lower one means that
 * facts have disproved the higher: what was never true of it is taken back (4.1-2, 3.8), and the alert stands the same in whatever order
 * the facts came.
 */
function whileTrue(live: KnownAlert, verdict: AbnormalVerdict, severity: Severity, caseId: string | null): AbnormalAction[] {
  const { alertId, ruleId } = live
  const actions: AbnormalAction[] = []
  if (live.state === 'mitigated') actions.push({ action: 'relapse', alertId, ruleId })
  if (severity > live.severity) actions.push({ action: 'upgrade', alertId, ruleId, severity, facts: verdict.facts })
  const disproved = Math.max(severity, live.floor ?? severity) as Severity
  if (disproved < live.severity)
    actions.push({ action: 'downgrade', alertId, ruleId, severity: disproved, facts: verdict.facts, reason: 'never_true' })
  if (caseId !== null && (live.state === 'open' || live.state === 'mitigated')) actions.push({ action: 'suppress', alertId, ruleId, caseId })
  if (caseId === null && live.state === 'suppressed') actions.push({ action: 'unsuppress', alertId, ruleId })
  return actions
}

function onceFalse(alert: KnownAlert, verdict: AbnormalVerdict): AbnormalAction[] {
  const { alertId, ruleId } = alert
  if (verdict.why === 'never_true') {
    const mayRetract = isLive(alert) || (alert.state === 'resolved' && alert.endedBy === 'engine')
    return mayRetract ? [{ action: 'retract', alertId, ruleId, reason: 'never_true' }] : []
  }
  if (!isLive(alert)) return []
  if (verdict.why === 'mitigated') return alert.state === 'mitigated' ? [] : [{ action: 'mitigate', alertId, ruleId }]
  return [{ action: 'auto_resolve', alertId, ruleId, reason: verdict.why === 'absorbed' ? 'absorbed' : 'cleared' }]
}

/**
 * Brings the alerts of one ticket in line with what its rules say now (domain.md 3.8, 4.1): at most one live alert per rule, levels rise
 * by time and fall only with the facts, a condition that ended resolves or is left to a person, one that never held is retracted. Pure; rules without a verdict are left alone.
 */
export function reconcileAbnormal(
  open: readonly KnownAlert[],
  verdicts: readonly AbnormalVerdict[],
  context: { readonly linkedCaseId: string | null },
  rules: readonly AbnormalRule[] = ABNORMAL_RULES,
): readonly AbnormalAction[] {
  return verdicts.flatMap((verdict): AbnormalAction[] => {
    const known = open.filter((alert) => alert.ruleId === verdict.ruleId)
    if (verdict.level === 0) return known.flatMap((alert) => onceFalse(alert, verdict))
    const caseId = rules.find((rule) => rule.id === verdict.ruleId)?.suppressedByCase ? context.linkedCaseId : null
    const live = known.find(isLive)
    if (live) return whileTrue(live, verdict, verdict.level, caseId)
    if (isAnswered(verdict, verdict.level, known)) return []
    return [{ action: 'open', ruleId: verdict.ruleId, severity: verdict.level, facts: verdict.facts, suppressedBy: caseId }]
  })
}
