import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A key that numbers of this deployment have been hashed with, by its id; when it was first and last in force at a start. */
export interface HashKeyUse {
  readonly keyId: string
  readonly firstUsedAt: Instant
  readonly lastUsedAt: Instant
}

/** Every key that was ever in force. */
export async function loadHashKeyUses(sql: Sql): Promise<HashKeyUse[]> {
  const { rows } = await sql.query<HashKeyUse>(
    'select key_id as "keyId", first_used_at as "firstUsedAt", last_used_at as "lastUsedAt" from hash_key order by key_id',
  )
  return rows
}

/** Notes that these keys are in force at `at`; neither instant ever moves back. `keyIds` is not empty. */
export async function saveHashKeyUses(sql: Sql, keyIds: readonly string[], at: Instant): Promise<void> {
  await sql.query(
    `insert into hash_key (key_id, first_used_at, last_used_at) select key_id, ${instantOf('$2')}, ${instantOf('$2')} from unnest(${column('$1')}) as i (key_id)
       order by key_id
     on conflict (key_id) do update set last_used_at = greatest(hash_key.last_used_at, excluded.last_used_at)`,
    [joined(keyIds), at],
  )
}

/** Forgets every key: for a deployment that holds nothing yet, where none of them has hashed anything. */
export async function deleteHashKeyUses(sql: Sql): Promise<void> {
  await sql.query('delete from hash_key')
}
