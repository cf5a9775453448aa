import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import type { AbnormalRule, AbnormalVerdict, ParameterValues, VerdictFacts } from './abnormal-rule.ts'
import { GROUP, type RuleScope } from './scopes.ts'

/** A rule that is evaluated and recorded and pages nobody, with values of its own, in a place and a time (docs/adr/0016). */
export interface RuleTrial {
  readonly id: string
  readonly rule: AbnormalRule
  readonly values: ParameterValues
  readonly scope: RuleScope
  readonly startedAt: Instant
}

/** The trials that look at a ticket of a province. */
export const trialsOf = (trials: readonly RuleTrial[], provinceCode: string): readonly RuleTrial[] =>
  trials.length === 0 ? trials : trials.filter(({ scope }) => scope === GROUP || scope === provinceCode)

/** What a trial says of a ticket. */
export interface TrialFinding {
  readonly trialId: string
  readonly ticketKey: string
  readonly level: Severity
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
  readonly facts: VerdictFacts
  readonly clearedAt: Instant | null
  readonly outcome: 'ended' | 'disproved' | null
}

/** What a trial made of a ticket at an instant. */
export interface DatedVerdict {
  readonly at: Instant
  readonly verdict: Pick<AbnormalVerdict, 'level' | 'why' | 'facts'>
}

function afterVerdict(known: TrialFinding | null, { at, verdict }: DatedVerdict, subject: Pick<TrialFinding, 'trialId' | 'ticketKey'>): TrialFinding | null {
  const { level, why, facts } = verdict
  if (level > 0) {
    const firstTrueAt = known === null || known.outcome === 'disproved' ? at : known.firstTrueAt
    return { ...subject, level: level as Severity, firstTrueAt, lastTrueAt: at, facts, clearedAt: null, outcome: null }
  }
  if (known === null || known.outcome === 'disproved') return known
  if (why === 'never_true') return { ...known, clearedAt: at, outcome: 'disproved' }
  return known.outcome === null ? { ...known, clearedAt: at, outcome: 'ended' } : known
}

/**
 * What a trial says of a ticket after its verdicts, one after the other; what came before it began is none of its own. The same object where nothing has
 * changed, and null where there is nothing to say. A condition that holds now reads the same in whatever order the facts came, as those of alerts do;
 * one that has ended is there only if somebody looked while it held.
 */
export function findingOf(known: TrialFinding | null, trial: RuleTrial, ticketKey: string, verdicts: readonly DatedVerdict[]): TrialFinding | null {
  const subject = { trialId: trial.id, ticketKey }
  return verdicts.filter(({ at }) => at >= trial.startedAt).reduce((finding, verdict) => afterVerdict(finding, verdict, subject), known)
}
