import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** What a source says it had, with what we have. */
export interface Reconciliation {
  readonly provinceCode: string
  readonly day: string
  readonly kind: string
  readonly sourceCount: number
  readonly reportedAt: Instant
  readonly ours: number
}

/** Keeps a source's counts of one day; said again they replace what was said, and keep when that was. */
export async function saveReconciliation(
  tx: Tx,
  said: { readonly provinceCode: string; readonly day: string; readonly counts: Readonly<Record<string, number>>; readonly by: string },
  at: Instant,
): Promise<void> {
  const kinds = Object.keys(said.counts).sort()
  if (kinds.length === 0) return
  await tx.query(
    `insert into reconciliation as r (province_code, day, kind, source_count, reported_at, reported_by)
     select $1, $2::date, kind, n::bigint, ${instantOf('$3')}, $4 from unnest(${column('$5')}, ${column('$6')}) as i (kind, n)
     on conflict (province_code, day, kind) do update set source_count = excluded.source_count, reported_by = excluded.reported_by,
       reported_at = case when r.source_count = excluded.source_count then r.reported_at else excluded.reported_at end`,
    [said.provinceCode, said.day, at, said.by, joined(kinds), joined(kinds.map((kind) => said.counts[kind] ?? 0))],
  )
}

/**
 * Reconciliations of the scope on local days of `zone`, beside our present count of all tickets accepted then that were not test or made
 * void; late arrivals count at once.
 */
export async function loadReconciliations(
  sql: Sql,
  scope: Scope,
  choice: { readonly fromDay: string; readonly toDay: string; readonly provinceCode: string | null; readonly zone: string },
): Promise<Reconciliation[]> {
  const { rows } = await sql.query<Reconciliation>(
    `select c.province_code as "provinceCode", c.day::text as day, c.kind, c.source_count::int as "sourceCount", c.reported_at as "reportedAt",
            (select count(*) from ticket t where t.province_code = c.province_code and t.kind = c.kind and t.is_valid
                and t.accepted_at >= c.day::timestamp at time zone $5 and t.accepted_at < (c.day + 1)::timestamp at time zone $5)::int as ours
       from reconciliation c join region r on r.code = c.province_code
      where r.path ^@ $1 and c.day between $2::date and $3::date and ($4::text is null or c.province_code = $4) order by 1, 2, 3`,
    [scope.path, choice.fromDay, choice.toDay, choice.provinceCode, choice.zone],
  )
  return rows
}
