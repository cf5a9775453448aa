import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import { stepDueAt } from './decide-escalation.ts'
import type { Ladder } from './ladder.ts'
import { OVERDUE_AFTER } from './self-audit.ts'

/** A call that is written down: a step (round 0), or a later call for it. */
export interface RecordedCall {
  readonly step: number
  readonly round: number
  readonly dueAt: Instant
  readonly firedAt: Instant
}

/** A ladder that ran, or runs, with what it called. */
export interface ProvenRun {
  readonly runId: string
  readonly severity: Severity
  readonly purpose: 'answer' | 'handling'
  readonly startedAt: Instant
  readonly stoppedAt: Instant | null
  readonly stoppedWhy: string | null
  readonly calls: readonly RecordedCall[]
}

/** `kept`: made in time; `late`: made more than 5 s after it was due; `missed`: due longer than that and not made; `not_needed`: answered or over before. */
export const PROOF_VERDICTS = ['kept', 'late', 'missed', 'not_needed', 'to_come'] as const
export type ProofVerdict = (typeof PROOF_VERDICTS)[number]

/** One call as it was due, and what happened. */
export interface ProofLine {
  readonly runId: string
  readonly severity: Severity
  readonly kind: 'step' | 'reminder' | 'handling'
  readonly step: number
  readonly round: number
  readonly dueAt: Instant
  readonly firedAt: Instant | null
  readonly verdict: ProofVerdict
  /** Why it was not needed. */
  readonly why: string | null
}

const ofCall = (run: ProvenRun, { step, round, dueAt, firedAt }: RecordedCall): ProofLine => ({
  runId: run.runId,
  severity: run.severity,
  kind: run.purpose === 'handling' ? 'handling' : round === 0 ? 'step' : 'reminder',
  step,
  round,
  dueAt,
  firedAt,
  verdict: firedAt - dueAt > OVERDUE_AFTER ? 'late' : 'kept',
  why: null,
})

/**
 * What was due by a ladder against what is written down of it, in the order in which it was due (domain.md 7.9): every step of the ladder has a line, made or not,
 * and so has every later call that was made. `ladder` as the run went by it; `alert` for the earlier limit of a ticket (4.4).
 */
export function proofOf(run: ProvenRun, ladder: Ladder, alert: Parameters<typeof stepDueAt>[2], now: Instant): ProofLine[] {
  const made = run.calls.map((call) => ofCall(run, call))
  if (run.purpose === 'handling') return made.toSorted((a, b) => a.dueAt - b.dueAt)
  const firstOwn = Math.min(...run.calls.filter(({ round }) => round === 0).map(({ step }) => step), ladder.steps.length)
  const unmade = ladder.steps.flatMap((_, step): ProofLine[] => {
    const dueAt = stepDueAt(run, ladder, alert, step)
    // What an earlier run of the ticket had called before this one went on.
    const isAnothers = alert.kind === 'abnormal' && step < firstOwn && firstOwn < ladder.steps.length
    if (dueAt === null || isAnothers || run.calls.some((call) => call.round === 0 && call.step === step)) return []
    const end = run.stoppedAt ?? Number.POSITIVE_INFINITY
    const verdict = end <= dueAt + OVERDUE_AFTER ? 'not_needed' : dueAt + OVERDUE_AFTER > now ? 'to_come' : 'missed'
    return [{ runId: run.runId, severity: run.severity, kind: 'step', step, round: 0, dueAt, firedAt: null, verdict, why: verdict === 'not_needed' ? run.stoppedWhy : null }]
  })
  return [...made, ...unmade].toSorted((a, b) => a.dueAt - b.dueAt || a.round - b.round)
}
