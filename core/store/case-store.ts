import type { Claim } from '../domain/risk/by-hand.ts'
import type { KnownCase } from '../domain/risk/late-detection.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { RiskReading } from '../domain/risk/reading.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertState, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { CLAIMS } from './case-hand-store.ts'
import { instantOf } from './columns.ts'

/** A case as the next tick needs it. */
export interface LiveCase {
  readonly alertId: string
  readonly matter: Matter
  readonly regionCode: string
  readonly regionPath: string
  readonly severity: Severity
  readonly state: AlertState
  readonly openedAt: Instant
  readonly mitigatedAt: Instant | null
  readonly lastTrueAt: Instant
  readonly falseSince: Instant | null
  readonly proposedSeverity: Severity | null
  /** When a person last lowered the colour, or refused to, or null. */
  readonly loweredAt: Instant | null
  readonly splitFrom: string | null
  /** When it came back from being mitigated, oldest first, in the last four days. */
  readonly relapses: readonly Instant[]
  readonly claims: readonly Claim[]
}

/** Locks and returns the cases that a tick may still change: all that are live, without those mitigated before `relapseSince`. */
export async function lockLiveCases(tx: Tx, relapseSince: Instant): Promise<LiveCase[]> {
  const live = await tx.query<{ id: number }>(
    `select id from alert where kind = 'risk' and ended_at is null and (state <> 'mitigated' or mitigated_at >= ${instantOf('$1')}) order by id for no key update`,
    [relapseSince],
  )
  if (live.rows.length === 0) return []
  // Two statements: what is read beside a row waited for would be as old as the beginning of the wait.
  const { rows } = await tx.query<Omit<LiveCase, 'matter'> & Matter>(
    `select a.id::text as "alertId", c.matter_kind as kind, c.matter as name, a.region_code as "regionCode", a.region_path as "regionPath", a.severity, a.state,
            a.opened_at as "openedAt", a.mitigated_at as "mitigatedAt", c.last_true_at as "lastTrueAt", c.false_since as "falseSince",
            c.proposed_severity as "proposedSeverity",
            (select max(t.at) from alert_transition t
              where t.alert_id = a.id and t.actor_kind = 'user' and (t.to_severity < t.from_severity or t.move = 'refuse_downgrade')) as "loweredAt",
            c.split_from::text as "splitFrom", ${CLAIMS} as claims,
            case when a.relapse_count = 0 then '{}'::float8[] else array(select (extract(epoch from t.at) * 1000)::float8 from alert_transition t
              where t.alert_id = a.id and t.move = 'relapse' and t.at >= ${instantOf('$2')} - interval '4 days' order by t.at) end as relapses
       from alert a join risk_case c on c.alert_id = a.id where a.id = any($1::bigint[]) and a.ended_at is null order by a.id`,
    [live.rows.map((row) => row.id), relapseSince],
  )
  return rows.map(({ kind, name, ...rest }) => ({ ...rest, matter: { kind, name } }))
}

/** All cases about phenomena and products that were true after `since`, whatever became of them. */
export async function loadKnownCases(sql: Sql, since: Instant): Promise<KnownCase[]> {
  const { rows } = await sql.query<Omit<KnownCase, 'matter'> & Matter>(
    `select c.matter_kind as kind, c.matter as name, a.region_path as "regionPath", c.first_true_at as "firstTrueAt", c.last_true_at as "lastTrueAt"
       from risk_case c join alert a on a.id = c.alert_id
      where c.matter_kind in ('phenomenon', 'product') and c.last_true_at >= ${instantOf('$1')} order by a.id`,
    [since],
  )
  return rows.map(({ kind, name, ...rest }) => ({ ...rest, matter: { kind, name } }))
}

/** The part of a case that lives between ticks, beside its alert. */
export interface CaseRow {
  readonly alertId: string
  readonly matter: Matter
  readonly firstTrueAt: Instant
}

/** Makes an alert that was just raised a case. */
export async function insertCase(tx: Tx, { alertId, matter, firstTrueAt }: CaseRow): Promise<void> {
  await tx.query(
    `insert into risk_case (alert_id, matter_kind, matter, first_true_at, last_true_at) values ($1, $2, $3, ${instantOf('$4')}, ${instantOf('$4')})`,
    [alertId, matter.kind, matter.name, firstTrueAt],
  )
}

/** Remembers the condition of a case after a tick; `trueAt` null leaves the last true tick as it was. */
export async function saveCondition(tx: Tx, alertId: string, condition: { trueAt: Instant | null; falseSince: Instant | null }): Promise<void> {
  await tx.query(
    `update risk_case set last_true_at = greatest(last_true_at, ${instantOf('$2')}), false_since = ${instantOf('$3')} where alert_id = $1`,
    [alertId, condition.trueAt, condition.falseSince],
  )
}

/** A case turns out to be about more than it was opened for: the product of which its phenomenon is one. */
export async function widenMatter(tx: Tx, alertId: string, matter: Matter): Promise<void> {
  await tx.query('update risk_case set matter_kind = $2, matter = $3 where alert_id = $1', [alertId, matter.kind, matter.name])
}

/** Keeps how many users are confirmed to be affected; false where the alert is no case. */
export async function saveConfirmedUsers(tx: Tx, alertId: string, users: number | null): Promise<boolean> {
  const { rowCount } = await tx.query('update risk_case set confirmed_users = $2 where alert_id = $1', [alertId, users])
  return rowCount === 1
}

/** Places a case at another node of the tree. */
export async function moveCase(tx: Tx, alertId: string, to: { regionCode: string; regionPath: string; provinceCode: string | null }): Promise<void> {
  await tx.query('update alert set region_code = $2, region_path = $3, province_code = $4, version = version + 1 where id = $1', [
    alertId,
    to.regionCode,
    to.regionPath,
    to.provinceCode,
  ])
}

/** Stores what each rule read at a tick: one line of the case's chart, and the latest reading of each rule with its first and last truth. */
export async function saveReadings(tx: Tx, alertId: string, readings: readonly RiskReading[]): Promise<void> {
  if (readings.length === 0) return
  const values = [
    alertId,
    readings.map((reading) => reading.ruleId),
    readings.map((reading) => reading.regionCode),
    readings.map((reading) => reading.tickAt),
    readings.map((reading) => reading.level),
    readings.map((reading) => reading.value),
    readings.map((reading) => reading.baseline),
    readings.map((reading) => reading.z),
    readings.map((reading) => reading.r),
  ]
  const columns = 'rule_id, region_code, tick_ms, level, value, baseline, z, r'
  const items = `unnest($2::text[], $3::text[], $4::float8[], $5::int[], $6::float8[], $7::float8[], $8::float8[], $9::float8[]`
  await tx.query(
    `insert into risk_reading (alert_id, rule_id, tick_at, region_code, level, value, baseline, z, r)
     select $1, rule_id, ${instantOf('tick_ms')}, region_code, level, value, baseline, z, r from ${items}) as i (${columns})
     on conflict (alert_id, rule_id, tick_at) do nothing`,
    values,
  )
  await tx.query(
    `insert into risk_member as m (alert_id, rule_id, region_code, tick_at, level, value, baseline, z, r, reason, first_true_at, last_true_at)
     select $1, rule_id, region_code, ${instantOf('tick_ms')}, level, value, baseline, z, r, reason::jsonb,
            case when level > 0 then ${instantOf('tick_ms')} end, case when level > 0 then ${instantOf('tick_ms')} end
       from ${items}, $10::text[]) as i (${columns}, reason)
     on conflict (alert_id, rule_id) do update set
       region_code = excluded.region_code, tick_at = excluded.tick_at, level = excluded.level, value = excluded.value, baseline = excluded.baseline,
       z = excluded.z, r = excluded.r, reason = excluded.reason,
       first_true_at = coalesce(m.first_true_at, excluded.first_true_at), last_true_at = coalesce(excluded.last_true_at, m.last_true_at)`,
    [...values, readings.map((reading) => JSON.stringify(reading.reason))],
  )
}

/** Links tickets to a case; returns the keys that were not linked before. */
export async function linkTickets(tx: Tx, alertId: string, ticketKeys: readonly string[], at: Instant): Promise<string[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<{ key: string }>(
    `insert into case_ticket (alert_id, ticket_key, linked_at) select $1, key, ${instantOf('$3')} from unnest($2::text[]) as i (key)
     on conflict do nothing returning ticket_key as key`,
    [alertId, ticketKeys, at],
  )
  return rows.map((row) => row.key)
}

/** Counts a case's linked valid tickets and their distinct customers anew; true when a number changed. */
export async function recountCase(tx: Tx, alertId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update risk_case c set ticket_count = s.tickets, customer_count = s.customers
       from (select count(*)::int as tickets, count(distinct t.customer_key)::int as customers
               from case_ticket l join ticket t on t.ticket_key = l.ticket_key where l.alert_id = $1 and t.is_valid) s
      where c.alert_id = $1 and (c.ticket_count, c.customer_count) is distinct from (s.tickets, s.customers)`,
    [alertId],
  )
  return rowCount === 1
}

/**
 * Has the timers judge again, at `at`, the tickets of a case that have an alert of their own which asks for people: of these keys, or of all
 * its tickets. The case speaks for them now (domain.md 4.1-6).
 */
export async function recheckAlerted(tx: Tx, caseId: string, ticketKeys: readonly string[] | null, at: Instant): Promise<number> {
  if (ticketKeys?.length === 0) return 0
  const { rowCount } = await tx.query(
    `update ticket t set next_check_at = least(t.next_check_at, ${instantOf('$3')})
       from case_ticket l
      where l.alert_id = $1 and ($2::text[] is null or l.ticket_key = any($2::text[])) and t.ticket_key = l.ticket_key
        and exists (select from alert a where a.ticket_key = t.ticket_key and a.ended_at is null and a.state in ('open', 'acknowledged', 'handling'))`,
    [caseId, ticketKeys, at],
  )
  return rowCount ?? 0
}

/** Has the timers judge again, at `at`, the tickets whose alerts a case suppresses: the case no longer does. */
export async function recheckSuppressed(tx: Tx, caseId: string, at: Instant): Promise<number> {
  const { rowCount } = await tx.query(
    `update ticket t set next_check_at = least(t.next_check_at, ${instantOf('$2')})
       from case_ticket l
      where l.alert_id = $1 and t.ticket_key = l.ticket_key
        and exists (select from alert a where a.ticket_key = t.ticket_key and a.state = 'suppressed')`,
    [caseId, at],
  )
  return rowCount ?? 0
}

/** How many of a case's linked tickets come from each province. */
export async function countByProvince(sql: Sql, alertId: string): Promise<{ provinceCode: string; n: number }[]> {
  const { rows } = await sql.query<{ provinceCode: string; n: number }>(
    `select t.province_code as "provinceCode", count(*)::int as n from case_ticket l join ticket t on t.ticket_key = l.ticket_key
      where l.alert_id = $1 group by t.province_code`,
    [alertId],
  )
  return rows
}

/** Of each rule how many cases under a path relapsed so often within the hours, the last time since an instant. */
export async function countFlapping(sql: Sql, path: string, { relapses, hours }: { readonly relapses: number; readonly hours: number }, since: Instant): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ ruleId: string; n: number }>(
    `select rule_id as "ruleId", count(distinct alert_id)::int as n
       from (select a.rule_id, t.alert_id, t.at, lag(t.at, $2) over (partition by t.alert_id order by t.at) as first
               from alert a join alert_transition t on t.alert_id = a.id and t.move = 'relapse'
              where a.kind = 'risk' and a.relapse_count > $2 and a.region_path ^@ $1) r
      where r.at >= ${instantOf('$4')} and r.at - r.first <= make_interval(hours => $3) group by rule_id`,
    [path, relapses - 1, hours, since],
  )
  return new Map(rows.map(({ ruleId, n }) => [ruleId, n]))
}
