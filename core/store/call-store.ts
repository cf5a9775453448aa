import type { Call } from '../domain/notice/call.ts'
import type { Instant } from '../domain/time.ts'
import type { HotlineFact } from '../domain/risk/facts.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** Strikes these calls off their callers' lists, before their rows change, and has the calls before them judged again after the commit (K-63). */
export async function strikeCallers(tx: Tx, subjectKeys: readonly string[]): Promise<void> {
  if (subjectKeys.length === 0) return
  await tx.query(
    `with struck as (
       delete from call_caller l using call c
        where c.subject_key = any(${column('$1')}) and l.caller_key = any(c.caller_keys) and l.queue_at = c.queue_at and l.subject_key = c.subject_key
        returning l.caller_key, l.queue_at)
     insert into call_follow_up (caller_key, queue_at) select caller_key, queue_at from struck`,
    [joined(subjectKeys)],
  )
}

/** Enters these calls, as their rows are now, on their callers' lists, and has them and the calls before them judged after the commit (K-63). */
export async function enterCallers(tx: Tx, subjectKeys: readonly string[]): Promise<void> {
  if (subjectKeys.length === 0) return
  await tx.query(
    `with entered as (
       insert into call_caller (caller_key, queue_at, subject_key)
       select key, c.queue_at, c.subject_key from call c cross join unnest(c.caller_keys) as k (key)
        where c.subject_key = any(${column('$1')}) and not c.is_void order by 1, 2, 3
       on conflict do nothing returning caller_key, queue_at)
     insert into call_follow_up (caller_key, queue_at) select caller_key, queue_at from entered`,
    [joined(subjectKeys)],
  )
}

/** Calls that entered the queue in `[from, to)`, and those of them that were answered, by province; abandons sooner than `shortMs` are left out (domain.md K-59). */
export async function loadHotline(sql: Sql, from: Instant, to: Instant, shortMs: number): Promise<HotlineFact[]> {
  const { rows } = await sql.query<HotlineFact>(
    `select province_code as "provinceCode", count(*)::int as calls, count(answered_at)::int as answered
       from call
      where not is_void and queue_at >= ${instantOf('$1')} and queue_at < ${instantOf('$2')}
        and (abandoned_at is null or abandoned_at - queue_at >= $3::float8 * interval '1 millisecond')
      group by province_code order by province_code`,
    [from, to, shortMs],
  )
  return rows
}

/** An instant around which a caller's calls have to be judged again. */
export interface CallFollowUp {
  readonly callerKey: string
  readonly queueAt: Instant
}

/** Takes up to `limit` of them out of the line, oldest first; they are back in it when the transaction fails. What others took is passed over. */
export async function claimCallFollowUps(tx: Tx, limit: number): Promise<CallFollowUp[]> {
  const { rows } = await tx.query<CallFollowUp>(
    `delete from call_follow_up f using (select seq from call_follow_up order by seq limit $1 for update skip locked) t
      where f.seq = t.seq returning f.caller_key as "callerKey", f.queue_at as "queueAt"`,
    [limit],
  )
  return rows
}

/** A stored call as it is judged and counted. */
export interface CallRow extends Call {
  readonly isRepeated: boolean
  readonly counted: string
}

const SELECT = `select c.subject_key as "subjectKey", c.province_code as "provinceCode", c.region_code as "regionCode", c.agent_group as "agentGroup",
  c.queue_at as "queueAt", c.answered_at as "answeredAt", c.abandoned_at as "abandonedAt", c.caller_keys as "callerKeys", c.ticket_id as "ticketId",
  c.is_repeated as "isRepeated", c.counted from call c`

/** Calls of a caller that entered in [from, to]. */
export interface CallerStretch {
  readonly callerKey: string
  readonly from: Instant
  readonly to: Instant
}

async function findCalls(tx: Tx, stretches: readonly CallerStretch[]): Promise<string[]> {
  if (stretches.length === 0) return []
  const { rows } = await tx.query<{ key: string }>(
    `select distinct l.subject_key as key
       from unnest(${[1, 2, 3].map((index) => column(`$${index}`)).join(', ')}) as i (caller_key, from_at, to_at)
       join call_caller l on l.caller_key = i.caller_key and l.queue_at >= ${instantOf('i.from_at')} and l.queue_at <= ${instantOf('i.to_at')}`,
    [joined(stretches.map(({ callerKey }) => callerKey)), joined(stretches.map(({ from }) => from)), joined(stretches.map(({ to }) => to))],
  )
  return rows.map(({ key }) => key)
}

/** Locks the calls in these stretches in key order until the transaction ends, and returns them as they are then. */
export async function lockCalls(tx: Tx, stretches: readonly CallerStretch[]): Promise<CallRow[]> {
  const keys = await findCalls(tx, stretches)
  if (keys.length === 0) return []
  const { rows } = await tx.query<CallRow>(
    `${SELECT} where c.subject_key = any(${column('$1')}) and not c.is_void order by c.subject_key for update`,
    [joined(keys)],
  )
  return rows
}

/** The calls in these stretches. */
export async function loadCalls(tx: Tx, stretches: readonly CallerStretch[]): Promise<CallRow[]> {
  const keys = await findCalls(tx, stretches)
  if (keys.length === 0) return []
  const { rows } = await tx.query<CallRow>(`${SELECT} where c.subject_key = any(${column('$1')}) and not c.is_void`, [joined(keys)])
  return rows
}

/** Writes the judgement of calls that this transaction has locked. */
export async function setCallsRepeated(tx: Tx, calls: readonly Pick<CallRow, 'subjectKey' | 'isRepeated' | 'counted'>[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query(
    `update call c set is_repeated = i.is_repeated::boolean, counted = i.counted
       from unnest(${[1, 2, 3].map((index) => column(`$${index}`)).join(', ')}) as i (subject_key, is_repeated, counted) where c.subject_key = i.subject_key`,
    [joined(calls.map((call) => call.subjectKey)), joined(calls.map((call) => call.isRepeated)), joined(calls.map((call) => call.counted))],
  )
}
