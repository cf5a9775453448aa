import type { KeywordHit } from '../domain/keyword/match.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** The hits of a ticket as they are to stand. */
export interface TicketHits {
  readonly ticketKey: string
  readonly version: number
  readonly occurredAt: Instant
  readonly regionCode: string
  readonly regionPath: string
  readonly phenomenon: string
  readonly customerKey: string
  readonly hits: readonly KeywordHit[]
}

/**
 * Makes the hits of these tickets those given: what is not among them goes, or stands no longer where a person has called it wrong; marks survive.
 * Doing it again changes nothing.
 */
export async function saveKeywordHits(tx: Tx, tickets: readonly TicketHits[], now: Instant): Promise<void> {
  if (tickets.length === 0) return
  const rows = tickets.flatMap(({ hits, ...ticket }) => hits.map((hit) => ({ ...ticket, ...hit })))
  const keep = rows.map(({ ticketKey, category, word }) => `${ticketKey} ${category} ${word}`)
  const gone = `ticket_key = any(${column('$1')}) and ticket_key || ' ' || category || ' ' || word <> all(${keep.length === 0 ? `'{}'::text[]` : column('$2')})`
  const values = [joined(tickets.map(({ ticketKey }) => ticketKey)), ...(keep.length === 0 ? [] : [joined(keep)])]
  await tx.query(`delete from keyword_hit where wrong_at is null and ${gone}`, values)
  await tx.query(`update keyword_hit set is_standing = false where is_standing and ${gone}`, values)
  if (rows.length === 0) return
  const of = (name: keyof (typeof rows)[number]) => joined(rows.map((row) => row[name]))
  await tx.query(
    `insert into keyword_hit (ticket_key, category, word, kind, fragment, version, occurred_at, recorded_at, region_code, region_path, phenomenon, customer_key)
     select ticket_key, category, word, kind, fragment, version::int, ${instantOf('occurred_at')}, ${instantOf('$12')}, region_code, region_path, phenomenon, customer_key
       from unnest(${Array.from({ length: 11 }, (_, index) => column(`$${index + 1}`)).join(', ')})
         as i (ticket_key, category, word, kind, fragment, version, occurred_at, region_code, region_path, phenomenon, customer_key)
      order by ticket_key collate "C", category, word
     on conflict (ticket_key, category, word) do update set kind = excluded.kind, fragment = excluded.fragment, version = excluded.version,
       occurred_at = excluded.occurred_at, region_code = excluded.region_code, region_path = excluded.region_path, phenomenon = excluded.phenomenon,
       customer_key = excluded.customer_key, is_standing = true`,
    [
      of('ticketKey'),
      of('category'),
      of('word'),
      of('kind'),
      of('fragment'),
      of('version'),
      of('occurredAt'),
      of('regionCode'),
      of('regionPath'),
      of('phenomenon'),
      of('customerKey'),
      now,
    ],
  )
}

/** The words of these tickets that people have called wrong. */
export async function loadWrongHits(sql: Sql, ticketKeys: readonly string[]): Promise<{ ticketKey: string; category: string; word: string }[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await sql.query<{ ticketKey: string; category: string; word: string }>(
    `select ticket_key as "ticketKey", category, word from keyword_hit where ticket_key = any(${column('$1')}) and wrong_at is not null`,
    [joined(ticketKeys)],
  )
  return rows
}

/** Takes the words of these tickets away, whose text has gone. */
export async function forgetKeywordHits(tx: Tx, ticketKeys: readonly string[]): Promise<void> {
  if (ticketKeys.length > 0) await tx.query(`delete from keyword_hit where ticket_key = any(${column('$1')})`, [joined(ticketKeys)])
}

/** A hit as risk rules read it. */
export interface AlertingHit {
  readonly ticketKey: string
  readonly customerKey: string
  readonly category: string
  readonly word: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly acceptedAt: Instant
}

const HIT = `ticket_key as "ticketKey", customer_key as "customerKey", category, word, phenomenon, region_code as "regionCode", occurred_at as "acceptedAt"`
const IN_SPAN = (from: string, to: string) => `occurred_at >= ${instantOf(from)} and occurred_at < ${instantOf(to)}`
const IN_ORDER = 'order by ticket_key, category, word'
const ALERTING = `is_standing and kind = 'alert' and wrong_at is null`

/**
 * The alerting hits of these categories in tickets accepted in `[from, to)`. A ticket is left out whose keyword case a person has ended: the same
 * words would open it again.
 */
export async function loadAlertingHits(sql: Sql, categories: readonly string[], from: Instant, to: Instant): Promise<AlertingHit[]> {
  const { rows } = await sql.query<AlertingHit>(
    `select ${HIT}
       from keyword_hit h
      where ${ALERTING} and category = any($1::text[]) and ${IN_SPAN('$2', '$3')}
        and not exists (select from case_ticket l join risk_case c on c.alert_id = l.alert_id join alert a on a.id = c.alert_id
                         where l.ticket_key = h.ticket_key and c.matter_kind = 'keyword' and a.ended_at is not null)
      ${IN_ORDER}`,
    [categories, from, to],
  )
  return rows
}

/** A hit that alerted once, and when a person called its word wrong; null: nobody has. */
export interface DatedHit extends AlertingHit {
  readonly wrongAt: Instant | null
}

/** All hits in tickets accepted in `[from, to)`, those that were called wrong and those of ended cases included, as a look back needs them. */
export async function loadDatedHits(sql: Sql, from: Instant, to: Instant): Promise<DatedHit[]> {
  const { rows } = await sql.query<DatedHit>(`select ${HIT}, wrong_at as "wrongAt" from keyword_hit where is_standing and kind = 'alert' and ${IN_SPAN('$1', '$2')} ${IN_ORDER}`, [from, to])
  return rows
}

/** Whether any alerting hit stands in tickets accepted in `[from, to)`, found after `foundAfter` (null: whenever). */
export async function hasAlertingHits(sql: Sql, from: Instant, to: Instant, foundAfter: Instant | null): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    foundAfter === null
      ? `select exists (select from keyword_hit where ${ALERTING} and occurred_at >= ${instantOf('$1')} and occurred_at < ${instantOf('$2')}) as found`
      : `select exists (select from keyword_hit where ${ALERTING} and recorded_at > ${instantOf('$3')} and occurred_at >= ${instantOf('$1')} and occurred_at < ${instantOf('$2')}) as found`,
    foundAfter === null ? [from, to] : [from, to, foundAfter],
  )
  return rows[0]?.found === true
}
