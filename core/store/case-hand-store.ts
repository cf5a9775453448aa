import type { Claim } from '../domain/risk/by-hand.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { Instant } from '../domain/time.ts'
import type { Level, MatterKind } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A claim as SQL reads it: part of a row of a case, as a JSON array. */
export const CLAIMS = `coalesce((select json_agg(json_build_object('matter', json_build_object('kind', k.matter_kind, 'name', k.matter),
    'regionPath', k.region_path, 'ruleIds', k.rule_ids) order by k.id) from case_claim k where k.alert_id = c.alert_id), '[]')`

/** Adds claims to a case. */
export async function insertClaims(tx: Tx, alertId: string, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return
  await tx.query(
    `insert into case_claim (alert_id, matter_kind, matter, region_path, rule_ids)
     select $1, i.kind, i.name, i.path, array(select jsonb_array_elements_text(i.rules))
       from jsonb_to_recordset($2::jsonb) as i (kind text, name text, path text, rules jsonb)`,
    [
      alertId,
      JSON.stringify(claims.map(({ matter, regionPath, ruleIds }) => ({ kind: matter.kind, name: matter.name, path: regionPath, rules: ruleIds }))),
    ],
  )
}

/** Puts these claims in the place of those that a case has. */
export async function replaceClaims(tx: Tx, alertId: string, claims: readonly Claim[]): Promise<void> {
  await tx.query('delete from case_claim where alert_id = $1', [alertId])
  await insertClaims(tx, alertId, claims)
}

/** The part of a case that a person may change by merging and splitting. */
export interface HandCase {
  readonly alertId: string
  readonly matter: Matter
  readonly regionCode: string
  readonly regionPath: string
  readonly splitFrom: string | null
  readonly claims: readonly Claim[]
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
}

/** These cases, in no order; the caller holds the locks of their alerts. */
export async function loadHandCases(sql: Sql, alertIds: readonly string[]): Promise<HandCase[]> {
  const { rows } = await sql.query<Omit<HandCase, 'matter'> & { kind: MatterKind; name: string }>(
    `select c.alert_id::text as "alertId", c.matter_kind as kind, c.matter as name, a.region_code as "regionCode", a.region_path as "regionPath",
            c.split_from::text as "splitFrom", ${CLAIMS} as claims, c.first_true_at as "firstTrueAt", c.last_true_at as "lastTrueAt"
       from risk_case c join alert a on a.id = c.alert_id where c.alert_id = any($1::bigint[])`,
    [alertIds],
  )
  return rows.map(({ kind, name, ...rest }) => ({ ...rest, matter: { kind, name } }))
}

/** Makes a case one that was split from another, or, with null, one like all others. */
export async function saveSplitFrom(tx: Tx, alertId: string, splitFrom: string | null): Promise<void> {
  await tx.query('update risk_case set split_from = $2 where alert_id = $1', [alertId, splitFrom])
}

/** What was split from a case that goes into another was split from that one from now on. */
export async function passSplits(tx: Tx, fromId: string, toId: string): Promise<void> {
  await tx.query('update risk_case set split_from = $2 where split_from = $1 and alert_id <> $2', [fromId, toId])
}

/**
 * What a case brings into the one that it goes into: tickets, members and their readings, confirmed users (the greater number: nobody knows how many
 * are in both), measures, the words where the other has none, and the time for which it was true. Its own record stays as it was, its measures excepted.
 */
export async function takeOverCase(tx: Tx, fromId: string, toId: string, at: Instant): Promise<void> {
  await tx.query(
    `insert into case_ticket (alert_id, ticket_key, linked_at) select $2, ticket_key, ${instantOf('$3')} from case_ticket where alert_id = $1
     on conflict do nothing`,
    [fromId, toId, at],
  )
  const reading = 'rule_id, region_code, tick_at, level, value, baseline, z, r'
  // A line of a chart is of one place: readings come along only for rules that the other case does not have.
  await tx.query(
    `insert into risk_reading (alert_id, ${reading}) select $2, ${reading} from risk_reading r
      where alert_id = $1 and not exists (select from risk_member m where m.alert_id = $2 and m.rule_id = r.rule_id)
     on conflict do nothing`,
    [fromId, toId],
  )
  await tx.query(
    `insert into risk_member as m (alert_id, ${reading}, reason, first_true_at, last_true_at)
     select $2, ${reading}, reason, first_true_at, last_true_at from risk_member where alert_id = $1
     on conflict (alert_id, rule_id) do update set
       first_true_at = least(m.first_true_at, excluded.first_true_at), last_true_at = greatest(m.last_true_at, excluded.last_true_at)`,
    [fromId, toId],
  )
  await tx.query(
    `update risk_case i set confirmed_users = greatest(i.confirmed_users, f.confirmed_users), first_true_at = least(i.first_true_at, f.first_true_at),
            last_true_at = greatest(i.last_true_at, f.last_true_at), false_since = case when f.false_since is null then null else greatest(i.false_since, f.false_since) end
       from risk_case f where i.alert_id = $2 and f.alert_id = $1`,
    [fromId, toId],
  )
  await tx.query('update case_measure set alert_id = $2 where alert_id = $1', [fromId, toId])
  await copyLine(tx, fromId, toId)
}

/** Gives a case without words the newest ones of another. */
export async function copyLine(tx: Tx, fromId: string, toId: string): Promise<void> {
  await tx.query(
    `insert into case_line (alert_id, version, text, stated_at, stated_by)
     select $2, 1, text, stated_at, stated_by from case_line where alert_id = $1 and not exists (select from case_line where alert_id = $2)
      order by version desc limit 1`,
    [fromId, toId],
  )
}

/** One of a case's tickets, as splitting needs it. */
export interface CaseTicket {
  readonly ticketKey: string
  readonly customerKey: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly regionPath: string
  readonly acceptedAt: Instant | null
  readonly isValid: boolean
}

/** Every ticket of a case. */
export async function loadCaseTickets(sql: Sql, alertId: string): Promise<CaseTicket[]> {
  const { rows } = await sql.query<CaseTicket>(
    `select t.ticket_key as "ticketKey", t.customer_key as "customerKey", t.region_code as "regionCode", t.region_path as "regionPath",
            case t.phenomenon_l2 when '' then coalesce(t.fold ->> 'phenomenonL1', '') else t.phenomenon_l2 end as phenomenon,
            t.accepted_at as "acceptedAt", t.is_valid as "isValid"
       from case_ticket l join ticket t on t.ticket_key = l.ticket_key where l.alert_id = $1 order by t.ticket_key`,
    [alertId],
  )
  return rows
}

/** Takes tickets out of one case and puts them into another. */
export async function moveTickets(tx: Tx, fromId: string, toId: string, ticketKeys: readonly string[], at: Instant): Promise<void> {
  await tx.query('delete from case_ticket where alert_id = $1 and ticket_key = any($2::text[])', [fromId, ticketKeys])
  await tx.query(
    `insert into case_ticket (alert_id, ticket_key, linked_at) select $1, key, ${instantOf('$3')} from unnest($2::text[]) as i (key) on conflict do nothing`,
    [toId, ticketKeys, at],
  )
}

/** The latest reading of one of a case's rules. */
export interface MemberRow {
  readonly ruleId: string
  readonly regionCode: string
  readonly level: Level
  readonly value: number
}

/** The rules of a case, in the order of their ids. */
export async function loadMembers(sql: Sql, alertId: string): Promise<MemberRow[]> {
  const { rows } = await sql.query<MemberRow>(
    'select rule_id as "ruleId", region_code as "regionCode", level, value from risk_member where alert_id = $1 order by rule_id',
    [alertId],
  )
  return rows
}

/** Gives rules of a case, with what they read so far, to another; what billing confirmed goes with its rule. */
export async function moveMembers(tx: Tx, fromId: string, toId: string, ruleIds: readonly string[]): Promise<void> {
  await tx.query('update risk_member set alert_id = $2 where alert_id = $1 and rule_id = any($3::text[])', [fromId, toId, ruleIds])
  await tx.query('update risk_reading set alert_id = $2 where alert_id = $1 and rule_id = any($3::text[])', [fromId, toId, ruleIds])
  if (!ruleIds.includes('MR-13')) return
  await tx.query('update risk_case t set confirmed_users = f.confirmed_users from risk_case f where f.alert_id = $1 and t.alert_id = $2', [
    fromId,
    toId,
  ])
  await tx.query('update risk_case set confirmed_users = null where alert_id = $1', [fromId])
}

/** When a case was true, after the one that it was split from. */
export async function saveTruth(tx: Tx, alertId: string, lastTrueAt: Instant): Promise<void> {
  await tx.query(`update risk_case set last_true_at = ${instantOf('$2')} where alert_id = $1`, [alertId, lastTrueAt])
}

/** The tickets that cases split off hold, each with the cases that hold it. */
export async function loadHeldTickets(sql: Sql, alertIds: readonly string[]): Promise<Map<string, Set<string>>> {
  const held = new Map<string, Set<string>>()
  if (alertIds.length === 0) return held
  const { rows } = await sql.query<{ key: string; id: string }>(
    'select ticket_key as key, alert_id::text as id from case_ticket where alert_id = any($1::bigint[])',
    [alertIds],
  )
  for (const { key, id } of rows) held.set(key, (held.get(key) ?? new Set()).add(id))
  return held
}
