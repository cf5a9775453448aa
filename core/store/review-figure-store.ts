import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** What is stored of a case's course and of its tickets, for its review. */
export interface ReviewFacts {
  readonly phenomenon: string
  readonly firstCustomerAt: Instant | null
  readonly firstTrueAt: Instant
  readonly firstAlertAt: Instant
  readonly ackedAt: Instant | null
  readonly ackDueAt: Instant | null
  readonly firstMeasureAt: Instant | null
  readonly endAt: Instant | null
  readonly resolvedAt: Instant | null
  readonly isLateDetected: boolean
  readonly relapses: number
  readonly voidTickets: number
  readonly tickets: number
  readonly customers: number
  readonly confirmedUsers: number | null
}

/** The course of a case whose scope the caller has checked; undefined for an alert that is no case. */
export async function loadReviewFacts(sql: Sql, alertId: string): Promise<ReviewFacts | undefined> {
  const { rows } = await sql.query<ReviewFacts>(
    `select c.matter as phenomenon, c.first_true_at as "firstTrueAt", a.opened_at as "firstAlertAt", l.due_at as "ackDueAt", a.late_detected as "isLateDetected", a.relapse_count as relapses,
            c.ticket_count as tickets, c.customer_count as customers, c.confirmed_users::float8 as "confirmedUsers", coalesce(h.mitigated, a.ended_at) as "endAt", a.ended_at as "resolvedAt",
            h.acked as "ackedAt", least(h.handled, (select min(m.recorded_at) from case_measure m where m.alert_id = a.id)) as "firstMeasureAt",
            k.first_at as "firstCustomerAt", k.void as "voidTickets"
       from risk_case c join alert a on a.id = c.alert_id left join alert_limit l on l.alert_id = a.id and l.clock = 'ack'
       cross join lateral (select min(t.at) filter (where t.move = 'ack') as acked, min(t.at) filter (where t.move = 'handle_start') as handled,
                                  max(t.at) filter (where t.move = 'mitigate') as mitigated from alert_transition t where t.alert_id = a.id) h
       cross join lateral (select min(t.accepted_at) filter (where t.is_valid) as first_at, count(*) filter (where not t.is_valid)::int as void
                             from case_ticket i join ticket t on t.ticket_key = i.ticket_key where i.alert_id = a.id) k
      where c.alert_id = $1`,
    [alertId],
  )
  return rows[0]
}

/** Refunds of a case's valid tickets: of how many, what was approved and what was paid. */
export async function loadReviewRefunds(sql: Sql, alertId: string): Promise<{ tickets: number; approvedCents: number; paidCents: number }> {
  const { rows } = await sql.query<{ tickets: number; approvedCents: number; paidCents: number }>(
    `select count(distinct t.ticket_key)::int as tickets, coalesce(sum((f ->> 'amountCents')::float8) filter (where f ->> 'approvedAt' is not null), 0)::float8 as "approvedCents",
            coalesce(sum((f ->> 'amountCents')::float8) filter (where f ->> 'paidAt' is not null), 0)::float8 as "paidCents"
       from case_ticket i join ticket t on t.ticket_key = i.ticket_key cross join lateral jsonb_array_elements(coalesce(t.fold::jsonb -> 'refunds', '[]'::jsonb)) f
      where i.alert_id = $1 and t.is_valid`,
    [alertId],
  )
  return rows[0] ?? { tickets: 0, approvedCents: 0, paidCents: 0 }
}

/** Valid appeals of a case's customers that were accepted in [from, to). */
export async function countReviewAppeals(sql: Sql, alertId: string, from: Instant, to: Instant): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select count(*)::int as n from ticket p where p.kind = 'appeal' and p.is_valid and p.accepted_at >= ${instantOf('$2')} and p.accepted_at < ${instantOf('$3')}
        and p.customer_key in (select t.customer_key from case_ticket i join ticket t on t.ticket_key = i.ticket_key where i.alert_id = $1 and t.is_valid)`,
    [alertId, from, to],
  )
  return rows[0]?.n ?? 0
}
