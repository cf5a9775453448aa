import type { Instant } from '../domain/time.ts'
import type { Level } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** All of these take a case whose scope the caller has checked on its alert's own row. */
export interface MeasureRow {
  readonly id: string
  readonly what: string
  readonly owner: string
  readonly dueAt: Instant
  readonly doneAt: Instant | null
  readonly doneByName: string | null
  readonly recordedAt: Instant
  readonly recordedByName: string
}

/** The measures of a case, the earliest due first. */
export async function loadMeasures(sql: Sql, alertId: string): Promise<MeasureRow[]> {
  const { rows } = await sql.query<MeasureRow>(
    `select m.id::text as id, m.what, m.owner, m.due_at as "dueAt", m.done_at as "doneAt", d.display_name as "doneByName",
            m.recorded_at as "recordedAt", r.display_name as "recordedByName"
       from case_measure m join app_user r on r.id = m.recorded_by left join app_user d on d.id = m.done_by
      where m.alert_id = $1 order by m.due_at, m.id`,
    [alertId],
  )
  return rows
}

/** Adds a measure to a case. */
export async function insertMeasure(tx: Tx, alertId: string, measure: { what: string; owner: string; dueAt: Instant; by: string; at: Instant }): Promise<void> {
  await tx.query(
    `insert into case_measure (alert_id, what, owner, due_at, recorded_at, recorded_by) values ($1, $2, $3, ${instantOf('$4')}, ${instantOf('$5')}, $6)`,
    [alertId, measure.what, measure.owner, measure.dueAt, measure.at, measure.by],
  )
}

/** Says that a measure is done, or takes that back (`by` null); the measure as it was called, or undefined where the case has none such or nothing changes. */
export async function markMeasure(tx: Tx, alertId: string, id: string, by: string | null, at: Instant): Promise<{ what: string } | undefined> {
  const { rows } = await tx.query<{ what: string }>(
    `update case_measure set done_at = case when $3::uuid is null then null else ${instantOf('$4')} end, done_by = $3
      where alert_id = $1 and id = $2 and (done_at is null) = ($3::uuid is not null) returning what`,
    [alertId, id, by, at],
  )
  return rows[0]
}

export interface LineRow {
  readonly version: number
  readonly text: string
  readonly statedAt: Instant
  readonly statedByName: string
}

/** Every wording of a case's line-to-take, newest first. */
export async function loadLines(sql: Sql, alertId: string): Promise<LineRow[]> {
  const { rows } = await sql.query<LineRow>(
    `select l.version, l.text, l.stated_at as "statedAt", u.display_name as "statedByName"
       from case_line l join app_user u on u.id = l.stated_by where l.alert_id = $1 order by l.version desc`,
    [alertId],
  )
  return rows
}

/** Adds the wording that follows `version`; false where somebody was first. The caller holds the lock of the case. */
export async function insertLine(tx: Tx, alertId: string, line: { version: number; text: string; by: string; at: Instant }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into case_line (alert_id, version, text, stated_at, stated_by)
     select $1, $2::int + 1, $3, ${instantOf('$4')}, $5 where coalesce((select max(version) from case_line where alert_id = $1), 0) = $2::int`,
    [alertId, line.version, line.text, line.at, line.by],
  )
  return rowCount === 1
}

export interface MemberLine {
  readonly ruleId: string
  readonly regionCode: string
  readonly tickAt: Instant
  readonly level: Level
  readonly value: number
  readonly baseline: number | null
  readonly thresholds: readonly (number | null)[] | null
}

/** The latest reading of each of a case's rules, with the thresholds it was held against. */
export async function loadMemberLines(sql: Sql, alertId: string): Promise<MemberLine[]> {
  const { rows } = await sql.query<MemberLine>(
    `select rule_id as "ruleId", region_code as "regionCode", tick_at as "tickAt", level, value, baseline, reason -> 'thresholds' as thresholds
       from risk_member where alert_id = $1 order by level desc, rule_id`,
    [alertId],
  )
  return rows
}

/** What a case row says of its past by hand; undefined for an alert that is no case. */
export async function loadCaseRow(sql: Sql, alertId: string): Promise<{ splitFrom: string | null; mergedInto: string | null; confirmedUsers: number | null } | undefined> {
  const { rows } = await sql.query<{ splitFrom: string | null; mergedInto: string | null; confirmedUsers: number | null }>(
    `select c.split_from::text as "splitFrom", a.merged_into::text as "mergedInto", c.confirmed_users::float8 as "confirmedUsers"
       from risk_case c join alert a on a.id = c.alert_id where c.alert_id = $1`,
    [alertId],
  )
  return rows[0]
}
