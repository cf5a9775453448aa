import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from './builders.ts'
import { type IngestWorld, ingestWorld } from './ingest-world.ts'
import { CREATED } from './items.ts'

/** An {@link IngestWorld} on 2026-06-15 10:00 with rows of every age. Ages are given as Shanghai readings, `2023-06-14 23:59:59`. */
export interface KeepingWorld extends IngestWorld {
  /** A complaint accepted at `first` and completed at `last`, taken in and folded. Returns its key. */
  aTicket(ticketId: string, first: string, last: string): Promise<string>
  /** An alert or case that ended at `ended` (null: has not), with a row in every table of its record. Returns its id. */
  anAlert(spec: { ended: string | null; ticketKey?: string; linked?: string; noted?: string; suppressedBy?: string }): Promise<string>
  anAuditLine(local: string, subject: string): Promise<string>
  /** A silent trial with a finding, by its end and, where it was stopped before, when. */
  aTrial(rule: string, ends: string, stopped: string | null): Promise<string>
  quarantined(local: string, item: object, code?: string): Promise<string>
  hold(kind: 'ticket' | 'case', subjectId: string): Promise<void>
  ids(text: string): Promise<string[]>
  /** Every row of every table, but what says that time has passed. */
  everything(): Promise<Record<string, string>>
}

const utc = (local: string) => new Date(at(local)).toISOString()

export async function keepingWorld(): Promise<KeepingWorld> {
  const world = await ingestWorld('2026-06-15 10:00')
  const { engine, pool, clock } = world
  const one = async (text: string, values: unknown[]) => String((await pool.query(text, values)).rows[0]?.id)
  const userId = randomUUID()
  await pool.query(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at) values ($1, 'keeper', 'x', 'duty_agent', '32', 'x', '2020-01-01')`,
    [userId],
  )

  async function aTicket(ticketId: string, first: string, last: string): Promise<string> {
    const item = { ticket_id: ticketId, source_system: 'crm', province_code: '32' }
    const items = [
      { ...item, event_id: `${ticketId}-1`, event_type: 'created', occurred_at: utc(first), payload: { ...CREATED, content_text: `正文 of ${ticketId}` } },
      { ...item, event_id: `${ticketId}-2`, event_type: 'completed', occurred_at: utc(last), payload: { result_code: 'done', text: `回复 of ${ticketId}` } },
    ]
    const answer = await acceptEvents(engine, items, { source: 'test', scope: ENGINE_SCOPE, now: clock.now() })
    expect(answer.accepted, JSON.stringify(answer)).toBe(2)
    await runIngest(engine, clock.now())
    await runTally(engine, clock.now())
    return `32:crm:${ticketId}`
  }

  async function anAlert({ ended, ticketKey, linked, noted, suppressedBy }: Parameters<KeepingWorld['anAlert']>[0]): Promise<string> {
    const opened = utc('2019-03-01 08:00')
    const endedAt = ended === null ? null : utc(ended)
    const id = await one(
      `insert into alert (kind, rule_id, rule_version, ladder_version, parameters, ticket_key, province_code, region_code, region_path, severity, state, facts, opened_at,
         severity_since, ended_at, suppressed_by)
       values ($1, 'X', 1, 1, '{}', $2, '32', '32', '/00/32/', 2, 'closed', '{}', $3, $3, $4, $5) returning id`,
      [ticketKey === undefined ? 'risk' : 'abnormal', ticketKey ?? null, opened, endedAt, suppressedBy ?? null],
    )
    for (const [moved, move] of [
      [opened, 'open'],
      [noted === undefined ? (endedAt ?? opened) : utc(noted), 'note'],
    ]) {
      await pool.query(
        `insert into alert_transition (alert_id, at, actor_kind, move, to_state, to_severity, reason, client) values ($1, $2, 'engine', $3, 'open', 2, 'x', 'test')`,
        [id, moved, move],
      )
    }
    await pool.query(`insert into risk_case (alert_id, matter, first_true_at, last_true_at) values ($1, 'x', $2, $2)`, [id, opened])
    await pool.query(`insert into risk_member (alert_id, rule_id, region_code, tick_at, level, value, reason) values ($1, 'X', '32', $2, 1, 1, '{}')`, [id, opened])
    await pool.query(`insert into risk_reading (alert_id, rule_id, tick_at, region_code, level, value) values ($1, 'X', $2, '32', 1, 1)`, [id, opened])
    if (linked !== undefined) await pool.query('insert into case_ticket values ($1, $2, $3)', [id, linked, opened])
    const escalation = await one(
      'insert into escalation (alert_id, severity, ladder_version, started_at, next_step, stopped_at) values ($1, 2, 1, $2, 1, $2) returning id',
      [id, opened],
    )
    await pool.query(`insert into escalation_step values ($1, 0, $2, $2, '[]')`, [escalation, opened])
    const outbox = await one(
      `insert into outbox (delivery_id, alert_id, escalation_id, step, channel, target, payload, state, due_at, created_at)
       values ($1, $2, $3, 0, 'in_app', 'x', '{}', 'sent', $4, $4) returning id`,
      [randomUUID(), id, escalation, opened],
    )
    await pool.query(`insert into notification (user_id, outbox_id, alert_id, payload, created_at) values ($1, $2, $3, '{}', $4)`, [userId, outbox, id, opened])
    return id
  }

  return {
    ...world,
    aTicket,
    anAlert,
    anAuditLine: (local, subject) => one(`insert into audit_log (at, actor, action, subject) values ($1, 'x', 'x', $2) returning id`, [utc(local), subject]),
    aTrial: (rule, ends, stopped) =>
      one(
        `with trial as (insert into rule_trial (rule_id, parameters, reason, owner, started_by, started_at, ends_at, stopped_at)
           values ($1, '{}', 'x', 'x', 'x', '2020-01-01', $2, $3) returning id)
         insert into risk_trial_finding select id, '32', 'phenomenon', 'x', '2020-02-01', '2020-02-01', 1, 5, '{}' from trial returning trial_id as id`,
        [rule, utc(ends), stopped === null ? null : utc(stopped)],
      ),
    quarantined: (local, item, code = 'bad_field') =>
      one(
        `insert into quarantine (received_at, source, region_path, item, code, field, expected, mend) values ($1, 'x', '/00/32/', $2, $3, 'x', 'x', 'x') returning id`,
        [utc(local), JSON.stringify(item), code],
      ),
    async hold(kind, subjectId) {
      await pool.query(
        `insert into litigation_hold (subject_kind, subject_id, region_path, reason, by, at) values ($1, $2, '/00/32/', 'court', 'x', '2026-06-01')`,
        [kind, subjectId],
      )
    },
    ids: async (text) => (await pool.query(text)).rows.map((row: { id: unknown }) => String(row.id)).sort(),
    async everything() {
      const { rows } = await pool.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")
      const sums: Record<string, string> = {}
      for (const { name } of rows.filter(({ name }) => name !== 'pulse' && name !== 'retention_run')) {
        sums[name] = (await pool.query(`select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as sum from ${name} t`)).rows[0].sum
      }
      return sums
    },
  }
}
