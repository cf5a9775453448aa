import type { Instant } from '../domain/time.ts'
import { measurePlace } from '../domain/count/cubes.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { MatterKind } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

const FINE = `'ACC/half_minute/phenomenon'`
const ACCEPTED = `n[${measurePlace('ACC', 'accepted') + 1}]`

/** Tickets accepted in a window at one node of the tree (its own cells, not its subtree). */
export interface WindowSum {
  readonly regionCode: string
  readonly phenomenon: string
  readonly n: number
}

/** Valid tickets of these kinds accepted in `[from, to)`, by node and phenomenon: reads the cells of the window and nothing older. */
export async function loadWindowSums(sql: Sql, kinds: readonly string[], from: Instant, to: Instant): Promise<WindowSum[]> {
  const { rows } = await sql.query<WindowSum>(
    `select region_code as "regionCode", value as phenomenon, sum(${ACCEPTED})::int as n from cell
      where cube = ${FINE} and bin_at >= ${instantOf('$1')} and bin_at < ${instantOf('$2')} and kind = any($3::text[])
      group by region_code, value having sum(${ACCEPTED}) <> 0`,
    [from, to, kinds],
  )
  return rows
}

/** The same sum of one past window, told by its place in the list asked for (from 0). */
export interface PastSum extends WindowSum {
  readonly place: number
}

/** What to count in past windows; `regionCodes` null means every node. */
export interface PastQuery {
  readonly kinds: readonly string[]
  readonly phenomena: readonly string[]
  readonly regionCodes: readonly string[] | null
  readonly windows: readonly { readonly from: Instant; readonly to: Instant }[]
}

/** {@link loadWindowSums} for several past windows at once; the cost depends on the windows, not on the history around them. */
export async function loadPastSums(sql: Sql, { kinds, phenomena, regionCodes, windows }: PastQuery): Promise<PastSum[]> {
  const { rows } = await sql.query<PastSum>(
    `select (w.place - 1)::int as place, c.region_code as "regionCode", c.value as phenomenon, sum(c.${ACCEPTED})::int as n
       from unnest($1::float8[], $2::float8[]) with ordinality as w (from_ms, to_ms, place)
       join cell c on c.cube = ${FINE} and c.bin_at >= ${instantOf('w.from_ms')} and c.bin_at < ${instantOf('w.to_ms')}
      where c.kind = any($3::text[]) and c.value = any($4::text[]) and ($5::text[] is null or c.region_code = any($5::text[]))
      group by w.place, c.region_code, c.value`,
    [windows.map((window) => window.from), windows.map((window) => window.to), kinds, phenomena, regionCodes],
  )
  return rows
}

/** One ticket of a window: whose it is and where it counts. */
export interface WindowTicket {
  readonly ticketKey: string
  readonly customerKey: string
  readonly phenomenon: string
  readonly regionPath: string
  readonly acceptedAt: Instant
}

/** The valid tickets of these kinds and phenomena accepted in `[from, to)`. A ticket without a second level stands under its first. */
export async function loadWindowTickets(
  sql: Sql,
  kinds: readonly string[],
  phenomena: readonly string[],
  from: Instant,
  to: Instant,
): Promise<WindowTicket[]> {
  const { rows } = await sql.query<WindowTicket>(
    `select ticket_key as "ticketKey", customer_key as "customerKey", phenomenon, region_path as "regionPath", accepted_at as "acceptedAt" from (
       select ticket_key, customer_key, region_path, accepted_at, case phenomenon_l2 when '' then coalesce(fold ->> 'phenomenonL1', '') else phenomenon_l2 end as phenomenon
         from ticket
        where is_valid and phenomenon_l2 = any($2::text[] || ''::text) and kind = any($1::text[])
          and accepted_at >= ${instantOf('$3')} and accepted_at < ${instantOf('$4')}) t
      where phenomenon = any($2::text[])`,
    [kinds, phenomena, from, to],
  )
  return rows
}

/** When and where a confirmed case was true. */
export interface ConfirmedCase {
  readonly matter: Matter
  readonly regionPath: string
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
}

/** Cases about these kinds of matter that a person has acknowledged or resolved and nobody has called false, last true at `since` or later. */
export async function loadConfirmedCases(sql: Sql, kinds: readonly MatterKind[], since: Instant): Promise<ConfirmedCase[]> {
  const { rows } = await sql.query<Omit<ConfirmedCase, 'matter'> & Matter>(
    `select c.matter_kind as kind, c.matter as name, a.region_path as "regionPath", c.first_true_at as "firstTrueAt", c.last_true_at as "lastTrueAt"
       from risk_case c join alert a on a.id = c.alert_id
      where c.last_true_at >= ${instantOf('$2')} and c.matter_kind = any($1::text[])
        and (a.acked_at is not null or a.state in ('resolved', 'closed')) and a.state not in ('false_positive', 'retracted')`,
    [kinds, since],
  )
  return rows.map(({ kind, name, ...rest }) => ({ ...rest, matter: { kind, name } }))
}

/** What makes a tick one at which nothing can happen. */
export interface QuietTick {
  readonly slotAt: Instant
  readonly from: Instant
  readonly kinds: readonly string[]
  /** Fewest tickets of one phenomenon, anywhere, with which a rule can be true. */
  readonly leastTickets: number
  /** A case mitigated before this cannot come back. */
  readonly relapseSince: Instant
}

/**
 * Does the whole of a quiet tick in one statement: moves the slot `name` forward if no phenomenon has tickets enough in the window and no
 * case is live and no risk rule is tried; false when there is something to look at, or the slot was done.
 */
export async function takeQuietTick(sql: Sql, name: string, tick: QuietTick): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into tick_slot (name, slot_at)
     select $1, ${instantOf('$2')}
      where not exists (select from alert where kind = 'risk' and ended_at is null and (state <> 'mitigated' or mitigated_at >= ${instantOf('$6')}))
        and not exists (select from rule_trial where rule_id like 'MR-%' and stopped_at is null and started_at <= ${instantOf('$2')} and ends_at > ${instantOf('$2')})
        and not exists (select from cell
                         where cube = ${FINE} and bin_at >= ${instantOf('$3')} and bin_at < ${instantOf('$2')} and kind = any($4::text[])
                         group by value having sum(${ACCEPTED}) >= $5::float8)
     on conflict (name) do update set slot_at = excluded.slot_at where tick_slot.slot_at < excluded.slot_at`,
    [name, tick.slotAt, tick.from, tick.kinds, tick.leastTickets, tick.relapseSince],
  )
  return rowCount === 1
}

/** Whether an accepted event that occurred before `at` still waits to be folded, or a ticket accepted before it to be counted. */
export async function hasPendingBefore(sql: Sql, at: Instant): Promise<boolean> {
  const { rows } = await sql.query<{ waits: boolean }>(
    `select exists (select from pending_event where occurred_at < ${instantOf('$1')})
         or exists (select from fact_difference where accepted_from < ${instantOf('$1')}) as waits`,
    [at],
  )
  return rows[0]?.waits === true
}
