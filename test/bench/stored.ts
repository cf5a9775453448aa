import type { Instant } from '../../core/domain/time.ts'
import type { Pool } from '../../core/platform/database.ts'

const AT_ONCE = 500_000
const EVENTS_OF_A_TICKET = 6

/**
 * Fills the store with `count` finished events before `until`, six to a ticket, by SQL: as many rows, bytes and index entries as if they had come
 * in, in the places where the fold and the door look. They are past: no timer, no alert, no counting.
 */
export async function fillStored(pool: Pool, count: number, until: Instant, say: (done: number) => void): Promise<void> {
  const { rows } = await pool.query<{ n: string }>('select count(*)::text as n from event_id')
  for (let from = Number(rows[0]?.n ?? 0); from < count; from += AT_ONCE) {
    const to = Math.min(count, from + AT_ONCE)
    await pool.query(`insert into event_id (source_system, event_id, province_code) select 'past', 'past-' || g, '32' from generate_series($1::int, $2::int - 1) g`, [from, to])
    await pool.query(
      `insert into event (occurred_at, received_at, source_system, event_id, ticket_key, province_code, event_type, schema_version, payload)
       select at, at, 'past', 'past-' || g, '32:past:P' || g / ${EVENTS_OF_A_TICKET}, '32', case g % ${EVENTS_OF_A_TICKET} when 0 then 'created' else 'expedited' end, 1,
              jsonb_build_object('kind', 'complaint', 'channel', 'hotline', 'region_code', '320500', 'phenomenon_l1', '网络使用', 'phenomenon_l2', '宽带上不了网',
                'product_no_key', md5(g::text) || md5(g::text), 'content_text', repeat('宽带断了', 8), 'key_id', 'k1')
         from (select g, to_timestamp($3::float8 / 1000) - make_interval(secs => ($4::int - g) * 2.0) as at from generate_series($1::int, $2::int - 1) g) s`,
      [from, to, until, count],
    )
    await pool.query(
      `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, closed_at, is_overdue, fold,
                           updated_at, first_event_at, last_event_at)
       select '32:past:P' || g, '32', '320500', '/00/32/320500/', 'complaint', '宽带上不了网', 'archived', true, md5(g::text), at, at, false,
              json_build_object('ticketKey', '32:past:P' || g, 'ticketNo', 'P' || g, 'contentText', repeat('宽带断了', 100)), at, at, at
         from (select g, to_timestamp($3::float8 / 1000) - make_interval(secs => ($4::int - g * ${EVENTS_OF_A_TICKET}) * 2.0) as at
                 from generate_series($1::int / ${EVENTS_OF_A_TICKET}, ($2::int - 1) / ${EVENTS_OF_A_TICKET}) g) s
       on conflict do nothing`,
      [from, to, until, count],
    )
    say(to)
  }
  await pool.query('analyze')
}
