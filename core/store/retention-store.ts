import type { RetentionCounts } from '../domain/protect/retention.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'
import { forgetKeywordHits } from './keyword-store.ts'
import { forgetReplyDigests } from './peer-store.ts'
import { lockTexts } from './text-check-store.ts'
import { forgetTexts } from './text-cluster-store.ts'

const NOT_HELD = 'not exists (select from held_ticket h where h.ticket_key = t.ticket_key)'
const QUIET = (cutoff: string) => `t.first_event_at < ${cutoff} and t.last_event_at < ${cutoff}`
const NOT_WAITING = 'not exists (select from pending_event p where p.ticket_key = t.ticket_key)'
/** Free text in payloads: what the customer said, and what a unit wrote back about it. */
const WITHOUT_TEXT = `case when event_type = 'corrected' and payload ->> 'field' = 'content_text' then payload - '{content_text,text,old,new}'::text[]
  else payload - '{content_text,text}'::text[] end`

/** The fold without the text, and without what equal replies are found by. */
const FOLD_WITHOUT_TEXT = `(case when ticket.fold::jsonb -> 'legs' is null then ticket.fold::jsonb
  else jsonb_set(ticket.fold::jsonb, '{legs}', (select coalesce(jsonb_agg(leg - 'replyDigest' order by place), '[]') from jsonb_array_elements(ticket.fold::jsonb -> 'legs') with ordinality as l (leg, place)))
  end - 'contentText')::json`

interface Stretch {
  readonly keys: string[]
  readonly from: Instant
  readonly to: Instant
}

/** The tickets and the stretch of time that holds all their events, so that only its chunks are opened; null when there are none. */
function stretchOf(rows: readonly { readonly key: string; readonly first: Instant; readonly last: Instant }[]): Stretch | null {
  if (rows.length === 0) return null
  const keys = rows.map(({ key }) => key)
  return { keys, from: Math.min(...rows.map(({ first }) => first)), to: Math.max(...rows.map(({ last }) => last)) }
}

const IN_STRETCH = `ticket_key = any(${column('$1')}) and occurred_at >= ${instantOf('$2')} and occurred_at < ${instantOf('$3')} + interval '1 ms'`
const valuesOf = ({ keys, from, to }: Stretch) => [joined(keys), from, to]

/**
 * Takes the text of at most `limit` tickets away whose last event is older than `before`: from the fold, the stored events and the clusters. Such a
 * ticket is frozen: its history is no longer whole, so it is never folded again.
 */
export async function deleteTexts(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rows } = await tx.query<{ key: string; first: Instant; last: Instant }>(
    `update ticket set is_frozen = true, next_check_at = null, fold = ${FOLD_WITHOUT_TEXT}
       from (select t.ticket_key from ticket t where not t.is_frozen and ${QUIET(instantOf('$1'))} and ${NOT_HELD} and ${NOT_WAITING}
              order by t.first_event_at limit $2 for update of t skip locked) due
      where ticket.ticket_key = due.ticket_key
     returning ticket.ticket_key as key, ticket.first_event_at as first, ticket.last_event_at as last`,
    [before, limit],
  )
  if (rows.length > 0) {
    const keys = rows.map(({ key }) => key)
    await lockTexts(tx)
    await forgetTexts(tx, keys)
    await forgetKeywordHits(tx, keys)
    await forgetReplyDigests(tx, keys)
  }
  const stretch = stretchOf(rows)
  if (stretch !== null) await tx.query(`update event set payload = ${WITHOUT_TEXT} where ${IN_STRETCH} and payload <> ${WITHOUT_TEXT}`, valuesOf(stretch))
  return { texts: rows.length }
}

/** Deletes the whole histories of at most `limit` frozen tickets whose last event is older than `before`. The ticket rows stay as they are. */
export async function deleteHistories(tx: Tx, before: Instant, limit: number): Promise<{ tickets: number; counts: Partial<RetentionCounts> }> {
  const { rows } = await tx.query<{ key: string; first: Instant; last: Instant }>(
    `update ticket set is_erased = true
       from (select t.ticket_key from ticket t where t.is_frozen and not t.is_erased and ${QUIET(instantOf('$1'))} and ${NOT_HELD} and ${NOT_WAITING}
              order by t.first_event_at limit $2 for update of t skip locked) due
      where ticket.ticket_key = due.ticket_key
     returning ticket.ticket_key as key, ticket.first_event_at as first, ticket.last_event_at as last`,
    [before, limit],
  )
  const stretch = stretchOf(rows)
  if (stretch === null) return { tickets: 0, counts: {} }
  const { rows: gone } = await tx.query<{ source: string; id: string }>(
    `delete from event where ${IN_STRETCH} returning source_system as source, event_id as id`,
    valuesOf(stretch),
  )
  await deleteIdentities(tx, gone)
  return { tickets: rows.length, counts: { events: gone.length } }
}

async function deleteIdentities(tx: Tx, gone: readonly { readonly source: string; readonly id: string }[]): Promise<void> {
  if (gone.length === 0) return
  await tx.query(
    `delete from event_id e using unnest(${column('$1')}, ${column('$2')}) as i (source_system, event_id)
      where e.source_system = i.source_system and e.event_id = i.event_id`,
    [joined(gone.map(({ source }) => source)), joined(gone.map(({ id }) => id))],
  )
}

/** Deletes at most `limit` events older than `before` that no ticket was ever folded from. */
export async function deleteStrayEvents(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rows: gone } = await tx.query<{ source: string; id: string }>(
    `delete from event where occurred_at < ${instantOf('$1')} and (source_system, event_id) in (
       select t.source_system, t.event_id from event t
        where t.occurred_at < ${instantOf('$1')} and not exists (select from ticket k where k.ticket_key = t.ticket_key) and ${NOT_HELD} and ${NOT_WAITING} limit $2)
     returning source_system as source, event_id as id`,
    [before, limit],
  )
  await deleteIdentities(tx, gone)
  return { events: gone.length }
}

/** Cells that age: the present state has no time, and the monthly changes of the state are what it is the running sum of. */
export const AGES = "cube <> 'NOW/none' and cube not like 'SNAP/month%'"

/** Deletes at most `limit` counting cells, and as many buckets of sketches, whose bin begins before `before`. */
export async function deleteCells(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  // The key, not the place of the row: a place is its own only within one chunk.
  const { rowCount } = await tx.query(
    `delete from cell where bin_at < ${instantOf('$1')} and (cube, bin_at, region_code, kind, value) in (
       select cube, bin_at, region_code, kind, value from cell where bin_at < ${instantOf('$1')} and ${AGES} limit $2)`,
    [before, limit],
  )
  const sketches = await tx.query(
    `delete from cell_sketch where bin_at < ${instantOf('$1')} and (cube, bin_at, region_code, kind, value, bucket) in (
       select cube, bin_at, region_code, kind, value, bucket from cell_sketch where bin_at < ${instantOf('$1')} limit $2)`,
    [before, limit],
  )
  return { cells: (rowCount ?? 0) + (sketches.rowCount ?? 0) }
}

/** What belongs to an alert, in the order in which it can go: what refers to something before that something. */
export const ALERT_RECORD: readonly (readonly [table: string, where: string])[] = [
  ['notification', 'alert_id = any($1::bigint[])'],
  ['reply_code', 'outbox_id in (select id from outbox where alert_id = any($1::bigint[]))'],
  ['page_answer', 'outbox_id in (select id from outbox where alert_id = any($1::bigint[]))'],
  ['outbox', 'alert_id = any($1::bigint[])'],
  ['page_log', 'alert_id = any($1::bigint[])'],
  ['self_audit_finding', 'alert_id = any($1::bigint[])'],
  ['escalation_step', 'escalation_id in (select id from escalation where alert_id = any($1::bigint[]))'],
  ['escalation', 'alert_id = any($1::bigint[])'],
  ['risk_reading', 'alert_id = any($1::bigint[])'],
  ['risk_member', 'alert_id = any($1::bigint[])'],
  ['case_ticket', 'alert_id = any($1::bigint[])'],
  ['case_claim', 'alert_id = any($1::bigint[])'],
  ['case_report', 'alert_id = any($1::bigint[])'],
  ['case_measure', 'alert_id = any($1::bigint[])'],
  ['case_line', 'alert_id = any($1::bigint[])'],
  ['case_review_signature', 'alert_id = any($1::bigint[])'],
  ['case_review_version', 'alert_id = any($1::bigint[])'],
  ['review_measure', 'alert_id = any($1::bigint[])'],
  ['case_review', 'alert_id = any($1::bigint[])'],
  ['risk_case', 'alert_id = any($1::bigint[])'],
  ['alert_transition', 'alert_id = any($1::bigint[])'],
  ['alert_check', 'alert_id = any($1::bigint[])'],
  ['alert_limit', 'alert_id = any($1::bigint[])'],
  ['alert', 'id = any($1::bigint[])'],
]

/**
 * Deletes at most `limit` alerts and cases, each with its whole record, that ended and were last touched before `before`. One that a kept alert
 * refers to (suppressed by it, merged into it) is kept with it.
 */
export async function deleteAlerts(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rows } = await tx.query<{ id: string }>(
    `select a.id::text as id from alert a
      where a.ended_at < ${instantOf('$1')} and not exists (select from held_alert h where h.alert_id = a.id)
        and not exists (select from alert r where r.suppressed_by = a.id) and not exists (select from alert r where r.merged_into = a.id)
        and not exists (select from alert_transition n where n.alert_id = a.id and n.at >= ${instantOf('$1')})
      order by a.ended_at limit $2 for update of a skip locked`,
    [before, limit],
  )
  const ids = rows.map(({ id }) => id)
  const gone = new Map<string, number>()
  if (ids.length > 0) {
    for (const [table, where] of ALERT_RECORD) gone.set(table, (await tx.query(`delete from ${table} where ${where}`, [ids])).rowCount ?? 0)
  }
  return { alerts: ids.length, transitions: gone.get('alert_transition') ?? 0, notifications: gone.get('outbox') ?? 0 }
}

/** Deletes at most `limit` records of changes of shift before `before`. */
export async function deleteHandovers(tx: Tx, before: Instant, limit: number): Promise<number> {
  const { rowCount } = await tx.query(`delete from handover where id in (select h.id from handover h where h.at < ${instantOf('$1')} order by h.id limit $2)`, [before, limit])
  return rowCount ?? 0
}

/** Deletes at most `limit` silent trials that ended before `before`, each with all that it found. */
export async function deleteTrials(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rowCount } = await tx.query(
    `delete from rule_trial where id in (select t.id from rule_trial t where coalesce(t.stopped_at, t.ends_at) < ${instantOf('$1')} order by t.id limit $2)`,
    [before, limit],
  )
  return { trials: rowCount ?? 0 }
}

/** Deletes at most `limit` lines of the audit log older than `before`; acts on what is held stay with it. */
export async function deleteAudit(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rowCount } = await tx.query(
    `delete from audit_log where id in (
       select a.id from audit_log a where a.at < ${instantOf('$1')}
          and a.subject not in (select kind || ' ' || alert_id from held_alert cross join (values ('alert'), ('case')) as k (kind))
          and a.subject not in (select 'ticket ' || ticket_key from held_ticket)
        order by a.at limit $2)`,
    [before, limit],
  )
  return { audit: rowCount ?? 0 }
}

/** Deletes at most `limit` messages of ended alerts older than `before`, with what their receivers were shown. */
export async function deleteNotifications(tx: Tx, before: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rows } = await tx.query<{ id: string }>(
    `select o.id::text as id from outbox o join alert a on a.id = o.alert_id
      where o.created_at < ${instantOf('$1')} and a.ended_at is not null and not exists (select from held_alert h where h.alert_id = o.alert_id)
      order by o.id limit $2 for update of o skip locked`,
    [before, limit],
  )
  const ids = rows.map(({ id }) => id)
  // Answers that belong to no page; the others go with theirs.
  await tx.query(`delete from page_answer where (provider_id, event_hash) in (select provider_id, event_hash from page_answer where outbox_id is null and at < ${instantOf('$1')} limit $2)`, [before, limit])
  if (ids.length === 0) return { notifications: 0 }
  await tx.query('delete from notification where outbox_id = any($1::bigint[])', [ids])
  await tx.query('delete from outbox where id = any($1::bigint[])', [ids])
  return { notifications: ids.length }
}

/**
 * Deletes at most `limit` quarantined items received before `before`: they hold text like tickets do. What only names a ticket that could not be
 * folded holds none, and goes with the events.
 */
export async function deleteQuarantined(tx: Tx, before: Instant, beforeEvents: Instant, limit: number): Promise<Partial<RetentionCounts>> {
  const { rowCount } = await tx.query(
    `delete from quarantine where id in (
       select q.id from quarantine q
        where q.received_at < case when q.code = 'fold_failed' then ${instantOf('$2')} else ${instantOf('$1')} end
          and not exists (select from held_ticket h where h.ticket_key = coalesce(q.item ->> 'ticket_key',
            concat_ws(':', q.item ->> 'province_code', q.item ->> 'source_system', q.item ->> 'ticket_id')))
        order by q.id limit $3)`,
    [before, beforeEvents, limit],
  )
  return { quarantined: rowCount ?? 0 }
}

/** Hypertables whose old chunks are empty once their rows have been deleted. */
const CHUNKED = ['event', 'cell'] as const

/**
 * Drops chunks that lie wholly before `before` and hold nothing any more; returns how many. On plain PostgreSQL there are none. Nobody can write
 * while it looks, and not one row is lost with a chunk.
 */
export async function dropEmptyChunks(tx: Tx, table: (typeof CHUNKED)[number], before: Instant): Promise<number> {
  const { rows: found } = await tx.query("select from pg_extension where extname = 'timescaledb'")
  if (found.length === 0) return 0
  const time = table === 'event' ? 'occurred_at' : 'bin_at'
  const { rows } = await tx.query<{ from: Instant; to: Instant }>(
    `select range_start as "from", range_end as "to" from timescaledb_information.chunks
      where hypertable_schema = 'public' and hypertable_name = $1 and range_end <= ${instantOf('$2')} order by range_start`,
    [table, before],
  )
  if (rows.length === 0) return 0
  await tx.query(`lock table ${table} in share row exclusive mode`)
  let dropped = 0
  for (const { from, to } of rows) {
    const { rows: left } = await tx.query(`select from ${table} where ${time} >= ${instantOf('$1')} and ${time} < ${instantOf('$2')} limit 1`, [from, to])
    if (left.length > 0) continue
    await tx.query(`select drop_chunks('${table}', older_than => ${instantOf('$2')}, newer_than => ${instantOf('$1')})`, [from, to])
    dropped += 1
  }
  return dropped
}
