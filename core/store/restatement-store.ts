import type { RestatedSum, RestatementCause, RestatementState } from '../domain/count/restatement.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** What a line says; days are local, `YYYY-MM-DD`. */
export interface RestatementLine {
  readonly regionPath: string
  readonly kind: string
  /** Bases that change, comma between them. */
  readonly bases: string
  readonly dayFrom: string | null
  readonly dayTo: string | null
  readonly cause: RestatementCause
  readonly causeEventId: string | null
  readonly causeType: string | null
  /** When the causing event occurred. */
  readonly causeAt: Instant | null
  /** Facts as core/engine/counted.ts writes them. */
  readonly lost: string
  readonly gained: string
}

/** A line of one ticket. */
export interface TicketRestatement extends RestatementLine {
  readonly ticketKey: string
  readonly provinceCode: string
}

const itemsOf = (columns: readonly string[], first = 1) =>
  `unnest(${columns.map((_name, index) => column(`$${index + first}`)).join(', ')}) as i (${columns.join(', ')})`

const LINE = ['region_path', 'kind', 'bases', 'day_from', 'day_to', 'cause', 'cause_event_id', 'cause_type', 'cause_at', 'lost', 'gained'] as const
const lineValues = (lines: readonly RestatementLine[]) => [
  joined(lines.map((line) => line.regionPath)),
  joined(lines.map((line) => line.kind)),
  joined(lines.map((line) => line.bases)),
  joined(lines.map((line) => line.dayFrom)),
  joined(lines.map((line) => line.dayTo)),
  joined(lines.map((line) => line.cause)),
  joined(lines.map((line) => line.causeEventId)),
  joined(lines.map((line) => line.causeType)),
  joined(lines.map((line) => line.causeAt)),
  joined(lines.map((line) => line.lost)),
  joined(lines.map((line) => line.gained)),
]
const typed = (name: string) => (name.startsWith('day_') ? `i.${name}::date` : name === 'cause_at' ? instantOf('i.cause_at') : `i.${name}`)

/** Logs lines of tickets that have no standing one; their ids by ticket. */
export async function insertTicketRestatements(tx: Tx, lines: readonly TicketRestatement[], now: Instant): Promise<Map<string, string>> {
  if (lines.length === 0) return new Map()
  const { rows } = await tx.query<{ id: string; ticketKey: string }>(
    `insert into restatement (at, province_code, ticket_key, ${LINE.join(', ')})
     select ${instantOf('$1')}, i.province_code, i.ticket_key, ${LINE.map(typed).join(', ')}
       from ${itemsOf(['province_code', 'ticket_key', ...LINE], 2)} order by i.ticket_key
     returning id::text as id, ticket_key as "ticketKey"`,
    [now, joined(lines.map((line) => line.provinceCode)), joined(lines.map((line) => line.ticketKey)), ...lineValues(lines)],
  )
  return new Map(rows.map(({ id, ticketKey }) => [ticketKey, id]))
}

/** Tickets of one province and day of acceptance that arrived late as a whole. */
export interface Arrivals {
  readonly provinceCode: string
  readonly regionPath: string
  readonly day: string
  readonly ticketKeys: readonly string[]
}

const MOST_EXAMPLES = 20

/** Puts late arrivals on the waiting line of their province and day, or opens it; ids by `province day`. Each province and day once. */
export async function joinArrivals(tx: Tx, arrivals: readonly Arrivals[], now: Instant): Promise<Map<string, string>> {
  if (arrivals.length === 0) return new Map()
  const first = (keys: readonly string[]) => JSON.stringify([...keys].sort().slice(0, MOST_EXAMPLES))
  const { rows } = await tx.query<{ id: string; place: string }>(
    `insert into restatement as r (at, province_code, region_path, bases, day_to, cause, cause_type, examples)
     select ${instantOf('$1')}, i.province_code, i.region_path, 'ACC', i.day::date, 'late', 'created',
            array(select jsonb_array_elements_text(i.examples::jsonb))
       from ${itemsOf(['province_code', 'region_path', 'day', 'examples'], 2)} order by i.province_code, i.day
     on conflict (province_code, day_to) where ticket_key is null and state = 'waiting' do update set at = excluded.at,
       examples = array(select distinct k collate "C" as k from unnest(r.examples || excluded.examples) as k order by 1 limit ${MOST_EXAMPLES})
     returning id::text as id, province_code || ' ' || to_char(day_to, 'YYYY-MM-DD') as place`,
    [
      now,
      joined(arrivals.map((one) => one.provinceCode)),
      joined(arrivals.map((one) => one.regionPath)),
      joined(arrivals.map((one) => one.day)),
      joined(arrivals.map((one) => first(one.ticketKeys))),
    ],
  )
  return new Map(rows.map(({ id, place }) => [place, id]))
}

/** A stored line that changes follow. */
export interface StandingRestatement {
  readonly id: string
  readonly ticketKey: string | null
  readonly state: RestatementState
  readonly cause: RestatementCause
  readonly causeEventId: string | null
  readonly causeType: string | null
  readonly causeAt: Instant | null
  readonly lost: string | null
  readonly gained: string | null
}

/** Locks these lines, in the order of their ids, until the transaction ends. */
export async function lockRestatements(tx: Tx, ids: readonly string[]): Promise<StandingRestatement[]> {
  const { rows } = await tx.query<StandingRestatement>(
    `select id::text as id, ticket_key as "ticketKey", state, cause, cause_event_id as "causeEventId", cause_type as "causeType", cause_at as "causeAt", lost, gained
       from restatement where id = any($1::bigint[]) order by restatement.id for update`,
    [ids],
  )
  return rows
}

/** Rewrites a locked line of a ticket and forgets its sums; unless it stays rejected, so does who decided it. */
export async function rewriteRestatement(
  tx: Tx,
  id: string,
  line: RestatementLine,
  { state, now }: { readonly state: RestatementState; readonly now: Instant },
): Promise<void> {
  await tx.query('delete from restatement_sum where restatement_id = $1', [id])
  await tx.query(
    `update restatement r set at = ${instantOf('$2')}, state = $3, ${LINE.map((name) => `${name} = ${typed(name)}`).join(', ')},
       decided_by = case when $3 = 'rejected' then r.decided_by end, decided_at = case when $3 = 'rejected' then r.decided_at end,
       reason = case when $3 = 'rejected' then r.reason end
       from ${itemsOf(LINE, 4)} where r.id = $1`,
    [id, now, state, ...lineValues([line])],
  )
}

/** Adds to what lines hold back. */
export async function addRestatementSums(tx: Tx, sums: readonly (RestatedSum & { readonly id: string })[]): Promise<void> {
  if (sums.length === 0) return
  await tx.query(
    `insert into restatement_sum as s (restatement_id, base, bin_at, region_code, kind, n)
     select id::bigint, base, ${instantOf('bin_at')}, region_code, kind, add_measures('{}', n::bigint[])
       from ${itemsOf(['id', 'base', 'bin_at', 'region_code', 'kind', 'n'])} order by 1, 2, 3, 4, 5
     on conflict (restatement_id, base, bin_at, region_code, kind) do update set n = add_measures(s.n, excluded.n)`,
    [
      joined(sums.map((sum) => sum.id)),
      joined(sums.map((sum) => sum.base)),
      joined(sums.map((sum) => sum.binAt)),
      joined(sums.map((sum) => sum.regionCode)),
      joined(sums.map((sum) => sum.kind)),
      joined(sums.map((sum) => `{${sum.n.join(',')}}`)),
    ],
  )
}

/** Withdraws those of these lines of summed tickets that hold nothing back any more. */
export async function withdrawEmpty(tx: Tx, ids: readonly string[], now: Instant): Promise<void> {
  await tx.query(
    `update restatement r set state = 'withdrawn', at = ${instantOf('$2')} where r.id = any($1::bigint[]) and r.ticket_key is null
        and not exists (select from restatement_sum s where s.restatement_id = r.id and s.n <> '{}')`,
    [ids, now],
  )
}

/** Notes on which line the tickets' old facts stand. */
export async function linkRestatements(tx: Tx, links: readonly { readonly ticketKey: string; readonly id: string }[]): Promise<void> {
  if (links.length === 0) return
  await tx.query(
    `update ticket t set restatement_id = i.id::bigint from ${itemsOf(['ticket_key', 'id'])} where t.ticket_key = i.ticket_key`,
    [joined(links.map((link) => link.ticketKey)), joined(links.map((link) => link.id))],
  )
}

/** A line as people see it. */
export interface RestatementShown extends StandingRestatement {
  readonly at: Instant
  readonly provinceCode: string
  readonly kind: string | null
  readonly bases: string
  readonly dayFrom: string | null
  readonly dayTo: string | null
  readonly examples: readonly string[]
  /** Tickets that it adds to the volume and takes from it. */
  readonly accepted: number
  readonly decidedBy: string | null
  readonly decidedAt: Instant | null
  readonly reason: string | null
}

/** Of summed tickets what is held back of them says it. */
const BASES = `case when r.ticket_key is null
  then coalesce((select string_agg(distinct s.base, ',') from restatement_sum s where s.restatement_id = r.id and s.n <> '{}'), '') else r.bases end`
const ACCEPTED = `(select coalesce(sum(s.n[1]), 0)::integer from restatement_sum s where s.restatement_id = r.id and s.base = 'ACC')`

/** Lines of the scope, waiting ones first, then from new to old; `after` is the last one seen. */
export async function listRestatements(
  sql: Sql,
  scope: Scope,
  { state, afterId, limit }: { readonly state: RestatementState | null; readonly afterId: string | null; readonly limit: number },
): Promise<RestatementShown[]> {
  const { rows } = await sql.query<RestatementShown>(
    `select r.id::text as id, r.at, r.province_code as "provinceCode", r.ticket_key as "ticketKey", r.kind, ${BASES} as bases, to_char(r.day_from, 'YYYY-MM-DD') as "dayFrom",
            to_char(r.day_to, 'YYYY-MM-DD') as "dayTo", r.cause, r.cause_event_id as "causeEventId", r.cause_type as "causeType", r.cause_at as "causeAt",
            r.lost, r.gained, r.examples,
            r.state, r.decided_by as "decidedBy", r.decided_at as "decidedAt", r.reason, ${ACCEPTED} as accepted
       from restatement r left join restatement a on a.id = $3::bigint
      where r.region_path ^@ $1 and ($2::text is null or r.state = $2)
        and ($3::bigint is null or (r.state = 'waiting', r.id) < (a.state = 'waiting', a.id))
      order by (r.state = 'waiting') desc, r.id desc limit $4`,
    [scope.path, state, afterId, limit],
  )
  return rows
}

/** How many lines of the scope are in each state. */
export async function countRestatements(sql: Sql, scope: Scope): Promise<Record<RestatementState, number>> {
  const { rows } = await sql.query<{ state: RestatementState; n: number }>(
    'select state, count(*)::integer as n from restatement where region_path ^@ $1 group by state',
    [scope.path],
  )
  return { waiting: 0, confirmed: 0, rejected: 0, withdrawn: 0, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) }
}

/** A steward's word on lines. */
export interface Decision {
  readonly ids: readonly string[]
  readonly state: 'confirmed' | 'rejected'
  readonly by: string
  readonly reason: string
  readonly now: Instant
}

/** Decides those of these lines in the scope that wait, or confirms rejected ones; the ids that this changed, in order. */
export async function decideRestatements(tx: Tx, scope: Scope, { ids, state, by, reason, now }: Decision): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `with due as (select id from restatement where id = any($2::bigint[]) and region_path ^@ $1
        and (state = 'waiting' or state = 'rejected' and $3 = 'confirmed') order by id for update)
     update restatement r set state = $3, decided_by = $4, reason = $5, decided_at = ${instantOf('$6')} from due where r.id = due.id
     returning r.id::text as id`,
    [scope.path, ids, state, by, reason, now],
  )
  return rows.map(({ id }) => id).sort((a, b) => Number(a) - Number(b))
}
