import type { RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import { HOUR } from '../time.ts'
import type { Level, Severity } from '../vocabulary.ts'
import { type AssignableCase, assign, highest, placeOf, type Standing, topmost, widestOf } from './assign.ts'
import { judgeCase } from './judge-case.ts'
import type { Matter } from './matter.ts'
import type { RiskParameters } from './reading.ts'
import type { CaseDecision, CaseMemory, Finding } from './risk-case.ts'
import { riskFor, scopeOfPlace } from './scopes.ts'

/** When a case rang: it opened, rose, or came back. */
export interface Ring {
  readonly at: Instant
  readonly severity: Severity
  readonly kind: 'open' | 'upgrade' | 'relapse'
}

/** A case as the replay has it; nobody acts on it. */
export interface ReplayedCase extends AssignableCase {
  matter: Matter
  regionCode: string
  regionPath: string
  lastTrueAt: Instant
  mitigatedAt: Instant | null
  memory: CaseMemory
  highest: Severity
  isMerged: boolean
  readonly rings: Ring[]
}

const foundOf = ({ findings, mergedSeverity }: Standing<ReplayedCase>): Level => Math.max(highest(findings), mergedSeverity) as Level
/** As high as it stands, or higher, or mitigated and true again. */
const isSeenPromptly = (one: Standing<ReplayedCase>): boolean => foundOf(one) >= one.held.memory.severity || (one.held.mitigatedAt !== null && one.findings.length > 0)

/** Cases over a replayed clock, by the machine of the ticks (domain.md 5.1, 7.1) and without people: nothing is acknowledged, lowered or called false. */
export class ReplayedCases {
  readonly all: ReplayedCase[] = []
  #live: ReplayedCase[] = []
  readonly #tree: RegionTree
  readonly #parameters: RiskParameters

  constructor(tree: RegionTree, parameters: RiskParameters) {
    this.#tree = tree
    this.#parameters = parameters
  }

  /** One tick: what was found joins, opens, raises and ends cases. A `prompt` look between ticks does not see everything, so nothing falls by it. */
  tick(tickAt: Instant, findings: readonly Finding[], look: 'all' | 'prompt' = 'all'): void {
    const since = tickAt - this.#parameters.relapseHours * HOUR
    this.#live = this.#live.filter(({ mitigatedAt, isMerged }) => !isMerged && (mitigatedAt === null || mitigatedAt >= since))
    if (this.#live.length === 0 && findings.length === 0) return
    const { standing, fresh, merges } = assign(this.#tree, this.#parameters, tickAt, this.#live, findings)
    for (const { from, into } of merges) {
      from.isMerged = true
      const survivor = standing.get(into.alertId)
      if (survivor) survivor.mergedSeverity = Math.max(survivor.mergedSeverity, from.memory.severity) as Level
      standing.delete(from.alertId)
    }
    for (const one of standing.values()) if (look === 'all' || isSeenPromptly(one)) this.#judge(one, tickAt)
    for (const group of fresh) this.#open(group, tickAt)
  }

  #open(findings: readonly Finding[], tickAt: Instant): void {
    const { regionCode } = topmost(this.#tree, findings)
    const severity = highest(findings) as Severity
    const memory = { severity, falseSince: null, isMitigated: false, mitigatedAt: null, proposedSeverity: null, relapses: [] }
    const held: ReplayedCase = {
      alertId: String(this.all.length + 1), matter: widestOf(findings.map(({ matter }) => matter)), regionCode, regionPath: this.#tree.get(regionCode)?.path ?? '',
      splitFrom: null, claims: [], openedAt: tickAt, lastTrueAt: tickAt, mitigatedAt: null, memory, highest: severity, isMerged: false, rings: [{ at: tickAt, severity, kind: 'open' }],
    }
    this.all.push(held)
    this.#live.push(held)
  }

  #judge(standing: Standing<ReplayedCase>, tickAt: Instant): void {
    const { held } = standing
    const decision = judgeCase(held.memory, foundOf(standing), tickAt, riskFor(this.#parameters, scopeOfPlace(this.#tree, held.regionCode)))
    if (held.memory.isMitigated && decision.kind === 'stay') return
    this.#move(standing, decision, tickAt)
  }

  #move(standing: Standing<ReplayedCase>, decision: CaseDecision, tickAt: Instant): void {
    const { held, findings } = standing
    held.memory = decision.memory
    held.mitigatedAt = decision.memory.isMitigated ? decision.memory.mitigatedAt : null
    if (highest(findings) > 0) held.lastTrueAt = tickAt
    if (decision.kind === 'upgrade' || decision.kind === 'relapse') {
      held.rings.push({ at: tickAt, severity: decision.to, kind: decision.kind })
      held.highest = Math.max(held.highest, decision.to) as Severity
    }
    const place = placeOf(this.#tree, standing, decision)
    held.regionCode = place.regionCode
    held.regionPath = place.path
    held.matter = widestOf([held.matter, ...findings.map(({ matter }) => matter)])
  }
}
