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
  /** What it drives people to: an answer, or a plan once the handling limit is over. */
  readonly purpose: 'answer' | 'handling'
  /** A change of shift of which whoever comes on has not been told yet. */
  readonly handoverAt: Instant | null
}

const RUN = `e.id::text, e.alert_id::text as "alertId", e.severity, e.ladder_version as "ladderVersion", e.started_at as "startedAt",
  e.next_step as "nextStep", e.reminded_at as "remindedAt", e.due_at as "dueAt", e.purpose, e.handover_at as "handoverAt"`

/** A ladder that starts, or goes on where another alert's stood. */
export type NewRun = Omit<StoredRun, 'id' | 'handoverAt'>

/** Starts ladders at their next step in the order given; none of the alerts has another run of the purpose (unique index). */
export async function insertRuns(tx: Tx, runs: readonly NewRun[]): Promise<void> {
  if (runs.length === 0) return
  const text = (pick: (run: NewRun) => string | number | null) => joined(runs.map(pick))
  await tx.query(
    `insert into escalation (alert_id, severity, ladder_version, started_at, next_step, due_at, reminded_at, purpose)
     select alert_id::bigint, severity::smallint, ladder_version::int, ${instantOf('started_at')}, next_step::int, ${instantOf('due_at')},
            ${instantOf('reminded_at')}, purpose
       from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}, ${column('$4')}, ${column('$5')}, ${column('$6')}, ${column('$7')}, ${column('$8')}) with ordinality
         as r (alert_id, severity, ladder_version, started_at, next_step, due_at, reminded_at, purpose, place)
      order by place`,
    [
      text(({ alertId }) => alertId),
      text(({ severity }) => severity),
      text(({ ladderVersion }) => ladderVersion),
      text(({ startedAt }) => startedAt),
      text(({ nextStep }) => nextStep),
      text(({ dueAt }) => dueAt),
      text(({ remindedAt }) => remindedAt),
      text(({ purpose }) => purpose),
    ],
  )
}

/** The end of an alert's ladder. */
export interface RunEnd {
  readonly alertId: string
  readonly at: Instant
  readonly why: string
}

/** Ends the runs of alerts, whatever they drive to, where they have one. */
export async function stopRuns(tx: Tx, ends: readonly RunEnd[]): Promise<void> {
  if (ends.length === 0) return
  await tx.query(
    `update escalation e set stopped_at = ${instantOf('s.at')}, stopped_why = s.why
       from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}) as s (alert_id, at, why)
      where e.alert_id = s.alert_id::bigint and e.stopped_at is null`,
    [joined(ends.map(({ alertId }) => alertId)), joined(ends.map(({ at }) => at)), joined(ends.map(({ why }) => why))],
  )
}

/** The ladders of alerts that ask for an answer, of those that have one. */
export async function loadRuns(sql: Sql, alertIds: readonly string[]): Promise<StoredRun[]> {
  if (alertIds.length === 0) return []
  const { rows } = await sql.query<StoredRun>(`select ${RUN} from escalation e where e.alert_id = any ($1::bigint[]) and e.stopped_at is null and e.purpose = 'answer'`, [alertIds])
  return rows
}

/** Of the running ladders of alerts, by alert: the first step of which every page still waits for its first call. */
export async function loadUncalledSteps(sql: Sql, alertIds: readonly string[]): Promise<Map<string, number>> {
  if (alertIds.length === 0) return new Map()
  const { rows } = await sql.query<{ alertId: string; step: number }>(
    `select s."alertId", min(s.step) as step
       from (select e.alert_id::text as "alertId", o.step from escalation e join outbox o on o.escalation_id = e.id
              where e.alert_id = any ($1::bigint[]) and e.stopped_at is null and e.purpose = 'answer' and o.state <> 'refused'
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
 * when there is none; those in `without` are passed over. The alert is locked as by every move, so that an acknowledgement and a step never cross.
 */
export async function lockDueRun(tx: Tx, now: Instant, without: readonly string[] = []): Promise<StoredRun | undefined> {
  const { rows } = await tx.query<StoredRun>(
    `select ${RUN} from escalation e join alert a on a.id = e.alert_id
      where e.stopped_at is null and e.due_at <= to_timestamp($1::float8 / 1000) and e.id <> all ($2::bigint[])
      order by e.due_at limit 1 for no key update of a, e skip locked`,
    [now, without],
  )
  return rows[0]
}

/** Whom a step called, for the record: role, place and name of each, and where nobody was found. */
export interface StepRecord {
  readonly runId: string
  readonly step: number
  /** 0 for the step itself; a later call for it (a reminder, a report) has the next number of its run. */
  readonly round: number
  readonly dueAt: Instant
  readonly firedAt: Instant
  readonly targets: unknown
}

/** The number of the next later call of a run; whom it has called since an instant, and whether it has called anybody or anything since. */
export interface RunRound {
  readonly round: number
  readonly justCalled: readonly string[]
  readonly hasJustFired: boolean
}

/** Where the calls of a run stand, for the next one. */
export async function loadRound(sql: Sql, runId: string, since: Instant): Promise<RunRound> {
  const { rows } = await sql.query<RunRound>(
    `select coalesce(max(s.round), 0) + 1 as round, coalesce(bool_or(s.fired_at >= to_timestamp($2::float8 / 1000)), false) as "hasJustFired",
            coalesce(array_agg(t ->> 'userId') filter (where s.fired_at >= to_timestamp($2::float8 / 1000) and t is not null), '{}') as "justCalled"
       from escalation_step s left join lateral jsonb_array_elements(s.targets -> 'told') t on true
      where s.escalation_id = $1`,
    [runId, since],
  )
  const [found] = rows
  if (found === undefined) throw new Error('an aggregate gave no row')
  return found
}

/** The last step taken of the ladders of an alert that asked for an answer at its present colour; null when none was. */
export async function loadLastStep(sql: Sql, alertId: string, severity: number): Promise<number | null> {
  const { rows } = await sql.query<{ step: number | null }>(
    `select max(s.step) as step from escalation e join escalation_step s on s.escalation_id = e.id
      where e.alert_id = $1 and e.severity = $2 and e.purpose = 'answer'`,
    [alertId, severity],
  )
  return rows[0]?.step ?? null
}

/** Whether people are called for a plan for one of a ticket's alerts. */
export async function callsForPlan(sql: Sql, ticketKey: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from escalation e join alert a on a.id = e.alert_id
      where a.ticket_key = $1 and e.purpose = 'handling' and e.stopped_at is null and (e.due_at is not null or e.reminded_at is not null) limit 1`,
    [ticketKey],
  )
  return rowCount === 1
}

/**
 * The alert whose handling limit passed longest ago by `now` and on which nobody has acted yet, locked until the transaction ends; null when there is none.
 */
export async function lockHandlingOver(tx: Tx, now: Instant): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `select a.id::text from alert a
      where a.handle_due_at <= to_timestamp($1::float8 / 1000) and a.ended_at is null and a.state in ('open', 'acknowledged', 'handling')
        and (a.acked_severity >= a.severity or a.ack_due_at is null)
        and not exists (select from escalation e where e.alert_id = a.id and e.stopped_at is null and e.purpose = 'handling')
      order by a.handle_due_at limit 1 for no key update of a skip locked`,
    [now],
  )
  return rows[0]?.id ?? null
}

/** Ends the runs of passed handling limits of alerts and takes back what of them waits to be sent. */
export async function stopHandling(tx: Tx, ends: readonly (RunEnd & { readonly outcome: string })[]): Promise<void> {
  if (ends.length === 0) return
  await tx.query(
    `with ended as (
       update escalation e set stopped_at = ${instantOf('s.at')}, stopped_why = s.why
         from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}, ${column('$4')}) as s (alert_id, at, why, outcome)
        where e.alert_id = s.alert_id::bigint and e.stopped_at is null and e.purpose = 'handling' returning e.id, s.outcome)
     update outbox o set state = case o.state when 'queued' then 'cancelled' else 'failed' end, outcome = ended.outcome
       from ended where o.escalation_id = ended.id and o.state in ('queued', 'ambiguous')`,
    [joined(ends.map(({ alertId }) => alertId)), joined(ends.map(({ at }) => at)), joined(ends.map(({ why }) => why)), joined(ends.map(({ outcome }) => outcome))],
  )
}

/** Writes a step as fired; false when it is written down already: unique per run, step and round. */
export async function insertStep(tx: Tx, record: StepRecord): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into escalation_step (escalation_id, step, round, due_at, fired_at, targets)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000), $6::jsonb) on conflict do nothing`,
    [record.runId, record.step, record.round, record.dueAt, record.firedAt, JSON.stringify(record.targets)],
  )
  return rowCount === 1
}

/** How far a run has come; `dueAt` null when the ladder is at its end and only waits for an answer. */
export async function advanceRun(tx: Tx, runId: string, to: Pick<StoredRun, 'nextStep' | 'remindedAt' | 'dueAt'>): Promise<void> {
  await tx.query(
    // What a change of shift asks for is not put off by a step of the same instant.
    'update escalation set next_step = $2, reminded_at = to_timestamp($3::float8 / 1000), due_at = least(to_timestamp($4::float8 / 1000), handover_at) where id = $1',
    [runId, to.nextStep, to.remindedAt, to.dueAt],
  )
}

/** Whoever has come on is told. */
export async function endHandover(tx: Tx, runId: string): Promise<void> {
  await tx.query('update escalation set handover_at = null where id = $1', [runId])
}

/** The next instant after `now`, and not after `until`, at which a step, a reminder or the end of a handling limit falls due; null where none does. */
export async function nextDueWithin(sql: Sql, now: Instant, until: Instant): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant | null }>(
    `select least(
       (select min(due_at) from escalation where stopped_at is null and due_at > ${instantOf('$1')} and due_at <= ${instantOf('$2')}),
       (select min(handle_due_at) from alert where ended_at is null and handle_due_at > ${instantOf('$1')} and handle_due_at <= ${instantOf('$2')})) as at`,
    [now, until],
  )
  return rows[0]?.at ?? null
}
