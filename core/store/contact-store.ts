import type { ImChannel } from '../domain/notification/contact.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** The contacts of one person as stored: sealed in the context of {@link contactContext}. */
export interface StoredContact {
  readonly userId: string
  readonly sealed: string
  readonly preferredIm: ImChannel | null
  readonly updatedAt: Instant
}

/** What a person's contacts are sealed with beside the secret. */
export const contactContext = (userId: string): string => `contact:${userId}`

const COLUMNS = `c.user_id as "userId", c.sealed, c.preferred_im as "preferredIm", c.updated_at as "updatedAt"`

/** The contacts of these people, for the engine; whoever has none is left out. */
export async function loadContacts(sql: Sql, userIds: readonly string[]): Promise<StoredContact[]> {
  if (userIds.length === 0) return []
  const { rows } = await sql.query<StoredContact>(`select ${COLUMNS} from user_contact c where c.user_id = any ($1::uuid[])`, [userIds])
  return rows
}

/** The login of a person of a scope and what is stored of his contacts, locked; undefined when there is no such person in it. */
export async function lockContact(sql: Sql, scope: Scope, userId: string): Promise<{ login: string; contact: StoredContact | null } | undefined> {
  const { rows } = await sql.query<{ login: string }>(
    `select u.login from app_user u join region g on g.code = u.region_code where u.id = $1::uuid and g.path ^@ $2 for update of u`,
    [userId, scope.path],
  )
  const [person] = rows
  if (person === undefined) return undefined
  const [contact] = await loadContacts(sql, [userId])
  return { login: person.login, contact: contact ?? null }
}

/** Writes what a person can be reached by. */
export async function saveContact(sql: Sql, contact: StoredContact): Promise<void> {
  await sql.query(
    `insert into user_contact (user_id, sealed, preferred_im, updated_at) values ($1::uuid, $2, $3, to_timestamp($4::float8 / 1000))
     on conflict (user_id) do update set sealed = excluded.sealed, preferred_im = excluded.preferred_im, updated_at = excluded.updated_at`,
    [contact.userId, contact.sealed, contact.preferredIm, contact.updatedAt],
  )
}
