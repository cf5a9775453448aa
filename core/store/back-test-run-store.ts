import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** Where a back-test stands. */
export type BackTestState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/** A back-test as it was asked for. */
export interface BackTestAsked {
  readonly ruleId: string
  /** What was changed against the values in force, by path. */
  readonly given: Readonly<Record<string, unknown>>
  readonly regionPath: string
  readonly from: Instant
  readonly to: Instant
  readonly askedBy: string
  readonly askedAt: Instant
  readonly ticksTotal: number
}

/** One as stored, without its report. */
export interface BackTestRow extends BackTestAsked {
  readonly id: string
  readonly state: BackTestState
  readonly ticksDone: number
  readonly endedAt: Instant | null
}

/** What a worker holds of one: its claim fences off whoever held it before. */
export interface ClaimedBackTest extends Pick<BackTestRow, 'id' | 'ruleId' | 'regionPath' | 'from' | 'to'> {
  readonly claim: string
  /** The settings of its rule's kind, as they were stored. */
  readonly parameters: unknown
  /** How often it has been begun, this time counted in. */
  readonly begun: number
}

const LIVE = `state in ('waiting', 'running')`
const SPAN = `from_at as "from", to_at as "to"`
const SELECT = `select id::text, rule_id as "ruleId", given, region_path as "regionPath", ${SPAN}, asked_by as "askedBy", asked_at as "askedAt",
  ticks_total as "ticksTotal", state, ticks_done as "ticksDone", ended_at as "endedAt"`

/** Puts one in line and returns its id, or null while the same person has one that waits or runs. */
export async function insertBackTest(tx: Tx, asked: BackTestAsked, parameters: object): Promise<string | null> {
  const { ruleId, given, regionPath, from, to, askedBy, askedAt, ticksTotal } = asked
  const { rows } = await tx.query<{ id: string }>(
    `insert into back_test (rule_id, given, parameters, region_path, from_at, to_at, asked_by, asked_at, ticks_total)
     values ($1, $2::jsonb, $3::jsonb, $4, ${instantOf('$5')}, ${instantOf('$6')}, $7, ${instantOf('$8')}, $9) on conflict do nothing returning id::text`,
    [ruleId, JSON.stringify(given), JSON.stringify(parameters), regionPath, from, to, askedBy, askedAt, ticksTotal],
  )
  return rows[0]?.id ?? null
}

/** Forgets what ended before an instant. */
export async function deleteBackTests(tx: Tx, endedBefore: Instant): Promise<void> {
  await tx.query(`delete from back_test where ended_at < ${instantOf('$1')}`, [endedBefore])
}

/** The newest of a subtree, of one rule or all (null), at most `limit`. */
export async function listBackTests(sql: Sql, scope: Scope, ruleId: string | null, limit: number): Promise<BackTestRow[]> {
  const { rows } = await sql.query<BackTestRow>(
    `${SELECT} from back_test where starts_with(region_path, $1) and ($2::text is null or rule_id = $2) order by back_test.id desc limit $3`,
    [scope.path, ruleId, limit],
  )
  return rows
}

/** One of a subtree with its report, which is null until it is done. */
export async function loadBackTest(sql: Sql, scope: Scope, id: string): Promise<(BackTestRow & { readonly report: unknown }) | undefined> {
  const { rows } = await sql.query<BackTestRow & { report: unknown }>(`${SELECT}, report from back_test where id = $1 and starts_with(region_path, $2)`, [id, scope.path])
  return rows[0]
}

/** Cancels one of a subtree that waits or runs; false where it has ended. Its worker notices at its next step. */
export async function cancelBackTest(sql: Sql, scope: Scope, id: string, at: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update back_test set state = 'cancelled', ended_at = ${instantOf('$3')}, claim = null where id = $1 and starts_with(region_path, $2) and ${LIVE}`,
    [id, scope.path, at],
  )
  return rowCount === 1
}

/** Claims the oldest that waits, or whose worker was not heard of in time, until an instant; undefined where there is none. */
export async function claimBackTest(sql: Sql, claim: string, now: Instant, until: Instant): Promise<ClaimedBackTest | undefined> {
  const { rows } = await sql.query<ClaimedBackTest>(
    `update back_test set state = 'running', claim = $1::uuid, claimed_until = ${instantOf('$3')}, begun = begun + 1, ticks_done = 0
      where id = (select id from back_test where ${LIVE} and (state = 'waiting' or claimed_until < ${instantOf('$2')}) order by id limit 1 for update skip locked)
      returning id::text, rule_id as "ruleId", region_path as "regionPath", ${SPAN}, parameters, claim::text, begun`,
    [claim, now, until],
  )
  return rows[0]
}

/** Notes how far it is and holds the claim on until an instant; false where the claim is lost or the run was cancelled. */
export async function markBackTest(sql: Sql, { id, claim }: Pick<ClaimedBackTest, 'id' | 'claim'>, ticksDone: number, until: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update back_test set ticks_done = $3, claimed_until = ${instantOf('$4')} where id = $1 and claim = $2::uuid and state = 'running'`,
    [id, claim, ticksDone, until],
  )
  return rowCount === 1
}

/** Ends a run under its claim, with its report where it is done. */
export async function endBackTest(sql: Sql, { id, claim }: Pick<ClaimedBackTest, 'id' | 'claim'>, state: 'done' | 'failed', report: unknown, at: Instant): Promise<void> {
  await sql.query(
    `update back_test set state = $3, report = $4::json, ended_at = ${instantOf('$5')}, ticks_done = case when $3 = 'done' then ticks_total else ticks_done end
      where id = $1 and claim = $2::uuid and state = 'running'`,
    [id, claim, state, report === null ? null : JSON.stringify(report), at],
  )
}
