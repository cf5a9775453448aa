import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A refused item, masked, and what would make it acceptable. */
export interface QuarantineEntry {
  readonly source: string
  readonly provinceCode: string | null
  readonly regionPath: string
  /** The masked item as JSON text. */
  readonly item: string
  readonly code: string
  readonly field: string
  readonly expected: string
  readonly mend: string
}

export type QuarantineState = 'open' | 'replayed' | 'discarded'

/** An entry as kept. */
export interface QuarantineRow extends Omit<QuarantineEntry, 'item'> {
  readonly id: string
  readonly receivedAt: Instant
  readonly item: unknown
  readonly state: QuarantineState
  readonly resolvedAt: Instant | null
  readonly resolvedBy: string | null
}

/** Keeps refused items, in the order given, and returns their ids in that order. */
export async function insertQuarantined(tx: Tx, entries: readonly QuarantineEntry[], receivedAt: Instant): Promise<string[]> {
  if (entries.length === 0) return []
  const { rows } = await tx.query<{ id: string }>(
    `insert into quarantine (received_at, source, province_code, region_path, item, code, field, expected, mend)
     select ${instantOf('$1')}, source, province_code, region_path, item::jsonb, code, field, expected, mend
       from unnest(${[2, 3, 4, 5, 6, 7, 8, 9].map((index) => column(`$${index}`)).join(', ')})
         with ordinality as i (source, province_code, region_path, item, code, field, expected, mend, place) order by place
     returning id::text`,
    [
      receivedAt,
      joined(entries.map((entry) => entry.source)),
      joined(entries.map((entry) => entry.provinceCode)),
      joined(entries.map((entry) => entry.regionPath)),
      joined(entries.map((entry) => entry.item)),
      joined(entries.map((entry) => entry.code)),
      joined(entries.map((entry) => entry.field)),
      joined(entries.map((entry) => entry.expected)),
      joined(entries.map((entry) => entry.mend)),
    ],
  )
  return rows.map(({ id }) => id)
}

const SELECT = `select id::text as id, received_at as "receivedAt", source, province_code as "provinceCode", region_path as "regionPath", item, code, field,
  expected, mend, state, resolved_at as "resolvedAt", resolved_by as "resolvedBy" from quarantine`

/** Which entries; left out is any. */
export interface QuarantineChoice {
  readonly state?: QuarantineState
  readonly code?: string
  readonly provinceCode?: string
  readonly source?: string
  readonly beforeId?: string
  readonly limit: number
}

/** Entries of the scope, newest first, at most `limit`, older than `beforeId` where one is given. */
export async function listQuarantine(sql: Sql, scope: Scope, choice: QuarantineChoice): Promise<QuarantineRow[]> {
  const { rows } = await sql.query<QuarantineRow>(
    `${SELECT} where region_path ^@ $1 and ($2::text is null or state = $2) and ($3::bigint is null or id < $3) and ($5::text is null or code = $5)
        and ($6::text is null or province_code = $6) and ($7::text is null or source = $7)
      order by quarantine.id desc limit $4`,
    [
      scope.path,
      choice.state ?? null,
      choice.beforeId ?? null,
      choice.limit,
      choice.code ?? null,
      choice.provinceCode ?? null,
      choice.source ?? null,
    ],
  )
  return rows
}

/** Open entries of the scope by reason and province, the most frequent first. */
export async function summariseQuarantine(
  sql: Sql,
  scope: Scope,
): Promise<{ code: string; field: string; provinceCode: string | null; open: number }[]> {
  const { rows } = await sql.query<{ code: string; field: string; provinceCode: string | null; open: number }>(
    `select code, field, province_code as "provinceCode", count(*)::int as open from quarantine
      where state = 'open' and region_path ^@ $1 group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit 500`,
    [scope.path],
  )
  return rows
}

/** Gives up open entries of the scope; returns how many. */
export async function discardQuarantined(tx: Tx, scope: Scope, ids: readonly string[], at: Instant, by: string): Promise<number> {
  const open = await lockQuarantined(tx, scope, ids)
  return resolveQuarantined(
    tx,
    open.map(({ id }) => id),
    'discarded',
    at,
    by,
  )
}

/** How many entries of the scope wait for a person. */
export async function countOpenQuarantine(sql: Sql, scope: Scope): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`select count(*) as n from quarantine where state = 'open' and region_path ^@ $1`, [scope.path])
  return Number(rows[0]?.n ?? 0)
}

/** Locks the open entries of these ids that lie in the scope, by id. */
export async function lockQuarantined(tx: Tx, scope: Scope, ids: readonly string[]): Promise<QuarantineRow[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<QuarantineRow>(
    `${SELECT} where id = any($1::bigint[]) and state = 'open' and region_path ^@ $2 order by quarantine.id for update`,
    [ids, scope.path],
  )
  return rows
}

/** Closes open entries; returns how many were. */
export async function resolveQuarantined(
  tx: Tx,
  ids: readonly string[],
  state: Exclude<QuarantineState, 'open'>,
  at: Instant,
  by: string,
): Promise<number> {
  if (ids.length === 0) return 0
  const { rowCount } = await tx.query(
    `update quarantine set state = $2, resolved_at = ${instantOf('$3')}, resolved_by = $4 where id = any($1::bigint[]) and state = 'open'`,
    [ids, state, at, by],
  )
  return rowCount ?? 0
}

/** Writes down why an entry is still refused under the present rules. */
export async function updateRefusal(tx: Tx, id: string, why: Pick<QuarantineEntry, 'code' | 'field' | 'expected' | 'mend'>): Promise<void> {
  await tx.query('update quarantine set code = $2, field = $3, expected = $4, mend = $5 where id = $1', [
    id,
    why.code,
    why.field,
    why.expected,
    why.mend,
  ])
}

/** Open entries of the scope, oldest first after `afterId`, in whose payload one of the keys holds this code of this source; a `corrected` one too. */
export async function findQuarantinedCode(
  tx: Tx,
  scope: Scope,
  wanted: { readonly sourceSystem: string; readonly sourceCode: string; readonly keys: readonly string[] },
  afterId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select id::text as id from quarantine
      where state = 'open' and region_path ^@ $1 and id > $2::bigint and item ->> 'source_system' = $3
        and exists (select from unnest($4::text[]) as k (name) where btrim(item -> 'payload' ->> k.name) = $5)
      order by quarantine.id limit $6`,
    [scope.path, afterId, wanted.sourceSystem, wanted.keys, wanted.sourceCode, limit],
  )
  return rows.map(({ id }) => id)
}
