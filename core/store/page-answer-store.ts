import type { Outcome } from '../domain/notification/outcome.ts'
import type { AnswerOutcome } from '../domain/notification/reply.ts'
import type { Instant } from '../domain/time.ts'
import type { ChannelName, Role, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A page to which an answer came back. */
export interface AnsweredPage {
  readonly outboxId: string
  readonly deliveryId: string
  readonly alertId: string
  readonly channel: ChannelName
  readonly state: string
  readonly regionCode: string
  readonly regionPath: string
  readonly pagedSeverity: Severity
  readonly createdAt: Instant
  readonly usedAt: Instant | null
  /** Null: an account that is gone or disabled. */
  readonly person: { readonly userId: string; readonly name: string; readonly role: Role; readonly regionPath: string } | null
}

const PAGE = `select o.id::text as "outboxId", o.delivery_id as "deliveryId", o.alert_id::text as "alertId", o.channel, o.state, a.region_code as "regionCode", a.region_path as "regionPath",
       e.severity as "pagedSeverity", o.created_at as "createdAt", o.link_used_at as "usedAt",
       case when u.id is null then null else jsonb_build_object('userId', u.id, 'name', u.display_name, 'role', u.role, 'regionPath', h.path) end as person
  from outbox o join alert a on a.id = o.alert_id join escalation e on e.id = o.escalation_id
  join provider p on p.id = $1::uuid join region g on g.code = p.region_code and a.region_path ^@ g.path
  left join app_user u on u.id::text = o.target and u.disabled_at is null left join region h on h.code = u.region_code`

/** The pages with this code that lie in the subtree which the provider serves, newest first. */
export async function loadCodedPages(tx: Tx, providerId: string, codeHash: string): Promise<AnsweredPage[]> {
  const { rows } = await tx.query<AnsweredPage>(`${PAGE} join reply_code c on c.outbox_id = o.id where c.code_hash = $2 order by o.id desc limit 50`, [providerId, codeHash])
  return rows
}

/** One page of a channel in the subtree which the provider serves. */
export async function loadAnsweredPage(tx: Tx, providerId: string, deliveryId: string): Promise<AnsweredPage | undefined> {
  const { rows } = await tx.query<AnsweredPage>(`${PAGE} where o.delivery_id = $2::uuid`, [providerId, deliveryId])
  return rows[0]
}

/** Gives a page its code; false where another page of the person has that code already. */
export async function saveReplyCode(sql: Sql, code: { readonly outboxId: string; readonly userId: string; readonly codeHash: string }, at: Instant): Promise<boolean> {
  await sql.query(`insert into reply_code (outbox_id, user_id, code_hash, created_at) values ($1, $2::uuid, $3, ${instantOf('$4')}) on conflict do nothing`, [code.outboxId, code.userId, code.codeHash, at])
  const { rowCount } = await sql.query('select from reply_code where outbox_id = $1 and code_hash = $2', [code.outboxId, code.codeHash])
  return rowCount === 1
}

/** What became of an answer. */
export interface StoredAnswer {
  readonly outcome: AnswerOutcome
  readonly said: Outcome
}

/** Enters a message or event of a provider; null where it is new and the caller's to answer, else what was answered. A second one waits for the first to commit. */
export async function enterAnswer(tx: Tx, providerId: string, eventHash: string, at: Instant): Promise<StoredAnswer | null> {
  const { rowCount } = await tx.query(
    `insert into page_answer (provider_id, event_hash, at, outcome, said_zh, said_en) values ($1::uuid, $2, ${instantOf('$3')}, 'unknown', '', '') on conflict do nothing`,
    [providerId, eventHash, at],
  )
  if (rowCount === 1) return null
  const { rows } = await tx.query<StoredAnswer>(
    `select outcome, jsonb_build_object('zh', said_zh, 'en', said_en) as said from page_answer where provider_id = $1::uuid and event_hash = $2`,
    [providerId, eventHash],
  )
  return rows[0] ?? null
}

/** Writes what became of an answer that was entered. */
export async function settleAnswer(tx: Tx, providerId: string, eventHash: string, { outcome, said }: StoredAnswer, outboxId: string | null): Promise<void> {
  await tx.query('update page_answer set outcome = $3, said_zh = $4, said_en = $5, outbox_id = $6 where provider_id = $1::uuid and event_hash = $2', [providerId, eventHash, outcome, said.zh, said.en, outboxId])
}

/** The position of whoever acknowledged an alert, and when; undefined where nobody has. */
export async function loadFirst(tx: Tx, alertId: string): Promise<{ role: Role; nameZh: string; nameEn: string; at: Instant } | undefined> {
  const { rows } = await tx.query<{ role: Role; nameZh: string; nameEn: string; at: Instant }>(
    `select u.role, g.name_zh as "nameZh", g.name_en as "nameEn", a.acked_at as at
       from alert a join app_user u on u.id = a.acked_by join region g on g.code = u.region_code where a.id = $1`,
    [alertId],
  )
  return rows[0]
}
