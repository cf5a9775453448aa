import type { Interruption } from '../domain/escalation/regulator-duties.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** What of a case decides its grade to the regulator. */
export interface InterruptionRow extends Interruption {
  readonly incidentId: string
  /** When its ladder first ran for `from` or more; null: never. */
  readonly seriousSince: Instant | null
}

/**
 * The incident that a case of an outage (MR-07) is about, and since when the case has been as grave as `from`; undefined for every other case. The caller has checked
 * the case's scope. Of several incidents in one case it is the one that its rule read last.
 */
export async function loadInterruption(sql: Sql, alertId: string, from: number): Promise<InterruptionRow | undefined> {
  const { rows } = await sql.query<InterruptionRow>(
    `select i.incident_id as "incidentId", i.product, i.started_at as "startedAt", i.users_affected_most::float8 as users, i.restored_at as "restoredAt",
            (select min(e.started_at) from escalation e where e.alert_id = m.alert_id and e.severity >= $2 and e.purpose = 'answer') as "seriousSince"
       from risk_member m join alert a on a.id = m.alert_id join incident i on i.incident_id = m.reason -> 'facts' ->> 'incidentId' and not i.is_void
      where m.alert_id = $1 and m.rule_id = 'MR-07' and (i.region_path ^@ a.region_path or a.region_path ^@ i.region_path)
      order by i.last_event_at desc limit 1`,
    [alertId, from],
  )
  return rows[0]
}
