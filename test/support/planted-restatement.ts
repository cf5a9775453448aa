import type { Fact } from '../../core/domain/count/fact.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { writeFacts } from '../../core/engine/counted.ts'

type Run = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>

/** A restatement that waits, and a frozen month; returns the restatement's id. */
export async function plantRestatement(
  run: Run,
  { province, mark, count, city, now, ticketKey }: { province: string; mark: string; count: number; city: RegionNode; now: number; ticketKey: string },
): Promise<string> {
  const at = new Date(now).toISOString()
  const gained: Fact = { base: 'ACC', at: now, regionCode: city.code, kind: 'complaint', by: { phenomenon: mark }, measures: { accepted: count } }
  const line = await run(
    `insert into restatement (at, province_code, region_path, ticket_key, kind, bases, day_to, cause, cause_event_id, cause_type, lost, gained)
     values ($1, $2, $3, $4, 'complaint', 'ACC', ($1::timestamptz at time zone 'Asia/Shanghai')::date, 'late', $5, 'created', '[]', $6) returning id::text as id`,
    [at, province, city.path, ticketKey, mark, writeFacts([gained])],
  )
  await run(`insert into restatement_sum values ($1, 'ACC', date_trunc('day', $2::timestamptz, 'Asia/Shanghai'), $3, 'complaint', array[$4::bigint])`, [
    line['id'],
    at,
    city.code,
    count,
  ])
  await run(
    `insert into frozen_month values (date_trunc('month', $1::timestamptz, 'Asia/Shanghai')::date, $2, 'complaint', 'ACC', array[$3::bigint], $1, 1)`,
    [at, city.code, count],
  )
  return line['id'] as string
}
