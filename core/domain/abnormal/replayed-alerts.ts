import { foldHistory, foldOn, type FoldRules, type FoldState } from '../ticket/fold.ts'
import type { TicketJudgement } from '../ticket/judge.ts'
import type { Ticket, TicketEvent } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import type { AbnormalVerdict } from './abnormal-rule.ts'
import type { Course } from './course.ts'
import { type AbnormalAction, type KnownAlert, reconcileAbnormal } from './reconcile.ts'

/** An alert that a replay raised on a ticket. */
export interface ReplayedAlert {
  /** Each time it called for somebody: when it opened, rose, or came back; in order. */
  readonly rings: readonly { readonly at: Instant; readonly severity: Severity }[]
  readonly severity: Severity
  readonly state: 'open' | 'mitigated' | 'resolved'
}

type Dated = { readonly at: Instant; readonly verdict: AbnormalVerdict }

const knownAs = ({ severity, state }: ReplayedAlert, place: number, ruleId: string): KnownAlert => ({
  alertId: String(place),
  ruleId,
  severity,
  state,
  ...(state === 'resolved' ? { endedBy: 'engine' as const } : {}),
})

/** What an action makes of its alert; null: it should never have been. */
function changed(alert: ReplayedAlert, action: AbnormalAction, at: Instant): ReplayedAlert | null {
  switch (action.action) {
    case 'upgrade':
      return { ...alert, severity: action.severity, rings: [...alert.rings, { at, severity: action.severity }] }
    case 'downgrade':
      // Whoever was told of the higher level was told, as in the stored history.
      return { ...alert, severity: action.severity }
    case 'relapse':
      return { ...alert, state: 'open', rings: [...alert.rings, { at, severity: alert.severity }] }
    case 'mitigate':
      return { ...alert, state: 'mitigated' }
    case 'auto_resolve':
      return { ...alert, state: 'resolved' }
    case 'retract':
      return null
    default:
      return alert
  }
}

/** The alerts of one rule on one ticket after a verdict, by the reconciling that live ones go through (domain.md 4.1); nobody acts in a replay. */
export function afterVerdict(alerts: readonly ReplayedAlert[], { at, verdict }: Dated): readonly ReplayedAlert[] {
  const known = alerts.map((alert, place) => knownAs(alert, place, verdict.ruleId))
  const next: (ReplayedAlert | null)[] = [...alerts]
  for (const action of reconcileAbnormal(known, [verdict], { linkedCaseId: null })) {
    if (action.action === 'open') {
      next.push({ rings: [{ at, severity: action.severity }], severity: action.severity, state: 'open' })
      continue
    }
    const place = Number(action.alertId)
    const alert = next[place]
    if (alert != null) next[place] = changed(alert, action, at)
  }
  return next.filter((alert) => alert !== null)
}

/** How a replay judges a ticket as it stood at an instant. */
export type JudgeAt = (ticket: Ticket, at: Instant) => Pick<TicketJudgement, 'verdicts' | 'nextCheckAt'>

/**
 * Whether a replay up to `until` (excluded) leaves no alert on a ticket, told by its last fold alone: what was never true by all that is known takes back
 * whatever had been raised before (domain.md 3.8), and time alone changes a verdict only where the one before says so. `ticket` holds all events before `until` and no other.
 */
export const leavesNothing = (ticket: Ticket, judge: JudgeAt, until: Instant): boolean => judge(ticket, until - 1).verdicts.every(({ why }) => why === 'never_true')

/** What a rule raises up to `until` (excluded) on a ticket whose last course says how it went: an end counts from its instant on, a level from the instant of its rung. */
export function alertsOfCourse({ rungs, ends }: Course, until: Instant): readonly ReplayedAlert[] {
  const ended = ends.filter(({ at }) => at < until)
  const end = Math.min(until, ...ended.map(({ at }) => at))
  const rings: ReplayedAlert['rings'][number][] = []
  // Of rungs of one instant the highest rings, and no lower one after a higher.
  for (const { level: severity, from: at } of rungs.filter(({ from }) => from < end).sort((a, b) => a.from - b.from || b.level - a.level)) {
    if (severity > (rings.at(-1)?.severity ?? 0)) rings.push({ at, severity })
  }
  const last = rings.at(-1)
  if (last === undefined) return []
  const state = ended.length === 0 ? 'open' : ended.some(({ how }) => how === 'cleared') ? 'resolved' : 'mitigated'
  return [{ rings, severity: last.severity, state }]
}

/** More steps than a rule has instants between two events; one that set its next check to no later one would otherwise never end. */
const MOST_STEPS = 100

/** Events of one instant come together. */
function instants(events: readonly TicketEvent[]): TicketEvent[][] {
  const sorted = events.toSorted((a, b) => a.occurredAt - b.occurredAt)
  const groups: TicketEvent[][] = []
  for (const event of sorted) {
    const last = groups.at(-1)
    if (last?.[0]?.occurredAt === event.occurredAt) last.push(event)
    else groups.push([event])
  }
  return groups
}

/**
 * What one rule raises on a ticket up to `until` (excluded): judged at each of its events as it stood then, and at each instant at which the rule changes by time alone.
 * An event counts from the moment it occurred. `judge` may know one rule only.
 */
export function replayTicket(events: readonly TicketEvent[], rules: FoldRules, judge: JudgeAt, until: Instant): readonly ReplayedAlert[] {
  const groups = instants(events.filter(({ occurredAt }) => occurredAt < until))
  let alerts: readonly ReplayedAlert[] = []
  let state: FoldState | null = null
  groups.forEach((group, place) => {
    const occurredAt = (group[0] as TicketEvent).occurredAt
    const went: FoldState | null = state === null ? null : foldOn(state, group)
    const next = went ?? foldHistory(groups.slice(0, place + 1).flat(), rules)
    state = next
    const end = groups[place + 1]?.[0]?.occurredAt ?? until
    let at: Instant | null = occurredAt
    for (let step = 0; at !== null && at < end && step < MOST_STEPS; step += 1) {
      const { verdicts, nextCheckAt } = judge(next.ticket, at)
      for (const verdict of verdicts) alerts = afterVerdict(alerts, { at, verdict })
      at = nextCheckAt
    }
  })
  return alerts
}
