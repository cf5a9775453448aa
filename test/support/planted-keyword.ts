import type { RegionNode } from '../../core/domain/region.ts'

/** Puts a marked hit of a sensitive word into one province; returns its id. */
export async function plantKeyword(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly mark: string; readonly city: RegionNode; readonly at: string; readonly ticketKey: string },
): Promise<string> {
  const { mark, city, at, ticketKey } = of
  const hit = await run(
    `insert into keyword_hit (ticket_key, category, word, kind, fragment, version, occurred_at, recorded_at, region_code, region_path, phenomenon, customer_key)
     values ($1, 'KW-MED', $2, 'alert', $2, 1, $3::timestamptz - interval '1 minute', $3, $4, $5, $2, $2) returning id::text as id`,
    [ticketKey, mark, at, city.code, city.path],
  )
  return hit['id'] as string
}
