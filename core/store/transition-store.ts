import type { Actor, Alert, Move } from '../domain/alert/alert.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertKind, AlertState } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

export interface NewTransition {
  readonly alertId: string
  readonly at: Instant
  readonly actor: Actor
  readonly move: Move
  readonly from: Pick<Alert, 'state' | 'severity'>
  readonly to: Pick<Alert, 'state' | 'severity'>
  readonly reason: string
  readonly detail: Readonly<Record<string, unknown>>
  /** From where: `desk`, `wall`, `api`, `engine`. */
  readonly client: string
}

/** Writes lines of alerts' histories in the order given; the table refuses changes afterwards (domain.md 7.1). */
export async function insertTransitions(tx: Tx, lines: readonly NewTransition[]): Promise<void> {
  if (lines.length === 0) return
  const text = (pick: (line: NewTransition) => string | number | null) => joined(lines.map(pick))
  await tx.query(
    `insert into alert_transition (alert_id, at, actor_kind, actor_id, move, from_state, to_state, from_severity, to_severity, reason, detail, client)
     select alert_id::bigint, ${instantOf('at')}, actor_kind, actor_id::uuid, move, from_state, to_state, from_severity::smallint, to_severity::smallint,
            reason, detail::jsonb, client
       from unnest(${Array.from({ length: 10 }, (_, index) => column(`$${index + 1}`)).join(', ')}, $11::text[], $12::text[]) with ordinality
         as l (alert_id, at, actor_kind, actor_id, move, from_state, to_state, from_severity, to_severity, detail, reason, client, place)
      order by place`,
    [
      text(({ alertId }) => alertId),
      text(({ at }) => at),
      text(({ actor }) => actor.kind),
      text(({ actor }) => (actor.kind === 'user' ? actor.userId : null)),
      text(({ move }) => move),
      text(({ from }) => from.state),
      text(({ to }) => to.state),
      text(({ from }) => from.severity),
      text(({ to }) => to.severity),
      text(({ detail }) => JSON.stringify(detail)),
      // Words from outside may hold any character, those that joined columns are kept apart by too.
      lines.map(({ reason }) => reason),
      lines.map(({ client }) => client),
    ],
  )
}

export interface TransitionRow {
  readonly id: string
  readonly at: Instant
  readonly actorKind: 'user' | 'engine'
  readonly actorName: string | null
  readonly move: string
  readonly fromState: string | null
  readonly toState: string
  readonly fromSeverity: number | null
  readonly toSeverity: number
  readonly reason: string
  readonly detail: Record<string, unknown>
}

/** The whole history of an alert, oldest first. The caller has checked the scope on the alert itself. */
export async function loadTransitions(sql: Sql, alertId: string): Promise<TransitionRow[]> {
  const { rows } = await sql.query<TransitionRow>(
    `select t.id::text, t.at, t.actor_kind as "actorKind", u.display_name as "actorName", t.move, t.from_state as "fromState", t.to_state as "toState",
            t.from_severity as "fromSeverity", t.to_severity as "toSeverity", t.reason, t.detail
       from alert_transition t left join app_user u on u.id = t.actor_id where t.alert_id = $1 order by t.id`,
    [alertId],
  )
  return rows
}

/** Whether the history of an alert says already that this person acknowledged after another. */
export async function hasComeLate(tx: Tx, alertId: string, userId: string): Promise<boolean> {
  const { rows } = await tx.query<{ is: boolean }>(
    `select exists (select from alert_transition where alert_id = $1 and actor_id = $2 and detail ->> 'because' = 'late_ack') as is`,
    [alertId, userId],
  )
  return rows[0]?.is === true
}

/** One transition of any alert, as a replay prints it. */
export interface TransitionLine {
  readonly id: number
  readonly at: Instant
  readonly alertId: string
  readonly kind: AlertKind
  readonly ruleId: string
  readonly regionCode: string
  readonly regionName: string
  readonly move: string
  readonly fromState: AlertState | null
  readonly toState: AlertState
  readonly fromSeverity: number | null
  readonly toSeverity: number
  /** The deciding reading of the case at that moment: of the latest tick the highest level; null for abnormal tickets. */
  readonly value: number | null
  readonly baseline: number | null
}

/** Every transition in scope that was written after the one with id `after`, in the order of writing. */
export async function loadTransitionsAfter(sql: Sql, after: number, scope: Scope): Promise<TransitionLine[]> {
  const { rows } = await sql.query<TransitionLine>(
    `select t.id, t.at, t.alert_id::text as "alertId", a.kind, a.rule_id as "ruleId", a.region_code as "regionCode", g.name_zh as "regionName", t.move,
            t.from_state as "fromState", t.to_state as "toState", t.from_severity as "fromSeverity", t.to_severity as "toSeverity", r.value, r.baseline
       from alert_transition t join alert a on a.id = t.alert_id join region g on g.code = a.region_code
       left join lateral (select value, baseline from risk_reading r where r.alert_id = t.alert_id and r.tick_at <= t.at
                           order by r.tick_at desc, r.level desc, r.rule_id limit 1) r on true
      where t.id > $1 and a.region_path ^@ $2 order by t.id`,
    [after, scope.path],
  )
  return rows
}

/** The name under which a user is shown; null for an unknown id. */
export async function loadUserName(sql: Sql, userId: string): Promise<string | null> {
  const { rows } = await sql.query<{ name: string }>('select display_name as name from app_user where id = $1::uuid', [userId])
  return rows[0]?.name ?? null
}
