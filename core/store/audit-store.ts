import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** One act of a person or of the system that must be provable afterwards. */
export interface AuditEntry {
  readonly at: Instant
  /** Login of the person, `key:NAME`, `wall:NAME`, or `system`. */
  readonly actor: string
  /** What was done, for example `user_disabled`. */
  readonly action: string
  /** What it was done to: an id or a login, never a customer's data. */
  readonly subject: string
  /** Region path that the act belongs to: an auditor sees the acts of his subtree. Null belongs to the whole tree: only the root sees it. */
  readonly regionPath: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** Writes one line of the append-only audit log, in the transaction of the act where there is one. */
export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.query(
    'insert into audit_log (at, actor, action, subject, detail) values (to_timestamp($1 / 1000.0), $2, $3, $4, $5)',
    [entry.at, entry.actor, entry.action, entry.subject, JSON.stringify({ ...entry.detail, regionPath: entry.regionPath })],
  )
}

/** The acts of a subtree, newest first, those before `beforeId` when given. */
export async function loadAudit(sql: Sql, scope: Scope, beforeId: number | null, limit: number): Promise<(AuditEntry & { id: string })[]> {
  const { rows } = await sql.query<AuditEntry & { id: string }>(
    `select a.id::text as id, a.at, a.actor, a.action, a.subject, a.detail - 'regionPath' as detail, coalesce(a.detail ->> 'regionPath', root.path) as "regionPath"
       from audit_log a cross join (select path from region where parent_code is null) root
      where starts_with(coalesce(a.detail ->> 'regionPath', root.path), $1) and ($2::bigint is null or a.id < $2)
      order by a.id desc limit $3`,
    [scope.path, beforeId, limit],
  )
  return rows
}
