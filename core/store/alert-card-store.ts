import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertKind, AlertState, MatterKind, Severity } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'

/** Which cards of a scope. */
export interface CardFilter {
  /** Somebody's work or already ended; both when left out. */
  readonly isLive?: boolean
  readonly kind?: AlertKind
  readonly states?: readonly AlertState[]
  readonly minSeverity?: Severity
  readonly ticketKey?: string
  /** One card for all the alerts of a ticket that pass. */
  readonly isGrouped?: boolean
  /** At most this many, 500 when left out. */
  readonly limit?: number
}

/** One alert as lists show it. */
export interface CardRow {
  readonly id: string
  readonly kind: AlertKind
  readonly ruleId: string
  readonly severity: Severity
  readonly state: AlertState
  readonly regionCode: string
  readonly regionPath: string
  readonly regionNameZh: string
  readonly regionNameEn: string
  readonly ticketNo: string | null
  readonly ticketKey: string | null
  readonly isPaging: boolean
  readonly phenomenon: string
  readonly matterKind: MatterKind | null
  readonly ticketCount: number
  readonly customerCount: number
  readonly openedAt: Instant
  readonly severitySince: Instant
  readonly nextDueAt: Instant | null
  readonly nextDueWhat: 'ack' | 'step' | 'handle' | null
  readonly ackedAt: Instant | null
  readonly ackedByName: string | null
  readonly needsAck: boolean
  readonly suppressedBy: string | null
  readonly proposedSeverity: number | null
  readonly isLateDetected: boolean
  readonly isStalled: boolean
  readonly version: number
  /** Of a grouped card of a ticket: its rules, the one that stands for it first. */
  readonly rules?: readonly { readonly alertId: string; readonly ruleId: string; readonly severity: Severity; readonly state: AlertState }[] | null
  readonly place?: number
}

// `asks`: people are still asked (needsAck in core/domain/alert/alert.ts); `due_at`: the next thing that happens by itself.
const CARDS = `
  select a.id::text, a.kind, a.rule_id as "ruleId", a.severity, a.state, a.region_code as "regionCode", a.region_path as "regionPath",
         g.name_zh as "regionNameZh", g.name_en as "regionNameEn",
         case when a.ticket_key is not null then coalesce(t.fold ->> 'ticketNo', split_part(a.ticket_key, ':', 3)) end as "ticketNo",
         case when a.kind = 'abnormal' then a.ticket_key end as "ticketKey", e.id is not null as "isPaging",
         coalesce(c.matter, t.phenomenon_l2, '') as phenomenon, c.matter_kind as "matterKind",
         coalesce(c.ticket_count, (a.kind = 'abnormal')::int) as "ticketCount", coalesce(c.customer_count, (a.kind = 'abnormal')::int) as "customerCount",
         a.opened_at as "openedAt", a.severity_since as "severitySince", d.due_at as "nextDueAt",
         case when d.due_at is null then null when not d.steps then 'handle' when d.due_at = a.ack_due_at then 'ack' else 'step' end as "nextDueWhat",
         a.acked_at as "ackedAt", u.display_name as "ackedByName", n.asks as "needsAck", a.suppressed_by::text as "suppressedBy",
         c.proposed_severity as "proposedSeverity", a.late_detected as "isLateDetected", h.alert_id is not null as "isStalled", a.version
    from alert a
    join region g on g.code = a.region_code
    left join ticket t on t.ticket_key = a.ticket_key
    left join risk_case c on c.alert_id = a.id
    left join app_user u on u.id = a.acked_by
    left join escalation e on e.alert_id = a.id and e.stopped_at is null and e.purpose = 'answer'
    left join escalation h on h.alert_id = a.id and h.stopped_at is null and h.purpose = 'handling'
    cross join lateral (select a.state in ('open', 'acknowledged', 'handling') and coalesce(a.acked_severity < a.severity, true) as asks) n
    cross join lateral (select n.asks and e.due_at is not null as steps, case when n.asks and e.due_at is not null then e.due_at
                               when a.state in ('open', 'acknowledged', 'handling') then a.handle_due_at end as due_at) d`

// The alert that stands for its ticket comes first, as in carrierOf (core/domain/alert/ticket-level.ts); what concerns nobody now comes last.
const WITHIN_TICKET = `partition by coalesce("ticketKey", id) order by state in ('open', 'acknowledged', 'handling') desc, state = 'mitigated' desc,
  severity desc, case when "isPaging" then 0 when "needsAck" then 2 else 1 end, "severitySince", id::bigint`
const RULES = `jsonb_agg(jsonb_build_object('alertId', id, 'ruleId', "ruleId", 'severity', severity, 'state', state))
  over (${WITHIN_TICKET} rows between unbounded preceding and unbounded following)`
const GROUPED = `select * from (select *, case when kind = 'abnormal' then ${RULES} end as rules, row_number() over (${WITHIN_TICKET}) as place from card) grouped where place = 1`

/** The cards of a scope, by the next deadline, then by colour, then the newest first. */
export async function loadCardRows(sql: Sql, scope: Scope, filter: CardFilter): Promise<CardRow[]> {
  const { rows } = await sql.query<CardRow>(
    `with card as (${CARDS}
     where a.region_path ^@ $1
       and ($2::boolean is null or $2 = (a.ended_at is null))
       and ($3::text is null or a.kind = $3)
       and ($4::text[] is null or a.state = any ($4))
       and ($5::int is null or a.severity >= $5)
       and ($6::text is null or a.ticket_key = $6))
     ${filter.isGrouped === true ? GROUPED : 'select * from card'}
     order by "nextDueAt" nulls last, severity desc, id::bigint desc limit $7`,
    [
      scope.path,
      filter.isLive ?? null,
      filter.kind ?? null,
      filter.states ?? null,
      filter.minSeverity ?? null,
      filter.ticketKey ?? null,
      filter.limit ?? 500,
    ],
  )
  return rows
}

/** The cards of the alerts named, in their order; for the engine, which publishes them under their own region. */
export async function loadCardRowsOf(sql: Sql, ids: readonly string[]): Promise<CardRow[]> {
  const { rows } = await sql.query<CardRow>(`${CARDS} where a.id = any ($1::bigint[]) order by array_position($1::bigint[], a.id)`, [ids])
  return rows
}

/** The card of one alert of a scope; undefined when there is none in it. */
export async function loadCardRow(sql: Sql, scope: Scope, id: string): Promise<CardRow | undefined> {
  const { rows } = await sql.query<CardRow>(`${CARDS} where a.id = $2 and a.region_path ^@ $1`, [scope.path, id])
  return rows[0]
}
