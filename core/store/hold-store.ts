import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

export type HoldSubject = 'ticket' | 'case'

/** A litigation hold: while it is not lifted, nothing of its subject is deleted (domain.md 8.3). */
export interface HoldRow {
  readonly id: string
  readonly subjectKind: HoldSubject
  /** Ticket key, or alert id of the case. */
  readonly subjectId: string
  readonly reason: string
  readonly by: string
  readonly at: Instant
  readonly liftedAt: Instant | null
  readonly liftedBy: string | null
}

const COLUMNS = `id::text as id, subject_kind as "subjectKind", subject_id as "subjectId", reason, by, at, lifted_at as "liftedAt", lifted_by as "liftedBy"`

/** Where a ticket or case of a scope lies, or null when the scope has no such one. */
export async function findHoldPlace(sql: Sql, scope: Scope, subjectKind: HoldSubject, subjectId: string): Promise<string | null> {
  const { rows } = await sql.query<{ path: string }>(
    subjectKind === 'ticket'
      ? 'select region_path as path from ticket where ticket_key = $1 and region_path ^@ $2'
      : `select region_path as path from alert where id::text = $1 and kind = 'risk' and region_path ^@ $2`,
    [subjectId, scope.path],
  )
  return rows[0]?.path ?? null
}

/** Sets a hold. */
export async function insertHold(
  tx: Tx,
  hold: Pick<HoldRow, 'subjectKind' | 'subjectId' | 'reason' | 'by'> & { readonly regionPath: string },
  at: Instant,
): Promise<HoldRow> {
  const { rows } = await tx.query<HoldRow>(
    `insert into litigation_hold (subject_kind, subject_id, region_path, reason, by, at) values ($1, $2, $3, $4, $5, ${instantOf('$6')}) returning ${COLUMNS}`,
    [hold.subjectKind, hold.subjectId, hold.regionPath, hold.reason, hold.by, at],
  )
  return rows[0] as HoldRow
}

/** Lifts a hold of the scope and returns it, with whether it was this call that did; null when there is no such hold. */
export async function liftHold(tx: Tx, scope: Scope, id: string, by: string, at: Instant): Promise<{ hold: HoldRow; isLifted: boolean } | null> {
  const { rows } = await tx.query<HoldRow>(`select ${COLUMNS} from litigation_hold where id = $1 and region_path ^@ $2 for update`, [id, scope.path])
  const [held] = rows
  if (held === undefined || held.liftedAt !== null) return held === undefined ? null : { hold: held, isLifted: false }
  await tx.query(`update litigation_hold set lifted_at = ${instantOf('$2')}, lifted_by = $3 where id = $1`, [id, at, by])
  return { hold: { ...held, liftedAt: at, liftedBy: by }, isLifted: true }
}

/** The holds of a scope, newest first, at most `limit`; those before `beforeId` when given, lifted ones only with `all`. */
export async function listHolds(
  sql: Sql,
  scope: Scope,
  choice: { readonly all: boolean; readonly beforeId: string | null; readonly limit: number },
): Promise<HoldRow[]> {
  const { rows } = await sql.query<HoldRow>(
    `select ${COLUMNS} from litigation_hold
      where region_path ^@ $1 and ($2 or lifted_at is null) and ($3::bigint is null or litigation_hold.id < $3) order by litigation_hold.id desc limit $4`,
    [scope.path, choice.all, choice.beforeId, choice.limit],
  )
  return rows
}
