import type { ReceiptKind } from '../domain/notification/receipt.ts'
import type { ProviderKind } from '../domain/notification/contact.ts'
import type { Instant } from '../domain/time.ts'
import type { ChannelName, Role } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'

/** The row that a receipt speaks of, locked. */
export interface ReceivedRow {
  readonly id: string
  readonly alertId: string
  readonly channel: ChannelName
  readonly state: string
  readonly regionCode: string
  readonly regionPath: string
  /** Whom it was said to; null where the account is gone or disabled. */
  readonly person: { readonly userId: string; readonly name: string; readonly role: Role; readonly regionPath: string } | null
}

/** The sealed secrets of a provider in use, for checking what it signs. */
export async function loadReceiptSecret(sql: Sql, providerId: string): Promise<{ kind: ProviderKind; account: string; sender: string; secretsSealed: string; takesAnswers: boolean } | undefined> {
  const { rows } = await sql.query<{ kind: ProviderKind; account: string; sender: string; secretsSealed: string; takesAnswers: boolean }>(
    `select kind, account, sender, secrets_sealed as "secretsSealed", takes_answers as "takesAnswers" from provider where id = $1::uuid and is_enabled`,
    [providerId],
  )
  return rows[0]
}

/** The page of one delivery id on one channel, within the subtree that the provider serves; undefined when there is none. */
export async function lockReceived(tx: Tx, deliveryId: string, channel: ChannelName, providerId: string): Promise<ReceivedRow | undefined> {
  const { rows } = await tx.query<ReceivedRow>(
    `select o.id::text, o.alert_id::text as "alertId", o.channel, o.state, a.region_code as "regionCode", a.region_path as "regionPath",
            case when u.id is null then null else jsonb_build_object('userId', u.id, 'name', u.display_name, 'role', u.role, 'regionPath', h.path) end as person
       from outbox o join alert a on a.id = o.alert_id
       join provider p on p.id = $3::uuid join region g on g.code = p.region_code and a.region_path ^@ g.path
       left join app_user u on u.id::text = o.target and u.disabled_at is null left join region h on h.code = u.region_code
      where o.delivery_id = $1::uuid and o.channel = $2 for update of o`,
    [deliveryId, channel, providerId],
  )
  return rows[0]
}

/** The page arrived, as `kind` says; the first receipt of its sort stays, and no fallback follows. */
export async function markDelivered(tx: Tx, id: string, kind: ReceiptKind, at: Instant): Promise<void> {
  await tx.query(
    `update outbox set delivered_at = coalesce(delivered_at, to_timestamp($2::float8 / 1000)), fallback_at = null,
            read_at = case when $3 then coalesce(read_at, to_timestamp($2::float8 / 1000)) else read_at end,
            state = case state when 'sending' then state else 'delivered' end
      where id = $1`,
    [id, at, kind === 'read' || kind === 'answered'],
  )
}

/** The provider could not bring it: the fallback follows at once, unless it has started already. */
export async function markUndelivered(tx: Tx, id: string, outcome: string, at: Instant): Promise<void> {
  await tx.query(
    `update outbox set state = case state when 'sending' then state else 'failed' end, outcome = $2,
            fallback_at = case when fallback_at is null then null else least(fallback_at, to_timestamp($3::float8 / 1000)) end
      where id = $1`,
    [id, outcome, at],
  )
}

/** What the provider said, beside what stands; nothing else changes. */
export async function noteReceipt(tx: Tx, id: string, outcome: string): Promise<void> {
  await tx.query('update outbox set outcome = $2 where id = $1', [id, outcome])
}
