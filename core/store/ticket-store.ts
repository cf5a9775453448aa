import { ageGroupOf, type KeyCustomerMarks } from '../domain/risk/ticket-marks.ts'
import { completedHistory, type CustomerHistory, isSameHistory, type KinFacts, NO_HISTORY } from '../domain/ticket/customer-history.ts'
import type { FoldState } from '../domain/ticket/fold.ts'
import { packMemory, packTicket, unpackState, unpackTicket } from '../domain/ticket/pack.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** What the next difference and the timers need to know about a stored ticket. */
export interface TicketMemory {
  readonly ticketKey: string
  readonly nextCheckAt: Instant | null
  /** What it is counted as now, as written by {@link saveTickets}. */
  readonly counted: string
  /** The same of quality counts (core/engine/quality-tickets.ts). */
  readonly quality: string
  readonly isOverdue: boolean
  /** All its folded events occurred in this stretch. */
  readonly firstEventAt: Instant | null
  readonly lastEventAt: Instant | null
  /** Its fold as last written, to be gone on with. */
  readonly state: FoldState
  readonly customer: CustomerHistory
  /** What of it concerns its kin, as written; null where it has none. */
  readonly kinText: string | null
  /** Something of its history has been deleted, so the fold stands for what it was folded from (domain.md 8.3). */
  readonly isFrozen: boolean
  /** The restatement that its changes of old facts go to while it stands (core/engine/restate.ts); null: none. */
  readonly restatementId: string | null
  /** As of when it was last judged, and is counted. */
  readonly judgedAt: Instant
}

interface StoredTicket extends Omit<TicketMemory, 'state' | 'customer'> {
  readonly fold: Partial<Ticket>
  readonly memory: string | null
  readonly customer: CustomerHistory | null
}

const STORED = `ticket_key as "ticketKey", next_check_at as "nextCheckAt", counted, quality, is_overdue as "isOverdue", first_event_at as "firstEventAt",
  last_event_at as "lastEventAt", fold, fold_memory as memory, customer_history as customer, kin_facts::text as "kinText", is_frozen as "isFrozen",
  restatement_id::text as "restatementId", updated_at as "judgedAt"`

const memoryOf = ({ fold, memory, customer, ...rest }: StoredTicket): TicketMemory => ({
  ...rest,
  state: unpackState(fold, memory),
  customer: completedHistory(customer),
})

/** Locks the rows of these tickets in key order until the transaction ends; tickets that do not exist yet are left out. */
export async function lockTickets(tx: Tx, ticketKeys: readonly string[]): Promise<TicketMemory[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<StoredTicket>(`select ${STORED} from ticket where ticket_key = any(${column('$1')}) order by ticket_key for update`, [
    joined(ticketKeys),
  ])
  return rows.map(memoryOf)
}

/** A ticket row as written: the fold, its projections, what it is counted as. */
export interface TicketRow {
  readonly state: FoldState
  readonly customer: CustomerHistory
  readonly kinFacts: KinFacts | null
  /** The node it counts at, and the phenomenon it counts under: the same as in the cells. */
  readonly regionCode: string
  readonly regionPath: string
  readonly phenomenon: string
  readonly isValid: boolean
  /** Null for customers that MR-05 does not watch. */
  readonly keyCustomer: KeyCustomerMarks | null
  readonly closedAt: Instant | null
  /** The deadline that people work to, and the clock that sets it. */
  readonly deadlineAt: Instant | null
  readonly deadlineClock: string | null
  readonly isOverdue: boolean
  readonly level: number
  readonly nextCheckAt: Instant | null
  readonly counted: string
  readonly quality: string
  readonly firstEventAt: Instant
  readonly lastEventAt: Instant
}

const COLUMNS: readonly (readonly [name: string, value: (name: string) => string, read: (row: TicketRow) => string | number | boolean | null])[] =
  (() => {
    const text = (name: string) => name
    const instant = (name: string) => instantOf(name)
    const as = (type: string) => (name: string) => `${name}::${type}`
    return [
      ['ticket_key', text, (row) => row.state.ticket.ticketKey],
      ['province_code', text, (row) => row.state.ticket.provinceCode],
      ['region_code', text, (row) => row.regionCode],
      ['region_path', text, (row) => row.regionPath],
      ['kind', text, (row) => row.state.ticket.kind],
      ['phenomenon_l2', text, (row) => row.phenomenon],
      ['status', text, (row) => row.state.ticket.status],
      ['is_valid', as('boolean'), (row) => row.isValid],
      ['channel', text, (row) => row.state.ticket.channel || null],
      ['disputed_channel', text, (row) => row.state.ticket.disputedChannel || null],
      ['age_group', text, (row) => ageGroupOf(row.state.ticket.ageBand)],
      ['key_customer', as('json'), (row) => (row.keyCustomer === null ? null : JSON.stringify(row.keyCustomer))],
      ['is_template', as('boolean'), (row) => row.state.ticket.isTemplate === 1],
      ['customer_key', text, (row) => row.state.ticket.customerKey],
      ['accepted_at', instant, (row) => row.state.ticket.acceptedAt],
      ['closed_at', instant, (row) => row.closedAt],
      ['deadline_at', instant, (row) => row.deadlineAt],
      ['deadline_clock', text, (row) => row.deadlineClock],
      ['is_overdue', as('boolean'), (row) => row.isOverdue],
      ['ticket_level', as('smallint'), (row) => row.level],
      ['next_check_at', instant, (row) => row.nextCheckAt],
      ['fold', as('json'), (row) => JSON.stringify(packTicket(row.state.ticket))],
      ['fold_memory', text, (row) => packMemory(row.state)],
      ['customer_history', as('json'), (row) => (isSameHistory(row.customer, NO_HISTORY) ? null : JSON.stringify(row.customer))],
      ['kin_facts', as('json'), (row) => (row.kinFacts === null ? null : JSON.stringify(row.kinFacts))],
      ['counted', text, (row) => row.counted],
      ['quality', text, (row) => row.quality],
      ['first_event_at', instant, (row) => row.firstEventAt],
      ['last_event_at', instant, (row) => row.lastEventAt],
    ]
  })()

const names = COLUMNS.map(([name]) => name).join(', ')
const ITEMS = `unnest(${COLUMNS.map((_column, index) => column(`$${index + 2}`)).join(', ')}) as i (${names})`
const UPDATE = `update ticket t set ${COLUMNS.slice(1)
  .map(([name, value]) => `${name} = ${value(`i.${name}`)}`)
  .join(', ')}, updated_at = ${instantOf('$1')}
  from ${ITEMS} where t.ticket_key = i.ticket_key`
const INSERT = `insert into ticket (${names}, updated_at)
  select ${COLUMNS.map(([name, value]) => value(`i.${name}`)).join(', ')}, ${instantOf('$1')} from ${ITEMS} order by i.ticket_key
  on conflict (ticket_key) do nothing`

const valuesOf = (rows: readonly TicketRow[], now: Instant) => [now, ...COLUMNS.map(([, , read]) => joined(rows.map(read)))]

/** Rewrites tickets whose rows this transaction has locked. */
export async function updateTickets(tx: Tx, rows: readonly TicketRow[], now: Instant): Promise<void> {
  if (rows.length > 0) await tx.query(UPDATE, valuesOf(rows, now))
}

/** Writes tickets that did not exist when this transaction looked; fewer than given means that somebody else has just made one of them. */
export async function insertTickets(tx: Tx, rows: readonly TicketRow[], now: Instant): Promise<number> {
  if (rows.length === 0) return 0
  const { rowCount } = await tx.query(INSERT, valuesOf(rows, now))
  return rowCount ?? 0
}

/** Tickets whose next check has come, the longest due first, at most `limit`. */
export async function loadDueTickets(sql: Sql, now: Instant, limit: number): Promise<{ ticketKey: string; nextCheckAt: Instant }[]> {
  const { rows } = await sql.query<{ ticketKey: string; nextCheckAt: Instant }>(
    `select ticket_key as "ticketKey", next_check_at as "nextCheckAt" from ticket
      where next_check_at <= ${instantOf('$1')} order by next_check_at limit $2`,
    [now, limit],
  )
  return rows
}

/** The next instant at which any ticket is due, or null: how long a timer worker may sleep. */
export async function nextTicketCheck(sql: Sql): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant | null }>('select min(next_check_at) as at from ticket')
  return rows[0]?.at ?? null
}

/** Has the timers judge again, at `at` or before, every ticket that is not closed: by what they are judged has changed. */
export async function recheckOpen(tx: Tx, at: Instant): Promise<void> {
  await tx.query(`update ticket set next_check_at = least(next_check_at, ${instantOf('$1')}) where closed_at is null`, [at])
}

/** The same of the open tickets that lie under one of these regions. */
export async function recheckOpenWithin(tx: Tx, at: Instant, paths: readonly string[]): Promise<void> {
  await tx.query(
    `update ticket set next_check_at = least(next_check_at, ${instantOf('$1')}) where closed_at is null and region_path ^@ any(${column('$2')})`,
    [at, joined(paths)],
  )
}

/** Takes a ticket off the timers: it cannot be judged (workers/put-aside.ts says why where people see it). */
export async function stopTicketTimer(tx: Tx, ticketKey: string): Promise<void> {
  await tx.query('update ticket set next_check_at = null where ticket_key = $1', [ticketKey])
}

/** A ticket as stored, whole. */
export type CountedTicket = TicketMemory & { readonly fold: Ticket }

/** What is stored of the next tickets after `after` (in the database's order), at most `limit`: the walk of a recount. */
export async function loadStoredTickets(sql: Sql, after: string, limit: number): Promise<CountedTicket[]> {
  const { rows } = await sql.query<StoredTicket>(`select ${STORED} from ticket where ticket_key > $1 order by ticket_key limit $2`, [after, limit])
  return rows.map((row) => ({ ...memoryOf(row), fold: unpackTicket(row.fold) }))
}

/** How many tickets there are. */
export async function countTickets(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ n: number }>('select count(*) as n from ticket')
  return rows[0]?.n ?? 0
}

/** Notes what tickets are counted as: for a repair, which has put the cells right to match. */
export async function setCounted(tx: Tx, rows: readonly { readonly ticketKey: string; readonly counted: string }[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `update ticket t set counted = i.counted from unnest(${column('$1')}, ${column('$2')}) as i (ticket_key, counted) where t.ticket_key = i.ticket_key`,
    [joined(rows.map((row) => row.ticketKey)), joined(rows.map((row) => row.counted))],
  )
}

/** Which of these tickets are frozen: no event is folded into them any more. */
export async function loadFrozenTickets(sql: Sql, ticketKeys: readonly string[]): Promise<Set<string>> {
  if (ticketKeys.length === 0) return new Set()
  const { rows } = await sql.query<{ key: string }>(
    `select ticket_key as key from ticket where is_frozen and ticket_key = any(${column('$1')})`,
    [joined(ticketKeys)],
  )
  return new Set(rows.map(({ key }) => key))
}

/** Whether a ticket came past the province's own hot-line (domain.md 3.1); for the engine, by its key. */
export async function isSkipLevelTicket(sql: Sql, ticketKey: string): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>("select fold ->> 'sourceCategory' <> 'province_complaint' as is from ticket where ticket_key = $1", [ticketKey])
  return rows[0]?.is === true
}
