import type { EscalationRun } from '../domain/escalation/ladder.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A ladder that is running for one alert. */
export interface StoredRun extends EscalationRun {
  readonly id: string
  readonly alertId: string
  readonly ladderVersion: number
  readonly dueAt: Instant | null
}

const RUN = `id::text, alert_id::text as "alertId", severity, ladder_version as "ladderVersion", started_at as "startedAt", next_step as "nextStep", due_at as "dueAt"`

/** A ladder that starts, or goes on where another alert's stood. */
export type NewRun = Omit<StoredRun, 'id'>

/** Starts ladders at their next step in the order given; none of the alerts has another run (unique index). */
export async function insertRuns(tx: Tx, runs: readonly NewRun[]): Promise<void> {
  if (runs.length === 0) return
  const text = (pick: (run: NewRun) => string | number | null) => joined(runs.map(pick))
  await tx.query(
    `insert into escalation (alert_id, severity, ladder_version, started_at, next_step, due_at)
     select alert_id::bigint, severity::smallint, ladder_version::int, ${instantOf('started_at')}, next_step::int, ${instantOf('due_at')}
       from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}, ${column('$4')}, ${column('$5')}, ${column('$6')}) with ordinality
         as r (alert_id, severity, ladder_version, started_at, next_step, due_at, place)
      order by place`,
    [
      text(({ alertId }) => alertId),
      text(({ severity }) => severity),
      text(({ ladderVersion }) => ladderVersion),
      text(({ startedAt }) => startedAt),
      text(({ nextStep }) => nextStep),
      text(({ dueAt }) => dueAt),
    ],
  )
}

/** The end of an alert's ladder. */
export interface RunEnd {
  readonly alertId: string
  readonly at: Instant
  readonly why: string
}

/** Ends the runs of alerts, where they have one. */
export async function stopRuns(tx: Tx, ends: readonly RunEnd[]): Promise<void> {
  if (ends.length === 0) return
  await tx.query(
    `update escalation e set stopped_at = ${instantOf('s.at')}, stopped_why = s.why
       from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}) as s (alert_id, at, why)
      where e.alert_id = s.alert_id::bigint and e.stopped_at is null`,
    [joined(ends.map(({ alertId }) => alertId)), joined(ends.map(({ at }) => at)), joined(ends.map(({ why }) => why))],
  )
}

/** The running ladders of alerts, of those that have one. */
export async function loadRuns(sql: Sql, alertIds: readonly string[]): Promise<StoredRun[]> {
  if (alertIds.length === 0) return []
  const { rows } = await sql.query<StoredRun>(`select ${RUN} from escalation where alert_id = any ($1::bigint[]) and stopped_at is null`, [alertIds])
  return rows
}

/** Of the running ladders of alerts, by alert: the first step of which every page still waits for its first call. */
export async function loadUncalledSteps(sql: Sql, alertIds: readonly string[]): Promise<Map<string, number>> {
  if (alertIds.length === 0) return new Map()
  const { rows } = await sql.query<{ alertId: string; step: number }>(
    `select s."alertId", min(s.step) as step
       from (select e.alert_id::text as "alertId", o.step from escalation e join outbox o on o.escalation_id = e.id
              where e.alert_id = any ($1::bigint[]) and e.stopped_at is null and o.state <> 'refused'
              group by 1, 2 having bool_and(o.state = 'queued' and o.attempts = 0)) s group by 1`,
    [alertIds],
  )
  return new Map(rows.map(({ alertId, step }) => [alertId, step]))
}

/** Lets runs go on by another colour's times. */
export async function retimeRuns(tx: Tx, runs: readonly Pick<StoredRun, 'id' | 'severity' | 'dueAt'>[]): Promise<void> {
  if (runs.length === 0) return
  await tx.query(
    `update escalation e set severity = r.severity::smallint, due_at = ${instantOf('r.due_at')}
       from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}) as r (id, severity, due_at) where e.id = r.id::bigint`,
    [joined(runs.map(({ id }) => id)), joined(runs.map(({ severity }) => severity)), joined(runs.map(({ dueAt }) => dueAt))],
  )
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
