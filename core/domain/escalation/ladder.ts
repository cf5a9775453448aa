import { type Instant, MINUTE, timeOfDay, type Zone } from '../time.ts'
import type { AlertKind, LadderChannel, Role, Severity } from '../vocabulary.ts'

/** Whom a step calls: everybody with `role` whose region is the alert's ancestor-or-self at `at` (resolved when the step fires). */
export interface RelationTarget {
  readonly role: Role
  readonly at: 'city' | 'province' | 'group'
  /** Only for tickets that came from the group or past the province's own hot-line (domain.md 4.2, A4); for every alert when left out. */
  readonly onlyFor?: 'skip_level'
}

export interface LadderStep {
  /** Minutes after T (opening or upgrade), not after the last step (domain.md 7.2). */
  readonly afterMinutes: number
  /** The same where T lies in the night; `afterMinutes` when left out (domain.md 4.2). */
  readonly nightMinutes?: number
  readonly targets: readonly RelationTarget[]
  readonly channels: readonly LadderChannel[]
}

/** While nobody has acknowledged, whoever the steps so far call is called again at every multiple of these minutes after T (domain.md 7.2). */
export interface Reminder {
  readonly everyMinutes: number
  readonly channels: readonly LadderChannel[]
}

/**
 * What follows when the handling limit is over and no plan is entered (domain.md 4.2, 7.2): a flag alone, the next step of the ladder, the next level, or
 * supervision by people named here, told again every so often where a period is given.
 */
export type HandlingOver =
  | { readonly kind: 'stalled' | 'next_step' | 'raise' }
  | { readonly kind: 'supervised'; readonly targets: readonly RelationTarget[]; readonly channels: readonly LadderChannel[]; readonly everyMinutes: number | null }

export interface Ladder {
  /** Null: nothing is to be acknowledged. */
  readonly ackMinutes: number | null
  /** The same where T lies in the night; `ackMinutes` when left out. */
  readonly ackNightMinutes?: number
  readonly handleMinutes: number
  readonly steps: readonly LadderStep[]
  readonly reminder: Reminder | null
  readonly handlingOver: HandlingOver
}

/** The ladders of one kind of alert, by colour or level. */
export type Ladders = Readonly<Record<Severity, Ladder>>

/** Versioned data: one ladder per colour and alert kind. */
export interface LadderSet {
  readonly version: number
  /** From and to, minutes of the day in the deployment's zone. */
  readonly night: { readonly from: number; readonly to: number }
  readonly risk: Ladders
  readonly abnormal: Ladders
}

/** A running escalation as stored: one per alert and colour. */
export interface EscalationRun {
  readonly startedAt: Instant
  readonly severity: Severity
  readonly nextStep: number
  /** The slot of the last reminder; null before the first. */
  readonly remindedAt: Instant | null
}

export type EscalationDecision =
  | { readonly kind: 'fire'; readonly step: number; readonly late: number; readonly nextDueAt: Instant | null }
  /** The people of the steps up to `step` are called again, for the slot `dueAt`. */
  | { readonly kind: 'remind'; readonly step: number; readonly dueAt: Instant; readonly nextDueAt: Instant | null }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'stop'; readonly why: 'acknowledged' | 'not_live' | 'exhausted' }

/** Whether `at` lies in the night of these ladders, over midnight where it begins later than it ends. */
export function isNight({ night: { from, to } }: Pick<LadderSet, 'night'>, at: Instant, zone: Zone): boolean {
  const minute = timeOfDay(at, zone) / MINUTE
  return from > to ? minute >= from || minute < to : minute >= from && minute < to
}

const byNight = (step: LadderStep): LadderStep => ({ ...step, afterMinutes: step.nightMinutes ?? step.afterMinutes })

/** The ladder of a kind and colour as it runs from `from` (T): by day, or with the limits of the night (domain.md 4.2). */
export function ladderFrom(ladders: LadderSet, kind: AlertKind, severity: Severity, from: Instant, zone: Zone): Ladder {
  const ladder = ladders[kind][severity]
  if (!isNight(ladders, from, zone)) return ladder
  return { ...ladder, ackMinutes: ladder.ackMinutes === null ? null : (ladder.ackNightMinutes ?? ladder.ackMinutes), steps: ladder.steps.map(byNight) }
}

/** The posts that an alert about a piece of work is for, as its facts name them; null where it is for whoever the ladder calls. */
function ownersOf({ owners }: Readonly<Record<string, unknown>>): readonly RelationTarget[] | null {
  return Array.isArray(owners) && owners.length > 0 ? (owners as readonly RelationTarget[]) : null
}

/** The ladder as it runs for an alert about a piece of work: its first step calls the posts whose work it is, the later ones whom they always call (domain.md 7.7). */
export function ladderForOwners(ladder: Ladder, facts: Readonly<Record<string, unknown>>): Ladder {
  const owners = ownersOf(facts)
  return owners === null ? ladder : { ...ladder, steps: ladder.steps.map((step, index) => (index === 0 ? { ...step, targets: owners } : step)) }
}

const forAll = (step: LadderStep): LadderStep => ({ ...step, targets: step.targets.filter(({ onlyFor }) => onlyFor === undefined) })

/** The ladder as it runs for one ticket, without those who are called for skip-level tickets only where it is none. */
export const ladderForTicket = (ladder: Ladder, isSkipLevel: boolean): Ladder => (isSkipLevel ? ladder : { ...ladder, steps: ladder.steps.map(forAll) })
