import { measurePlace } from '../domain/count/cubes.ts'
import type { CaseFact, ConfirmedFact, DayTicket, TemplateText } from '../domain/risk/facts.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { Instant } from '../domain/time.ts'
import type { SpreadLevel } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'
import type { WindowTicket } from './risk-store.ts'

const ACCEPTED = `n[${measurePlace('ACC', 'accepted') + 1}]`

/** An incident as it stood at an instant. */
export interface OpenIncident {
  readonly incidentId: string
  readonly provinceCode: string
  readonly product: string
  readonly regionCodes: readonly string[]
  readonly startedAt: Instant
  readonly users: number | null
}

/** Incidents that were open at `at`, told or not restored by then, in the order of their keys. */
export async function loadOpenIncidents(sql: Sql, at: Instant): Promise<OpenIncident[]> {
  const { rows } = await sql.query<OpenIncident>(
    `select incident_id as "incidentId", province_code as "provinceCode", product, region_codes as "regionCodes",
            coalesce(started_at, opened_at) as "startedAt", users_affected::float8 as users
       from incident
      where not is_void and (state = 'open' or last_event_at > ${instantOf('$1')}) and opened_at <= ${instantOf('$1')}
        and (closed_at is null or closed_at > ${instantOf('$1')})
      order by subject_key`,
    [at],
  )
  return rows
}

/** An opinion item that nobody had handled at an instant. */
export interface OpenOpinion {
  readonly opinionId: string
  readonly regionCode: string
  readonly medium: string
  readonly topic: string
  readonly phenomenon: string
  readonly reach: number | null
  readonly spread: SpreadLevel | null
}

/** Items detected in `(from, at]` and not handled by then. */
export async function loadOpenOpinions(sql: Sql, from: Instant, at: Instant): Promise<OpenOpinion[]> {
  const { rows } = await sql.query<OpenOpinion>(
    `select opinion_id as "opinionId", region_code as "regionCode", medium, topic, phenomenon_l2 as phenomenon, reach::float8 as reach, spread_level as spread
       from opinion
      where not is_void and detected_at > ${instantOf('$1')} and detected_at <= ${instantOf('$2')}
        and (first_handled_at is null or first_handled_at > ${instantOf('$2')})
      order by subject_key`,
    [from, at],
  )
  return rows
}

/** Of these phenomena those with at least `least` tickets of these kinds on the local days that begin at `dayStarts`, anywhere. */
export async function loadBusyPhenomena(
  sql: Sql,
  query: { readonly kinds: readonly string[]; readonly phenomena: readonly string[]; readonly dayStarts: readonly Instant[]; readonly least: number },
): Promise<string[]> {
  const { rows } = await sql.query<{ value: string }>(
    `select c.value from unnest($3::float8[]) as d (ms)
       join cell c on c.cube = 'ACC/day/phenomenon' and c.bin_at = ${instantOf('d.ms')}
      where c.kind = any($1::text[]) and c.value = any($2::text[])
      group by c.value having sum(c.${ACCEPTED}) >= $4::float8 order by 1`,
    [query.kinds, query.phenomena, query.dayStarts, query.least],
  )
  return rows.map(({ value }) => value)
}

// Hits that alert, of given categories, in tickets accepted in a stretch.
const worded = (categories: string, from: string, to: string) =>
  `select ticket_key, category from keyword_hit where category = any(${categories}::text[]) and is_standing and kind = 'alert' and wrong_at is null
      and occurred_at >= ${instantOf(from)} and occurred_at < ${instantOf(to)}`

/** How many hits of these categories alert in tickets accepted in `[from, to)`, counted up to `most`. */
export async function countWorded(sql: Sql, categories: readonly string[], { from, to }: { readonly from: Instant; readonly to: Instant }, most: number): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`select count(*)::int as n from (${worded('$1', '$2', '$3')} limit $4) h`, [categories, from, to, most])
  return rows[0]?.n ?? 0
}

const IN_DAY = `is_valid and kind = any($1::text[]) and accepted_at >= ${instantOf('$3')} and accepted_at < ${instantOf('$4')}`

/** The valid tickets of these kinds accepted in `[from, to)` that have one of these phenomena, or words of these categories, with the second-level product that each names. */
export async function loadDayTickets(
  sql: Sql,
  { kinds, phenomena, categories, from, to }: { readonly kinds: readonly string[]; readonly phenomena: readonly string[]; readonly categories: readonly string[]; readonly from: Instant; readonly to: Instant },
): Promise<DayTicket[]> {
  const { rows } = await sql.query<DayTicket>(
    `with hit as (${worded('$5', '$3', '$4')}),
     watched as (select * from ticket where ${IN_DAY} and phenomenon_l2 = any($2::text[])
                 union all select * from ticket where ${IN_DAY} and phenomenon_l2 <> all($2::text[]) and ticket_key in (select ticket_key from hit))
     select ticket_key as "ticketKey", customer_key as "customerKey", phenomenon_l2 as phenomenon, region_code as "regionCode", accepted_at as "acceptedAt",
            coalesce(fold ->> 'productL2', '') as product, array(select distinct category from hit h where h.ticket_key = watched.ticket_key order by 1) as words
       from watched order by ticket_key`,
    [kinds, phenomena, from, to, categories],
  )
  return rows
}

const CLAIM = `is_valid and kind in ('complaint', 'appeal') and accepted_at >= ${instantOf('$1')} and accepted_at < ${instantOf('$2')}`
const PERSONS = `customer_key, fold -> 'customerKeys' -> 'contact' ->> 0, fold ->> 'sourceAddressKey', coalesce((fold ->> 'isProxy')::boolean, false), phenomenon_l2, region_code`

/**
 * The valid complaints and appeals accepted in `[from, to)` whose text is one of a cluster of at least `least` texts, those reported as templates, and those with
 * words of these categories. A ticket that is several of these is there as often.
 */
export async function loadTemplateTexts(sql: Sql, from: Instant, to: Instant, least: number, categories: readonly string[]): Promise<TemplateText[]> {
  const { rows } = await sql.query<TemplateText>(
    `select s.cluster::text as cluster, false as "isByWords", s.kind, s.ticket_key as "ticketKey", s.customer_key as "customerKey", s.contact_key as "contactKey",
            s.address_key as "addressKey", s.is_proxy as "isProxy", t.phenomenon_l2 as phenomenon, t.region_code as "regionCode"
       from text_cluster c
      cross join lateral (select * from text_signature g where g.cluster = c.id and g.accepted_at >= ${instantOf('$1')} and g.accepted_at < ${instantOf('$2')} offset 0) s
       join ticket t on t.ticket_key = s.ticket_key and t.is_valid
      where c.size >= $3::int and c.last_at >= ${instantOf('$1')} and c.first_at < ${instantOf('$2')}
      union all
     select null, false, kind, ticket_key, ${PERSONS} from ticket where is_template and ${CLAIM}
      union all
     select null, true, kind, ticket_key, ${PERSONS} from ticket where ${CLAIM} and ticket_key in (select ticket_key from (${worded('$4', '$1', '$2')}) h)
      order by 1, 4`,
    [from, to, least, categories],
  )
  return rows
}

/** The valid tickets of these kinds accepted in `[from, to)` whose text has words of these categories. */
export async function loadWordedTickets(sql: Sql, kinds: readonly string[], categories: readonly string[], from: Instant, to: Instant): Promise<WindowTicket[]> {
  const { rows } = await sql.query<WindowTicket>(
    `select ticket_key as "ticketKey", customer_key as "customerKey", phenomenon_l2 as phenomenon, region_path as "regionPath", accepted_at as "acceptedAt"
       from ticket where is_valid and kind = any($1::text[]) and ticket_key in (select ticket_key from (${worded('$2', '$3', '$4')}) h) order by ticket_key`,
    [kinds, categories, from, to],
  )
  return rows
}

/** The valid tickets of a kind accepted in `[from, to)`. */
export async function loadTicketsOfKind(sql: Sql, kind: string, from: Instant, to: Instant): Promise<{ ticketKey: string; regionCode: string }[]> {
  const { rows } = await sql.query<{ ticketKey: string; regionCode: string }>(
    `select ticket_key as "ticketKey", region_code as "regionCode" from ticket
      where is_valid and kind = $1 and accepted_at >= ${instantOf('$2')} and accepted_at < ${instantOf('$3')} order by ticket_key`,
    [kind, from, to],
  )
  return rows
}

/** Tickets of a kind accepted on whole local days, by day and node: the cells of those days and nothing else. */
export async function loadDaySums(sql: Sql, kind: string, dayStarts: readonly Instant[]): Promise<{ place: number; regionCode: string; n: number }[]> {
  const { rows } = await sql.query<{ place: number; regionCode: string; n: number }>(
    `select (d.place - 1)::int as place, c.region_code as "regionCode", sum(c.${ACCEPTED})::int as n
       from unnest($2::float8[]) with ordinality as d (ms, place)
       join cell c on c.cube = 'ACC/day' and c.bin_at = ${instantOf('d.ms')}
      where c.kind = $1 group by d.place, c.region_code`,
    [kind, dayStarts],
  )
  return rows
}

/** Cases about phenomena and products that stand, or were true after `since`; those that a person called false are none. */
export async function loadCaseFacts(sql: Sql, since: Instant): Promise<CaseFact[]> {
  const { rows } = await sql.query<{ alertId: string; kind: Matter['kind']; name: string; provinceCode: string | null; severity: CaseFact['severity'] }>(
    `select a.id::text as "alertId", c.matter_kind as kind, c.matter as name, a.province_code as "provinceCode", a.severity
       from risk_case c join alert a on a.id = c.alert_id
      where c.matter_kind in ('phenomenon', 'product') and c.last_true_at >= ${instantOf('$1')} and a.state not in ('false_positive', 'retracted', 'merged')
      order by a.id`,
    [since],
  )
  return rows.map(({ kind, name, ...rest }) => ({ ...rest, matter: { kind, name } }))
}

/** What people have confirmed of cases that are live, mitigated ones left out. */
export async function loadConfirmedUsers(sql: Sql): Promise<ConfirmedFact[]> {
  const { rows } = await sql.query<{ alertId: string; kind: Matter['kind']; name: string; regionCode: string; users: number; rules: string[] }>(
    `select a.id::text as "alertId", c.matter_kind as kind, c.matter as name, a.region_code as "regionCode", c.confirmed_users::float8 as users,
            array(select rule_id from risk_member m where m.alert_id = a.id order by rule_id) as rules
       from risk_case c join alert a on a.id = c.alert_id
      where a.kind = 'risk' and a.ended_at is null and a.state <> 'mitigated' and c.confirmed_users is not null order by a.id`,
  )
  return rows.map(({ kind, name, ...rest }) => ({ ...rest, matter: { kind, name } }))
}

/** What could make a rule of facts true at a tick, told by few rows whatever is stored. */
export interface FactTick {
  readonly at: Instant
  readonly kinds: readonly string[]
  readonly phenomena: readonly string[]
  readonly leastOfDay: number
  readonly leastAppeals: number
  readonly dayStarts: readonly Instant[]
  /** Nothing heard since this of some province. */
  readonly silentSince: Instant
  readonly opinionsSince: Instant
  readonly templatesSince: Instant
  readonly leastTemplates: number
  readonly callsSince: Instant
  readonly leastCalls: number
}

/** Whether a rule of facts has anything to look at. */
export async function hasRiskFacts(sql: Sql, tick: FactTick): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `select exists (select from incident where not is_void and (state = 'open' or last_event_at > ${instantOf('$1')}) and opened_at <= ${instantOf('$1')}
                      and (closed_at is null or closed_at > ${instantOf('$1')}))
         or exists (select from opinion where not is_void and detected_at > ${instantOf('$7')} and detected_at <= ${instantOf('$1')}
                      and (first_handled_at is null or first_handled_at > ${instantOf('$1')}))
         or exists (select from silent_stretch where heard_at is null)
         or exists (select from province_feed where last_received_at <= ${instantOf('$6')})
         or exists (select from unnest($5::float8[]) as d (ms) join cell c on c.cube = 'ACC/day/phenomenon' and c.bin_at = ${instantOf('d.ms')}
                     where c.kind = any($2::text[]) and c.value = any($3::text[]) group by c.value having sum(c.${ACCEPTED}) >= $4::float8)
         or exists (select from unnest($5::float8[]) as d (ms) join cell c on c.cube = 'ACC/day' and c.bin_at = ${instantOf('d.ms')}
                     where c.kind = 'appeal' having sum(c.${ACCEPTED}) >= $8::float8)
         or exists (select from text_cluster where size >= $10::int and last_at >= ${instantOf('$9')} and first_at < ${instantOf('$1')})
         or exists (select from ticket where is_template and is_valid and accepted_at >= ${instantOf('$9')} and accepted_at < ${instantOf('$1')})
         or exists (select from call where not is_void and queue_at >= ${instantOf('$11')} and queue_at < ${instantOf('$1')} offset greatest($12::int - 1, 0)) as found`,
    [tick.at, tick.kinds, tick.phenomena, tick.leastOfDay, tick.dayStarts, tick.silentSince, tick.opinionsSince, tick.leastAppeals, tick.templatesSince, tick.leastTemplates, tick.callsSince, tick.leastCalls],
  )
  return rows[0]?.found === true
}
