import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { advisoryLock, type Sql, type Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** The channel on which the last seq of every flush is announced. */
export const FEED_CHANNEL = 'tocsin_feed'

/** One thing a screen has to know, before it has a place in the order. */
export interface FeedItem {
  readonly topic: string
  readonly regionCode: string
  readonly regionPath: string
  /** Set when the row is for one person only. */
  readonly userId?: string | null
  readonly payload: unknown
}

/** A published row; `seq` grows in commit order, with gaps. */
export interface StoredFeedRow {
  readonly seq: number
  readonly at: Instant
  readonly topic: string
  readonly regionCode: string
  readonly regionPath: string
  readonly userId: string | null
  readonly payload: unknown
}

/** Makes this transaction the only one that publishes until it ends: seqs drawn afterwards come in commit order. */
export async function lockFeed(tx: Tx): Promise<void> {
  await advisoryLock(tx, 'tocsin:feed')
}

/** Publishes rows in the order given and returns the last seq; the caller holds {@link lockFeed}. `items` is not empty. */
export async function insertFeed(tx: Tx, items: readonly FeedItem[], at: Instant): Promise<number> {
  const { rows } = await tx.query<{ seq: number }>(
    `with item as (
       select * from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}, ${column('$4')}, ${column('$5')})
         with ordinality as i (topic, region_code, region_path, user_id, payload, place) order by place),
     written as (
       insert into feed (seq, at, topic, region_code, region_path, user_id, payload)
       select nextval('feed_seq'), ${instantOf('$6')}, topic, region_code, region_path, user_id::uuid, payload::jsonb from item
       returning seq)
     select max(seq) as seq from written`,
    [
      joined(items.map((item) => item.topic)),
      joined(items.map((item) => item.regionCode)),
      joined(items.map((item) => item.regionPath)),
      joined(items.map((item) => item.userId ?? null)),
      joined(items.map((item) => JSON.stringify(item.payload))),
      at,
    ],
  )
  return Number(rows[0]?.seq)
}

/** Announces at commit that rows up to `seq` can be read. */
export async function announceFeed(tx: Tx, seq: number): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [FEED_CHANNEL, String(seq)])
}

const SELECT = `select seq, at, topic, region_code as "regionCode", region_path as "regionPath", user_id as "userId", payload from feed`

/** The engine's view: all rows after `seq`, in order, at most `limit`. */
export async function loadFeedAfter(sql: Sql, seq: number, limit: number): Promise<StoredFeedRow[]> {
  const { rows } = await sql.query<StoredFeedRow>(`${SELECT} where seq > $1 order by seq limit $2`, [seq, limit])
  return rows
}

/**
 * What one client missed: rows after `seq` of its scope that are for everybody or for `userId`, in order, at most `limit`. A `day` row from above
 * is among them: it holds nothing and means everybody below.
 */
export async function loadFeedForScope(sql: Sql, scope: Scope, userId: string | null, seq: number, limit: number): Promise<StoredFeedRow[]> {
  const { rows } = await sql.query<StoredFeedRow>(
    `${SELECT} where seq > $1 and (region_path ^@ $2 or (topic = 'day' and $2 ^@ region_path)) and (user_id is null or user_id = $3::uuid) order by seq limit $4`,
    [seq, scope.path, userId, limit],
  )
  return rows
}

/** The highest seq that can be read now; 0 when nothing is kept. */
export async function latestSeq(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from feed')
  return Number(rows[0]?.seq ?? 0)
}

/** The lowest seq still kept, or null: a client that is further behind needs a new snapshot. */
export async function oldestSeq(sql: Sql): Promise<number | null> {
  const { rows } = await sql.query<{ seq: number | null }>('select min(seq) as seq from feed')
  return rows[0]?.seq ?? null
}

/** Forgets rows published before `before`, but never the newest one, which marks the place; returns how many went. */
export async function pruneFeed(sql: Sql, before: Instant): Promise<number> {
  const { rowCount } = await sql.query(`delete from feed where at < ${instantOf('$1')} and seq < (select max(seq) from feed)`, [before])
  return rowCount ?? 0
}
