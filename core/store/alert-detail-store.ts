import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** All of these take an alert whose scope the caller has checked on the alert's own row. */
export interface FactsRow {
  readonly facts: Record<string, unknown>
  readonly parameters: Record<string, unknown>
  /** The place whose settings decided, as the alert was stamped with it. */
  readonly decidedBy: { readonly isProvince: boolean; readonly code: string; readonly nameZh: string; readonly nameEn: string }
  readonly ruleVersion: number
  readonly ladderVersion: number
}

export interface ReadingRow {
  readonly ruleId: string
  readonly tickAt: Instant
  readonly level: number
  readonly value: number
  readonly baseline: number | null
  readonly z: number | null
  readonly r: number | null
}

export interface LinkedTicketRow {
  readonly ticketKey: string
  readonly ticketNo: string
  readonly status: string
  readonly regionCode: string
  readonly phenomenon: string
  readonly acceptedAt: Instant | null
  readonly deadlineAt: Instant | null
  readonly deadlineClock: string | null
  readonly isOverdue: boolean
  readonly contentText: string
  readonly customerShort: string
}

export interface DeliveryLine {
  readonly step: number
  readonly channel: string
  readonly target: string
  readonly state: string
  readonly dueAt: Instant
  readonly sentAt: Instant | null
  readonly deliveredAt: Instant | null
  readonly outcome: string | null
  /** The channel on whose silence this one followed. */
  readonly fallbackOf: string | null
  readonly readAt: Instant | null
}

/** What fired an alert, by which version of the rule and of the ladder. */
export async function loadFacts(sql: Sql, id: string): Promise<FactsRow | undefined> {
  const { rows } = await sql.query<FactsRow>(
    `select a.facts, a.parameters, a.rule_version as "ruleVersion", a.ladder_version as "ladderVersion",
            jsonb_build_object('isProvince', r.parent_code is not null, 'code', r.code, 'nameZh', r.name_zh, 'nameEn', r.name_en) as "decidedBy"
       from alert a join region r on case when a.parameters ? 'scope' then r.code = a.parameters ->> 'scope' else r.parent_code is null end where a.id = $1`,
    [id],
  )
  return rows[0]
}

/** The newest `limit` readings of a case, oldest first. */
export async function loadReadings(sql: Sql, id: string, limit: number): Promise<ReadingRow[]> {
  const { rows } = await sql.query<ReadingRow>(
    `select * from (select rule_id as "ruleId", tick_at as "tickAt", level, value, baseline, z, r from risk_reading
                     where alert_id = $1 order by tick_at desc, rule_id limit $2) newest order by "tickAt", "ruleId"`,
    [id, limit],
  )
  return rows
}

const TICKETS = `
  from (select ticket_key from case_ticket where alert_id = $1 union select ticket_key from alert where id = $1 and ticket_key is not null) l
  join ticket t using (ticket_key)`

/** The newest `limit` tickets of a case, or the one ticket of an abnormal alert; the text is masked since it was taken in (domain.md 8.4). */
export async function loadLinkedTickets(sql: Sql, id: string, limit: number): Promise<LinkedTicketRow[]> {
  const { rows } = await sql.query<LinkedTicketRow>(
    `select t.ticket_key as "ticketKey", coalesce(t.fold ->> 'ticketNo', split_part(t.ticket_key, ':', 3)) as "ticketNo", t.status, t.region_code as "regionCode",
            t.phenomenon_l2 as phenomenon, t.accepted_at as "acceptedAt", t.deadline_at as "deadlineAt", t.deadline_clock as "deadlineClock", t.is_overdue as "isOverdue",
            coalesce(t.fold ->> 'contentText', '') as "contentText", left(t.customer_key, 8) as "customerShort"
     ${TICKETS} order by t.accepted_at desc nulls last, t.ticket_key limit $2`,
    [id, limit],
  )
  return rows
}

/** How many tickets are linked in all. */
export async function countLinkedTickets(sql: Sql, id: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`select count(*) as n ${TICKETS}`, [id])
  return Number(rows[0]?.n ?? 0)
}

/** Who was to be told, by which channel, and what became of it; a webhook is shown by its host only. */
export async function loadDeliveries(sql: Sql, id: string): Promise<DeliveryLine[]> {
  const { rows } = await sql.query<DeliveryLine>(
    `select o.step, o.channel, coalesce(u.display_name, split_part(split_part(w.url, '://', 2), '/', 1), o.target) as target, o.state,
            o.due_at as "dueAt", o.sent_at as "sentAt", o.delivered_at as "deliveredAt", o.outcome, b.channel as "fallbackOf", o.read_at as "readAt"
       from outbox o
       left join outbox b on b.delivery_id = o.fallback_of
       left join app_user u on o.channel <> 'webhook' and u.id::text = o.target
       left join webhook_endpoint w on o.channel = 'webhook' and w.id::text = o.target
      where o.alert_id = $1 order by o.id`,
    [id],
  )
  return rows
}
