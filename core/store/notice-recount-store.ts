import { NOTICE_KINDS, type NoticeKind } from '../domain/notice/notice.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'
import { columnsOf, type NoticeCorrection, SUBJECT_MEMORY, type SubjectMemory } from './notice-store.ts'
import { SUBJECT_TABLES, type SubjectRow, type Subjects, type SubjectTable } from './notice-tables.ts'

const PREFIX = (kind: NoticeKind) => `!${kind}:`

/** What is stored of the next subjects of a kind after `after` (in the database's order), at most `limit`: the walk of a recount. */
export async function loadStoredSubjects(sql: Sql, kind: NoticeKind, after: string, limit: number): Promise<(SubjectMemory & { readonly isVoid: boolean })[]> {
  const { rows } = await sql.query<SubjectMemory & { readonly isVoid: boolean }>(
    `select ${SUBJECT_MEMORY(kind)}, is_void as "isVoid" from ${SUBJECT_TABLES[kind].name} where subject_key ^@ $1 and subject_key > $2 order by subject_key limit $3`,
    [PREFIX(kind), after, limit],
  )
  return rows
}

/** Those of these rows that are stored otherwise; of a void one only that it is void, and counted as nothing, matters. */
export async function differingSubjects<K extends NoticeKind>(tx: Tx, kind: K, rows: readonly SubjectRow<Subjects[K]>[]): Promise<string[]> {
  if (rows.length === 0) return []
  const table = SUBJECT_TABLES[kind] as SubjectTable<Subjects[K]>
  // How wide the stretch is follows from how the notices came; that it holds them all is what matters.
  const columns = columnsOf(table)
  const compared = columns.filter(([name]) => !['subject_key', 'is_void', 'counted', 'first_event_at', 'last_event_at'].includes(name))
  const at = (name: string) => (columns.find(([known]) => known === name) as (typeof columns)[number])[1](`i.${name}`)
  const { rows: found } = await tx.query<{ key: string }>(
    `select i.subject_key as key from unnest(${columns.map((_column, index) => column(`$${index + 1}`)).join(', ')}) as i (${columns.map(([name]) => name).join(', ')})
       join ${table.name} t on t.subject_key = i.subject_key
      where t.is_void <> ${at('is_void')} ${table.isCounted ? `or t.counted <> i.counted` : ''}
         or t.first_event_at > ${at('first_event_at')} or t.last_event_at < ${at('last_event_at')}
         or not t.is_void and (${compared.map(([name, value]) => `t.${name} is distinct from ${value(`i.${name}`)}`).join(' or ')})`,
    columns.map(([, , read]) => joined(rows.map(read))),
  )
  return found.map(({ key }) => key)
}

/** Removes rows of subjects that no notice tells of. */
export async function deleteSubjects(tx: Tx, kind: NoticeKind, subjectKeys: readonly string[]): Promise<void> {
  if (subjectKeys.length === 0) return
  await tx.query(`delete from ${SUBJECT_TABLES[kind].name} where subject_key = any(${column('$1')})`, [joined(subjectKeys)])
}

/** Every correction among the stored notices. */
export async function loadCorrections(sql: Sql): Promise<NoticeCorrection[]> {
  const { rows } = await sql.query<NoticeCorrection>(
    `select source_system as "sourceSystem", corrects_event_id as "eventId", ticket_key as "subjectKey" from event where ticket_key ^@ '!' and corrects_event_id is not null`,
  )
  return rows
}

const FOLDED_CORRECTION = `from event e where e.ticket_key ^@ '!' and e.corrects_event_id is not null
  and not exists (select from pending_event p where p.ticket_key = e.ticket_key)
  and not exists (select from quarantine q where q.state = 'open' and q.code = 'fold_failed' and q.item ->> 'ticket_key' = e.ticket_key)
  and not exists (select from notice_correction c where c.source_system = e.source_system and c.corrects_event_id = e.corrects_event_id and c.subject_key = e.ticket_key)`

/** Corrections that are folded and that nobody would find any more from what they correct; there must be none. */
export async function loadLostCorrections(sql: Sql): Promise<NoticeCorrection[]> {
  const { rows } = await sql.query<NoticeCorrection>(
    `select distinct e.source_system as "sourceSystem", e.corrects_event_id as "eventId", e.ticket_key as "subjectKey" ${FOLDED_CORRECTION} order by 1, 2, 3`,
  )
  return rows
}

const CALLERS = `select key as caller_key, c.queue_at, c.subject_key from call c cross join unnest(c.caller_keys) as k (key) where not c.is_void`

/** Entries of the callers' lists that the calls do not bear out, and calls that are missing from them; there must be none. */
export async function countWrongCallers(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select ((select count(*) from (select caller_key, queue_at, subject_key from call_caller except ${CALLERS}) x)
           + (select count(*) from (${CALLERS} except select caller_key, queue_at, subject_key from call_caller) y))::integer as n`,
  )
  return rows[0]?.n ?? 0
}

/** Makes the callers' lists what the calls say, and has the calls around what changed judged again. */
export async function mendCallers(tx: Tx): Promise<void> {
  await tx.query(
    `with gone as (delete from call_caller l using (select caller_key, queue_at, subject_key from call_caller except ${CALLERS}) x
        where l.caller_key = x.caller_key and l.queue_at = x.queue_at and l.subject_key = x.subject_key returning l.caller_key, l.queue_at),
     come as (insert into call_caller (caller_key, queue_at, subject_key) ${CALLERS} on conflict do nothing returning caller_key, queue_at)
     insert into call_follow_up (caller_key, queue_at) select caller_key, queue_at from gone union all select caller_key, queue_at from come`,
  )
}

/** Which of these calls a follow-up in line is about to judge. */
export async function loadCallsToJudge(sql: Sql, subjectKeys: readonly string[], windowMs: number): Promise<Set<string>> {
  if (subjectKeys.length === 0) return new Set()
  const { rows } = await sql.query<{ key: string }>(
    `select c.subject_key as key from call c where c.subject_key = any(${column('$1')}) and exists (
       select from call_follow_up f where f.caller_key = any(c.caller_keys) and f.queue_at >= c.queue_at and f.queue_at <= c.queue_at + $2::float8 * interval '1 millisecond')`,
    [joined(subjectKeys), windowMs],
  )
  return new Set(rows.map(({ key }) => key))
}

/** Subjects that have notices and neither a row, nor a place in the line, nor one in quarantine: there must be none. At most `limit`. */
export async function loadForgottenSubjects(sql: Sql, limit: number): Promise<string[]> {
  const names = [...new Set(NOTICE_KINDS.map((kind) => SUBJECT_TABLES[kind].name))]
  const { rows } = await sql.query<{ key: string }>(
    `select distinct e.ticket_key as key from event e
      where e.ticket_key ^@ '!' ${names.map((name) => `and not exists (select from ${name} t where t.subject_key = e.ticket_key)`).join(' ')}
        and not exists (select from pending_event p where p.ticket_key = e.ticket_key)
        and not exists (select from quarantine q where q.state = 'open' and q.code = 'fold_failed' and q.item ->> 'ticket_key' = e.ticket_key)
      order by 1 limit $1`,
    [limit],
  )
  return rows.map(({ key }) => key)
}

/** Before this, notices may have been deleted (8.3); null: all are kept. */
export async function loadEventsFloor(sql: Sql): Promise<Instant | null> {
  const { rows } = await sql.query<{ floor: number | null }>(`select max((cutoffs ->> 'rawEvents')::float8) as floor from retention_run`)
  return rows[0]?.floor ?? null
}
