import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** Something about the configuration that a person has to mend, for example `calendar_missing:2027`. */
export interface ConfigurationAlert {
  readonly code: string
  readonly raisedAt: Instant
  readonly textZh: string
  readonly textEn: string
  /** Whose people it concerns, and those above; null: everybody. */
  readonly regionCode: string | null
}

/** The configuration alerts that stand and concern everybody or a region of the scope, oldest first. */
export async function loadConfigurationAlerts(sql: Sql, scope: Scope): Promise<ConfigurationAlert[]> {
  const { rows } = await sql.query<ConfigurationAlert>(
    `select a.code, a.raised_at as "raisedAt", a.text_zh as "textZh", a.text_en as "textEn", a.region_code as "regionCode"
       from configuration_alert a left join region r on r.code = a.region_code
      where a.cleared_at is null and (a.region_code is null or r.path ^@ $1) order by a.raised_at, a.code`,
    [scope.path],
  )
  return rows
}

/** Raises those that do not stand; one that stands keeps its instant, and is not locked: steps of many alerts tell of the same one. */
export async function raiseConfigurationAlerts(sql: Sql, alerts: readonly Omit<ConfigurationAlert, 'raisedAt'>[], now: Instant): Promise<void> {
  if (alerts.length === 0) return
  await sql.query(
    `insert into configuration_alert (code, raised_at, text_zh, text_en, region_code)
     select code, ${instantOf('$1')}, text_zh, text_en, region_code
       from unnest(${column('$2')}, ${column('$3')}, ${column('$4')}, ${column('$5')}) as given (code, text_zh, text_en, region_code)
      where not exists (select from configuration_alert held where held.code = given.code and held.cleared_at is null)
      order by code
     on conflict (code) do update set raised_at = excluded.raised_at, text_zh = excluded.text_zh, text_en = excluded.text_en, region_code = excluded.region_code,
       cleared_at = null
       where configuration_alert.cleared_at is not null`,
    [now, ...(['code', 'textZh', 'textEn', 'regionCode'] as const).map((key) => joined(alerts.map((alert) => alert[key])))],
  )
}

/** Clears every standing alert of a family, for example `calendar_missing`, that is not among those that hold. */
export async function clearConfigurationAlerts(sql: Sql, family: string, holding: readonly string[], now: Instant): Promise<void> {
  await sql.query(
    `update configuration_alert set cleared_at = ${instantOf('$1')}
      where cleared_at is null and starts_with(code, $2 || ':') and not code = any ($3::text[])`,
    [now, family, holding],
  )
}

/** Clears these alerts where they stand. */
export async function clearConfigurationAlertsOf(sql: Sql, codes: readonly string[], now: Instant): Promise<void> {
  if (codes.length === 0) return
  await sql.query(`update configuration_alert set cleared_at = ${instantOf('$1')} where cleared_at is null and code = any ($2::text[])`, [now, codes])
}
