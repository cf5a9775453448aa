import type { RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import { HOUR } from '../time.ts'
import type { Level, Severity } from '../vocabulary.ts'
import { type AssignableCase, assign, highest, placeOf, type Standing, topmost, widestOf } from './assign.ts'
import { isSameMemory, judgeCase, nextClock } from './judge-case.ts'
import { isSameMatter, type Matter, matterKey } from './matter.ts'
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
  alertId: string
  /** The finding that opened it: the order of cases that open at one instant. */
  readonly openedBy: string
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

/** A look at everything, or one between ticks, which does not see everything. */
export type Look = 'all' | 'prompt'

/** The latest instants that were looked at. */
export interface LastLooks {
  readonly any: Instant
  readonly all: Instant
}

/** The order in which cases open. */
export const byOpening = (a: ReplayedCase, b: ReplayedCase): number => a.openedAt - b.openedAt || (a.openedBy < b.openedBy ? -1 : 1)

const foundOf = ({ findings, mergedSeverity }: Standing<ReplayedCase>): Level => Math.max(highest(findings), mergedSeverity) as Level
/** As high as it stands, or higher, or mitigated and true again. */
const isSeenPromptly = (one: Standing<ReplayedCase>): boolean => foundOf(one) >= one.held.memory.severity || (one.held.mitigatedAt !== null && one.findings.length > 0)

/** Cases over a replayed clock, by the machine of the ticks (domain.md 5.1, 7.1) and without people: nothing is acknowledged, lowered or called false. */
export class ReplayedCases {
  readonly all: ReplayedCase[]
  #live: ReplayedCase[] = []
  /** Cases that the last look judged found true, and whether a look between ticks finds them so, too. */
  #true: { readonly held: ReplayedCase; readonly isPrompt: boolean }[] = []
  #hasMoved = false
  #restsUntil: Instant = Number.NEGATIVE_INFINITY
  readonly #tree: RegionTree
  readonly #parameters: RiskParameters

  /** Cases that open are put to the end of `all`, which others may share. */
  constructor(tree: RegionTree, parameters: RiskParameters, all: ReplayedCase[] = []) {
    this.#tree = tree
    this.#parameters = parameters
    this.all = all
  }

  /** Whether no case stands that could take in a finding. */
  get isEmpty(): boolean {
    return this.#live.length === 0
  }

  /**
   * Before this instant, looks that find the same as the last one move nothing: that was a tick and moved nothing, and no clock of a case has run out since. All that they would
   * write is until when cases were true (see {@link keepTrue}).
   */
  get restsUntil(): Instant {
    return this.#restsUntil
  }

  /** One tick: what was found joins, opens, raises and ends cases. A `prompt` look between ticks does not see everything, so nothing falls by it. */
  tick(tickAt: Instant, findings: readonly Finding[], look: Look = 'all'): void {
    this.#true = []
    this.#hasMoved = false
    const since = tickAt - this.#parameters.relapseHours * HOUR
    this.#live = this.#live.filter(({ mitigatedAt, isMerged }) => !isMerged && (mitigatedAt === null || mitigatedAt >= since))
    if (this.#live.length > 0 || findings.length > 0) this.#assign(tickAt, findings, look)
    this.#restsUntil = look === 'prompt' || this.#hasMoved ? Number.NEGATIVE_INFINITY : this.#nextClock(tickAt)
  }

  /** Makes up for looks that were passed over while nothing moved: what was true has been true at each of them. */
  keepTrue({ any, all }: LastLooks): void {
    for (const { held, isPrompt } of this.#true) held.lastTrueAt = Math.max(held.lastTrueAt, isPrompt ? any : all)
  }

  /** Takes over the cases of another, which is over by that. */
  absorb(other: ReplayedCases): void {
    this.#live = [...this.#live, ...other.#live].sort(byOpening)
    this.#true = [...this.#true, ...other.#true]
    this.#restsUntil = Number.NEGATIVE_INFINITY
  }

  #nextClock(now: Instant): Instant {
    return this.#live.reduce((first, held) => Math.min(first, nextClock(held.memory, now, this.#parametersOf(held)) ?? first), Number.POSITIVE_INFINITY)
  }

  #parametersOf({ regionCode }: ReplayedCase): RiskParameters {
    return riskFor(this.#parameters, scopeOfPlace(this.#tree, regionCode))
  }

  #assign(tickAt: Instant, findings: readonly Finding[], look: Look): void {
    const { standing, fresh, merges } = assign(this.#tree, this.#parameters, tickAt, this.#live, findings)
    if (fresh.length > 0 || merges.length > 0) this.#hasMoved = true
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
    const { matter, regionCode: place } = findings.at(-1) as Finding
    const memory = { severity, falseSince: null, isMitigated: false, mitigatedAt: null, proposedSeverity: null, relapses: [] }
    const held: ReplayedCase = {
      alertId: String(this.all.length + 1), openedBy: `${matterKey(matter)}\u0000${place}`, matter: widestOf(findings.map(({ matter }) => matter)), regionCode, regionPath: this.#tree.get(regionCode)?.path ?? '',
      splitFrom: null, claims: [], openedAt: tickAt, lastTrueAt: tickAt, mitigatedAt: null, memory, highest: severity, isMerged: false, rings: [{ at: tickAt, severity, kind: 'open' }],
    }
    this.all.push(held)
    this.#live.push(held)
  }

  #judge(standing: Standing<ReplayedCase>, tickAt: Instant): void {
    const { held } = standing
    const decision = judgeCase(held.memory, foundOf(standing), tickAt, this.#parametersOf(held))
    if (held.memory.isMitigated && decision.kind === 'stay') return
    this.#move(standing, decision, tickAt)
  }

  #move(standing: Standing<ReplayedCase>, decision: CaseDecision, tickAt: Instant): void {
    const { held, findings } = standing
    const { memory, matter, regionPath } = held
    if (highest(findings) > 0) this.#true.push({ held, isPrompt: isSeenPromptly(standing) })
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
    held.matter = widestOf([matter, ...findings.map((finding) => finding.matter)])
    if (!isSameMemory(memory, held.memory) || regionPath !== held.regionPath || !isSameMatter(matter, held.matter)) this.#hasMoved = true
  }
}
