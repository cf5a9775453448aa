import type { NoticeKind } from '../domain/notice/notice.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'
import { SUBJECT_TABLES, type SubjectColumn, type SubjectRow, type Subjects, type SubjectTable } from './notice-tables.ts'

/** What the next fold needs to know about a stored subject. */
export interface SubjectMemory {
  readonly subjectKey: string
  /** Facts as JSON text; `[]` for kinds that are not counted. */
  readonly counted: string
  /** A call's `true` or `false` for repeated; the event that a told setting follows; else empty. */
  readonly held: string
  readonly firstEventAt: Instant
  readonly lastEventAt: Instant
}

/** The columns of a kind's table that make a {@link SubjectMemory}. */
export const SUBJECT_MEMORY = (kind: NoticeKind): string => {
  const { isCounted, held } = SUBJECT_TABLES[kind]
  return `subject_key as "subjectKey", ${isCounted ? 'counted' : `'[]'`} as counted, ${held} as held, first_event_at as "firstEventAt", last_event_at as "lastEventAt"`
}

/** Locks the rows of these subjects of one kind in key order until the transaction ends; subjects that do not exist yet are left out. */
export async function lockSubjects(tx: Tx, kind: NoticeKind, subjectKeys: readonly string[]): Promise<SubjectMemory[]> {
  if (subjectKeys.length === 0) return []
  const { rows } = await tx.query<SubjectMemory>(
    `select ${SUBJECT_MEMORY(kind)} from ${SUBJECT_TABLES[kind].name} where subject_key = any(${column('$1')}) order by subject_key for update`,
    [joined(subjectKeys)],
  )
  return rows
}

/** From here on row locks can be given back before the transaction ends. */
export async function holdLocksFrom(tx: Tx): Promise<void> {
  await tx.query('savepoint subjects')
}

/** Gives back the row locks taken since {@link holdLocksFrom}; nothing may have been written in between. */
export async function giveLocksBack(tx: Tx): Promise<void> {
  await tx.query('rollback to savepoint subjects')
}

/** The columns of a kind's table as rows of subjects are written to it. */
export function columnsOf<S>({ columns, isCounted }: SubjectTable<S>): readonly SubjectColumn<S>[] {
  const same = (name: string) => name
  const counted: readonly SubjectColumn<S>[] = isCounted ? [['counted', same, (row) => row.counted]] : []
  return [
    ['subject_key', same, (row) => row.subjectKey],
    ...columns,
    ...counted,
    ['is_void', (name) => `${name}::boolean`, (row) => row.isVoid],
    ['first_event_at', instantOf, (row) => row.firstEventAt],
    ['last_event_at', instantOf, (row) => row.lastEventAt],
  ]
}

const itemsOf = <S>(columns: readonly SubjectColumn<S>[]): string =>
  `unnest(${columns.map((_column, index) => column(`$${index + 2}`)).join(', ')}) as i (${columns.map(([name]) => name).join(', ')})`

const valuesOf = <S>(columns: readonly SubjectColumn<S>[], rows: readonly SubjectRow<S>[], now: Instant) => [
  now,
  ...columns.map(([, , read]) => joined(rows.map(read))),
]

/** Rewrites subjects of one kind whose rows this transaction has locked. */
export async function updateSubjects<K extends NoticeKind>(tx: Tx, kind: K, rows: readonly SubjectRow<Subjects[K]>[], now: Instant): Promise<void> {
  if (rows.length === 0) return
  const table = SUBJECT_TABLES[kind] as SubjectTable<Subjects[K]>
  const columns = columnsOf(table)
  const changes = columns.slice(1).map(([name, value]) => `${name} = ${value(`i.${name}`)}`)
  await tx.query(
    `update ${table.name} t set ${changes.join(', ')}, updated_at = ${instantOf('$1')} from ${itemsOf(columns)} where t.subject_key = i.subject_key`,
    valuesOf(columns, rows, now),
  )
}

/** Writes subjects that did not exist when this transaction looked; fewer than given means that somebody else has just made one of them. */
export async function insertSubjects<K extends NoticeKind>(tx: Tx, kind: K, rows: readonly SubjectRow<Subjects[K]>[], now: Instant): Promise<number> {
  if (rows.length === 0) return 0
  const table = SUBJECT_TABLES[kind] as SubjectTable<Subjects[K]>
  const columns = columnsOf(table)
  const { rowCount } = await tx.query(
    `insert into ${table.name} (${columns.map(([name]) => name).join(', ')}, updated_at)
     select ${columns.map(([name, value]) => value(`i.${name}`)).join(', ')}, ${instantOf('$1')} from ${itemsOf(columns)} order by i.subject_key
     on conflict (subject_key) do nothing`,
    valuesOf(columns, rows, now),
  )
  return rowCount ?? 0
}

/** An event by its identity. */
export interface Identity {
  readonly sourceSystem: string
  readonly eventId: string
}

/** Where these notices lie; those that are not stored, and events of tickets, are left out. Every chunk is opened. */
export async function findNotices(tx: Tx, ids: readonly Identity[]): Promise<{ subjectKey: string; occurredAt: Instant }[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<{ subjectKey: string; occurredAt: Instant }>(
    `select e.ticket_key as "subjectKey", e.occurred_at as "occurredAt"
       from unnest(${column('$1')}, ${column('$2')}) as i (source_system, event_id)
       join event e on e.event_id = i.event_id and e.source_system = i.source_system and e.ticket_key ^@ '!'`,
    [joined(ids.map((id) => id.sourceSystem)), joined(ids.map((id) => id.eventId))],
  )
  return rows
}

/** A correction: what it corrects, and the subject that it speaks of. */
export interface NoticeCorrection extends Identity {
  readonly subjectKey: string
}

/** Notes corrections, for whoever folds what they correct; known ones stay. */
export async function insertCorrections(tx: Tx, corrections: readonly NoticeCorrection[]): Promise<void> {
  if (corrections.length === 0) return
  await tx.query(
    `insert into notice_correction (source_system, corrects_event_id, subject_key)
     select source_system, corrects_event_id, subject_key from unnest(${[1, 2, 3].map((index) => column(`$${index}`)).join(', ')})
       as i (source_system, corrects_event_id, subject_key) order by 1, 2, 3
     on conflict do nothing`,
    [
      joined(corrections.map((correction) => correction.sourceSystem)),
      joined(corrections.map((correction) => correction.eventId)),
      joined(corrections.map((correction) => correction.subjectKey)),
    ],
  )
}

/** The subjects whose notices correct one of these. */
export async function loadCorrectingSubjects(tx: Tx, ids: readonly Identity[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<{ subjectKey: string }>(
    `select distinct c.subject_key as "subjectKey"
       from unnest(${column('$1')}, ${column('$2')}) as i (source_system, event_id)
       join notice_correction c on c.source_system = i.source_system and c.corrects_event_id = i.event_id`,
    [joined(ids.map((id) => id.sourceSystem)), joined(ids.map((id) => id.eventId))],
  )
  return rows.map(({ subjectKey }) => subjectKey)
}
