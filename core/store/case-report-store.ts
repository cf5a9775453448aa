import type { RegulatorKind } from '../domain/escalation/regulator-duties.ts'
import type { ReportedFigures, ReportKind, ReportText } from '../domain/escalation/report-duties.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** Whom a report is for: those above in the company, or the regulator (domain.md 5.5). */
export type ReportAudience = 'company' | 'regulator'

/** A report as it goes on record. */
export interface NewReport {
  readonly audience: ReportAudience
  readonly kind: ReportKind | RegulatorKind
  readonly severity: Severity
  readonly madeAt: Instant
  readonly recipient: string
  readonly body: ReportText
  readonly figures: ReportedFigures
  readonly by: string
  readonly at: Instant
}

/** Puts a report of a case on record; the caller has checked the case's scope and holds its lock. */
export async function insertReport(tx: Tx, alertId: string, report: NewReport): Promise<void> {
  await tx.query(
    `insert into case_report (alert_id, kind, severity, made_at, recorded_at, recorded_by, recipient, body, audience)
     values ($1, $2, $3, ${instantOf('$4')}, ${instantOf('$5')}, $6, $7, $8::jsonb, $9)`,
    [alertId, report.kind, report.severity, report.madeAt, report.at, report.by, report.recipient, JSON.stringify({ body: report.body, figures: report.figures }), report.audience],
  )
}

/** A report as it stands on record. */
export interface StoredReport {
  readonly id: string
  readonly audience: ReportAudience
  readonly kind: ReportKind | RegulatorKind
  readonly severity: Severity
  readonly madeAt: Instant
  readonly recordedAt: Instant
  readonly recordedByName: string
  readonly recipient: string
  readonly body: ReportText
  readonly figures: ReportedFigures
}

/** The reports of a case whose scope the caller has checked, newest first. */
export async function loadReports(sql: Sql, alertId: string): Promise<StoredReport[]> {
  const { rows } = await sql.query<StoredReport>(
    `select r.id::text as id, r.audience, r.kind, r.severity, r.made_at as "madeAt", r.recorded_at as "recordedAt", u.display_name as "recordedByName", r.recipient,
            r.body -> 'body' as body, r.body -> 'figures' as figures
       from case_report r join app_user u on u.id = r.recorded_by where r.alert_id = $1 order by r.made_at desc, r.id desc`,
    [alertId],
  )
  return rows
}
