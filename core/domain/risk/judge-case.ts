import { HOUR, type Instant, MINUTE, SECOND } from '../time.ts'
import type { Level, Severity } from '../vocabulary.ts'
import type { RiskParameters } from './reading.ts'
import type { CaseDecision, CaseMemory, JudgeCase } from './risk-case.ts'

/** How long the condition of a colour must have been false before the case leaves it, ms (domain.md 5.1 Downgrade). */
export const holdDownMs = (severity: Severity, parameters: RiskParameters): number => (parameters.holdDownMinutes[severity - 1] ?? 0) * MINUTE

/** Whether a mitigated case whose condition is true again at `tickAt` comes back, or a new case opens (domain.md 7.1: within 2 h). */
export const mayRelapse = (mitigatedAt: Instant, tickAt: Instant, parameters: RiskParameters): boolean =>
  tickAt - mitigatedAt <= parameters.relapseHours * HOUR

/** The relapse that raises a case by a colour (domain.md 7.5, "relapse ×2"). */
const RAISED_BY = 2

/** Until when a case that flaps stays open; null when it does not flap at `now` (domain.md 7.4: 3 relapses in 6 h, open for 6 h). */
export function flapsUntil(relapses: readonly Instant[], now: Instant, { flapping }: Pick<RiskParameters, 'flapping'>): Instant | null {
  const ends = relapses.flatMap((at, index) => {
    const first = relapses[index - flapping.relapses + 1]
    return first !== undefined && at - first <= flapping.hours * HOUR ? [at + flapping.holdHours * HOUR] : []
  })
  const end = ends.at(-1)
  return end !== undefined && now < end ? end : null
}

function judgeMitigated(memory: CaseMemory, level: Level, tickAt: Instant, parameters: RiskParameters): CaseDecision {
  if (level === 0 || memory.mitigatedAt === null || !mayRelapse(memory.mitigatedAt, tickAt, parameters)) return { kind: 'stay', memory }
  const { flapping } = parameters
  const relapses = [...memory.relapses.filter((at) => at >= tickAt - (flapping.hours + flapping.holdHours) * HOUR), tickAt]
  const raised = relapses.filter((at) => at >= tickAt - flapping.hours * HOUR).length === RAISED_BY && memory.severity < 4
  // The colour shown is the last approved one (domain.md 5.1); a return below it starts a hold-down of its own.
  const to = Math.max(level, memory.severity + (raised ? 1 : 0)) as Severity
  return {
    kind: 'relapse',
    to,
    raised: raised && to > level,
    holdUntil: flapsUntil(relapses, tickAt, parameters),
    memory: { severity: to, falseSince: level < to ? tickAt : null, isMitigated: false, mitigatedAt: null, proposedSeverity: null, relapses },
  }
}

function judgeFalse(memory: CaseMemory, level: Level, tickAt: Instant, parameters: RiskParameters): CaseDecision {
  const falseSince = memory.falseSince ?? tickAt
  const heldForMs = tickAt - falseSince
  const waiting = { ...memory, falseSince }
  if (heldForMs < holdDownMs(memory.severity, parameters)) return { kind: 'stay', memory: waiting }
  if (level === 0 && flapsUntil(memory.relapses, tickAt, parameters) !== null) return { kind: 'stay', memory: waiting }
  if (level === 0) return { kind: 'mitigate', heldForMs, memory: { ...waiting, isMitigated: true, mitigatedAt: tickAt, proposedSeverity: null } }
  const from = memory.severity
  if (from <= 2)
    return { kind: 'downgrade', from, to: level, heldForMs, memory: { ...memory, severity: level, falseSince: null, proposedSeverity: null } }
  if (level === memory.proposedSeverity) return { kind: 'stay', memory: waiting }
  return { kind: 'propose', from, to: level, heldForMs, memory: { ...waiting, proposedSeverity: level } }
}

/**
 * The case machine (domain.md 5.1, 7.1, 7.5): up at once; down only when the condition of the present colour has been false without
 * interruption for its hold-down, then blue and yellow by themselves to the highest level true, orange and red by a proposal that
 * waits for a person, and to `mitigated` where nothing is true and it does not flap (7.4). A null level means no data: the case stays and its clock stands still.
 */
export const judgeCase: JudgeCase = (memory, level, tickAt, parameters) => {
  if (level === null) {
    const falseSince = memory.falseSince === null ? null : memory.falseSince + parameters.tickSeconds * SECOND
    return { kind: 'stay', memory: { ...memory, falseSince } }
  }
  if (memory.isMitigated) return judgeMitigated(memory, level, tickAt, parameters)
  if (level < memory.severity) return judgeFalse(memory, level, tickAt, parameters)
  if (level === 0) return { kind: 'stay', memory }
  const present = { ...memory, severity: level, falseSince: null, proposedSeverity: null }
  return level === memory.severity ? { kind: 'stay', memory: present } : { kind: 'upgrade', from: memory.severity, to: level, memory: present }
}

/**
 * The first instant after `now` at which a case of this memory may be decided otherwise though the level stays what it is; null where only another level moves it. It is the end of
 * the hold-down, of the hold of a case that flaps (domain.md 5.1, 7.4), or of the time in which a mitigated one comes back (7.1).
 */
export function nextClock(memory: CaseMemory, now: Instant, parameters: RiskParameters): Instant | null {
  const clocks: Instant[] = []
  if (memory.mitigatedAt !== null) clocks.push(memory.mitigatedAt + parameters.relapseHours * HOUR + 1)
  else if (memory.falseSince !== null) {
    clocks.push(memory.falseSince + holdDownMs(memory.severity, parameters))
    const flaps = flapsUntil(memory.relapses, now, parameters)
    if (flaps !== null) clocks.push(flaps)
  }
  const coming = clocks.filter((at) => at > now)
  return coming.length === 0 ? null : Math.min(...coming)
}

/** Whether two memories decide alike at every instant. */
export const isSameMemory = (a: CaseMemory, b: CaseMemory): boolean =>
  a.severity === b.severity &&
  a.falseSince === b.falseSince &&
  a.isMitigated === b.isMitigated &&
  a.mitigatedAt === b.mitigatedAt &&
  a.proposedSeverity === b.proposedSeverity &&
  a.relapses.length === b.relapses.length &&
  a.relapses.every((at, place) => at === b.relapses[place])
