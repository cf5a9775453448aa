import type { TextKind } from '../domain/near-duplicate/text-facts.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'
import { deleteSignatures } from './text-signature-store.ts'

/** A text that names a cluster. */
export interface StoredFace {
  readonly key: string
  readonly at: Instant
  readonly said: string
}

/** A cluster with the texts that name it and by what it is found. */
export interface StoredCluster {
  readonly id: string
  readonly oldest: StoredFace
  readonly medoid: StoredFace
  readonly firstAt: Instant
  readonly lastAt: Instant
  readonly size: number
  readonly buckets: readonly number[]
  readonly keys: readonly number[]
}

interface ClusterRow extends Omit<StoredCluster, 'oldest' | 'medoid' | 'buckets' | 'keys'> {
  readonly oldestKey: string
  readonly oldestAt: Instant
  readonly oldestSaid: string
  readonly medoidKey: string
  readonly medoidAt: Instant
  readonly medoidSaid: string
  readonly buckets: string
  readonly keys: string
}

// Numbers of an array as one text: the driver takes arrays apart slowly.
const numbersOf = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number))
const arrayOf = (numbers: readonly number[]): string => `{${numbers.join(',')}}`

/**
 * The clusters that any of these lists of keys finds. What is read are the clusters found, however many there are (domain.md 5.3.2-3): one look by
 * key for each list and for each cluster, whatever the statistics say.
 */
export async function findClusters(tx: Tx, lookups: readonly (readonly number[])[]): Promise<StoredCluster[]> {
  if (lookups.length === 0) return []
  const { rows } = await tx.query<ClusterRow>(
    `with hit as (
       select distinct b.cluster from unnest(${column('$1')}) as i (keys)
        cross join lateral (select t.cluster from text_band t where t.keys && i.keys::integer[] offset 0) b)
     select c.id::text as id, c.first_at as "firstAt", c.last_at as "lastAt", c.size, array_to_string(b.buckets, ',') as buckets,
            array_to_string(b.keys, ',') as keys, o.ticket_key as "oldestKey", o.accepted_at as "oldestAt", o.said as "oldestSaid",
            m.ticket_key as "medoidKey", m.accepted_at as "medoidAt", m.said as "medoidSaid"
       from hit h
      cross join lateral (select * from text_cluster t where t.id = h.cluster offset 0) c
      cross join lateral (select * from text_band t where t.cluster = h.cluster offset 0) b
      cross join lateral (select * from text_signature t where t.ticket_key = c.oldest offset 0) o
      cross join lateral (select * from text_signature t where t.ticket_key = c.medoid offset 0) m`,
    [joined(lookups.map(arrayOf))],
  )
  return rows.map(({ id, firstAt, lastAt, size, buckets, keys, ...row }) => ({
    id,
    firstAt,
    lastAt,
    size,
    oldest: { key: row.oldestKey, at: row.oldestAt, said: row.oldestSaid },
    medoid: { key: row.medoidKey, at: row.medoidAt, said: row.medoidSaid },
    buckets: numbersOf(buckets),
    keys: numbersOf(keys),
  }))
}

/** Names for so many new clusters, in rising order. */
export async function newClusterIds(tx: Tx, count: number): Promise<string[]> {
  if (count === 0) return []
  const { rows } = await tx.query<{ id: string }>(
    `select nextval(pg_get_serial_sequence('text_cluster', 'id'))::text as id from generate_series(1, $1)`,
    [count],
  )
  return rows.map(({ id }) => id)
}

/** A cluster as it is written. */
export interface ClusterNames extends Omit<StoredCluster, 'oldest' | 'medoid' | 'buckets' | 'keys'> {
  readonly oldest: { readonly key: string }
  readonly medoid: { readonly key: string }
}

/** Writes clusters, new ones and known ones. */
export async function saveClusters(tx: Tx, clusters: readonly ClusterNames[]): Promise<void> {
  if (clusters.length === 0) return
  await tx.query(
    `insert into text_cluster (id, oldest, medoid, first_at, last_at, size) overriding system value
     select id::bigint, oldest, medoid, ${instantOf('first_at')}, ${instantOf('last_at')}, size::integer
       from unnest(${[1, 2, 3, 4, 5, 6].map((index) => column(`$${index}`)).join(', ')}) as i (id, oldest, medoid, first_at, last_at, size) order by 1
     on conflict (id) do update set oldest = excluded.oldest, medoid = excluded.medoid, first_at = excluded.first_at, last_at = excluded.last_at, size = excluded.size`,
    [
      joined(clusters.map((row) => row.id)),
      joined(clusters.map((row) => row.oldest.key)),
      joined(clusters.map((row) => row.medoid.key)),
      joined(clusters.map((row) => row.firstAt)),
      joined(clusters.map((row) => row.lastAt)),
      joined(clusters.map((row) => row.size)),
    ],
  )
}

/** Writes by what clusters are found, as noted at `now`. */
export async function saveBands(tx: Tx, clusters: readonly Pick<StoredCluster, 'id' | 'buckets' | 'keys'>[], now: Instant): Promise<void> {
  if (clusters.length === 0) return
  await tx.query(
    `insert into text_band (cluster, buckets, keys, noted_at)
     select cluster::bigint, buckets::integer[], keys::integer[], ${instantOf('$4')}
       from unnest(${[1, 2, 3].map((index) => column(`$${index}`)).join(', ')}) as i (cluster, buckets, keys) order by 1
     on conflict (cluster) do update set buckets = excluded.buckets, keys = excluded.keys, noted_at = excluded.noted_at`,
    [joined(clusters.map((row) => row.id)), joined(clusters.map((row) => arrayOf(row.buckets))), joined(clusters.map((row) => arrayOf(row.keys))), now],
  )
}

/** Who names a cluster, and in which stretches it is found; null buckets: in none any more. Null for a cluster that is not there. */
export async function loadClusterNames(tx: Tx, id: string): Promise<{ readonly medoid: string; readonly buckets: readonly number[] | null } | null> {
  const { rows } = await tx.query<{ medoid: string; buckets: string | null }>(
    `select c.medoid, array_to_string(b.buckets, ',') as buckets from text_cluster c left join text_band b on b.cluster = c.id where c.id = $1`,
    [id],
  )
  const [row] = rows
  return row === undefined ? null : { medoid: row.medoid, buckets: row.buckets === null ? null : numbersOf(row.buckets) }
}

/** Deletes clusters that have no text left, with what they were found by. */
export async function deleteClusters(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.query(`delete from text_cluster where id = any(${column('$1')}::bigint[])`, [joined(ids)])
}

/** Forgets by what clusters are found that nothing was noted of since `before`; they stay, but nothing joins them any more. */
export async function pruneBands(tx: Tx, before: Instant): Promise<number> {
  const { rowCount } = await tx.query(`delete from text_band where noted_at < ${instantOf('$1')}`, [before])
  return rowCount ?? 0
}

/** A cluster as it counts at a node within its window. */
export interface ClusterReading {
  readonly id: string
  readonly customers: number
  readonly texts: number
  /** Distinct contact numbers and source addresses, by their keyed hashes; texts that name none do not count. */
  readonly contacts: number
  readonly addresses: number
  /** Texts filed by a proxy. */
  readonly proxies: number
  readonly firstAt: Instant
  readonly lastAt: Instant
  /** The medoid where it counts here, else the earliest text that does: its ticket, and the masked text (empty once that has been deleted). */
  readonly ticketKey: string
  readonly text: string
}

/** What of the clusters is asked for. */
export interface ClusterChoice {
  readonly kind: TextKind
  readonly at: Instant
  /** ms. */
  readonly window: number
  /** Distinct customers at least; 2 or more. */
  readonly least: number
  readonly afterId?: string | null
  readonly limit?: number
}

/**
 * The clusters of one kind that count in a scope within [at − window, at), most distinct customers first (domain.md 5.2 MR-03, 5.3.2-4). What is
 * read are the texts of clusters of more than one text that were alive then; texts that stand alone are not.
 */
export async function clustersAt(sql: Sql, scope: Scope, choice: ClusterChoice): Promise<ClusterReading[]> {
  const { kind, at, window, least, afterId = null, limit = null } = choice
  const { rows } = await sql.query<ClusterReading>(
    `with counted as (
       select s.cluster, count(distinct s.customer_key) as customers, count(*) as texts, count(distinct s.contact_key) as contacts,
              count(distinct s.address_key) as addresses, count(*) filter (where s.is_proxy) as proxies, min(s.accepted_at) as first_at, max(s.accepted_at) as last_at,
              (array_agg(s.ticket_key order by (s.ticket_key = c.medoid) desc, s.accepted_at, s.ticket_key collate "C"))[1] as shown
         from text_cluster c
        cross join lateral (
          select * from text_signature t where t.cluster = c.id and t.accepted_at >= ${instantOf('$3')} and t.accepted_at < ${instantOf('$4')} offset 0) s
        where c.size > 1 and c.last_at >= ${instantOf('$3')} and c.first_at < ${instantOf('$4')} and s.kind = $2 and s.region_path ^@ $1
        group by s.cluster having count(distinct s.customer_key) >= $5)
     select o.cluster::text as id, o.customers::int as customers, o.texts::int as texts, o.contacts::int as contacts, o.addresses::int as addresses,
            o.proxies::int as proxies, o.first_at as "firstAt", o.last_at as "lastAt", o.shown as "ticketKey", coalesce(t.fold ->> 'contentText', '') as text
       from counted o left join ticket t on t.ticket_key = o.shown
      where $6::bigint is null or (o.customers, -o.cluster) < (select p.customers, -p.cluster from counted p where p.cluster = $6)
      order by o.customers desc, o.cluster limit $7`,
    [scope.path, kind, at - window, at, least, afterId, limit],
  )
  return rows
}

/**
 * Takes the texts of tickets away whose text is deleted (domain.md 8.3): their clusters go with the last one, else are named by the oldest that is
 * left. Only for a holder of the texts' lock.
 */
export async function forgetTexts(tx: Tx, ticketKeys: readonly string[]): Promise<void> {
  const left = await deleteSignatures(tx, ticketKeys)
  if (left.length === 0) return
  const clusters = joined(left)
  await tx.query(
    `delete from text_cluster c where id = any(${column('$1')}::bigint[]) and not exists (select from text_signature s where s.cluster = c.id)`,
    [clusters],
  )
  await tx.query(
    `update text_cluster c set oldest = l.keys[1], first_at = l.first_at, last_at = l.last_at, size = l.size,
            medoid = case when c.medoid = any(l.keys) then c.medoid else l.keys[1] end
       from (select cluster, array_agg(ticket_key order by accepted_at, ticket_key collate "C") as keys, min(accepted_at) as first_at, max(accepted_at) as last_at,
                    count(*) as size from text_signature where cluster = any(${column('$1')}::bigint[]) group by cluster) l
      where c.id = l.cluster`,
    [clusters],
  )
}
