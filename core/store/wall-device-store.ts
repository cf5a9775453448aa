import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** A wall as administrators see it; code, claim and token are not part of it. */
export interface WallDeviceRow {
  readonly id: string
  readonly name: string | null
  readonly regionCode: string | null
  readonly confirmedAt: Instant | null
  readonly lastSeenAt: Instant | null
  readonly revokedAt: Instant | null
}

/** A wall that may look: confirmed, its token claimed, not revoked. */
export interface LiveWallDevice {
  readonly id: string
  readonly name: string
  readonly regionCode: string
}

const COLUMNS = `d.id, d.name, d.region_code as "regionCode", d.confirmed_at as "confirmedAt", d.last_seen_at as "lastSeenAt", d.revoked_at as "revokedAt"`
const LIVE = 'd.token_hash is not null and d.revoked_at is null'

/** Begins a pairing. False when the code is in use just now: draw another. */
export async function insertPairing(
  sql: Sql,
  pairing: { id: string; code: string; claimHash: string; expiresAt: Instant },
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into wall_device (id, pairing_code, claim_hash, created_at, expires_at)
     values ($1, $2, $3, to_timestamp($4 / 1000.0), to_timestamp($5 / 1000.0))
     on conflict (pairing_code) where pairing_code is not null do nothing`,
    [pairing.id, pairing.code, pairing.claimHash, now, pairing.expiresAt],
  )
  return rowCount === 1
}

/** Removes pairings that nobody confirmed in time, which frees their codes, and confirmed ones whose wall never came back for its token. */
export async function deleteStalePairings(sql: Sql, now: Instant): Promise<void> {
  await sql.query('delete from wall_device where token_hash is null and expires_at <= to_timestamp($1 / 1000.0)', [now])
}

/** How many pairings wait for their confirmation. */
export async function countPairings(sql: Sql, now: Instant): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    'select count(*)::integer as n from wall_device where confirmed_at is null and expires_at > to_timestamp($1 / 1000.0)',
    [now],
  )
  return rows[0]?.n ?? 0
}

/** Where a pairing stands, for whoever holds its claim; null for a wrong claim. */
export async function loadPairing(sql: Sql, id: string, claimHash: string): Promise<{ confirmedAt: Instant | null; expiresAt: Instant; isClaimed: boolean } | null> {
  const { rows } = await sql.query<{ confirmedAt: Instant | null; expiresAt: Instant; isClaimed: boolean }>(
    `select confirmed_at as "confirmedAt", expires_at as "expiresAt", claimed_at is not null or revoked_at is not null as "isClaimed"
       from wall_device where id = $1 and claim_hash = $2`,
    [id, claimHash],
  )
  return rows[0] ?? null
}

/** Confirms the pairing that shows `code`, gives it until `expiresAt` to fetch its token, and frees the code; null when no such pairing waits. */
export async function confirmPairing(
  sql: Sql,
  code: string,
  device: { name: string; regionCode: string; confirmedBy: string; expiresAt: Instant },
  now: Instant,
): Promise<WallDeviceRow | null> {
  const { rows } = await sql.query<WallDeviceRow>(
    `update wall_device d
        set name = $2, region_code = $3, confirmed_by = $4, confirmed_at = to_timestamp($5 / 1000.0), pairing_code = null, expires_at = to_timestamp($6 / 1000.0)
      where d.pairing_code = $1 and d.confirmed_at is null and d.revoked_at is null and d.expires_at > to_timestamp($5 / 1000.0)
     returning ${COLUMNS}`,
    [code, device.name, device.regionCode, device.confirmedBy, now, device.expiresAt],
  )
  return rows[0] ?? null
}

/** Gives a confirmed pairing its token, once; false when it has been fetched, has run out, or the claim is wrong. */
export async function claimToken(sql: Sql, id: string, claimHash: string, tokenHash: string, now: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update wall_device set token_hash = $3, claimed_at = to_timestamp($4 / 1000.0)
      where id = $1 and claim_hash = $2 and confirmed_at is not null and claimed_at is null and revoked_at is null
        and expires_at > to_timestamp($4 / 1000.0)`,
    [id, claimHash, tokenHash, now],
  )
  return rowCount === 1
}

/** The wall of that token if it has not been revoked. Has no scope: it is asked before anybody is known. */
export async function findWallDevice(sql: Sql, tokenHash: string): Promise<LiveWallDevice | null> {
  const { rows } = await sql.query<LiveWallDevice>(
    `select d.id, d.name, d.region_code as "regionCode" from wall_device d where d.token_hash = $1 and ${LIVE}`,
    [tokenHash],
  )
  return rows[0] ?? null
}

/** Those of the given walls that may still look. */
export async function loadLiveWallDevices(sql: Sql, ids: readonly string[]): Promise<LiveWallDevice[]> {
  const { rows } = await sql.query<LiveWallDevice>(
    `select d.id, d.name, d.region_code as "regionCode" from wall_device d where d.id = any($1) and ${LIVE}`,
    [ids],
  )
  return rows
}

/** Notes that walls were seen; at most one write a minute for each. */
export async function touchWallDevices(sql: Sql, ids: readonly string[], now: Instant): Promise<void> {
  await sql.query(
    `update wall_device set last_seen_at = to_timestamp($2 / 1000.0)
      where id = any($1) and (last_seen_at is null or last_seen_at < to_timestamp($2 / 1000.0) - interval '1 minute')`,
    [ids, now],
  )
}

/** The walls of a subtree, newest first; pairings that nobody has confirmed belong to no subtree yet and are not among them. */
export async function loadWallDevices(sql: Sql, scope: Scope): Promise<WallDeviceRow[]> {
  const { rows } = await sql.query<WallDeviceRow>(
    `select ${COLUMNS} from wall_device d join region r on r.code = d.region_code where starts_with(r.path, $1) order by d.created_at desc, d.id`,
    [scope.path],
  )
  return rows
}

/** Revokes a wall of the subtree; null when there is none such. Revoking it again changes nothing. */
export async function revokeWallDevice(sql: Sql, scope: Scope, id: string, now: Instant): Promise<WallDeviceRow | null> {
  const { rows } = await sql.query<WallDeviceRow>(
    `update wall_device d set revoked_at = coalesce(d.revoked_at, to_timestamp($3 / 1000.0)), pairing_code = null
       from region r where r.code = d.region_code and d.id = $1 and starts_with(r.path, $2)
     returning ${COLUMNS}`,
    [id, scope.path, now],
  )
  return rows[0] ?? null
}
