import type { QuietKind, QuietWindow } from '../domain/alert/quiet-window.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertKind, MatterKind, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A window as people see it. */
export interface QuietWindowRow extends QuietWindow {
  readonly regionCode: string
  readonly reason: string
  readonly owner: string
  readonly createdAt: Instant
  readonly createdByName: string
  readonly endedByName: string | null
  /** Live alerts that it hides now. */
  readonly hidden: number
}

const WINDOW = `w.id::text as id, w.kind, w.region_path as "regionPath", w.product, w.rule_ids as "ruleIds", w.from_at as "from", w.to_at as "to", w.ended_at as "endedAt"`
const SHOWN = `${WINDOW}, w.region_code as "regionCode", w.reason, w.owner, w.created_at as "createdAt", c.display_name as "createdByName", e.display_name as "endedByName",
  (select count(*)::int from alert a where a.quiet_by = w.id and a.state = 'suppressed' and a.ended_at is null) as hidden`

export interface NewQuietWindow {
  readonly kind: QuietKind
  readonly regionCode: string
  readonly regionPath: string
  readonly product: string | null
  readonly ruleIds: readonly string[]
  readonly from: Instant
  readonly to: Instant
  readonly reason: string
  readonly owner: string
  readonly by: string
  readonly at: Instant
}

/** Puts up a window; its id. */
export async function insertQuietWindow(tx: Tx, window: NewQuietWindow): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into quiet_window (kind, region_code, region_path, product, rule_ids, from_at, to_at, reason, owner, created_at, created_by)
     values ($1, $2, $3, $4, $5, ${instantOf('$6')}, ${instantOf('$7')}, $8, $9, ${instantOf('$10')}, $11) returning id::text as id`,
    [window.kind, window.regionCode, window.regionPath, window.product, window.ruleIds, window.from, window.to, window.reason, window.owner, window.at, window.by],
  )
  const [row] = rows
  if (row === undefined) throw new Error('a window was put up and has no number')
  return row.id
}

/** Ends a window of the scope early, where it still stands or is to come; `over` where it does not, `unknown` where the scope has none. */
export async function endQuietWindow(tx: Tx, scope: Scope, id: string, by: string, at: Instant): Promise<'ended' | 'over' | 'unknown'> {
  const { rowCount } = await tx.query(
    `update quiet_window set ended_at = ${instantOf('$3')}, ended_by = $4 where id = $2 and region_path ^@ $1 and ended_at is null and to_at > ${instantOf('$3')}`,
    [scope.path, id, at, by],
  )
  if (rowCount === 1) return 'ended'
  const known = await tx.query('select from quiet_window where id = $2 and region_path ^@ $1', [scope.path, id])
  return known.rowCount === 1 ? 'over' : 'unknown'
}

/** The windows of a scope that end after `since`, those that stand first, then by their beginning; whoever looks from below sees those above him too. */
export async function loadQuietWindows(sql: Sql, scope: Scope, since: Instant, limit: number): Promise<QuietWindowRow[]> {
  const { rows } = await sql.query<QuietWindowRow>(
    `select ${SHOWN} from quiet_window w join app_user c on c.id = w.created_by left join app_user e on e.id = w.ended_by
      where (w.region_path ^@ $1 or $1 ^@ w.region_path) and w.to_at > ${instantOf('$2')}
      order by coalesce(w.ended_at, w.to_at) desc, w.from_at desc, w.id desc limit $3`,
    [scope.path, since, limit],
  )
  return rows
}

/** The windows that stand at an instant over a place; for the engine. */
export async function loadStandingWindows(sql: Sql, regionPath: string, at: Instant): Promise<QuietWindow[]> {
  const { rows } = await sql.query<QuietWindow>(
    `select ${WINDOW} from quiet_window w
      where w.to_at > ${instantOf('$2')} and w.from_at <= ${instantOf('$2')} and w.ended_at is null and $1 ^@ w.region_path order by w.to_at desc, w.id`,
    [regionPath, at],
  )
  return rows
}

/** What an alert is about: the matter of its case, the phenomenon of its ticket; for the engine. */
export async function loadMatterOf(sql: Sql, alertId: string): Promise<Matter> {
  const { rows } = await sql.query<{ kind: MatterKind | null; name: string | null }>(
    `select coalesce(c.matter_kind, 'phenomenon') as kind, coalesce(c.matter, t.phenomenon_l2, '') as name
       from alert a left join risk_case c on c.alert_id = a.id left join ticket t on t.ticket_key = a.ticket_key where a.id = $1`,
    [alertId],
  )
  const [row] = rows
  return { kind: row?.kind ?? 'phenomenon', name: row?.name ?? '' }
}

/** An alert with its matter, as a window looks at it. */
export interface WatchedAlert {
  readonly id: string
  readonly kind: AlertKind
  readonly ruleId: string
  readonly severity: Severity
  readonly regionPath: string
  readonly matter: Matter
}

const WATCHED = `select a.id::text as id, a.kind, a.rule_id as "ruleId", a.severity, a.region_path as "regionPath",
    jsonb_build_object('kind', coalesce(c.matter_kind, 'phenomenon'), 'name', coalesce(c.matter, t.phenomenon_l2, '')) as matter
  from alert a left join risk_case c on c.alert_id = a.id left join ticket t on t.ticket_key = a.ticket_key`

/** The alerts of a region that nobody has answered yet, in the order of their ids; for the engine, when a window is put up over them. */
export async function loadUnanswered(sql: Sql, regionPath: string, limit: number): Promise<WatchedAlert[]> {
  const { rows } = await sql.query<WatchedAlert>(
    `${WATCHED} where a.region_path ^@ $1 and a.state = 'open' and a.ended_at is null order by a.id limit $2`,
    [regionPath, limit],
  )
  return rows
}

/** The alerts of a region that were raised since an instant; for a look at what a window would have hidden. */
export async function loadRaisedSince(sql: Sql, regionPath: string, since: Instant, limit: number): Promise<WatchedAlert[]> {
  const { rows } = await sql.query<WatchedAlert>(
    `${WATCHED} where a.region_path ^@ $1 and a.opened_at >= ${instantOf('$2')} order by a.opened_at desc, a.id desc limit $3`,
    [regionPath, since, limit],
  )
  return rows
}

/** A suppressed alert whose window is over or no longer hides what is red, locked until the transaction ends; for the engine. */
export async function lockAwake(tx: Tx, now: Instant): Promise<{ readonly id: string; readonly ruleId: string; readonly severity: Severity; readonly window: QuietWindow } | null> {
  const { rows } = await tx.query<{ id: string; ruleId: string; severity: Severity } & QuietWindow & { windowId: string }>(
    `select ${WINDOW}, w.id::text as "windowId", a.id::text as id, a.rule_id as "ruleId", a.severity
       from alert a join quiet_window w on w.id = a.quiet_by
      where a.quiet_by is not null and a.ended_at is null and a.state = 'suppressed'
        and (w.to_at <= ${instantOf('$1')} or w.ended_at is not null or (a.severity = 4 and (w.kind = 'silence' or a.rule_id = 'MR-07')))
      order by a.id limit 1 for no key update of a skip locked`,
    [now],
  )
  const [row] = rows
  if (row === undefined) return null
  const { id, ruleId, severity, windowId, ...window } = row
  return { id, ruleId, severity, window: { ...window, id: windowId } }
}
