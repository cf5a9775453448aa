import { type CheckMeasure, type CheckResult, LEAST_ALWAYS, LEAST_SAMPLED, SAMPLE_FACTOR, SAMPLED_PERCENT } from '../domain/abnormal/check.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** What a checker found. */
export interface AlertCheck {
  readonly result: CheckResult
  readonly measure: CheckMeasure | null
  readonly note: string
  readonly checkedAt: Instant
  readonly checkedByName: string
}

/** Keeps a check; a later one of the same alert takes its place, and the alert's history keeps both. */
export async function saveCheck(
  tx: Tx,
  alertId: string,
  { result, measure, note, userId, at }: Pick<AlertCheck, 'result' | 'measure' | 'note'> & { readonly userId: string; readonly at: Instant },
): Promise<void> {
  await tx.query(
    `insert into alert_check (alert_id, result, measure, note, checked_by, checked_at) values ($1, $2, $3, $4, $5, ${instantOf('$6')})
     on conflict (alert_id) do update set result = excluded.result, measure = excluded.measure, note = excluded.note, checked_by = excluded.checked_by, checked_at = excluded.checked_at`,
    [alertId, result, measure, note, userId, at],
  )
}

const CHECK = `jsonb_build_object('result', c.result, 'measure', c.measure, 'note', c.note, 'checkedAt', extract(epoch from c.checked_at) * 1000, 'checkedByName', u.display_name)`

/** The check of an alert, or null. */
export async function loadCheck(sql: Sql, alertId: string): Promise<AlertCheck | null> {
  const { rows } = await sql.query<{ check: AlertCheck }>(
    `select ${CHECK} as check from alert_check c join app_user u on u.id = c.checked_by where c.alert_id = $1`,
    [alertId],
  )
  return rows[0]?.check ?? null
}

export interface CheckChoice {
  /** Those that wait, or those that are done. */
  readonly isDone: boolean
  /** Ended, or checked, at or after this. */
  readonly since: Instant
  readonly limit: number
}

// The same sample as isSampled (core/domain/abnormal/check.ts).
const IS_DUE = `a.kind = 'abnormal' and a.state in ('resolved', 'closed')
  and (a.severity >= ${LEAST_ALWAYS} or a.severity >= ${LEAST_SAMPLED} and (a.id::numeric * ${SAMPLE_FACTOR}) % 100 < ${SAMPLED_PERCENT})`

/** Alerts of a scope that are to be checked, the longest ended first, or that were, the latest first. */
export async function listChecks(sql: Sql, scope: Scope, { isDone, since, limit }: CheckChoice): Promise<{ alertId: string; endedAt: Instant | null; check: AlertCheck | null }[]> {
  const { rows } = await sql.query<{ alertId: string; endedAt: Instant | null; check: AlertCheck | null }>(
    isDone
      ? `select a.id::text as "alertId", a.ended_at as "endedAt", ${CHECK} as check
           from alert_check c join alert a on a.id = c.alert_id join app_user u on u.id = c.checked_by
          where a.region_path ^@ $1 and c.checked_at >= ${instantOf('$2')} order by c.checked_at desc, a.id desc limit $3`
      : `select a.id::text as "alertId", a.ended_at as "endedAt", null as check from alert a
          where ${IS_DUE} and a.region_path ^@ $1 and a.ended_at >= ${instantOf('$2')} and not exists (select from alert_check c where c.alert_id = a.id)
          order by a.ended_at, a.id limit $3`,
    [scope.path, since, limit],
  )
  return rows
}

/** How many wait, and how many of each result were found, since. */
export async function countChecks(sql: Sql, scope: Scope, since: Instant): Promise<{ due: number; confirmed: number; notConfirmed: number }> {
  const { rows } = await sql.query<{ due: number; confirmed: number; notConfirmed: number }>(
    `select (select count(*)::int from alert a where ${IS_DUE} and a.region_path ^@ $1 and a.ended_at >= ${instantOf('$2')}
                and not exists (select from alert_check c where c.alert_id = a.id)) as due,
            count(*) filter (where c.result = 'confirmed')::int as confirmed, count(*) filter (where c.result = 'not_confirmed')::int as "notConfirmed"
       from alert_check c join alert a on a.id = c.alert_id where a.region_path ^@ $1 and c.checked_at >= ${instantOf('$2')}`,
    [scope.path, since],
  )
  return rows[0] ?? { due: 0, confirmed: 0, notConfirmed: 0 }
}
