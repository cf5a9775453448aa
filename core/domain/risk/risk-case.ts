import type { Instant } from '../time.ts'
import type { Level, Severity } from '../vocabulary.ts'
import type { Matter } from './matter.ts'
import type { RiskParameters, RiskReading } from './reading.ts'

/** What is true at one tick of one matter in one place, after scope choice: the readings that belong together (domain.md 5.1). */
export interface Finding {
  readonly matter: Matter
  /** The lowest node that holds ≥ scopeShare of the distinct customers. */
  readonly regionCode: string
  readonly level: Severity
  /** Per rule the highest reading among the nested nodes that are true; of equal ones that at `regionCode`. */
  readonly readings: readonly RiskReading[]
  readonly customers: number
}

/** What a case remembers between ticks about its own condition. */
export interface CaseMemory {
  readonly severity: Severity
  /** Since when the condition of the present colour has been false without interruption, or null while it is true. */
  readonly falseSince: Instant | null
  readonly isMitigated: boolean
  readonly mitigatedAt: Instant | null
  /** The colour proposed for an orange/red case whose hold-down has passed; waits for a person. */
  readonly proposedSeverity: Severity | null
  /** When it relapsed, oldest first, as far back as flapping looks. */
  readonly relapses: readonly Instant[]
}

/** What to do with one case at one tick; `memory` is what to store. */
export type CaseDecision =
  | { readonly kind: 'stay'; readonly memory: CaseMemory }
  | { readonly kind: 'upgrade'; readonly from: Severity; readonly to: Severity; readonly memory: CaseMemory }
  | { readonly kind: 'downgrade'; readonly from: Severity; readonly to: Severity; readonly heldForMs: number; readonly memory: CaseMemory }
  | { readonly kind: 'propose'; readonly from: Severity; readonly to: Severity; readonly heldForMs: number; readonly memory: CaseMemory }
  | { readonly kind: 'mitigate'; readonly heldForMs: number; readonly memory: CaseMemory }
  /** `raised`: its second relapse within the time of flapping raises it by a colour; `holdUntil`: it flaps, and is not mitigated before. */
  | { readonly kind: 'relapse'; readonly to: Severity; readonly raised: boolean; readonly holdUntil: Instant | null; readonly memory: CaseMemory }

/** Signature of the case machine in judge-case.ts: `level` is the highest level true for the case at this tick (0: none, null: no data). */
export type JudgeCase = (memory: CaseMemory, level: Level | null, tickAt: Instant, parameters: RiskParameters) => CaseDecision
