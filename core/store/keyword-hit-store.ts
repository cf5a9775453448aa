import type { KeywordHit } from '../domain/keyword/match.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

const SHOWN = `id::text as id, ticket_key as "ticketKey", category, word, kind, fragment, version, occurred_at as "acceptedAt", region_code as "regionCode", phenomenon,
  wrong_at as "wrongAt", wrong_by as "wrongBy", wrong_reason as "wrongReason"`

/** A hit as people look at it. */
export interface KeywordHitRow extends Omit<KeywordHit, 'position'> {
  readonly id: string
  readonly ticketKey: string
  readonly version: number
  readonly acceptedAt: Instant
  readonly regionCode: string
  readonly phenomenon: string
  /** Null where nobody has called it wrong. */
  readonly wrongAt: Instant | null
  readonly wrongBy: string | null
  readonly wrongReason: string | null
}

/** Which hits are asked for; null leaves a condition open. */
export interface HitChoice {
  readonly from: Instant
  readonly to: Instant
  readonly category: string | null
  readonly word: string | null
  /** The last one of the page before. */
  readonly afterId: string | null
  readonly limit: number
}

/** Hits that stand in a scope, of tickets accepted in `[from, to)`, the newest first. */
export async function listKeywordHits(sql: Sql, scope: Scope, { from, to, category, word, afterId, limit }: HitChoice): Promise<KeywordHitRow[]> {
  const { rows } = await sql.query<KeywordHitRow>(
    `select ${SHOWN} from keyword_hit
      where is_standing and region_path ^@ $1 and occurred_at >= ${instantOf('$2')} and occurred_at < ${instantOf('$3')}
        and ($4::text is null or category = $4) and ($5::text is null or word = $5)
        and ($6::bigint is null or (occurred_at, id) < (select occurred_at, id from keyword_hit where id = $6))
      order by occurred_at desc, keyword_hit.id desc limit $7`,
    [scope.path, from, to, category, word, afterId, limit],
  )
  return rows
}

/** Calls a hit of a scope wrong, or takes that back (`by` null), and has its ticket judged again; undefined where there is no such hit. */
export async function markKeywordHit(
  tx: Tx,
  scope: Scope,
  id: string,
  mark: { readonly by: string | null; readonly reason: string },
  now: Instant,
): Promise<KeywordHitRow | undefined> {
  const { rows } = await tx.query<KeywordHitRow>(
    `update keyword_hit set wrong_by = $3, wrong_reason = case when $3::text is null then null else $4 end, wrong_at = case when $3::text is null then null else ${instantOf('$5')} end
      where id = $1 and region_path ^@ $2 and is_standing returning ${SHOWN}`,
    [id, scope.path, mark.by, mark.reason, now],
  )
  const [hit] = rows
  if (hit !== undefined) {
    await tx.query(`update ticket set next_check_at = least(next_check_at, ${instantOf('$2')}) where ticket_key = $1 and not is_frozen`, [hit.ticketKey, now])
  }
  return hit
}

/** By word, the alerting hits of a scope in tickets accepted in `[from, to)` and those called wrong, also where the text has changed since; the most hits first. */
export async function countKeywordHits(sql: Sql, scope: Scope, from: Instant, to: Instant): Promise<{ category: string; word: string; hits: number; wrong: number }[]> {
  const { rows } = await sql.query<{ category: string; word: string; hits: number; wrong: number }>(
    `select category, word, count(*)::int as hits, count(wrong_at)::int as wrong from keyword_hit
      where kind = 'alert' and region_path ^@ $1 and occurred_at >= ${instantOf('$2')} and occurred_at < ${instantOf('$3')}
      group by category, word order by hits desc, category, word`,
    [scope.path, from, to],
  )
  return rows
}
