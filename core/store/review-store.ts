import type { ReviewContent } from '../domain/review/content.ts'
import type { LaterCase } from '../domain/review/recurrence.ts'
import type { ReviewSignature } from '../domain/review/sign.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { MatterKind, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** The review of a case as it is stored, with the place and matter of its case. */
export interface ReviewRow {
  readonly alertId: string
  /** The highest colour that the case ever had. */
  readonly severity: Severity
  readonly round: number
  readonly status: 'open' | 'done' | 'withdrawn'
  readonly fromAt: Instant
  readonly firstDueAt: Instant | null
  readonly finalDueAt: Instant
  readonly firstDoneAt: Instant | null
  readonly doneAt: Instant | null
  readonly watchUntil: Instant | null
  readonly reopenedBy: string | null
  readonly version: number
  readonly firstAlertId: string | null
  readonly finalAlertId: string | null
  readonly ruleId: string
  readonly regionCode: string
  readonly regionPath: string
  readonly matterKind: MatterKind
  readonly matter: string
}

const COLUMNS = `r.alert_id::text as "alertId", r.severity, r.round, r.status, r.from_at as "fromAt", r.first_due_at as "firstDueAt", r.final_due_at as "finalDueAt",
    r.first_done_at as "firstDoneAt", r.done_at as "doneAt", r.watch_until as "watchUntil", r.reopened_by::text as "reopenedBy", r.version,
    r.first_alert_id::text as "firstAlertId", r.final_alert_id::text as "finalAlertId", a.rule_id as "ruleId", a.region_code as "regionCode", a.region_path as "regionPath",
    c.matter_kind as "matterKind", c.matter`
const FROM = 'from case_review r join alert a on a.id = r.alert_id join risk_case c on c.alert_id = r.alert_id'
const REVIEW = `select ${COLUMNS} ${FROM}`

/** The highest colour that a case ever had; null for an alert that is no case. */
export async function highestColour(sql: Sql, alertId: string): Promise<Severity | null> {
  const { rows } = await sql.query<{ highest: Severity | null }>(
    `select (select max(t.to_severity) from alert_transition t where t.alert_id = c.alert_id) as highest from risk_case c where c.alert_id = $1`,
    [alertId],
  )
  return rows[0]?.highest ?? null
}

/** When a round begins and when what it asks for is due. */
export interface RoundStart {
  readonly fromAt: Instant
  readonly firstDueAt: Instant | null
  readonly finalDueAt: Instant
}

/** Begins the review of a case, or its next round; versions stay. The caller holds the case's lock. */
export async function startRound(tx: Tx, alertId: string, severity: Severity, { fromAt, firstDueAt, finalDueAt }: RoundStart, reopenedBy: string | null): Promise<void> {
  await tx.query(
    `insert into case_review as r (alert_id, severity, status, from_at, first_due_at, final_due_at, reopened_by) values ($1, $2, 'open', ${instantOf('$3')}, ${instantOf('$4')}, ${instantOf('$5')}, $6)
     on conflict (alert_id) do update set severity = excluded.severity, status = 'open', round = r.round + 1, from_at = excluded.from_at, first_due_at = excluded.first_due_at,
       final_due_at = excluded.final_due_at, first_done_at = null, done_at = null, watch_until = null, reopened_by = excluded.reopened_by, first_alert_id = null, final_alert_id = null`,
    [alertId, severity, fromAt, firstDueAt, finalDueAt, reopenedBy],
  )
}

/** The case is taken up again: its open review is not owed any more; false where none was open. */
export async function withdrawReview(tx: Tx, alertId: string): Promise<boolean> {
  const { rowCount } = await tx.query(`update case_review set status = 'withdrawn' where alert_id = $1 and status = 'open'`, [alertId])
  return rowCount === 1
}

/** The review of a case of the scope; undefined where it has none, or lies outside. */
export async function loadReview(sql: Sql, scope: Scope, alertId: string): Promise<ReviewRow | undefined> {
  const { rows } = await sql.query<ReviewRow>(`${REVIEW} where r.alert_id = $1 and a.region_path ^@ $2`, [alertId, scope.path])
  return rows[0]
}

/** Which reviews a list shows. */
export interface ReviewFilter {
  readonly state: 'open' | 'overdue' | 'done' | 'all'
  readonly severity?: Severity
  readonly now: Instant
  readonly limit: number
}

/** A review as a list shows it. */
export interface ListedReview extends ReviewRow {
  readonly state: string
  readonly openMeasures: number
  readonly overdueMeasures: number
  readonly signatures: number
}

// Whoever has the least time left comes first; what is done, the latest first.
const OVERDUE = (now: string) => `r.status = 'open' and (r.final_due_at < ${instantOf(now)} or (r.first_done_at is null and r.first_due_at < ${instantOf(now)}))`

/** The reviews of a scope: open ones by what is due next, then those that are done, the latest first. */
export async function listReviews(sql: Sql, scope: Scope, { state, severity, now, limit }: ReviewFilter): Promise<ListedReview[]> {
  const { rows } = await sql.query<ListedReview>(
    `select ${COLUMNS}, a.state, (select count(*)::int from review_measure m where m.alert_id = r.alert_id and m.done_at is null) as "openMeasures",
        (select count(*)::int from review_measure m where m.alert_id = r.alert_id and m.done_at is null and m.due_at < ${instantOf('$3')}) as "overdueMeasures",
        (select count(*)::int from case_review_signature s where s.alert_id = r.alert_id and s.round = r.round and s.withdrawn_at is null) as signatures
      ${FROM} where a.region_path ^@ $1 and r.status <> 'withdrawn' and ($2::int is null or r.severity = $2)
        and case $4 when 'open' then r.status = 'open' when 'done' then r.status = 'done' when 'overdue' then ${OVERDUE('$3')} else true end
      order by r.status = 'done', case when r.status = 'open' then case when r.first_done_at is null then coalesce(r.first_due_at, r.final_due_at) else r.final_due_at end end,
        r.done_at desc, r.severity desc, r.alert_id desc limit $5`,
    [scope.path, severity ?? null, now, state, limit],
  )
  return rows
}

/** How many reviews of a scope are open, and of those overdue. */
export async function countReviews(sql: Sql, scope: Scope, now: Instant): Promise<{ open: number; overdue: number }> {
  const { rows } = await sql.query<{ open: number; overdue: number }>(
    `select count(*)::int as open, count(*) filter (where ${OVERDUE('$2')})::int as overdue from case_review r join alert a on a.id = r.alert_id where r.status = 'open' and a.region_path ^@ $1`,
    [scope.path, now],
  )
  return rows[0] ?? { open: 0, overdue: 0 }
}

/** One version as it was saved. */
export interface ReviewVersionRow {
  readonly version: number
  readonly round: number
  readonly content: ReviewContent
  readonly figures: Readonly<Record<string, unknown>>
  readonly savedAt: Instant
  readonly savedByName: string
}

/** Every version of a review, the newest first; the caller has checked the scope. */
export async function loadReviewVersions(sql: Sql, alertId: string): Promise<ReviewVersionRow[]> {
  const { rows } = await sql.query<ReviewVersionRow>(
    `select v.version, v.round, v.content, v.figures, v.saved_at as "savedAt", u.display_name as "savedByName"
       from case_review_version v join app_user u on u.id = v.saved_by where v.alert_id = $1 order by v.version desc`,
    [alertId],
  )
  return rows
}

/** Adds the version that follows the latest, and withdraws the signatures of the older one; `isFirst`: it is the first version that the round asks for. The caller holds the case's lock. */
export async function insertReviewVersion(
  tx: Tx,
  { alertId, round, version }: Pick<ReviewRow, 'alertId' | 'round' | 'version'>,
  saved: { readonly content: ReviewContent; readonly figures: unknown; readonly isFirst: boolean; readonly by: string; readonly at: Instant },
): Promise<void> {
  await tx.query(
    `insert into case_review_version (alert_id, version, round, content, figures, saved_at, saved_by) values ($1, $2, $3, $4::jsonb, $5::jsonb, ${instantOf('$6')}, $7)`,
    [alertId, version + 1, round, JSON.stringify(saved.content), JSON.stringify(saved.figures), saved.at, saved.by],
  )
  await tx.query(
    `update case_review set version = $2, first_done_at = coalesce(first_done_at, case when $3 then ${instantOf('$4')} end) where alert_id = $1`,
    [alertId, version + 1, saved.isFirst, saved.at],
  )
  await tx.query(`update case_review_signature set withdrawn_at = ${instantOf('$3')} where alert_id = $1 and round = $2 and withdrawn_at is null`, [alertId, round, saved.at])
}

/** A signature with the name of who gave it. */
export interface SignatureRow extends ReviewSignature {
  readonly round: number
  readonly version: number
  readonly name: string
  readonly withdrawnAt: Instant | null
}

/** Every signature of a review, withdrawn ones too, in the order in which they were given; the caller has checked the scope. */
export async function loadReviewSignatures(sql: Sql, alertId: string): Promise<SignatureRow[]> {
  const { rows } = await sql.query<SignatureRow>(
    `select s.slot, s.user_id::text as "userId", s.role, s.at, s.round, s.version, u.display_name as name, s.withdrawn_at as "withdrawnAt"
       from case_review_signature s join app_user u on u.id = s.user_id where s.alert_id = $1 order by s.id`,
    [alertId],
  )
  return rows
}

/** Puts a signature down. */
export async function insertReviewSignature(tx: Tx, { alertId, round, version }: Pick<ReviewRow, 'alertId' | 'round' | 'version'>, { slot, role, userId, at }: ReviewSignature): Promise<void> {
  await tx.query(`insert into case_review_signature (alert_id, round, slot, version, role, user_id, at) values ($1, $2, $3, $4, $5, $6, ${instantOf('$7')})`, [alertId, round, slot, version, role, userId, at])
}

/** The last signature has been given. */
export async function markReviewDone(tx: Tx, alertId: string, at: Instant, watchUntil: Instant): Promise<void> {
  await tx.query(
    `update case_review set status = 'done', done_at = ${instantOf('$2')}, first_done_at = coalesce(first_done_at, ${instantOf('$2')}), watch_until = ${instantOf('$3')} where alert_id = $1`,
    [alertId, at, watchUntil],
  )
}

/** Open reviews of which a limit has passed before `now` and nobody has been told, the longest due first; without a lock. */
export async function findUntold(sql: Sql, now: Instant, limit: number): Promise<{ alertId: string; which: 'first' | 'final'; dueAt: Instant }[]> {
  const { rows } = await sql.query<{ alertId: string; which: 'first' | 'final'; dueAt: Instant }>(
    `select alert_id::text as "alertId", which, due_at as "dueAt" from (
       select alert_id, 'first' as which, first_due_at as due_at from case_review where status = 'open' and first_done_at is null and first_alert_id is null and first_due_at < ${instantOf('$1')}
       union all
       select alert_id, 'final', final_due_at from case_review where status = 'open' and final_alert_id is null and final_due_at < ${instantOf('$1')}) u
      order by due_at, alert_id limit $2`,
    [now, limit],
  )
  return rows
}

/** A review under its row lock, without a scope: for the engine only. */
export async function lockReview(tx: Tx, alertId: string): Promise<ReviewRow | undefined> {
  await tx.query('select from case_review where alert_id = $1 for update', [alertId])
  const { rows } = await tx.query<ReviewRow>(`${REVIEW} where r.alert_id = $1`, [alertId])
  return rows[0]
}

/** The alert that tells of a limit that has passed; null: it has ended. */
export async function markReviewTold(tx: Tx, alertId: string, which: 'first' | 'final', toldBy: string | null): Promise<void> {
  await tx.query(`update case_review set ${which}_alert_id = $2 where alert_id = $1`, [alertId, toldBy])
}

/** Reviews that nobody has to be told of any more and whose alerts still stand. */
export async function findToldInVain(sql: Sql, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ alertId: string }>(
    `select alert_id::text as "alertId" from case_review where (first_alert_id is not null or final_alert_id is not null)
        and (status <> 'open' or (first_alert_id is not null and first_done_at is not null)) order by alert_id limit $1`,
    [limit],
  )
  return rows.map(({ alertId }) => alertId)
}

/** Reviews whose watched days are over. */
export async function findWatched(sql: Sql, now: Instant, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ alertId: string }>(`select alert_id::text as "alertId" from case_review where watch_until <= ${instantOf('$1')} order by watch_until, alert_id limit $2`, [now, limit])
  return rows.map(({ alertId }) => alertId)
}

/** The watched days of a review have been looked at. */
export async function endWatch(tx: Tx, alertId: string): Promise<void> {
  await tx.query('update case_review set watch_until = null where alert_id = $1', [alertId])
}

/** The other cases of a review's matter that were opened after an instant. */
export async function loadLaterCases(sql: Sql, { alertId, matterKind, matter }: Pick<ReviewRow, 'alertId' | 'matterKind' | 'matter'>, after: Instant): Promise<LaterCase[]> {
  const { rows } = await sql.query<LaterCase>(
    `select a.id::text as "alertId", a.region_path as "regionPath", a.opened_at as "openedAt", a.state,
            (select max(t.to_severity) from alert_transition t where t.alert_id = a.id) as highest
       from risk_case c join alert a on a.id = c.alert_id where c.matter_kind = $2 and c.matter = $3 and a.id <> $1 and a.opened_at > ${instantOf('$4')} order by a.opened_at`,
    [alertId, matterKind, matter, after],
  )
  return rows
}

/** Cases that were resolved before an instant and need no review, without a lock. */
export async function findUnreviewed(sql: Sql, before: Instant, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select a.id::text as id from alert a join risk_case c on c.alert_id = a.id where a.kind = 'risk' and a.state = 'resolved' and a.ended_at < ${instantOf('$1')}
        and not exists (select from case_review r where r.alert_id = a.id and r.status = 'open') order by a.ended_at, a.id limit $2`,
    [before, limit],
  )
  return rows.map(({ id }) => id)
}
