import type { Cutoffs, RetentionCounts } from '../domain/protect/retention.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { advisoryLock, type Sql, type Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** The report of one day's deletion (domain.md 8.3 "Deletion is a job with a report"). */
export interface RetentionRun {
  /** Local day, `YYYY-MM-DD`. */
  readonly day: string
  readonly ranAt: Instant
  /** Null while there is something left to do. */
  readonly finishedAt: Instant | null
  readonly cutoffs: Cutoffs
  readonly deleted: RetentionCounts
  /** What was due and stays because of a hold; filled when the run finishes. */
  readonly held: Partial<RetentionCounts>
  /** Time spent on it. */
  readonly seconds: number
}

/** A run with the number of the step that is next. */
export type OpenRun = RetentionRun & { readonly step: number }

const COLUMNS = `day, ran_at as "ranAt", finished_at as "finishedAt", cutoffs, deleted, held, seconds`

/** Deleting and setting a hold exclude each other until the end of the transaction: once a hold is set, nothing of it goes. */
export async function lockRetention(tx: Tx): Promise<void> {
  await advisoryLock(tx, 'tocsin:retention')
}

/**
 * The run of a day, begun now with these cutoffs if nobody has; locked. What was begun keeps its cutoffs. A run of an earlier day that was not
 * done by then ends with what it had: this one takes its work over.
 */
export async function openRetentionRun(tx: Tx, day: string, cutoffs: Cutoffs, deleted: RetentionCounts, now: Instant): Promise<OpenRun> {
  await tx.query(`update retention_run set finished_at = ${instantOf('$2')} where day < $1::date and finished_at is null`, [day, now])
  await tx.query(
    `insert into retention_run (day, ran_at, cutoffs, deleted) values ($1::date, ${instantOf('$2')}, $3::jsonb, $4::jsonb) on conflict (day) do nothing`,
    [day, now, JSON.stringify(cutoffs), JSON.stringify(deleted)],
  )
  const { rows } = await tx.query<OpenRun>(`select ${COLUMNS}, step from retention_run where day = $1::date for update`, [day])
  return rows[0] as OpenRun
}

/** Lets this transaction delete lines of append-only tables that are older than the run's cutoffs (function refuse_change of the schema). */
export async function claimAppendOnly(tx: Tx, day: string): Promise<void> {
  await tx.query(`select set_config('tocsin.retention_day', $1, true)`, [day])
}

/** Writes down how far a run has come. */
export async function saveRetentionRun(tx: Tx, run: OpenRun): Promise<void> {
  await tx.query(
    `update retention_run set deleted = $2::jsonb, held = $3::jsonb, seconds = $4, finished_at = ${instantOf('$5')}, step = $6 where day = $1::date`,
    [run.day, JSON.stringify(run.deleted), JSON.stringify(run.held), run.seconds, run.finishedAt, run.step],
  )
}

/** The run of a day, or null when it has not begun; for the engine. */
export async function loadRetentionRun(sql: Sql, day: string): Promise<RetentionRun | null> {
  const { rows } = await sql.query<RetentionRun>(`select ${COLUMNS} from retention_run where day = $1::date`, [day])
  return rows[0] ?? null
}

/** From where on aggregates are still whole: the latest instant before which cells were deleted, or null. */
export async function loadAggregatesFloor(sql: Sql): Promise<Instant | null> {
  const { rows } = await sql.query<{ floor: number | null }>(`select max((cutoffs ->> 'aggregates')::float8) as floor from retention_run`)
  return rows[0]?.floor ?? null
}

/** The latest runs, newest first. They count rows of the whole deployment: whoever does not stand at the root of the tree sees none. */
export async function listRetentionRuns(sql: Sql, scope: Scope, limit: number): Promise<RetentionRun[]> {
  const { rows } = await sql.query<RetentionRun>(
    `select ${COLUMNS} from retention_run where exists (select from region where parent_code is null and path ^@ $1) order by retention_run.day desc limit $2`,
    [scope.path, limit],
  )
  return rows
}
