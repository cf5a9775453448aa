import type { RecordedCall } from '../domain/escalation/proof.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'

/** A ladder of an alert with every call that is written down of it. */
export interface RunRecord {
  readonly runId: string
  readonly severity: Severity
  readonly ladderVersion: number
  readonly purpose: 'answer' | 'handling'
  readonly startedAt: Instant
  readonly stoppedAt: Instant | null
  readonly stoppedWhy: string | null
  readonly calls: readonly RecordedCall[]
}

/** The ladders of an alert, oldest first. The caller has checked the scope on the alert itself. */
export async function loadRunRecords(sql: Sql, alertId: string): Promise<RunRecord[]> {
  const { rows } = await sql.query<RunRecord>(
    `select e.id::text as "runId", e.severity, e.ladder_version as "ladderVersion", e.purpose, e.started_at as "startedAt", e.stopped_at as "stoppedAt", e.stopped_why as "stoppedWhy",
            coalesce((select jsonb_agg(jsonb_build_object('step', s.step, 'round', s.round, 'dueAt', extract(epoch from s.due_at) * 1000, 'firedAt', extract(epoch from s.fired_at) * 1000) order by s.fired_at, s.round)
                        from escalation_step s where s.escalation_id = e.id), '[]') as calls
       from escalation e where e.alert_id = $1 order by e.id`,
    [alertId],
  )
  return rows
}

/** A line of the log of pages, and the seal that it lies under; null while it lies under none. */
export interface PageLine {
  readonly id: string
  readonly at: Instant
  readonly kind: 'step' | 'delivery'
  readonly ref: string
  readonly body: Readonly<Record<string, unknown>>
  readonly sealNo: number | null
}

/** Everything that is written down of the pages of an alert, oldest first. The caller has checked the scope on the alert itself. */
export async function loadPageLog(sql: Sql, alertId: string): Promise<PageLine[]> {
  const { rows } = await sql.query<PageLine>(
    `select l.id::text, l.at, l.kind, l.ref, l.body, e.seal_no::float8 as "sealNo"
       from page_log l left join audit_entry e on e.source = 'page_log' and e.row_id = l.id where l.alert_id = $1 order by l.id`,
    [alertId],
  )
  return rows
}
