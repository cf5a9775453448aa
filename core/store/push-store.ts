import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A browser of a person, as it is shown to him. */
export interface PushRow {
  readonly id: string
  readonly host: string
  readonly createdAt: Instant
  readonly removedAt: Instant | null
  readonly removedWhy: string | null
}

const ROW = 'id, host, created_at as "createdAt", removed_at as "removedAt", removed_why as "removedWhy"'

/** The pair of keys of this deployment; undefined before its first use. */
export async function loadPushKeys(sql: Sql): Promise<{ publicKey: string; privateSealed: string } | undefined> {
  const { rows } = await sql.query<{ publicKey: string; privateSealed: string }>('select public_key as "publicKey", private_sealed as "privateSealed" from web_push_key')
  return rows[0]
}

/** Keeps a pair unless there is one already: the first stays, for browsers are bound to it. */
export async function savePushKeys(sql: Sql, publicKey: string, privateSealed: string, at: Instant): Promise<void> {
  await sql.query(`insert into web_push_key (public_key, private_sealed, created_at) values ($1, $2, ${instantOf('$3')}) on conflict do nothing`, [publicKey, privateSealed, at])
}

/** The browsers of one person, newest first, those removed lately with the reason. */
export async function loadOwnPushRows(sql: Sql, userId: string): Promise<PushRow[]> {
  const { rows } = await sql.query<PushRow>(`select ${ROW} from push_subscription where user_id = $1::uuid order by created_at desc, id limit 50`, [userId])
  return rows
}

/** What is to be called for a person, sealed in the context of its id. */
export async function loadPushTargets(sql: Sql, userId: string): Promise<{ id: string; sealed: string }[]> {
  const { rows } = await sql.query<{ id: string; sealed: string }>('select id, sealed from push_subscription where user_id = $1::uuid and removed_at is null order by created_at, id', [userId])
  return rows
}

/** Those of these people who have a browser that shows pages. */
export async function loadPushed(sql: Sql, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set()
  const { rows } = await sql.query<{ userId: string }>('select distinct user_id as "userId" from push_subscription where user_id = any ($1::uuid[]) and removed_at is null', [userIds])
  return new Set(rows.map(({ userId }) => userId))
}

/** The browser that has this address already: a second registration takes its place, and its person's. */
export async function lockPushOf(tx: Tx, endpointHash: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>('select id from push_subscription where endpoint_hash = $1 for update', [endpointHash])
  return rows[0]?.id
}

/** Registers a browser, or anew the one of this id. */
export async function savePush(tx: Tx, push: { readonly id: string; readonly userId: string; readonly endpointHash: string; readonly host: string; readonly sealed: string }, at: Instant): Promise<PushRow | undefined> {
  const { rows } = await tx.query<PushRow>(
    `insert into push_subscription (id, user_id, endpoint_hash, host, sealed, created_at) values ($1::uuid, $2::uuid, $3, $4, $5, ${instantOf('$6')})
     on conflict (id) do update set user_id = excluded.user_id, sealed = excluded.sealed, host = excluded.host, created_at = excluded.created_at, removed_at = null, removed_why = null
     returning ${ROW}`,
    [push.id, push.userId, push.endpointHash, push.host, push.sealed, at],
  )
  return rows[0]
}

/** Takes a browser out, with the reason; where it was to be called and how is forgotten at once. `userId` null: whosever it is. */
export async function removePush(sql: Sql, id: string, userId: string | null, why: string, at: Instant): Promise<PushRow | undefined> {
  const { rows } = await sql.query<PushRow>(
    `update push_subscription set removed_at = ${instantOf('$4')}, removed_why = $3, sealed = '' where id = $1::uuid and ($2::uuid is null or user_id = $2::uuid) and removed_at is null returning ${ROW}`,
    [id, userId, why, at],
  )
  return rows[0]
}

/** Forgets browsers that were removed before `before`. */
export async function prunePush(sql: Sql, before: Instant): Promise<void> {
  await sql.query(`delete from push_subscription where removed_at < ${instantOf('$1')}`, [before])
}

/** A page that a browser was to show, locked, and the same step's page in the application. */
export async function lockPushedPage(tx: Tx, deliveryId: string): Promise<{ id: string; state: string; alertId: string; regionCode: string; regionPath: string; inAppId: string | null } | undefined> {
  const { rows } = await tx.query<{ id: string; state: string; alertId: string; regionCode: string; regionPath: string; inAppId: string | null }>(
    `select o.id::text, o.state, o.alert_id::text as "alertId", a.region_code as "regionCode", a.region_path as "regionPath",
            (select i.id::text from outbox i where i.escalation_id = o.escalation_id and i.step = o.step and i.round = o.round and i.target = o.target and i.channel = 'in_app'
                and i.state in ('sending', 'sent', 'ambiguous', 'failed') limit 1) as "inAppId"
       from outbox o join alert a on a.id = o.alert_id where o.delivery_id = $1::uuid and o.channel = 'web_push' for update of o`,
    [deliveryId],
  )
  return rows[0]
}
