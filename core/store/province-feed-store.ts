import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** When a province was heard of. */
export interface ProvinceFeed {
  readonly provinceCode: string
  readonly firstOccurredAt: Instant
  readonly lastOccurredAt: Instant
  readonly lastReceivedAt: Instant
}

/** The same, with when the first of what is told now was received. */
export interface HeardFeed extends ProvinceFeed {
  readonly firstReceivedAt: Instant
}

/** Widens what is known of each province; rows that add nothing change nothing. Each province once. */
export async function touchProvinceFeeds(tx: Tx, feeds: readonly HeardFeed[]): Promise<void> {
  if (feeds.length === 0) return
  await tx.query(
    `insert into province_feed as f (province_code, first_occurred_at, last_occurred_at, last_received_at, first_received_at)
     select province_code, ${instantOf('first_at')}, ${instantOf('last_at')}, ${instantOf('received_at')}, ${instantOf('heard_at')}
       from unnest(${[1, 2, 3, 4, 5].map((index) => column(`$${index}`)).join(', ')}) as i (province_code, first_at, last_at, received_at, heard_at)
      order by 1
     on conflict (province_code) do update set
       first_occurred_at = least(f.first_occurred_at, excluded.first_occurred_at),
       last_occurred_at = greatest(f.last_occurred_at, excluded.last_occurred_at),
       last_received_at = greatest(f.last_received_at, excluded.last_received_at),
       first_received_at = least(coalesce(f.first_received_at, f.last_received_at), excluded.first_received_at)
     where excluded.first_occurred_at < f.first_occurred_at or excluded.last_occurred_at > f.last_occurred_at
        or excluded.last_received_at > f.last_received_at
        or excluded.first_received_at < coalesce(f.first_received_at, f.last_received_at)`,
    [
      joined(feeds.map((feed) => feed.provinceCode)),
      joined(feeds.map((feed) => feed.firstOccurredAt)),
      joined(feeds.map((feed) => feed.lastOccurredAt)),
      joined(feeds.map((feed) => feed.lastReceivedAt)),
      joined(feeds.map((feed) => feed.firstReceivedAt)),
    ],
  )
}

/** When the first thing was received of each of these provinces; those never heard of are left out. */
export async function loadFirstReceptions(sql: Sql, provinceCodes: readonly string[]): Promise<Map<string, Instant>> {
  const { rows } = await sql.query<{ code: string; at: Instant }>(
    'select province_code as code, coalesce(first_received_at, last_received_at) as at from province_feed where province_code = any($1::text[])',
    [provinceCodes],
  )
  return new Map(rows.map(({ code, at }) => [code, at]))
}

/** When the first thing at all was received; null on an empty database. */
export async function firstReceivedAt(sql: Sql): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant | null }>('select min(coalesce(first_received_at, last_received_at)) as at from province_feed')
  return rows[0]?.at ?? null
}

/** What is known of the provinces in the scope; a province never heard of is not in the list. */
export async function loadProvinceFeeds(sql: Sql, scope: Scope): Promise<ProvinceFeed[]> {
  const { rows } = await sql.query<ProvinceFeed>(
    `select f.province_code as "provinceCode", f.first_occurred_at as "firstOccurredAt", f.last_occurred_at as "lastOccurredAt",
            f.last_received_at as "lastReceivedAt"
       from province_feed f join region r on r.code = f.province_code where r.path ^@ $1 order by f.province_code`,
    [scope.path],
  )
  return rows
}

/** The latest instant at which anything known occurred in the scope; null on an empty database. */
export async function latestOccurredAt(sql: Sql, scope: Scope): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant | null }>(
    'select max(f.last_occurred_at) as at from province_feed f join region r on r.code = f.province_code where r.path ^@ $1',
    [scope.path],
  )
  return rows[0]?.at ?? null
}
