import { HOUR, type Instant } from '../time.ts'
import type { AlertState, Severity } from '../vocabulary.ts'

/** What goes to the regulator of an interruption (domain.md 5.5): the company's legal desk sends it, the system keeps the clock and the evidence. */
export const REGULATOR_KINDS = ['oral', 'written', 'monthly'] as const
export type RegulatorKind = (typeof REGULATOR_KINDS)[number]
export const REGULATOR_GRADES = ['extreme', 'serious', 'general'] as const
export type RegulatorGrade = (typeof REGULATOR_GRADES)[number]

/**
 * The regulator's grades and limits (domain.md 5.5). What is serious the text does not number: a case of the interruption that has ever been orange (docs/adr/0038).
 * Law, and so no setting of a province.
 */
export const REGULATOR_LIMITS = {
  /** More than so many users for longer than an hour, or all traffic between networks blocked for longer than five. */
  extreme: { users: 500_000, longerThan: HOUR, product: 'inter_network', blockedLongerThan: 5 * HOUR, oral: 0, written: 4 * HOUR },
  serious: { from: 3 as Severity, oral: 4 * HOUR, written: 24 * HOUR },
} as const

/** An interruption as its incident tells it. */
export interface Interruption {
  readonly product: string
  /** The real start; null while nobody has told it. */
  readonly startedAt: Instant | null
  /** The greatest number of users told. */
  readonly users: number | null
  readonly restoredAt: Instant | null
}

export interface InterruptedCase {
  readonly state: AlertState
  readonly openedAt: Instant
  /** Since when it has been serious, or was first; null: never. */
  readonly seriousSince: Instant | null
  readonly interruption: Interruption
}

export interface SentToRegulator {
  readonly kind: RegulatorKind
  readonly at: Instant
}

/** A report to the regulator that is owed, or was made. */
export interface RegulatorDuty {
  readonly kind: RegulatorKind
  /** Null: with the monthly report. */
  readonly dueAt: Instant | null
  readonly doneAt: Instant | null
  readonly isLate: boolean
}

export interface RegulatorDuties {
  readonly grade: RegulatorGrade
  /** When the interruption came to this grade. */
  readonly since: Instant
  readonly duties: readonly RegulatorDuty[]
}

/** States in which there is, or was, no interruption of this case's own; all others owe what they owed, ended or not. */
const OWES_NOTHING: readonly AlertState[] = ['false_positive', 'retracted', 'merged', 'suppressed']

/** When an interruption came to be extremely serious, by `now`; null where it has not, or was over before. Never before the case was known. */
function extremeSince({ openedAt, interruption }: InterruptedCase, now: Instant): Instant | null {
  const { product, startedAt, users, restoredAt } = interruption
  const { extreme } = REGULATOR_LIMITS
  const limit = product === extreme.product ? extreme.blockedLongerThan : users !== null && users > extreme.users ? extreme.longerThan : null
  if (limit === null) return null
  const crossedAt = (startedAt ?? openedAt) + limit
  const lastsUntil = restoredAt === null ? now : Math.min(restoredAt, now)
  return lastsUntil > crossedAt ? Math.max(crossedAt, openedAt) : null
}

/** One grade's call for one kind of report. */
interface Demand {
  readonly from: Instant
  readonly dueAt: Instant
}

function dutyOf(kind: 'oral' | 'written', demands: readonly Demand[], sent: readonly SentToRegulator[], now: Instant, owes: boolean): RegulatorDuty[] {
  const made = sent.filter((report) => report.kind === kind).map(({ at }) => at).sort((a, b) => a - b)
  // What was said of the lower grade does not discharge the higher one's; what is said of the higher does both.
  const met = demands.map((demand) => ({ ...demand, doneAt: made.find((at) => at >= demand.from) ?? null }))
  const open = met.filter(({ doneAt }) => doneAt === null)
  if (open.length > 0) {
    const dueAt = Math.min(...open.map((demand) => demand.dueAt))
    return owes ? [{ kind, dueAt, doneAt: null, isLate: now > dueAt }] : []
  }
  const last = met.at(-1)
  return last === undefined ? [] : [{ kind, dueAt: last.dueAt, doneAt: last.doneAt, isLate: met.some(({ dueAt, doneAt }) => doneAt !== null && doneAt > dueAt) }]
}

/**
 * What a case of an interruption owes the regulator at `now`, and what was sent (domain.md 5.5): extremely serious orally at once and in writing within 4 h, serious orally
 * within 4 h and in writing within 24 h, any other with the monthly report. Clocks run from when the grade was reached, whether or not anybody has
 * acknowledged, and go on when the interruption or the case is over.
 */
export function regulatorDuties(of: InterruptedCase, sent: readonly SentToRegulator[], now: Instant): RegulatorDuties {
  const owes = !OWES_NOTHING.includes(of.state)
  const { extreme, serious } = REGULATOR_LIMITS
  const [worst, bad] = [extremeSince(of, now), of.seriousSince]
  const demands = (kind: 'oral' | 'written'): Demand[] => [
    ...(bad === null ? [] : [{ from: bad, dueAt: bad + serious[kind] }]),
    ...(worst === null ? [] : [{ from: worst, dueAt: worst + extreme[kind] }]),
  ]
  if (worst === null && bad === null) {
    const doneAt = sent.find(({ kind }) => kind === 'monthly')?.at ?? null
    return { grade: 'general', since: of.openedAt, duties: owes || doneAt !== null ? [{ kind: 'monthly', dueAt: null, doneAt, isLate: false }] : [] }
  }
  const duties = (['oral', 'written'] as const).flatMap((kind) => dutyOf(kind, demands(kind), sent, now, owes))
  return { grade: worst === null ? 'serious' : 'extreme', since: worst ?? bad ?? of.openedAt, duties }
}
