import type { TicketEvent } from '../domain/ticket/ticket.ts'
import type { Instant } from '../domain/time.ts'
import type { EventType } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** An event as it is stored: masked and hashed, its payload already JSON text. */
export interface EventRow {
  readonly occurredAt: Instant
  readonly receivedAt: Instant
  readonly sourceSystem: string
  readonly eventId: string
  readonly ticketKey: string
  readonly provinceCode: string
  readonly eventType: string
  readonly sourceSeq: number | null
  readonly actorType: string | null
  readonly actorId: string | null
  readonly unitId: string | null
  readonly correctsEventId: string | null
  readonly schemaVersion: number
  readonly payload: string
}

const NAMES = [
  'source_system',
  'event_id',
  'occurred_at',
  'received_at',
  'ticket_key',
  'province_code',
  'event_type',
  'source_seq',
  'actor_type',
  'actor_id',
  'unit_id',
  'corrects_event_id',
  'schema_version',
  'payload',
]
/** An event this much older than its reception, ms, is caught up with; younger ones go first. */
const BACKLOG_AFTER = 3_600_000
const WAITING = `,
  waiting as (
    insert into pending_event (ticket_key, occurred_at, is_live)
    select ticket_key, ${instantOf('occurred_at')}, received_at::float8 - occurred_at::float8 < ${BACKLOG_AFTER} from item where (source_system, event_id) in (select source_system, event_id from fresh))`
// The hypertable's own insert is the statement itself: extensions that route rows to chunks know that form best.
const insertSql = (waiting: string) => `
  with item as materialized (select * from unnest(${NAMES.map((_name, index) => column(`$${index + 1}`)).join(', ')}) as i (${NAMES.join(', ')})),
  fresh as (
    insert into event_id (source_system, event_id, province_code) select source_system, event_id, province_code from item
    on conflict (source_system, event_id) do nothing returning source_system, event_id)${waiting}
  insert into event (occurred_at, received_at, source_system, event_id, ticket_key, province_code, event_type, source_seq, actor_type, actor_id,
                     unit_id, corrects_event_id, schema_version, payload)
  select ${instantOf('occurred_at')}, ${instantOf('received_at')}, source_system, event_id, ticket_key, province_code, event_type,
         source_seq::bigint, actor_type, actor_id, unit_id, corrects_event_id, schema_version::integer, payload::jsonb
    from item where (source_system, event_id) in (select source_system, event_id from fresh)
  returning source_system as "sourceSystem", event_id as "eventId"`
const INSERT_WAITING = insertSql(WAITING)
const INSERT_FOLDED = insertSql('')

/**
 * Stores the events that are new, each with its row in pending_event, and returns the identities of exactly those.
 * With `isWaiting: false` there is no such row: the caller folds them in the same transaction.
 * `rows` hold each identity once, sorted by it: concurrent batches wait for each other in one order and never lock up.
 */
export async function insertEvents(
  tx: Tx,
  rows: readonly EventRow[],
  { isWaiting = true }: { isWaiting?: boolean } = {},
): Promise<{ sourceSystem: string; eventId: string }[]> {
  if (rows.length === 0) return []
  const result = await tx.query<{ sourceSystem: string; eventId: string }>(isWaiting ? INSERT_WAITING : INSERT_FOLDED, [
    joined(rows.map((row) => row.sourceSystem)),
    joined(rows.map((row) => row.eventId)),
    joined(rows.map((row) => row.occurredAt)),
    joined(rows.map((row) => row.receivedAt)),
    joined(rows.map((row) => row.ticketKey)),
    joined(rows.map((row) => row.provinceCode)),
    joined(rows.map((row) => row.eventType)),
    joined(rows.map((row) => row.sourceSeq)),
    joined(rows.map((row) => row.actorType)),
    joined(rows.map((row) => row.actorId)),
    joined(rows.map((row) => row.unitId)),
    joined(rows.map((row) => row.correctsEventId)),
    joined(rows.map((row) => row.schemaVersion)),
    joined(rows.map((row) => row.payload)),
  ])
  return result.rows
}

/** What an event is known by for ever (invariant 1). */
export interface EventIdentity {
  readonly sourceSystem: string
  readonly eventId: string
}

/** Which province each of these known identities belongs to; null where that was not kept. */
export async function loadEventOwners(
  tx: Tx,
  ids: readonly EventIdentity[],
): Promise<{ sourceSystem: string; eventId: string; provinceCode: string | null }[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<{ sourceSystem: string; eventId: string; provinceCode: string | null }>(
    `select e.source_system as "sourceSystem", e.event_id as "eventId", e.province_code as "provinceCode"
       from unnest(${column('$1')}, ${column('$2')}) as i (source_system, event_id) join event_id e using (source_system, event_id)`,
    [joined(ids.map((id) => id.sourceSystem)), joined(ids.map((id) => id.eventId))],
  )
  return rows
}

/** One accepted event waiting to be folded. */
export interface Pending {
  readonly seq: number
  readonly ticketKey: string
  readonly occurredAt: Instant
}

/** Which share of the tickets a worker takes: those whose hash falls on `index` of `count`. */
export interface Lane {
  readonly index: number
  readonly count: number
}

const RETURNING = `returning seq, ticket_key as "ticketKey", occurred_at as "occurredAt"`

/** Of what is caught up with, this many are taken in one transaction: whatever happens meanwhile waits no longer than they take. */
const BACKLOG_AT_ONCE = 500

/** What else waits of the same tickets goes with it, up to this many. */
const BACKLOG_BEHIND = 1_500

/**
 * Takes waiting events out of the line; they are back in it when the transaction fails. Up to `limit` of what happens now, oldest first, and
 * of what is caught up with as many as fit beside it, at least a quarter of `limit`, so that neither starves the other. With the latter goes
 * what else is to be caught up with of the same tickets: a ticket that ended long ago is then folded once, and alarms nobody on its way. What
 * another worker has taken is passed over.
 */
export async function claimPending(tx: Tx, limit: number, lane: Lane | null): Promise<Pending[]> {
  const share = lane === null ? '' : 'and (hashtext(ticket_key) & 2147483647) % $3 = $2'
  // By their keys, not joined: whatever the statistics say, the rows are found by the index.
  const { rows } = await tx.query<Pending>(
    `with live as materialized (select seq from pending_event where is_live ${share} order by seq limit $1 for update skip locked),
      backlog as materialized (
        select seq, ticket_key from pending_event where not is_live ${share} order by seq
         limit least(${BACKLOG_AT_ONCE}, greatest(ceil($1::int / 4.0)::int, $1::int - (select count(*) from live))) for update skip locked),
      behind as materialized (
        select seq from pending_event where not is_live and ticket_key = any(array(select distinct ticket_key from backlog)) order by seq
         limit ${BACKLOG_BEHIND} for update skip locked)
     delete from pending_event
      where seq = any(array(select seq from live union all select seq from backlog union all select seq from behind)) ${RETURNING}`,
    lane === null ? [limit] : [limit, lane.index, lane.count],
  )
  return rows
}

/** How many events wait to be folded: of what happens now, and of what is caught up with. */
export async function countPending(sql: Sql): Promise<{ readonly live: number; readonly backlog: number }> {
  const { rows } = await sql.query<{ live: number; backlog: number }>(
    'select (count(*) filter (where is_live))::int as live, (count(*) filter (where not is_live))::int as backlog from pending_event',
  )
  return rows[0] ?? { live: 0, backlog: 0 }
}

/** Has the planner look at the line of waiting events as it is now: of a line of a million that came within a minute it still believes that there is none. */
export async function analyzeLine(sql: Sql): Promise<void> {
  await sql.query('analyze pending_event')
  await sql.query('analyze event')
}

/** Takes every waiting event of these tickets that is free out of the line. */
export async function claimPendingOfTickets(tx: Tx, ticketKeys: readonly string[]): Promise<Pending[]> {
  const { rows } = await tx.query<Pending>(
    `delete from pending_event
      where seq = any(array(select seq from pending_event where ticket_key = any(${column('$1')}) order by seq for update skip locked)) ${RETURNING}`,
    [joined(ticketKeys)],
  )
  return rows
}

/** Puts all events of a ticket in line again; returns how many they are. */
export async function requeueTicket(tx: Tx, ticketKey: string): Promise<number> {
  const { rowCount } = await tx.query(
    `insert into pending_event (ticket_key, occurred_at, is_live) select ticket_key, occurred_at, false from event where ticket_key = $1 order by occurred_at`,
    [ticketKey],
  )
  return rowCount ?? 0
}

/** Puts tickets that are folded already in line once more, to be judged anew. */
export async function requeueFolded(tx: Tx, ticketKeys: readonly string[]): Promise<void> {
  if (ticketKeys.length === 0) return
  await tx.query(
    `insert into pending_event (ticket_key, occurred_at)
     select ticket_key, last_event_at from ticket where ticket_key = any(${column('$1')}) and last_event_at is not null order by ticket_key`,
    [joined(ticketKeys)],
  )
}

type EventTuple = [
  string,
  string,
  string,
  string,
  string,
  Instant,
  Instant,
  number | null,
  string | null,
  string | null,
  string | null,
  string | null,
  Record<string, unknown>,
]

// Instants as epoch numbers: of the fields of a history they are what the driver reads slowest.
const EVENT_COLUMNS = `ticket_key, source_system, event_id, event_type, province_code, date_part('epoch', occurred_at), date_part('epoch', received_at),
  source_seq, actor_type, actor_id, unit_id, corrects_event_id, payload`

function eventOf(row: EventTuple): TicketEvent {
  return {
    ticketKey: row[0],
    sourceSystem: row[1],
    eventId: row[2],
    type: row[3] as EventType,
    provinceCode: row[4],
    occurredAt: Math.round(row[5] * 1000),
    receivedAt: Math.round(row[6] * 1000),
    sourceSeq: row[7],
    actorType: row[8],
    actorId: row[9],
    unitId: row[10],
    correctsEventId: row[11],
    payload: row[12],
  }
}

/** All events of these tickets that occurred in [from, to], in no particular order; the stretch spares the chunks outside it. */
export async function loadEventsOfTickets(sql: Sql, ticketKeys: readonly string[], from: Instant, to: Instant): Promise<TicketEvent[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await (sql as Tx).query<EventTuple>({
    text: `select ${EVENT_COLUMNS} from event
            where ticket_key = any(${column('$1')}) and occurred_at >= ${instantOf('$2')} and occurred_at <= ${instantOf('$3')}`,
    values: [joined(ticketKeys), from, to],
    rowMode: 'array',
  })
  return rows.map(eventOf)
}

/** All events of these tickets, wherever they lie: every chunk is opened. */
export async function loadWholeHistories(sql: Sql, ticketKeys: readonly string[]): Promise<TicketEvent[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await (sql as Tx).query<EventTuple>({
    text: `select ${EVENT_COLUMNS} from event where ticket_key = any(${column('$1')})`,
    values: [joined(ticketKeys)],
    rowMode: 'array',
  })
  return rows.map(eventOf)
}

/** Which of these tickets have events that wait to be folded. */
export async function loadWaitingTickets(sql: Sql, ticketKeys: readonly string[]): Promise<Set<string>> {
  if (ticketKeys.length === 0) return new Set()
  const { rows } = await sql.query<{ key: string }>(`select distinct ticket_key as key from pending_event where ticket_key = any(${column('$1')})`, [
    joined(ticketKeys),
  ])
  return new Set(rows.map(({ key }) => key))
}

/** Tickets (not subjects of notices) that have events and neither a ticket row, nor a place in the line, nor one in quarantine: there must be none. At most `limit`. */
export async function loadForgottenTickets(sql: Sql, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ key: string }>(
    `select distinct e.ticket_key as key from event e
      where not e.ticket_key ^@ '!'
        and not exists (select from ticket t where t.ticket_key = e.ticket_key) and not exists (select from pending_event p where p.ticket_key = e.ticket_key)
        and not exists (select from quarantine q where q.state = 'open' and q.code = 'fold_failed' and q.item ->> 'ticket_key' = e.ticket_key)
      order by 1 limit $1`,
    [limit],
  )
  return rows.map(({ key }) => key)
}
