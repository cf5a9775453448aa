import type { Alert, Approval } from '../domain/alert/alert.ts'
import type { TicketAlert } from '../domain/alert/ticket-level.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertState, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** What a new alert is stored with besides its life. */
export interface NewAlert {
  readonly alert: Omit<Alert, 'id'>
  readonly parameters: Readonly<Record<string, unknown>>
  readonly provinceCode: string | null
  /** First step's due time; null when no ladder runs (suppressed). */
  readonly runDueAt: Instant | null
  readonly reason: string
}

/**
 * Raises alerts in one statement, each with its `open` transition and, where `runDueAt` is given, its running escalation; returns the ids in
 * the order given. A second open alert for the same rule and ticket fails the transaction (domain.md 4.1-2). Never call it with nothing.
 */
export async function insertAlerts(tx: Tx, items: readonly NewAlert[]): Promise<string[]> {
  const text = (pick: (item: NewAlert) => string | number | null) => joined(items.map(pick))
  const { rows } = await tx.query<{ id: number }>(
    `with spec as (
       select * from unnest(${Array.from({ length: 19 }, (_, index) => column(`$${index + 1}`)).join(', ')}) with ordinality
         as s (kind, rule_id, rule_version, ladder_version, parameters, ticket_key, province_code, region_code, region_path, severity, state, facts,
               opened_at, ack_due_at, handle_due_at, suppressed_by, run_due_at, mitigated_at, late_detected, place)),
     raised as (
       insert into alert (kind, rule_id, rule_version, ladder_version, parameters, ticket_key, province_code, region_code, region_path, severity, state,
                          facts, opened_at, severity_since, ack_due_at, handle_due_at, suppressed_by, mitigated_at, late_detected)
       select kind, rule_id, rule_version::int, ladder_version::int, parameters::jsonb, ticket_key, province_code, region_code, region_path,
              severity::smallint, state, facts::jsonb, ${instantOf('opened_at')}, ${instantOf('opened_at')}, ${instantOf('ack_due_at')},
              ${instantOf('handle_due_at')}, suppressed_by::bigint, ${instantOf('mitigated_at')}, late_detected::boolean
         from spec order by place
       returning id, severity, state, opened_at, ladder_version),
     numbered as (select *, row_number() over (order by id) as place from raised),
     logged as (
       insert into alert_transition (alert_id, at, actor_kind, move, to_state, to_severity, reason, client)
       select id, opened_at, 'engine', 'open', state, severity, reason, 'engine'
         from numbered join unnest(${column('$20')}) with ordinality as r (reason, place) using (place)),
     started as (
       insert into escalation (alert_id, severity, ladder_version, started_at, next_step, due_at)
       select n.id, n.severity, n.ladder_version, n.opened_at, 0, ${instantOf('s.run_due_at')}
         from numbered n join spec s using (place) where s.run_due_at is not null)
     select id from raised order by id`,
    [
      text(({ alert }) => alert.kind),
      text(({ alert }) => alert.ruleId),
      text(({ alert }) => alert.ruleVersion),
      text(({ alert }) => alert.ladderVersion),
      text(({ parameters }) => JSON.stringify(parameters)),
      text(({ alert }) => alert.ticketKey),
      text(({ provinceCode }) => provinceCode),
      text(({ alert }) => alert.regionCode),
      text(({ alert }) => alert.regionPath),
      text(({ alert }) => alert.severity),
      text(({ alert }) => alert.state),
      text(({ alert }) => JSON.stringify(alert.facts)),
      text(({ alert }) => alert.openedAt),
      text(({ alert }) => alert.ackDueAt),
      text(({ alert }) => alert.handleDueAt),
      text(({ alert }) => alert.suppressedBy),
      text(({ runDueAt }) => runDueAt),
      text(({ alert }) => alert.mitigatedAt),
      text(({ alert }) => String(alert.isLateDetected)),
      text(({ reason }) => reason),
    ],
  )
  return rows.map((row) => String(row.id))
}

interface AlertRow {
  id: number
  kind: Alert['kind']
  rule_id: string
  rule_version: number
  ladder_version: number
  ticket_key: string | null
  region_code: string
  region_path: string
  severity: Severity
  state: AlertState
  facts: Record<string, unknown>
  opened_at: Instant
  severity_since: Instant
  acked_at: Instant | null
  acked_by: string | null
  acked_severity: Severity | null
  ack_due_at: Instant | null
  handle_due_at: Instant | null
  mitigated_at: Instant | null
  ended_at: Instant | null
  relapse_count: number
  late_detected: boolean
  suppressed_by: number | null
  quiet_by: number | null
  merged_into: number | null
  version: number
  proposed_severity: Severity | null
  handlers: string[]
  approvals: Approval[]
  review_owed: boolean
}

const idOf = (id: number | null) => (id === null ? null : String(id))

const toAlert = (row: AlertRow): Alert => ({
  id: String(row.id),
  kind: row.kind,
  ruleId: row.rule_id,
  ruleVersion: row.rule_version,
  ladderVersion: row.ladder_version,
  ticketKey: row.ticket_key,
  regionCode: row.region_code,
  regionPath: row.region_path,
  severity: row.severity,
  state: row.state,
  facts: row.facts,
  openedAt: row.opened_at,
  severitySince: row.severity_since,
  ackedAt: row.acked_at,
  ackedBy: row.acked_by,
  ackedSeverity: row.acked_severity,
  ackDueAt: row.ack_due_at,
  handleDueAt: row.handle_due_at,
  mitigatedAt: row.mitigated_at,
  endedAt: row.ended_at,
  relapseCount: row.relapse_count,
  isLateDetected: row.late_detected,
  suppressedBy: idOf(row.suppressed_by),
  quietBy: idOf(row.quiet_by),
  mergedInto: idOf(row.merged_into),
  version: row.version,
  proposedSeverity: row.proposed_severity,
  handlers: row.handlers,
  approvals: row.approvals,
  isReviewOwed: row.review_owed,
})

// Consents count for the present colour only: from the last change of colour on.
const ALERT = `
  select a.*, c.proposed_severity,
         array(select distinct t.actor_id::text from alert_transition t
                where t.alert_id = a.id and t.actor_id is not null and t.move in ('ack', 'handle_start', 'resolve')) as handlers,
         coalesce((select jsonb_agg(jsonb_build_object('userId', t.actor_id, 'role', t.detail ->> 'role', 'toSeverity', (t.detail ->> 'approves')::int) order by t.id)
                     from alert_transition t
                    where t.alert_id = a.id and t.move = 'approve_downgrade' and t.from_severity = t.to_severity
                      and t.id > coalesce((select max(p.id) from alert_transition p where p.alert_id = a.id and (p.from_severity <> p.to_severity or p.move = 'refuse_downgrade')), 0)),
                  '[]') as approvals,
         exists (select from case_review r where r.alert_id = a.id and r.status = 'open') as review_owed
    from alert a left join risk_case c on c.alert_id = a.id`

/** Takes the row locks of alerts, in the order of their ids, until the transaction ends, and returns those that there are as they stand then. */
export async function lockAlerts(tx: Tx, ids: readonly string[]): Promise<Alert[]> {
  // Two statements: what is read beside a row waited for would be as old as the beginning of the wait.
  await tx.query('select from alert where id = any ($1::bigint[]) order by id for no key update', [ids])
  const { rows } = await tx.query<AlertRow>(`${ALERT} where a.id = any ($1::bigint[])`, [ids])
  return rows.map(toAlert)
}

/** One alert without a scope: for the engine only. */
export async function loadAlert(sql: Sql, id: string): Promise<Alert | undefined> {
  const { rows } = await sql.query<AlertRow>(`${ALERT} where a.id = $1`, [id])
  return rows.map(toAlert)[0]
}

/** What a move made of an alert, and the version that it started from. */
export interface ChangedAlert {
  readonly after: Alert
  readonly expectedVersion: number
}

/** Stores what moves made of alerts; returns the ids of those of which another version is stored by now. The caller holds the rows' locks. */
export async function updateAlerts(tx: Tx, changes: readonly ChangedAlert[]): Promise<string[]> {
  if (changes.length === 0) return []
  const text = (pick: (after: Alert) => string | number | null) => joined(changes.map(({ after }) => pick(after)))
  const { rows } = await tx.query<{ id: string }>(
    `update alert a
        set severity = m.severity::smallint, state = m.state, severity_since = ${instantOf('m.severity_since')}, acked_at = ${instantOf('m.acked_at')},
            acked_by = m.acked_by::uuid, acked_severity = m.acked_severity::smallint, ack_due_at = ${instantOf('m.ack_due_at')},
            handle_due_at = ${instantOf('m.handle_due_at')}, mitigated_at = ${instantOf('m.mitigated_at')}, ended_at = ${instantOf('m.ended_at')},
            relapse_count = m.relapse_count::int, suppressed_by = m.suppressed_by::bigint, quiet_by = m.quiet_by::bigint, merged_into = m.merged_into::bigint, version = m.version::int
       from unnest(${Array.from({ length: 17 }, (_, index) => column(`$${index + 1}`)).join(', ')})
         as m (id, expected_version, severity, state, severity_since, acked_at, acked_by, acked_severity, ack_due_at, handle_due_at, mitigated_at,
               ended_at, relapse_count, suppressed_by, merged_into, version, quiet_by)
      where a.id = m.id::bigint and a.version = m.expected_version::int
     returning a.id::text`,
    [
      text(({ id }) => id),
      joined(changes.map(({ expectedVersion }) => expectedVersion)),
      text(({ severity }) => severity),
      text(({ state }) => state),
      text(({ severitySince }) => severitySince),
      text(({ ackedAt }) => ackedAt),
      text(({ ackedBy }) => ackedBy),
      text(({ ackedSeverity }) => ackedSeverity),
      text(({ ackDueAt }) => ackDueAt),
      text(({ handleDueAt }) => handleDueAt),
      text(({ mitigatedAt }) => mitigatedAt),
      text(({ endedAt }) => endedAt),
      text(({ relapseCount }) => relapseCount),
      text(({ suppressedBy }) => suppressedBy),
      text(({ mergedInto }) => mergedInto),
      text(({ version }) => version),
      text(({ quietBy }) => quietBy),
    ],
  )
  const stored = new Set(rows.map(({ id }) => id))
  return changes.map(({ after }) => after.id).filter((id) => !stored.has(id))
}

/** Remembers (or forgets) the colour that the engine proposes for a case; nothing happens for an abnormal ticket. */
export async function updateProposal(tx: Tx, alertId: string, proposedSeverity: Severity | null): Promise<void> {
  await tx.query('update risk_case set proposed_severity = $2 where alert_id = $1', [alertId, proposedSeverity])
}

/** The open alert of the same rule and ticket, if there is one beside `id`. */
export async function findOpenTwin(sql: Sql, id: string): Promise<string | null> {
  const { rows } = await sql.query<{ id: number }>(
    `select o.id from alert a join alert o on o.rule_id = a.rule_id and o.ticket_key = a.ticket_key and o.kind = 'abnormal' and o.ended_at is null
      where a.id = $1 and a.kind = 'abnormal' and o.id <> a.id limit 1`,
    [id],
  )
  return rows[0] === undefined ? null : String(rows[0].id)
}

/** The tickets of the abnormal alerts among these, in the order of their keys. */
export async function loadTicketKeys(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ key: string }>(
    "select distinct ticket_key as key from alert where id = any ($1::bigint[]) and kind = 'abnormal' and ticket_key is not null order by 1",
    [ids],
  )
  return rows.map(({ key }) => key)
}

/**
 * Takes the row locks of tickets in the order of their keys and then of their live alerts in the order of their ids, until the transaction
 * ends, and returns the alerts as they stand then: nobody else changes what these tickets are paged for meanwhile.
 */
export async function lockTicketAlerts(tx: Tx, ticketKeys: readonly string[]): Promise<Alert[]> {
  const keys = [joined(ticketKeys)]
  await tx.query(`select from ticket where ticket_key = any (${column('$1')}) order by ticket_key for no key update`, keys)
  const live = `a.ticket_key = any (${column('$1')}) and a.kind = 'abnormal' and a.ended_at is null`
  await tx.query(`select from alert a where ${live} order by a.id for no key update`, keys)
  const { rows } = await tx.query<AlertRow>(`${ALERT} where ${live} order by a.id`, keys)
  return rows.map(toAlert)
}

/** One of the live alerts of a ticket, who answered it, and whether a ladder runs for it. */
export type StandingAlert = TicketAlert & { readonly ackedBy: string | null; readonly isRunning: boolean }

/** The live alerts of this alert's ticket; none for a case. */
export async function loadTicketStanding(sql: Sql, id: string): Promise<StandingAlert[]> {
  const { rows } = await sql.query<StandingAlert>(
    `select o.id::text, o.state, o.severity, o.acked_severity as "ackedSeverity", o.severity_since as "severitySince", o.ack_due_at as "ackDueAt",
            o.acked_by::text as "ackedBy",
            exists (select from escalation e where e.alert_id = o.id and e.stopped_at is null and e.purpose = 'answer') as "isRunning"
       from alert a join alert o on o.ticket_key = a.ticket_key and o.kind = 'abnormal' and o.ended_at is null
      where a.id = $1 and a.kind = 'abnormal' order by o.id`,
    [id],
  )
  return rows
}
