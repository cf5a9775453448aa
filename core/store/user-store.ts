import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'

/** An account to be made. The clear password is never part of it. */
export interface NewUser {
  readonly id: string
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly regionCode: string
  readonly passwordHash: string
  readonly isDemo: boolean
}

/** An account as administrators see it. */
export interface UserRow {
  readonly id: string
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly regionCode: string
  readonly isDemo: boolean
  readonly disabledAt: Instant | null
}

/** What a login is judged by. */
export interface Credentials extends UserRow {
  readonly passwordHash: string
  readonly regionPath: string
}

const COLUMNS = `u.id, u.login, u.display_name as "displayName", u.role, u.region_code as "regionCode", u.is_demo as "isDemo", u.disabled_at as "disabledAt"`

/** Makes the accounts whose login is free and returns the logins made. */
export async function insertUsers(sql: Sql, users: readonly NewUser[], now: Instant): Promise<string[]> {
  const column = <K extends keyof NewUser>(key: K) => users.map((user) => user[key])
  const { rows } = await sql.query<{ login: string }>(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, is_demo, created_at)
     select id, login, display_name, role, region_code, password_hash, is_demo, to_timestamp($8 / 1000.0)
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
         as given (id, login, display_name, role, region_code, password_hash, is_demo)
     on conflict (login) do nothing
     returning login`,
    [column('id'), column('login'), column('displayName'), column('role'), column('regionCode'), column('passwordHash'), column('isDemo'), now],
  )
  return rows.map(({ login }) => login)
}

/** Makes the account only while there is none at all; false when there was one. */
export async function insertFirstUser(sql: Sql, user: Omit<NewUser, 'regionCode'>, now: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, is_demo, created_at)
     select $1, $2, $3, $4, r.code, $5, $6, to_timestamp($7 / 1000.0)
       from region r where r.parent_code is null and not exists (select from app_user)
     on conflict (login) do nothing`,
    [user.id, user.login, user.displayName, user.role, user.passwordHash, user.isDemo, now],
  )
  return rowCount === 1
}

/** Whether any account exists. */
export async function hasUsers(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>('select exists (select from app_user) as found')
  return rows[0]?.found === true
}

/** Those of the given logins that are taken. */
export async function takenLogins(sql: Sql, logins: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql.query<{ login: string }>('select login from app_user where login = any($1)', [logins])
  return new Set(rows.map(({ login }) => login))
}

/** The account of a login, disabled or not. Has no scope: it is asked before anybody is known. */
export async function loadCredentials(sql: Sql, login: string): Promise<Credentials | null> {
  const { rows } = await sql.query<Credentials>(
    `select ${COLUMNS}, u.password_hash as "passwordHash", r.path as "regionPath"
       from app_user u join region r on r.code = u.region_code where u.login = $1`,
    [login],
  )
  return rows[0] ?? null
}

/** The accounts of a subtree, by login. */
export async function loadUsers(sql: Sql, scope: Scope): Promise<UserRow[]> {
  const { rows } = await sql.query<UserRow>(
    `select ${COLUMNS} from app_user u join region r on r.code = u.region_code where starts_with(r.path, $1) order by u.login`,
    [scope.path],
  )
  return rows
}

/** Disables an account of the subtree; null when there is none such. Disabling it again changes nothing. */
export async function disableUser(sql: Sql, scope: Scope, id: string, now: Instant): Promise<UserRow | null> {
  const { rows } = await sql.query<UserRow>(
    `update app_user u set disabled_at = coalesce(u.disabled_at, to_timestamp($3 / 1000.0))
       from region r where r.code = u.region_code and u.id = $1 and starts_with(r.path, $2)
     returning ${COLUMNS}`,
    [id, scope.path, now],
  )
  return rows[0] ?? null
}

/** Lets a disabled account of the subtree in again; null when there is none such. */
export async function enableUser(sql: Sql, scope: Scope, id: string): Promise<UserRow | null> {
  const { rows } = await sql.query<UserRow>(
    `update app_user u set disabled_at = null
       from region r where r.code = u.region_code and u.id = $1 and starts_with(r.path, $2)
     returning ${COLUMNS}`,
    [id, scope.path],
  )
  return rows[0] ?? null
}

/** Replaces the password of an account of the subtree; null when there is none such. */
export async function changePassword(sql: Sql, scope: Scope, id: string, passwordHash: string): Promise<UserRow | null> {
  const { rows } = await sql.query<UserRow>(
    `update app_user u set password_hash = $3
       from region r where r.code = u.region_code and u.id = $1 and starts_with(r.path, $2)
     returning ${COLUMNS}`,
    [id, scope.path, passwordHash],
  )
  return rows[0] ?? null
}
