import type { RecordedRun } from '../domain/escalation/self-audit.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A running ladder with its record. */
export interface AuditedRun extends RecordedRun {
  readonly runId: string
  readonly alertId: string
  readonly ladderVersion: number
  readonly severitySince: Instant
}

type Flat = RecordedRun['run'] & Omit<RecordedRun['alert'], 'severity'> & { readonly colour: Severity } & Pick<RecordedRun, 'fired'> &
  Omit<AuditedRun, keyof RecordedRun> & { readonly lastReminder: Instant | null }

const AUDITED = `select e.id::text as "runId", e.alert_id::text as "alertId", e.ladder_version as "ladderVersion", e.severity, e.started_at as "startedAt",
    e.next_step as "nextStep", e.reminded_at as "remindedAt", e.due_at as "dueAt", a.kind, a.state, a.severity as colour, a.acked_severity as "ackedSeverity",
    a.ack_due_at as "ackDueAt", a.late_detected as "isLateDetected", a.ticket_key as "ticketKey", a.severity_since as "severitySince",
    array(select s.step from escalation_step s where s.escalation_id = e.id and s.round = 0 order by s.step) as fired,
    (select max(s.due_at) from escalation_step s where s.escalation_id = e.id and s.round > 0) as "lastReminder"
  from escalation e join alert a on a.id = e.alert_id`

function toAudited(row: Flat): AuditedRun {
  const { runId, alertId, ladderVersion, severitySince, fired, lastReminder, startedAt, severity, nextStep, remindedAt, dueAt } = row
  const { kind, state, colour, ackedSeverity, ackDueAt, isLateDetected, ticketKey } = row
  const alert = { kind, state, severity: colour, ackedSeverity, ackDueAt, isLateDetected, ticketKey }
  return { runId, alertId, ladderVersion, severitySince, fired, remindedAt: lastReminder, run: { startedAt, severity, nextStep, remindedAt, dueAt }, alert }
}

/** The running ladders that ask for an answer, by their ids from `after` on, at most `limit`. */
export async function loadAudited(sql: Sql, after: string, limit: number): Promise<AuditedRun[]> {
  const { rows } = await sql.query<Flat>(`${AUDITED} where e.stopped_at is null and e.purpose = 'answer' and e.id > $1 order by e.id limit $2`, [after, limit])
  return rows.map(toAudited)
}

/** One of them with the row of its alert locked, as it stands then; undefined when it has ended. */
export async function lockAudited(tx: Tx, runId: string): Promise<AuditedRun | undefined> {
  await tx.query('select from alert where id = (select alert_id from escalation where id = $1) for no key update', [runId])
  const { rows } = await tx.query<Flat>(`${AUDITED} where e.id = $1 and e.stopped_at is null for no key update of e`, [runId])
  return rows.map(toAudited)[0]
}

/** Alerts that have asked for an answer since before `since`, for which, or for whose ticket, no ladder runs and none came to its end at their present colour. */
export async function findRunless(sql: Sql, since: Instant, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select a.id::text from alert a
      where a.ended_at is null and a.state in ('open', 'acknowledged', 'handling') and (a.acked_severity is null or a.acked_severity < a.severity)
        and a.severity_since < ${instantOf('$1')}
        and not exists (select from escalation e where e.alert_id = a.id and e.purpose = 'answer' and (e.stopped_at is null or (e.stopped_why = 'exhausted' and e.severity >= a.severity)))
        and (a.ticket_key is null or not exists (
          select from alert b join escalation e on e.alert_id = b.id
           where b.ticket_key = a.ticket_key and b.ended_at is null and e.purpose = 'answer' and (e.stopped_at is null or (e.stopped_why = 'exhausted' and e.severity >= a.severity))))
      order by a.severity desc, a.id limit $2`,
    [since, limit],
  )
  return rows.map(({ id }) => id)
}

/** Lets the last ladder of an alert at a colour that it has had since `since` run on where that was ended; its id, or null where there is none. */
export async function reviveRun(tx: Tx, alertId: string, severity: Severity, since: Instant): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `update escalation set stopped_at = null, stopped_why = null where id = (
       select id from escalation where alert_id = $1 and severity = $2 and started_at >= ${instantOf('$3')} and purpose = 'answer' and stopped_why <> 'restarted' order by id desc limit 1)
     returning id::text`,
    [alertId, severity, since],
  )
  return rows[0]?.id ?? null
}

/** Whether anything to be said, or to be followed by another channel, has waited since before `since` with nobody at it. */
export async function hasWaiting(sql: Sql, since: Instant): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>(
    `select exists (select from outbox where state in ('queued', 'ambiguous') and due_at <= ${instantOf('$1')})
         or exists (select from outbox where state = 'sending' and claimed_until <= ${instantOf('$1')})
         or exists (select from outbox where fallback_at <= ${instantOf('$1')}) as is`,
    [since],
  )
  return rows[0]?.is === true
}

/** Writes a finding down, once for what had been due; false when it is known. */
export async function insertFinding(tx: Tx, alertId: string, kind: 'pointer' | 'overdue' | 'no_run', dueAt: Instant, foundAt: Instant): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into self_audit_finding (alert_id, kind, due_at, found_at) values ($1, $2, ${instantOf('$3')}, ${instantOf('$4')}) on conflict do nothing`,
    [alertId, kind, dueAt, foundAt],
  )
  return rowCount === 1
}

/** A finding as it is shown. */
export interface FindingRow {
  readonly alertId: string
  readonly ruleId: string
  readonly regionCode: string
  readonly kind: 'pointer' | 'overdue' | 'no_run'
  readonly dueAt: Instant
  readonly foundAt: Instant
}

/** What was found in a scope since an instant, newest first. */
export async function listFindings(sql: Sql, scope: Scope, since: Instant, limit: number): Promise<FindingRow[]> {
  const { rows } = await sql.query<FindingRow>(
    `select f.alert_id::text as "alertId", a.rule_id as "ruleId", a.region_code as "regionCode", f.kind, f.due_at as "dueAt", f.found_at as "foundAt"
       from self_audit_finding f join alert a on a.id = f.alert_id
      where a.region_path ^@ $1 and f.found_at >= ${instantOf('$2')} order by f.found_at desc, f.id desc limit $3`,
    [scope.path, since, limit],
  )
  return rows
}
