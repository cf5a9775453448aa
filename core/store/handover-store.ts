import type { Handover, ShiftPerson, Side } from '../domain/oncall/handover.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A change of shift as it is stored. */
export interface HandoverRow extends Handover {
  readonly id: string
  readonly regionCode: string
  readonly regionPath: string
  readonly until: Instant
  readonly changedAt: Instant | null
  /** The figures as they stood at the first signature; null before it. */
  readonly record: Readonly<Record<string, unknown>> | null
  readonly recordedAt: Instant | null
  readonly notes: string
  readonly signedBy: Readonly<Record<Side, string | null>>
  readonly alertId: string | null
}

interface Flat extends Omit<HandoverRow, 'signed' | 'signedBy' | 'outgoing' | 'incoming'> {
  readonly outgoing: readonly ShiftPerson[] | null
  readonly incoming: readonly ShiftPerson[] | null
  readonly outgoingBy: string | null
  readonly outgoingAt: Instant | null
  readonly incomingBy: string | null
  readonly incomingAt: Instant | null
  readonly outgoingName: string | null
  readonly incomingName: string | null
}

const HANDOVER = `select h.id::text, h.region_code as "regionCode", h.region_path as "regionPath", h.at, h.until, h.changed_at as "changedAt", h.outgoing, h.incoming, h.record,
    h.recorded_at as "recordedAt", h.notes, h.outgoing_by::text as "outgoingBy", h.outgoing_at as "outgoingAt", h.incoming_by::text as "incomingBy", h.incoming_at as "incomingAt",
    o.display_name as "outgoingName", i.display_name as "incomingName", h.alert_id::text as "alertId"
  from handover h left join app_user o on o.id = h.outgoing_by left join app_user i on i.id = h.incoming_by`

function toRow({ outgoingBy, outgoingAt, incomingBy, incomingAt, outgoingName, incomingName, ...row }: Flat): HandoverRow {
  const signature = (userId: string | null, at: Instant | null) => (userId === null || at === null ? null : { userId, at })
  return {
    ...row,
    outgoing: row.outgoing ?? [],
    incoming: row.incoming ?? [],
    signed: { outgoing: signature(outgoingBy, outgoingAt), incoming: signature(incomingBy, incomingAt) },
    signedBy: { outgoing: outgoingName, incoming: incomingName },
  }
}

/** Drafts the record of a change of shift, once; its id, null where there was one. */
export async function insertHandover(sql: Sql, { regionCode, regionPath, at, until }: Pick<HandoverRow, 'regionCode' | 'regionPath' | 'at' | 'until'>, now: Instant): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>(
    `insert into handover (region_code, region_path, at, until, created_at) values ($1, $2, ${instantOf('$3')}, ${instantOf('$4')}, ${instantOf('$5')}) on conflict (region_code, at) do nothing returning id::text`,
    [regionCode, regionPath, at, until, now],
  )
  return rows[0]?.id ?? null
}

/** Records of a subtree, the latest first. */
export async function listHandovers(sql: Sql, scope: Scope, since: Instant, limit: number): Promise<HandoverRow[]> {
  const { rows } = await sql.query<Flat>(`${HANDOVER} where h.region_path ^@ $1 and h.at >= ${instantOf('$2')} order by h.at desc, h.region_code limit $3`, [scope.path, since, limit])
  return rows.map(toRow)
}

/** One of them, locked; undefined when it is not in the scope. */
export async function lockHandover(tx: Tx, scope: Scope, id: string): Promise<HandoverRow | undefined> {
  const { rows } = await tx.query<Flat>(`${HANDOVER} where h.id = $1 and h.region_path ^@ $2 for update of h`, [id, scope.path])
  return rows.map(toRow)[0]
}

/** One of them; undefined when it is not in the scope. */
export async function loadHandover(sql: Sql, scope: Scope, id: string): Promise<HandoverRow | undefined> {
  const { rows } = await sql.query<Flat>(`${HANDOVER} where h.id = $1 and h.region_path ^@ $2`, [id, scope.path])
  return rows.map(toRow)[0]
}

/** The change that has come longest ago and that nobody has seen to, locked. */
export async function lockDueChange(tx: Tx, now: Instant): Promise<HandoverRow | undefined> {
  const { rows } = await tx.query<Flat>(`${HANDOVER} where h.changed_at is null and h.at <= ${instantOf('$1')} order by h.at limit 1 for update of h skip locked`, [now])
  return rows.map(toRow)[0]
}

/** The change before `before` that one side at least has not confirmed and of which nobody has been told, locked. */
export async function lockUnconfirmed(tx: Tx, before: Instant): Promise<HandoverRow | undefined> {
  const { rows } = await tx.query<Flat>(
    `${HANDOVER} where h.alert_id is null and h.changed_at is not null and (h.outgoing_at is null or h.incoming_at is null) and h.at <= ${instantOf('$1')} order by h.at limit 1 for update of h skip locked`,
    [before],
  )
  return rows.map(toRow)[0]
}

/** Who goes and who comes, as the rosters say at the change. */
export async function markChanged(tx: Tx, id: string, outgoing: readonly ShiftPerson[], incoming: readonly ShiftPerson[], now: Instant): Promise<void> {
  await tx.query(`update handover set outgoing = $2::jsonb, incoming = $3::jsonb, changed_at = ${instantOf('$4')} where id = $1`, [id, JSON.stringify(outgoing), JSON.stringify(incoming), now])
}

/** The alert that tells of a record that nobody confirmed. */
export async function markTold(tx: Tx, id: string, alertId: string): Promise<void> {
  await tx.query('update handover set alert_id = $2 where id = $1', [id, alertId])
}

/** One side's signature; the first keeps the figures of its moment. */
export async function signHandover(tx: Tx, id: string, side: Side, by: string, at: Instant, record: unknown, notes: string | null): Promise<void> {
  await tx.query(
    `update handover set ${side}_by = $2::uuid, ${side}_at = ${instantOf('$3')}, record = coalesce(record, $4::jsonb), recorded_at = coalesce(recorded_at, ${instantOf('$3')}), notes = coalesce($5, notes) where id = $1`,
    [id, by, at, JSON.stringify(record), notes],
  )
}

/** What is unanswered under a path is told to whoever comes on, by ladders that have called somebody already; returns how many. Their own times stay. */
export async function askForHandover(tx: Tx, regionPath: string, at: Instant): Promise<number> {
  const { rowCount } = await tx.query(
    `update escalation e set handover_at = ${instantOf('$2')}, due_at = least(e.due_at, ${instantOf('$2')}) from alert a
      where a.id = e.alert_id and e.stopped_at is null and e.purpose = 'answer' and e.next_step > 0 and a.ended_at is null and a.region_path ^@ $1`,
    [regionPath, at],
  )
  return rowCount ?? 0
}

/** Whom a ladder has called so far, by user id. */
export async function loadCalled(sql: Sql, runId: string): Promise<string[]> {
  const { rows } = await sql.query<{ userId: string }>(
    `select distinct t ->> 'userId' as "userId" from escalation_step s, jsonb_array_elements(s.targets -> 'told') t where s.escalation_id = $1 and t ->> 'userId' is not null`,
    [runId],
  )
  return rows.map(({ userId }) => userId)
}

/** A ticket in a record: no text, no customer. */
export interface ListedTicket {
  readonly ticketKey: string
  readonly ticketNo: string
  readonly kind: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly at: Instant
}

const LISTED = `t.ticket_key as "ticketKey", coalesce(t.fold ->> 'ticketNo', split_part(t.ticket_key, ':', 3)) as "ticketNo", t.kind, t.phenomenon_l2 as phenomenon, t.region_code as "regionCode"`

/** Open tickets under a path whose limit falls in [from, to), the soonest first: how many, and at most `limit` of them. */
export async function loadDeadlines(sql: Sql, path: string, span: { readonly from: Instant; readonly to: Instant; readonly kinds: 'appeals' | 'others' }, limit: number): Promise<{ total: number; items: ListedTicket[] }> {
  const where = `t.region_path ^@ $1 and t.closed_at is null and t.is_valid and t.deadline_at >= ${instantOf('$2')} and t.deadline_at < ${instantOf('$3')} and (t.kind = 'appeal') = $4`
  const values = [path, span.from, span.to, span.kinds === 'appeals']
  const { rows } = await sql.query<ListedTicket>(`select ${LISTED}, t.deadline_at as at from ticket t where ${where} order by t.deadline_at limit $5`, [...values, limit])
  const { rows: counted } = await sql.query<{ n: number }>(`select count(*)::int as n from ticket t where ${where}`, values)
  return { total: counted[0]?.n ?? 0, items: rows }
}

/** Suspended tickets under a path whose suspension ends before `to` by what was announced, or by the cap where nothing was. */
export async function loadResuming(sql: Sql, path: string, to: Instant, maxHours: number, limit: number): Promise<{ total: number; items: ListedTicket[] }> {
  const until = `least(coalesce(to_timestamp((s.last ->> 'plannedResumeAt')::float8 / 1000), 'infinity'), to_timestamp((s.last ->> 'from')::float8 / 1000) + make_interval(hours => $3))`
  const from = `from ticket t cross join lateral (select (t.fold::jsonb -> 'suspensions' -> -1) as last) s where t.region_path ^@ $1 and t.status = 'suspended' and t.closed_at is null and ${until} < ${instantOf('$2')}`
  const { rows } = await sql.query<ListedTicket>(`select ${LISTED}, ${until} as at ${from} order by 6 limit $4`, [path, to, maxHours, limit])
  const { rows: counted } = await sql.query<{ n: number }>(`select count(*)::int as n ${from}`, [path, to, maxHours])
  return { total: counted[0]?.n ?? 0, items: rows }
}

/** What somebody has acknowledged under a path and that still asks for work. */
export async function loadAnswered(sql: Sql, path: string): Promise<{ alertId: string; ackedBy: string; ackedAt: Instant; regionPath: string }[]> {
  const { rows } = await sql.query<{ alertId: string; ackedBy: string; ackedAt: Instant; regionPath: string }>(
    `select id::text as "alertId", acked_by::text as "ackedBy", acked_at as "ackedAt", region_path as "regionPath" from alert
      where ended_at is null and acked_by is not null and acked_at is not null and region_path ^@ $1`,
    [path],
  )
  return rows
}
