import { type SendLimit, takeToken } from '../domain/notification/send-limit.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'

/** One limit to be kept. */
export interface NamedLimit {
  readonly name: string
  readonly limit: SendLimit
  readonly reserve: number
}

interface StoredBucket {
  readonly name: string
  readonly tokens: number
  readonly at: Instant
}

/**
 * Takes a token of each limit, or of none: then from when on there will be one of all, and the name of the limit that lasts longest. Rows are
 * locked in the order of their names, so that two calls never wait for each other.
 */
export async function takeTokens(tx: Tx, limits: readonly NamedLimit[], now: Instant): Promise<{ readonly until: Instant; readonly name: string } | null> {
  if (limits.length === 0) return null
  const names = limits.map(({ name }) => name)
  await tx.query(
    `insert into send_limit (name, tokens, at) select name, tokens, to_timestamp($3::float8 / 1000)
       from unnest($1::text[], $2::float8[]) as l (name, tokens) order by name on conflict (name) do nothing`,
    [names, limits.map(({ limit }) => limit.capacity), now],
  )
  const { rows } = await tx.query<StoredBucket>('select name, tokens, at from send_limit where name = any ($1::text[]) order by name for update', [names])
  const stored = new Map(rows.map((row) => [row.name, row]))
  const taken = limits.map(({ name, limit, reserve }) => ({ name, take: takeToken(stored.get(name) ?? null, limit, reserve, now) }))
  const short = taken.flatMap(({ name, take }) => (take.ok ? [] : [{ name, until: take.until }])).sort((a, b) => b.until - a.until)
  if (short[0] !== undefined) return short[0]
  const left = taken.flatMap(({ take }) => (take.ok ? [take.bucket] : []))
  await tx.query(
    `update send_limit s set tokens = l.tokens, at = to_timestamp(l.at / 1000)
       from unnest($1::text[], $2::float8[], $3::float8[]) as l (name, tokens, at) where s.name = l.name`,
    [names, left.map(({ tokens }) => tokens), left.map(({ at }) => at)],
  )
  return null
}

/** Forgets limits that nobody has drawn on since `before`: they are full again. */
export async function pruneSendLimits(sql: Sql, before: Instant): Promise<void> {
  await sql.query('delete from send_limit where at < to_timestamp($1::float8 / 1000)', [before])
}
