import type { RelationTarget } from '../domain/escalation/ladder.ts'
import type { Instant } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** What a review has decided to do: by which post, until when. */
export interface ReviewMeasureRow {
  readonly id: string
  readonly alertId: string
  readonly what: string
  readonly ownerRole: Role
  readonly ownerAt: RelationTarget['at']
  readonly dueAt: Instant
  readonly recordedAt: Instant
  readonly recordedByName: string
  readonly doneAt: Instant | null
  readonly doneByName: string | null
  readonly toldAlertId: string | null
}

const MEASURE = `select m.id::text as id, m.alert_id::text as "alertId", m.what, m.owner_role as "ownerRole", m.owner_at as "ownerAt", m.due_at as "dueAt", m.recorded_at as "recordedAt",
    r.display_name as "recordedByName", m.done_at as "doneAt", d.display_name as "doneByName", m.told_alert_id::text as "toldAlertId"
  from review_measure m join app_user r on r.id = m.recorded_by left join app_user d on d.id = m.done_by`

/** The measures of a review whose scope the caller has checked, the earliest due first. */
export async function loadReviewMeasures(sql: Sql, alertId: string): Promise<ReviewMeasureRow[]> {
  const { rows } = await sql.query<ReviewMeasureRow>(`${MEASURE} where m.alert_id = $1 order by m.due_at, m.id`, [alertId])
  return rows
}

/** Adds a measure to a review. */
export async function insertReviewMeasure(tx: Tx, alertId: string, measure: Pick<ReviewMeasureRow, 'what' | 'ownerRole' | 'ownerAt' | 'dueAt'> & { readonly by: string; readonly at: Instant }): Promise<void> {
  await tx.query(
    `insert into review_measure (alert_id, what, owner_role, owner_at, due_at, recorded_at, recorded_by) values ($1, $2, $3, $4, ${instantOf('$5')}, ${instantOf('$6')}, $7)`,
    [alertId, measure.what, measure.ownerRole, measure.ownerAt, measure.dueAt, measure.at, measure.by],
  )
}

/** A measure under its row lock; undefined where the review has none such. */
export async function lockReviewMeasure(tx: Tx, alertId: string, id: string): Promise<ReviewMeasureRow | undefined> {
  const { rows } = await tx.query<ReviewMeasureRow>(`${MEASURE} where m.alert_id = $1 and m.id = $2 for update of m`, [alertId, id])
  return rows[0]
}

/** Says that a measure is done, or (`by` null) that it is not; told again only when it is open again and due. */
export async function markReviewMeasure(tx: Tx, id: string, by: string | null, at: Instant): Promise<void> {
  await tx.query(`update review_measure set done_at = case when $2::uuid is null then null else ${instantOf('$3')} end, done_by = $2, told_alert_id = null where id = $1`, [id, by, at])
}

/** Measures that are due before `now`, not done, and of which nobody has been told, the longest due first; without a lock. */
export async function findDueMeasures(sql: Sql, now: Instant, limit: number): Promise<Pick<ReviewMeasureRow, 'id' | 'alertId' | 'dueAt'>[]> {
  const { rows } = await sql.query<Pick<ReviewMeasureRow, 'id' | 'alertId' | 'dueAt'>>(
    `select id::text as id, alert_id::text as "alertId", due_at as "dueAt" from review_measure where done_at is null and told_alert_id is null and due_at < ${instantOf('$1')} order by due_at, id limit $2`,
    [now, limit],
  )
  return rows
}

/** The alert that tells a measure's owner. */
export async function markMeasureTold(tx: Tx, id: string, toldBy: string): Promise<void> {
  await tx.query('update review_measure set told_alert_id = $2 where id = $1', [id, toldBy])
}
