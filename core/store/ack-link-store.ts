import type { Instant } from '../domain/time.ts'
import type { Role, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** The page that a link was sent with, and whom it was sent to. */
export interface LinkedPage {
  readonly outboxId: string
  readonly alertId: string
  readonly pagedSeverity: Severity
  readonly createdAt: Instant
  readonly usedAt: Instant | null
  /** Null: an endpoint, or an account that is disabled by now. */
  readonly person: { readonly userId: string; readonly name: string; readonly role: Role; readonly regionPath: string } | null
}

/** The page with this delivery id, for whoever holds its link; undefined where it is kept no longer. */
export async function loadLinkedPage(sql: Sql, deliveryId: string): Promise<LinkedPage | undefined> {
  const { rows } = await sql.query<LinkedPage>(
    `select o.id::text as "outboxId", o.alert_id::text as "alertId", e.severity as "pagedSeverity", o.created_at as "createdAt", o.link_used_at as "usedAt",
            case when u.id is null then null
                 else jsonb_build_object('userId', u.id, 'name', u.display_name, 'role', u.role, 'regionPath', r.path) end as person
       from outbox o join escalation e on e.id = o.escalation_id
       left join app_user u on u.id::text = o.target and u.disabled_at is null and o.channel <> 'webhook'
       left join region r on r.code = u.region_code
      where o.delivery_id = $1`,
    [deliveryId],
  )
  return rows[0]
}

/** Marks a link as used; false where it was used before. */
export async function useLink(tx: Tx, outboxId: string, at: Instant): Promise<boolean> {
  const { rowCount } = await tx.query(`update outbox set link_used_at = ${instantOf('$2')} where id = $1 and link_used_at is null`, [outboxId, at])
  return rowCount === 1
}
