import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A log that only grows and whose lines are sealed. */
export const SEALED_LOGS = ['alert_transition', 'audit_log', 'page_log'] as const
export type SealedLog = (typeof SEALED_LOGS)[number]

const MICROS = '(extract(epoch from r.at) * 1000000)::bigint'
/** Every column of a line: what is not in here could be altered unseen. */
const LINE: Readonly<Record<SealedLog, string>> = {
  alert_transition: `r.id, r.alert_id, ${MICROS}, r.actor_kind, r.actor_id, r.move, r.from_state, r.to_state, r.from_severity, r.to_severity, r.reason, r.detail, r.client`,
  audit_log: `r.id, ${MICROS}, r.actor, r.action, r.subject, r.detail`,
  page_log: `r.id, r.alert_id, ${MICROS}, r.kind, r.ref, r.body`,
}
/** Lines of a canary's life prove nothing and are not sealed (docs/adr/0039): they are not kept a day. */
const IS_OURS = (log: SealedLog) => (log === 'alert_transition' ? 'not is_canary(r.alert_id)' : 'true')
const digestOf = (log: SealedLog) => `sha256(convert_to(jsonb_build_array(${LINE[log]})::text, 'UTF8'))`

/** The digest of all lines of a seal, in an order of its own. */
const DIGEST = `sha256(convert_to(coalesce(string_agg(source || ':' || row_id || ':' || encode(digest, 'hex'), chr(10) order by source collate "C", row_id), ''), 'UTF8'))`

/** One link of the chain; digests and seals in hex. */
export interface AuditSeal {
  readonly no: number
  readonly at: Instant
  readonly keyId: string
  readonly entries: number
  readonly digest: string
  readonly previous: string
  readonly seal: string
}

const SEAL = `no::float8 as no, at, key_id as "keyId", entries, encode(digest, 'hex') as digest, encode(previous, 'hex') as previous, encode(seal, 'hex') as seal`

/** Whether this transaction is the one that seals; another is at it otherwise. */
export async function lockSealing(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ is: boolean }>(`select pg_try_advisory_xact_lock(hashtextextended('tocsin:audit-seal', 0)) as is`)
  return rows[0]?.is === true
}

/** The last link; null before the first. */
export async function loadLastSeal(sql: Sql): Promise<AuditSeal | null> {
  const { rows } = await sql.query<AuditSeal>(`select ${SEAL} from audit_seal order by audit_seal.no desc limit 1`)
  return rows[0] ?? null
}

/** Seals from a number on, in their order. */
export async function loadSeals(sql: Sql, from: number, limit: number): Promise<AuditSeal[]> {
  const { rows } = await sql.query<AuditSeal>(`select ${SEAL} from audit_seal where audit_seal.no >= $1 order by audit_seal.no limit $2`, [from, limit])
  return rows
}

/**
 * Puts the digests of at most `limit` lines of a log, that have none yet, under seal `no`; returns how many. With `stragglers` also lines of transactions
 * that took longer than those after them.
 */
export async function enterLines(tx: Tx, log: SealedLog, no: number, { stragglers, limit }: { readonly stragglers: boolean; readonly limit: number }, now: Instant): Promise<number> {
  await tx.query(`insert into audit_mark (source, next_low_at) values ($1, ${instantOf('$2')}) on conflict (source) do nothing`, [log, now])
  const { rows } = await tx.query<{ entered: number; high: string | null }>(
    `with due as (
       select r.*, ${IS_OURS(log)} as is_ours from ${log} r, audit_mark m where m.source = '${log}'
          and r.id > case when $2 then m.low else m.high end and ($2 is false or not exists (select from audit_entry e where e.source = '${log}' and e.row_id = r.id))
        order by r.id limit $3),
     entered as (
       insert into audit_entry (source, row_id, row_at, digest, seal_no) select '${log}', r.id, r.at, ${digestOf(log)}, $1 from due r where r.is_ours on conflict do nothing returning row_id)
     select (select count(*) from entered)::int as entered, (select max(id) from due)::text as high`,
    [no, stragglers, limit],
  )
  const { entered = 0, high = null } = rows[0] ?? {}
  if (high !== null) await tx.query('update audit_mark set high = greatest(high, $2::bigint) where source = $1', [log, high])
  return entered
}

/** What was sealed `graceMs` ago is sealed for good: a line that turns up there later is none of ours. */
export async function raiseMarks(tx: Tx, now: Instant, graceMs: number): Promise<void> {
  await tx.query(
    `update audit_mark set low = next_low, next_low = high, next_low_at = ${instantOf('$1')} where next_low_at <= ${instantOf('$1')} - make_interval(secs => $2::float8 / 1000)`,
    [now, graceMs],
  )
}

/** The digest, in hex, and the number of what is under a seal. */
export async function digestOfSeal(sql: Sql, no: number): Promise<{ digest: string; entries: number }> {
  const { rows } = await sql.query<{ digest: string; entries: number }>(`select encode(${DIGEST}, 'hex') as digest, count(*)::int as entries from audit_entry where seal_no = $1`, [no])
  return rows[0] ?? { digest: '', entries: 0 }
}

/** Adds a link. */
export async function insertSeal(tx: Tx, { no, at, keyId, entries, digest, previous, seal }: AuditSeal): Promise<void> {
  await tx.query(
    `insert into audit_seal (no, at, key_id, entries, digest, previous, seal)
     values ($1, ${instantOf('$2')}, $3, $4, decode($5, 'hex'), decode($6, 'hex'), decode($7, 'hex'))`,
    [no, at, keyId, entries, digest, previous, seal],
  )
}

/** What lies under no seal yet: how many lines, and of when the oldest is; null when there is none. */
export async function loadUnsealed(sql: Sql): Promise<{ lines: number; oldestAt: Instant | null }> {
  const parts = SEALED_LOGS.map(
    (log) => `select r.at from ${log} r where ${IS_OURS(log)} and r.id > coalesce((select m.low from audit_mark m where m.source = '${log}'), 0)
                 and not exists (select from audit_entry e where e.source = '${log}' and e.row_id = r.id)`,
  )
  const { rows } = await sql.query<{ lines: number; oldestAt: Instant | null }>(`select count(*)::int as lines, min(at) as "oldestAt" from (${parts.join(' union all ')}) as u`)
  return rows[0] ?? { lines: 0, oldestAt: null }
}

/** A line that is not what was sealed. */
export interface BrokenLine {
  readonly log: SealedLog | 'outbox' | 'escalation_step'
  readonly id: string
  readonly what: 'altered' | 'deleted' | 'inserted'
}

export interface CheckedLines {
  readonly checked: number
  readonly broken: readonly BrokenLine[]
}

/**
 * Compares the lines of a log, of the time [from, to), with what was sealed of them: altered; deleted, unless a keeping run did it whose cutoff had come; or
 * there although what surrounds them was sealed without them. At most `limit` of each.
 */
export async function compareLines(sql: Sql, log: SealedLog, from: Instant, to: Instant, limit: number): Promise<CheckedLines> {
  const span = (time: string) => `${time} >= ${instantOf('$1')} and ${time} < ${instantOf('$2')}`
  const cutoff = log === 'page_log' ? "'infinity'::timestamptz" : `to_timestamp((n.cutoffs ->> '${log === 'audit_log' ? 'logs' : 'alerts'}')::float8 / 1000)`
  const { rows } = await sql.query<{ id: string; what: BrokenLine['what'] }>(
    `(select e.row_id::text as id, case when r.id is null then 'deleted' else 'altered' end as what
        from audit_entry e left join ${log} r on r.id = e.row_id
       where e.source = '${log}' and ${span('e.row_at')} and (r.id is null or e.digest <> ${digestOf(log)})
         and not (r.id is null and exists (select from audit_tombstone t join retention_run n on n.day = t.day where t.source = '${log}' and t.row_id = e.row_id and e.row_at < ${cutoff}))
       order by e.row_id limit $3)
     union all
     (select r.id::text, 'inserted' from ${log} r join audit_mark m on m.source = '${log}' and r.id <= m.low
       where ${span('r.at')} and ${IS_OURS(log)} and not exists (select from audit_entry e where e.source = '${log}' and e.row_id = r.id) order by r.id limit $3)`,
    [from, to, limit],
  )
  const { rows: counted } = await sql.query<{ n: number }>(`select count(*)::int as n from audit_entry e where e.source = '${log}' and ${span('e.row_at')}`, [from, to])
  return { checked: counted[0]?.n ?? 0, broken: rows.map(({ id, what }) => ({ log, id, what })) }
}

/** Steps and deliveries of the time [from, to) that no longer are what was last written down of them; of a canary nothing is written down, and what has lines is none. */
export async function compareStates(sql: Sql, from: Instant, to: Instant, limit: number): Promise<CheckedLines> {
  const last = (kind: string, ref: string) => `left join lateral (select l.body from page_log l where l.ref = ${ref} and l.kind = '${kind}' order by l.id desc limit 1) l on true`
  const { rows } = await sql.query<{ log: 'outbox' | 'escalation_step'; id: string }>(
    `(select 'outbox' as log, o.id::text from outbox o ${last('delivery', 'o.delivery_id::text')}
       where o.created_at >= ${instantOf('$1')} and o.created_at < ${instantOf('$2')} and l.body is distinct from delivery_body(o) and not (l.body is null and is_canary(o.alert_id)) order by o.id limit $3)
     union all
     (select 'escalation_step', concat_ws('/', s.escalation_id, s.step, s.round) from escalation_step s ${last('step', "concat_ws('/', s.escalation_id, s.step, s.round)")}
       where s.fired_at >= ${instantOf('$1')} and s.fired_at < ${instantOf('$2')} and l.body is distinct from step_body(s)
         and not (l.body is null and exists (select from escalation e where e.id = s.escalation_id and is_canary(e.alert_id))) order by 2 limit $3)`,
    [from, to, limit],
  )
  const { rows: counted } = await sql.query<{ n: number }>(
    `select (select count(*) from outbox where created_at >= ${instantOf('$1')} and created_at < ${instantOf('$2')})::int
          + (select count(*) from escalation_step where fired_at >= ${instantOf('$1')} and fired_at < ${instantOf('$2')})::int as n`,
    [from, to],
  )
  return { checked: counted[0]?.n ?? 0, broken: rows.map(({ log, id }) => ({ log, id, what: 'altered' })) }
}
