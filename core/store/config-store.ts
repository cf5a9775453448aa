import type { Instant } from '../domain/time.ts'
import { advisoryLock, type Sql, type Tx } from '../platform/database.ts'

/** The kinds of versioned configuration (design.md section 4). */
export const CONFIG_KINDS = ['limits', 'abnormal', 'risk', 'ladders', 'retention', 'calendar', 'dictionary', 'restatement', 'nearDuplicate', 'keywords'] as const
export type ConfigKind = (typeof CONFIG_KINDS)[number]

/** When a version comes into force; bodies never change once written. */
export interface ConfigVersion {
  readonly kind: string
  readonly version: number
  readonly effectiveFrom: Instant
}

export interface ConfigRecord extends ConfigVersion {
  readonly author: string
  readonly reason: string
  readonly body: unknown
}

/** All versions of all kinds, without their bodies, oldest first. */
export async function listConfigVersions(sql: Sql): Promise<ConfigVersion[]> {
  const { rows } = await sql.query<ConfigVersion>(
    'select kind, version, effective_from as "effectiveFrom" from config_version order by kind, effective_from, version',
  )
  return rows
}

/** The body of one version, or undefined when there is none. */
export async function loadConfigBody(sql: Sql, kind: ConfigKind, version: number): Promise<unknown> {
  const { rows } = await sql.query<{ body: unknown }>('select body from config_version where kind = $1 and version = $2', [kind, version])
  return rows[0]?.body
}

/** Nobody else writes a version of a kind until this transaction ends: for what reads the newest and writes the next. */
export async function lockConfig(tx: Tx, kind: ConfigKind): Promise<void> {
  await advisoryLock(tx, `tocsin:config:${kind}`)
}

/** Writes the next version of a kind and returns its number; two writers at once get two numbers. */
export async function insertNextConfig(tx: Tx, record: Omit<ConfigRecord, 'version'>, createdAt: Instant): Promise<number> {
  await advisoryLock(tx, `tocsin:config:${record.kind}`)
  const { rows } = await tx.query<{ version: number }>(
    `insert into config_version (kind, version, effective_from, author, reason, body, created_at)
     select $1, coalesce(max(version), 0) + 1, to_timestamp($2::float8 / 1000), $3, $4, $5::jsonb, to_timestamp($6::float8 / 1000)
       from config_version where kind = $1
     returning version`,
    [record.kind, record.effectiveFrom, record.author, record.reason, JSON.stringify(record.body), createdAt],
  )
  return Number(rows[0]?.version)
}

/** Writes version 1 of a kind unless any version of it exists; returns whether it did. */
export async function insertFirstConfig(sql: Sql, record: ConfigRecord, createdAt: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into config_version (kind, version, effective_from, author, reason, body, created_at)
     select $1, 1, to_timestamp($2::float8 / 1000), $3, $4, $5::jsonb, to_timestamp($6::float8 / 1000)
      where not exists (select from config_version where kind = $1)
     on conflict do nothing`,
    [record.kind, record.effectiveFrom, record.author, record.reason, JSON.stringify(record.body), createdAt],
  )
  return rowCount === 1
}

/** The newest `limit` versions of a kind with their bodies, oldest first. */
export async function loadConfigRecords(sql: Sql, kind: ConfigKind, limit: number): Promise<ConfigRecord[]> {
  const { rows } = await sql.query<ConfigRecord>(
    `select * from (select kind, version, effective_from as "effectiveFrom", author, reason, body from config_version
                     where kind = $1 order by version desc limit $2) newest order by version`,
    [kind, limit],
  )
  return rows
}
