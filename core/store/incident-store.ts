import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

export type IncidentState = 'open' | 'closed'

/** An incident as a scope sees it. */
export interface IncidentView {
  readonly incidentId: string
  readonly sourceSystem: string
  readonly provinceCode: string
  /** Those of its regions that lie in the scope. */
  readonly regionCodes: readonly string[]
  readonly product: string
  readonly cause: string | null
  readonly state: IncidentState
  readonly usersAffected: number | null
  readonly usersAffectedMost: number | null
  readonly startedAt: Instant | null
  readonly expectedRestoreAt: Instant | null
  readonly restoredAt: Instant | null
  readonly closedAt: Instant | null
  readonly lastEventAt: Instant
}

/** Incidents with a region in the scope, the last heard of first, at most `limit`; of one state where one is asked for. */
export async function listIncidents(
  sql: Sql,
  scope: Scope,
  choice: { readonly state?: IncidentState | undefined; readonly limit: number },
): Promise<IncidentView[]> {
  const { rows } = await sql.query<IncidentView>(
    `select incident_id as "incidentId", source_system as "sourceSystem", province_code as "provinceCode", own.codes as "regionCodes", product, cause, state,
            users_affected as "usersAffected", users_affected_most as "usersAffectedMost", started_at as "startedAt",
            expected_restore_at as "expectedRestoreAt", restored_at as "restoredAt", closed_at as "closedAt", last_event_at as "lastEventAt"
       from incident cross join lateral (
         select array_agg(p.code order by p.code) as codes from unnest(region_codes, region_paths) as p (code, path) where p.path ^@ $1) own
      where own.codes is not null and not is_void and ($2::text is null or state = $2)
      order by last_event_at desc, subject_key limit $3`,
    [scope.path, choice.state ?? null, choice.limit],
  )
  return rows
}
