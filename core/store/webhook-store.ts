import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** What an endpoint is told of: the alerts of its subtree, or the canary of each minute (docs/adr/0039). */
export type WebhookPurpose = 'alerts' | 'canary'

/** An endpoint as administrators see it; its secret is not part of it. */
export interface WebhookRow {
  readonly id: string
  readonly regionCode: string
  readonly url: string
  readonly purpose: WebhookPurpose
  readonly createdAt: Instant
  readonly disabledAt: Instant | null
}

export interface NewWebhook {
  readonly id: string
  readonly regionCode: string
  readonly url: string
  readonly purpose?: WebhookPurpose
  /** Sealed with core/platform/seal.ts in the context of `id`. */
  readonly secretSealed: string
  readonly createdBy: string | null
}

const COLUMNS = `w.id, w.region_code as "regionCode", w.url, w.purpose, w.created_at as "createdAt", w.disabled_at as "disabledAt"`

/** Registers an endpoint: it hears of the alerts of its region's subtree unless its purpose says otherwise. */
export async function insertWebhook(sql: Sql, webhook: NewWebhook, now: Instant): Promise<void> {
  await sql.query(
    `insert into webhook_endpoint (id, region_code, url, secret_sealed, created_by, created_at, purpose)
     values ($1::uuid, $2, $3, $4, $5::uuid, to_timestamp($6::float8 / 1000), $7)`,
    [webhook.id, webhook.regionCode, webhook.url, webhook.secretSealed, webhook.createdBy, now, webhook.purpose ?? 'alerts'],
  )
}

/** The endpoints of a scope, disabled ones too, oldest first. */
export async function loadWebhooks(sql: Sql, scope: Scope): Promise<WebhookRow[]> {
  const { rows } = await sql.query<WebhookRow>(
    `select ${COLUMNS} from webhook_endpoint w join region g on g.code = w.region_code where g.path ^@ $1 order by w.created_at, w.id`,
    [scope.path],
  )
  return rows
}

/** Disables an endpoint of a scope for good; null when there is no such one that is still in use. */
export async function disableWebhook(sql: Sql, scope: Scope, id: string, now: Instant): Promise<WebhookRow | null> {
  const { rows } = await sql.query<WebhookRow>(
    `update webhook_endpoint w set disabled_at = to_timestamp($3::float8 / 1000) from region g
      where g.code = w.region_code and g.path ^@ $1 and w.id = $2::uuid and w.disabled_at is null returning ${COLUMNS}`,
    [scope.path, id, now],
  )
  return rows[0] ?? null
}

/** The ids of the endpoints in use whose subtree holds `regionPath`; for the engine, when a step fires. */
export async function findWebhooksFor(sql: Sql, regionPath: string): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    "select w.id from webhook_endpoint w join region g on g.code = w.region_code where $1 ^@ g.path and w.disabled_at is null and w.purpose = 'alerts' order by w.id",
    [regionPath],
  )
  return rows.map((row) => row.id)
}

/** The ids of the endpoints in use that are told of canaries; for the engine. */
export async function findCanaryWebhooks(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>("select id from webhook_endpoint where purpose = 'canary' and disabled_at is null order by id")
  return rows.map((row) => row.id)
}

/** Where to post and with which sealed secret; undefined when the endpoint was disabled meanwhile. For the engine. */
export async function loadWebhookTarget(sql: Sql, id: string): Promise<{ url: string; secretSealed: string } | undefined> {
  const { rows } = await sql.query<{ url: string; secretSealed: string }>(
    'select url, secret_sealed as "secretSealed" from webhook_endpoint where id = $1::uuid and disabled_at is null',
    [id],
  )
  return rows[0]
}
