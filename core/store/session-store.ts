import type { Instant } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'

/** Whom a live session belongs to. */
export interface SessionOwner {
  readonly sidHash: string
  readonly userId: string
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly regionCode: string
  readonly isDemo: boolean
  readonly expiresAt: Instant
}

/** Keeps a session under the hash of its id; the id itself is never stored. Saving it again replaces its data. */
export async function saveSession(sql: Sql, sidHash: string, userId: string | null, data: object, expiresAt: Instant): Promise<void> {
  await sql.query(
    `insert into session (sid_hash, user_id, data, expires_at) values ($1, $2, $3, to_timestamp($4 / 1000.0))
     on conflict (sid_hash) do update set user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at`,
    [sidHash, userId, JSON.stringify(data), expiresAt],
  )
}

/** The data of a session that has not expired, or null. */
export async function loadSessionData(sql: Sql, sidHash: string, now: Instant): Promise<Record<string, unknown> | null> {
  const { rows } = await sql.query<{ data: Record<string, unknown> }>(
    'select data from session where sid_hash = $1 and expires_at > to_timestamp($2 / 1000.0)',
    [sidHash, now],
  )
  return rows[0]?.data ?? null
}

/** The owners of those of the given sessions that are still good: kept, not expired, their user not disabled. */
export async function loadSessionOwners(sql: Sql, sidHashes: readonly string[], now: Instant): Promise<SessionOwner[]> {
  const { rows } = await sql.query<SessionOwner>(
    `select s.sid_hash as "sidHash", u.id as "userId", u.login, u.display_name as "displayName", u.role, u.region_code as "regionCode", u.is_demo as "isDemo",
            s.expires_at as "expiresAt"
       from session s join app_user u on u.id = s.user_id
      where s.sid_hash = any($1) and s.expires_at > to_timestamp($2 / 1000.0) and u.disabled_at is null`,
    [sidHashes, now],
  )
  return rows
}

/** Moves a session's end to `expiresAt`; at most one write a minute, however often it is used. */
export async function extendSession(sql: Sql, sidHash: string, expiresAt: Instant): Promise<void> {
  await sql.query(
    `update session set expires_at = to_timestamp($2 / 1000.0)
      where sid_hash = $1 and expires_at < to_timestamp($2 / 1000.0) - interval '1 minute'`,
    [sidHash, expiresAt],
  )
}

/** Ends one session. */
export async function deleteSession(sql: Sql, sidHash: string): Promise<void> {
  await sql.query('delete from session where sid_hash = $1', [sidHash])
}

/** Ends all sessions of a person; returns how many. */
export async function deleteSessionsOfUser(sql: Sql, userId: string): Promise<number> {
  const { rowCount } = await sql.query('delete from session where user_id = $1', [userId])
  return rowCount ?? 0
}

/** Removes sessions that ended by themselves. */
export async function deleteExpiredSessions(sql: Sql, now: Instant): Promise<number> {
  const { rowCount } = await sql.query('delete from session where expires_at <= to_timestamp($1 / 1000.0)', [now])
  return rowCount ?? 0
}
