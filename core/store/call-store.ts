import type { Call } from '../domain/notice/call.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** Has the calls around these judged again after the commit (K-63): call it before a call's row changes, and after. */
export async function insertCallFollowUps(tx: Tx, subjectKeys: readonly string[]): Promise<void> {
  if (subjectKeys.length === 0) return
  await tx.query(
    `insert into call_follow_up (caller_keys, queue_at)
     select caller_keys, queue_at from call where subject_key = any(${column('$1')}) and caller_keys <> '{}' order by subject_key`,
    [joined(subjectKeys)],
  )
}

/** An instant around which a caller's calls have to be judged again. */
export interface CallFollowUp {
  readonly callerKeys: readonly string[]
  readonly queueAt: Instant
}

/** Takes up to `limit` of them out of the line, oldest first; they are back in it when the transaction fails. What others took is passed over. */
export async function claimCallFollowUps(tx: Tx, limit: number): Promise<CallFollowUp[]> {
  const { rows } = await tx.query<CallFollowUp>(
    `delete from call_follow_up f using (select seq from call_follow_up order by seq limit $1 for update skip locked) t
      where f.seq = t.seq returning f.caller_keys as "callerKeys", f.queue_at as "queueAt"`,
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

/** Locks, in key order, the calls whose judgement such an instant can change: those of the caller that entered at most `window` ms before it. */
export async function lockCallsBefore(tx: Tx, followUps: readonly CallFollowUp[], window: number): Promise<CallRow[]> {
  if (followUps.length === 0) return []
  const { rows: found } = await tx.query<{ key: string }>(
    `select distinct c.subject_key as key
       from unnest(${column('$1')}, ${column('$2')}) as i (caller_keys, queue_at)
       join call c on c.caller_keys && string_to_array(i.caller_keys, ' ')
         and c.queue_at >= ${instantOf('(i.queue_at::float8 - $3)')} and c.queue_at <= ${instantOf('i.queue_at')}`,
    [joined(followUps.map(({ callerKeys }) => callerKeys.join(' '))), joined(followUps.map(({ queueAt }) => queueAt)), window],
  )
  if (found.length === 0) return []
  // The rows as they are once they are ours: what others did to them before has been committed.
  const { rows } = await tx.query<CallRow>(
    `${SELECT} where c.subject_key = any(${column('$1')}) and not c.is_void order by c.subject_key for update`,
    [joined(found.map(({ key }) => key))],
  )
  return rows
}

/** Calls of any of these callers that entered in [from, to]. */
export async function loadCallsOf(tx: Tx, callerKeys: readonly string[], from: Instant, to: Instant): Promise<CallRow[]> {
  if (callerKeys.length === 0) return []
  const { rows } = await tx.query<CallRow>(
    `${SELECT} where c.caller_keys && ${column('$1')} and c.queue_at >= ${instantOf('$2')} and c.queue_at <= ${instantOf('$3')} and not c.is_void`,
    [joined(callerKeys), from, to],
  )
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
