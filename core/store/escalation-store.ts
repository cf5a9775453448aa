import type { EscalationRun } from '../domain/escalation/ladder.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'

/** A ladder that is running for one alert. */
export interface StoredRun extends EscalationRun {
  readonly id: string
  readonly alertId: string
  readonly ladderVersion: number
  readonly dueAt: Instant | null
}

const RUN = `id::text, alert_id::text as "alertId", severity, ladder_version as "ladderVersion", started_at as "startedAt", next_step as "nextStep", due_at as "dueAt"`

/** Starts the ladder of a colour at its first step; the alert has no other run (unique index). */
export async function insertRun(
  tx: Tx,
  alertId: string,
  severity: Severity,
  ladderVersion: number,
  startedAt: Instant,
  dueAt: Instant | null,
): Promise<void> {
  await tx.query(
    `insert into escalation (alert_id, severity, ladder_version, started_at, next_step, due_at)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), 0, to_timestamp($5::float8 / 1000))`,
    [alertId, severity, ladderVersion, startedAt, dueAt],
  )
}

/** Ends the alert's run, if it has one. */
export async function stopRun(tx: Tx, alertId: string, at: Instant, why: string): Promise<void> {
  await tx.query(`update escalation set stopped_at = to_timestamp($2::float8 / 1000), stopped_why = $3 where alert_id = $1 and stopped_at is null`, [
    alertId,
    at,
    why,
  ])
}

/** The alert's running ladder, or undefined. */
export async function loadRun(sql: Sql, alertId: string): Promise<StoredRun | undefined> {
  const { rows } = await sql.query<StoredRun>(`select ${RUN} from escalation where alert_id = $1 and stopped_at is null`, [alertId])
  return rows[0]
}

/** Lets a run go on by another colour's times. */
export async function retimeRun(tx: Tx, runId: string, severity: Severity, dueAt: Instant | null): Promise<void> {
  await tx.query('update escalation set severity = $2, due_at = to_timestamp($3::float8 / 1000) where id = $1', [runId, severity, dueAt])
}

/**
 * The run that has been due longest at `now` and that nobody else is at, with its alert's row locked until the transaction ends; undefined
 * when there is none. The alert is locked as by every move, so that an acknowledgement and a step never cross.
 */
export async function lockDueRun(tx: Tx, now: Instant): Promise<StoredRun | undefined> {
  const { rows } = await tx.query<StoredRun>(
    `select e.id::text, e.alert_id::text as "alertId", e.severity, e.ladder_version as "ladderVersion", e.started_at as "startedAt",
            e.next_step as "nextStep", e.due_at as "dueAt"
       from escalation e join alert a on a.id = e.alert_id
      where e.stopped_at is null and e.due_at <= to_timestamp($1::float8 / 1000)
      order by e.due_at limit 1 for no key update of a, e skip locked`,
    [now],
  )
  return rows[0]
}

/** Whom a step called, for the record: role, place and name of each, and where nobody was found. */
export interface StepRecord {
  readonly runId: string
  readonly step: number
  readonly dueAt: Instant
  readonly firedAt: Instant
  readonly targets: unknown
}

/** Writes a step as fired. Unique per run and step: a second firing fails the transaction. */
export async function insertStep(tx: Tx, record: StepRecord): Promise<void> {
  await tx.query(
    `insert into escalation_step (escalation_id, step, due_at, fired_at, targets)
     values ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5::jsonb)`,
    [record.runId, record.step, record.dueAt, record.firedAt, JSON.stringify(record.targets)],
  )
}

/** Moves a run to its next step; `dueAt` null when the ladder is at its end and only waits for an answer. */
export async function advanceRun(tx: Tx, runId: string, nextStep: number, dueAt: Instant | null): Promise<void> {
  await tx.query('update escalation set next_step = $2, due_at = to_timestamp($3::float8 / 1000) where id = $1', [runId, nextStep, dueAt])
}
