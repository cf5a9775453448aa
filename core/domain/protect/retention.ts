import { Temporal } from 'temporal-polyfill'
import { fieldFaults, numberField, type SettingField } from '../setting-field.ts'
import { atLocal, type Instant, localDate, type Zone } from '../time.ts'

/** How long what is kept, in calendar months (domain.md 8.3, Appendix A `retention_months`). */
export interface RetentionMonths {
  /** From the last event of the ticket: a history goes as a whole or not at all. */
  readonly rawEvents: number
  /** Content text of tickets, from the last event of the ticket. */
  readonly text: number
  /** Counting cells, from their bin. */
  readonly aggregates: number
  /** Alerts and cases with their whole record, from their end. */
  readonly alerts: number
  /** Audit and notification logs. */
  readonly logs: number
}

export const DEFAULT_RETENTION: RetentionMonths = { rawEvents: 36, text: 24, aggregates: 120, alerts: 60, logs: 36 }

/** Audit and access logs have to be kept this long by law (domain.md 8.3). */
const LEAST_LOGS = 6
const MOST = 1_200

const months = (name: keyof RetentionMonths, least: number): SettingField<keyof RetentionMonths> => numberField('whole', name, 'months', least, MOST)
export const RETENTION_FIELDS: readonly SettingField<keyof RetentionMonths>[] = [months('rawEvents', 1), months('text', 1), months('aggregates', 1), months('alerts', 1), months('logs', LEAST_LOGS)]

/** Why keeping times cannot be put in force, in both languages; none when they can. */
export function retentionFaults(months: RetentionMonths): readonly string[] {
  const isUnlawful = Number.isInteger(months.logs) && months.logs >= 1 && months.logs < LEAST_LOGS
  const byLaw = isUnlawful ? [`logs: 法定至少 ${LEAST_LOGS} 个月 / at least ${LEAST_LOGS} months by law`] : []
  const ranged = RETENTION_FIELDS.filter(({ name }) => !(isUnlawful && name === 'logs'))
  const faults = [...byLaw, ...fieldFaults(ranged, months as unknown as Readonly<Record<string, unknown>>)]
  if (months.text > months.rawEvents) faults.push('text: 不得长于 rawEvents（正文在事件之内） / not longer than rawEvents, which hold the text')
  if (months.aggregates < months.rawEvents) {
    faults.push('aggregates: 不得短于 rawEvents（迟到事件仍会改数） / not shorter than rawEvents, which still change them')
  }
  return faults
}

/** What is older than these instants is to be deleted. */
export type Cutoffs = { readonly [K in keyof RetentionMonths]: Instant }

/** The start of the local day that lies so many calendar months before the day of `now`; the last of a month where it has no such day. */
function monthsBefore(now: Instant, months: number, zone: Zone): Instant {
  return atLocal(Temporal.PlainDate.from(localDate(now, zone)).subtract({ months }).toString(), 0, zone)
}

/** The cutoffs of the local day that holds `now`: the same all day long. */
export function cutoffsAt(now: Instant, months: RetentionMonths, zone: Zone): Cutoffs {
  return {
    rawEvents: monthsBefore(now, months.rawEvents, zone),
    text: monthsBefore(now, months.text, zone),
    aggregates: monthsBefore(now, months.aggregates, zone),
    alerts: monthsBefore(now, months.alerts, zone),
    logs: monthsBefore(now, months.logs, zone),
  }
}

/** What a run deletes, in the order in which it does. */
export const RETENTION_COUNTS = [
  /** Tickets whose text went; they are frozen from then on. */
  'texts',
  /** Raw events, and among them those of no ticket. */
  'events',
  'cells',
  /** Alerts and cases. */
  'alerts',
  'transitions',
  'notifications',
  'audit',
  'quarantined',
  /** Silent trials of rules, with what they found. */
  'trials',
] as const
export type RetentionCount = (typeof RETENTION_COUNTS)[number]
export type RetentionCounts = { readonly [K in RetentionCount]: number }

export const NO_COUNTS: RetentionCounts = { texts: 0, events: 0, cells: 0, alerts: 0, transitions: 0, notifications: 0, audit: 0, quarantined: 0, trials: 0 }

/** Sums by kind; a report of an older version lacks the kinds that there were not yet. */
export const addCounts = (a: Partial<RetentionCounts>, b: Partial<RetentionCounts>): RetentionCounts =>
  Object.fromEntries(RETENTION_COUNTS.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)])) as RetentionCounts
