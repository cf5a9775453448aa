import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** Something about the configuration that a person has to mend, for example `calendar_missing:2027`. Concerns everybody: it has no region. */
export interface ConfigurationAlert {
  readonly code: string
  readonly raisedAt: Instant
  readonly textZh: string
  readonly textEn: string
}

/** The configuration alerts that stand, oldest first. */
export async function loadConfigurationAlerts(sql: Sql): Promise<ConfigurationAlert[]> {
  const { rows } = await sql.query<ConfigurationAlert>(
    `select code, raised_at as "raisedAt", text_zh as "textZh", text_en as "textEn"
       from configuration_alert where cleared_at is null order by raised_at, code`,
  )
  return rows
}

/** Raises those that do not stand; one that stands keeps its instant. */
export async function raiseConfigurationAlerts(sql: Sql, alerts: readonly Omit<ConfigurationAlert, 'raisedAt'>[], now: Instant): Promise<void> {
  if (alerts.length === 0) return
  await sql.query(
    `insert into configuration_alert (code, raised_at, text_zh, text_en)
     select code, ${instantOf('$1')}, text_zh, text_en from unnest(${column('$2')}, ${column('$3')}, ${column('$4')}) as given (code, text_zh, text_en)
     on conflict (code) do update set raised_at = excluded.raised_at, text_zh = excluded.text_zh, text_en = excluded.text_en, cleared_at = null
       where configuration_alert.cleared_at is not null`,
    [now, joined(alerts.map(({ code }) => code)), joined(alerts.map(({ textZh }) => textZh)), joined(alerts.map(({ textEn }) => textEn))],
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
