import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { AlertState, Severity } from '../vocabulary.ts'

/** What is reported upward of a case: by word of mouth, in writing, and then again and again how it stands (domain.md 5.5). */
export const REPORT_KINDS = ['oral', 'written', 'update'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

interface Limits {
  /** Minutes after T (the opening, or the upgrade to the colour); null: none is owed. */
  readonly oral: number | null
  readonly written: number
  /** Minutes between how it stands; null: at every change, without a clock. */
  readonly update: number | null
}

/**
 * The report limits of domain.md 5.5. Yellow's oral report to the duty manager is the page itself (7.2 calls him at once), so no clock of its own runs; blue's
 * written one goes to the case's owner.
 */
export const REPORT_LIMITS: Readonly<Record<Severity, Limits>> = {
  1: { oral: null, written: 120, update: null },
  2: { oral: null, written: 60, update: 120 },
  3: { oral: 30, written: 120, update: 60 },
  4: { oral: 15, written: 60, update: 30 },
}

export interface SentReport {
  readonly kind: ReportKind
  /** The colour that the case had when it was made. */
  readonly severity: Severity
  /** When it reached whom it was for. */
  readonly at: Instant
}

export interface ReportedCase {
  readonly severity: Severity
  readonly severitySince: Instant
  readonly state: AlertState
}

/** A report that is owed, or was made for the present colour. */
export interface ReportDuty {
  readonly kind: ReportKind
  readonly dueAt: Instant
  /** Null while it is owed. */
  readonly doneAt: Instant | null
  readonly isLate: boolean
}

const OWES: readonly AlertState[] = ['open', 'acknowledged', 'handling', 'mitigated']
const CHANGES: readonly AlertState[] = ['open', 'acknowledged', 'handling']

/**
 * The reports that a case owes at `now`, and those of its present colour that were made, oral first (domain.md 5.5; S-1, S-8, S-12). The clocks run from T whether or
 * not somebody has acknowledged; a report made at a lower colour does not discharge the higher one's. How it stands is owed from the last report on, for as
 * long as the case asks for people; a case that nobody works on any more owes nothing new.
 */
export function reportDuties({ severity, severitySince, state }: ReportedCase, sent: readonly SentReport[], now: Instant): ReportDuty[] {
  const limits = REPORT_LIMITS[severity]
  const ofColour = sent.filter((report) => report.severity === severity && report.at >= severitySince)
  const duty = (kind: ReportKind, dueAt: Instant, doneAt: Instant | null): ReportDuty => ({ kind, dueAt, doneAt, isLate: (doneAt ?? now) > dueAt })
  const once = (kind: 'oral' | 'written', minutes: number | null): ReportDuty[] => {
    if (minutes === null) return []
    const made = ofColour.filter((report) => report.kind === kind).map(({ at }) => at)
    const doneAt = made.length === 0 ? null : Math.min(...made)
    return doneAt === null && !OWES.includes(state) ? [] : [duty(kind, severitySince + minutes * MINUTE, doneAt)]
  }
  const written = once('written', limits.written)
  // How it stands follows what was written; until then the written report itself is what is owed.
  const last = written[0]?.doneAt == null ? null : Math.max(...ofColour.filter(({ kind }) => kind !== 'oral').map(({ at }) => at))
  const update = limits.update === null || last === null || !CHANGES.includes(state) ? [] : [duty('update', last + limits.update * MINUTE, null)]
  return [...once('oral', limits.oral), ...written, ...update]
}

/** How long ago a report made outside the system may have been made: recorded in the shift in which it was given, not later (domain.md 7.8). */
export const RECORDED_WITHIN = 24 * HOUR
