import type { Alert } from '../domain/alert/alert.ts'
import { CANARY_PLACE } from '../domain/escalation/canary.ts'
import { withDeadlines } from '../domain/escalation/deadlines.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import type { Instant } from '../domain/time.ts'
import { CANARY, type Severity } from '../domain/vocabulary.ts'
import type { EngineTx } from './context.ts'

/** What is needed to raise an alert; everything else follows from settings and the ladder. */
export interface AlertSpec {
  readonly kind: Alert['kind']
  readonly ruleId: string
  readonly severity: Severity
  readonly ticketKey: string | null
  readonly regionCode: string
  readonly facts: Readonly<Record<string, unknown>>
  /** Stamped on the alert: the parameters in force and their version (invariant 10). */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly ruleVersion: number
  /** Logical opening instant (the tick, or the exact timer instant), from which the ladder's T counts. */
  readonly openedAt: Instant
  /** A case that suppresses this alert: recorded, pages nobody (domain.md 4.1-6). */
  readonly suppressedBy: string | null
  /** Late data showed that it was true, and it is over (domain.md 7.4): it begins mitigated, and tells people once of `together` such cases; null: another tells of it. */
  readonly late?: { readonly together: number | null }
  /** First line of its history: the numbers that fired it; the rule's id when left out. */
  readonly reason?: string
}

/** The alert that a spec asks for, with its limits by these ladders, before it is written. @throws Error where its region is not in the tree. */
export function newAlert(etx: EngineTx, spec: AlertSpec, ladders: LadderSet): Omit<Alert, 'id'> {
  const node = spec.kind === CANARY ? CANARY_PLACE : etx.engine.tree.get(spec.regionCode)
  if (node === undefined) throw new Error(`region ${spec.regionCode} is not in the tree: no alert can be raised there`)
  const { kind, ruleId, ruleVersion, severity, ticketKey, regionCode, facts, openedAt, suppressedBy } = spec
  const raised: Alert = {
    id: '',
    kind,
    ruleId,
    ruleVersion,
    ladderVersion: ladders.version,
    ticketKey,
    regionCode,
    regionPath: node.path,
    severity,
    state: spec.late === undefined ? (suppressedBy === null ? 'open' : 'suppressed') : 'mitigated',
    facts: spec.late === undefined ? facts : { ...facts, lateTogether: spec.late.together },
    openedAt,
    severitySince: openedAt,
    ackedAt: null,
    ackedBy: null,
    ackedSeverity: null,
    ackDueAt: null,
    handleDueAt: null,
    mitigatedAt: spec.late === undefined ? null : openedAt,
    endedAt: null,
    relapseCount: 0,
    isLateDetected: spec.late !== undefined,
    suppressedBy,
    quietBy: null,
    mergedInto: null,
    proposedSeverity: null,
    handlers: [],
    approvals: [],
    isReviewOwed: false,
    version: 1,
  }
  return withDeadlines(null, raised, ladders, etx.engine.zone, openedAt)
}
