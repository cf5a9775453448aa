import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** A key as administrators see it; the key itself is not kept. */
export interface ApiKeyRow {
  readonly id: string
  readonly name: string
  readonly regionCode: string
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
  readonly revokedAt: Instant | null
}

const COLUMNS = `k.id, k.name, k.region_code as "regionCode", k.created_at as "createdAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"`

/** Keeps the SHA-256 of a new key. */
export async function insertApiKey(
  sql: Sql,
  key: { id: string; name: string; keyHash: string; regionCode: string; createdBy: string | null },
  now: Instant,
): Promise<void> {
  await sql.query(
    `insert into api_key (id, name, key_hash, region_code, created_by, created_at) values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))`,
    [key.id, key.name, key.keyHash, key.regionCode, key.createdBy, now],
  )
}

/** The key of that hash if it has not been revoked. Has no scope: it is asked before anybody is known. */
export async function findApiKey(sql: Sql, keyHash: string): Promise<ApiKeyRow | null> {
  const { rows } = await sql.query<ApiKeyRow>(`select ${COLUMNS} from api_key k where k.key_hash = $1 and k.revoked_at is null`, [keyHash])
  return rows[0] ?? null
}

/** Notes that a key was used; at most one write a minute, however often it is used. */
export async function touchApiKey(sql: Sql, id: string, now: Instant): Promise<void> {
  await sql.query(
    `update api_key set last_used_at = to_timestamp($2 / 1000.0)
      where id = $1 and (last_used_at is null or last_used_at < to_timestamp($2 / 1000.0) - interval '1 minute')`,
    [id, now],
  )
}

/** The keys of a subtree, newest first. */
export async function loadApiKeys(sql: Sql, scope: Scope): Promise<ApiKeyRow[]> {
  const { rows } = await sql.query<ApiKeyRow>(
    `select ${COLUMNS} from api_key k join region r on r.code = k.region_code where starts_with(r.path, $1) order by k.created_at desc, k.id`,
    [scope.path],
  )
  return rows
}

/** Revokes a key of the subtree; null when there is none such. Revoking it again changes nothing. */
export async function revokeApiKey(sql: Sql, scope: Scope, id: string, now: Instant): Promise<ApiKeyRow | null> {
  const { rows } = await sql.query<ApiKeyRow>(
    `update api_key k set revoked_at = coalesce(k.revoked_at, to_timestamp($3 / 1000.0))
       from region r where r.code = k.region_code and k.id = $1 and starts_with(r.path, $2)
     returning ${COLUMNS}`,
    [id, scope.path, now],
  )
  return rows[0] ?? null
}
