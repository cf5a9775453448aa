import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

type Group = 'waiting' | 'sent' | 'delivered' | 'failed' | 'refused' | 'cancelled'

/** One delivery of a scope. */
export interface DeliveryLogRow {
  readonly id: string
  readonly alertId: string
  readonly ruleId: string
  readonly severity: number
  readonly regionCode: string
  readonly step: number
  readonly round: number
  readonly channel: string
  readonly target: string
  readonly group: Group
  readonly dueAt: Instant
  readonly sentAt: Instant | null
  readonly deliveredAt: Instant | null
  readonly readAt: Instant | null
  readonly outcome: string | null
}

const GROUP = `case when o.state in ('queued', 'sending', 'ambiguous') then 'waiting' else o.state end`

/** Which deliveries are asked for. */
export interface DeliveryFilter {
  readonly since: Instant
  readonly group: Group | null
  readonly channel: string | null
  /** Only those before this one; null: from the newest on. */
  readonly before: string | null
}

/** What was said, or was to be said, in a scope, the newest first. A webhook is shown by its host only. */
export async function listDeliveries(sql: Sql, scope: Scope, { since, group, channel, before }: DeliveryFilter, limit: number): Promise<DeliveryLogRow[]> {
  const { rows } = await sql.query<DeliveryLogRow>(
    `select o.id::text, o.alert_id::text as "alertId", a.rule_id as "ruleId", a.severity, a.region_code as "regionCode", o.step, o.round, o.channel,
            coalesce(u.display_name, split_part(split_part(w.url, '://', 2), '/', 1), o.target) as target, ${GROUP} as "group",
            o.due_at as "dueAt", o.sent_at as "sentAt", o.delivered_at as "deliveredAt", o.read_at as "readAt", o.outcome
       from outbox o join alert a on a.id = o.alert_id
       left join app_user u on o.channel <> 'webhook' and u.id::text = o.target
       left join webhook_endpoint w on o.channel = 'webhook' and w.id::text = o.target
      where a.region_path ^@ $1 and o.created_at >= ${instantOf('$2')} and ($3::text is null or ${GROUP} = $3) and ($4::text is null or o.channel = $4)
        and ($5::bigint is null or o.id < $5)
      order by o.id desc limit $6`,
    [scope.path, since, group, channel, before, limit],
  )
  return rows
}

/** How many there are of each group. */
export async function countDeliveries(sql: Sql, scope: Scope, since: Instant): Promise<Record<Group, number>> {
  const { rows } = await sql.query<{ group: Group; n: number }>(
    `select ${GROUP} as "group", count(*)::int as n from outbox o join alert a on a.id = o.alert_id where a.region_path ^@ $1 and o.created_at >= ${instantOf('$2')} group by 1`,
    [scope.path, since],
  )
  return { waiting: 0, sent: 0, delivered: 0, failed: 0, refused: 0, cancelled: 0, ...Object.fromEntries(rows.map(({ group, n }) => [group, n])) }
}
