import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'

export interface NewNotification {
  readonly userId: string
  readonly outboxId: string
  readonly alertId: string
  readonly payload: unknown
}

/** Puts a notification before a person; null when this delivery has put it there already. */
export async function insertNotification(tx: Tx, notification: NewNotification, now: Instant): Promise<string | null> {
  const { rows } = await tx.query<{ id: number }>(
    `insert into notification (user_id, outbox_id, alert_id, payload, created_at) values ($1::uuid, $2, $3, $4::jsonb, to_timestamp($5::float8 / 1000))
     on conflict (outbox_id) do nothing returning id`,
    [notification.userId, notification.outboxId, notification.alertId, JSON.stringify(notification.payload), now],
  )
  return rows[0] === undefined ? null : String(rows[0].id)
}

/**
 * The client shows this notification: the receipt of the in-app channel (domain.md 7.3). Idempotent: the first receipt stays. False when it
 * is not a notification of this person.
 */
export async function markReceived(sql: Sql, notificationId: string, userId: string, at: Instant): Promise<boolean> {
  if (!/^\d{1,18}$/.test(notificationId)) return false
  const { rowCount } = await sql.query(
    `with mine as (
       update notification set received_at = coalesce(received_at, to_timestamp($3::float8 / 1000)) where id = $1 and user_id = $2::uuid returning outbox_id),
     receipt as (
       update outbox set delivered_at = coalesce(delivered_at, to_timestamp($3::float8 / 1000)), fallback_at = null,
              state = case state when 'sent' then 'delivered' else state end
        where id in (select outbox_id from mine) and state in ('sending', 'sent'))
     select from mine`,
    [notificationId, userId, at],
  )
  return rowCount === 1
}
