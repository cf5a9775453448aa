import type { TrialFinding } from '../domain/abnormal/trial.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A trial as stored; `scopeCode` is null for the group. */
export interface TrialRow {
  readonly id: string
  readonly ruleId: string
  readonly scopeCode: string | null
  /** Numbers by name of an abnormal rule, values by path of a risk rule. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly reason: string
  readonly owner: string
  readonly startedBy: string
  readonly startedAt: Instant
  readonly endsAt: Instant
  readonly stoppedAt: Instant | null
  readonly stoppedBy: string | null
}

const SELECT = `select id::text, rule_id as "ruleId", scope_code as "scopeCode", parameters, reason, owner, started_by as "startedBy", started_at as "startedAt",
  ends_at as "endsAt", stopped_at as "stoppedAt", stopped_by as "stoppedBy" from rule_trial`

/** Starts a trial and returns its id, or null while one of the same rule and place runs. One that is past its date is stopped, as of that date, in its favour. */
export async function insertTrial(tx: Tx, trial: Omit<TrialRow, 'id' | 'stoppedAt' | 'stoppedBy'>): Promise<string | null> {
  const { ruleId, scopeCode, parameters, reason, owner, startedBy, startedAt, endsAt } = trial
  await tx.query(
    `update rule_trial set stopped_at = ends_at where rule_id = $1 and scope_code is not distinct from $2 and stopped_at is null and ends_at <= ${instantOf('$3')}`,
    [ruleId, scopeCode, startedAt],
  )
  const { rows } = await tx.query<{ id: string }>(
    `insert into rule_trial (rule_id, scope_code, parameters, reason, owner, started_by, started_at, ends_at)
     values ($1, $2, $3::jsonb, $4, $5, $6, ${instantOf('$7')}, ${instantOf('$8')}) on conflict do nothing returning id::text`,
    [ruleId, scopeCode, JSON.stringify(parameters), reason, owner, startedBy, startedAt, endsAt],
  )
  return rows[0]?.id ?? null
}

/** Stops a trial; false where it does not run any more. */
export async function stopTrial(tx: Tx, id: string, by: string, at: Instant): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update rule_trial set stopped_at = ${instantOf('$2')}, stopped_by = $3 where id = $1 and stopped_at is null and ends_at > ${instantOf('$2')}`,
    [id, at, by],
  )
  return rowCount === 1
}

/** The trials that run at an instant, in their order. */
export async function loadRunningTrials(sql: Sql, at: Instant): Promise<TrialRow[]> {
  const { rows } = await sql.query<TrialRow>(
    `${SELECT} where stopped_at is null and started_at <= ${instantOf('$1')} and ends_at > ${instantOf('$1')} order by rule_trial.id`,
    [at],
  )
  return rows
}

/** The newest trials of these places (null: the group), at most `limit`. */
export async function listTrials(sql: Sql, places: readonly (string | null)[], limit: number): Promise<TrialRow[]> {
  const { rows } = await sql.query<TrialRow>(`${SELECT} where coalesce(scope_code, '') = any($1) order by rule_trial.id desc limit $2`, [
    places.map((place) => place ?? ''),
    limit,
  ])
  return rows
}

/** One trial, if there is one of that id; its reader's places are for the caller to check. */
export async function loadTrial(sql: Sql, id: string): Promise<TrialRow | undefined> {
  const { rows } = await sql.query<TrialRow>(`${SELECT} where id = $1`, [id])
  return rows[0]
}

/** What these trials have said of these tickets. */
export async function loadFindings(tx: Tx, trialIds: readonly string[], ticketKeys: readonly string[]): Promise<TrialFinding[]> {
  if (trialIds.length === 0 || ticketKeys.length === 0) return []
  const { rows } = await tx.query<TrialFinding>(
    `select trial_id::text as "trialId", ticket_key as "ticketKey", level, first_true_at as "firstTrueAt", last_true_at as "lastTrueAt", facts,
            cleared_at as "clearedAt", outcome
       from trial_finding where trial_id = any($1::bigint[]) and ticket_key = any(${column('$2')})`,
    [trialIds, joined(ticketKeys)],
  )
  return rows
}

/** Writes what trials say of tickets whose rows this transaction has locked, in one statement. */
export async function saveFindings(tx: Tx, findings: readonly TrialFinding[]): Promise<void> {
  if (findings.length === 0) return
  const text = (pick: (finding: TrialFinding) => string | number | null) => joined(findings.map(pick))
  await tx.query(
    `insert into trial_finding as f (trial_id, ticket_key, level, first_true_at, last_true_at, facts, cleared_at, outcome)
     select trial_id::bigint, ticket_key, level::smallint, ${instantOf('first_true_at')}, ${instantOf('last_true_at')}, facts::jsonb, ${instantOf('cleared_at')}, outcome
       from unnest(${Array.from({ length: 8 }, (_, index) => column(`$${index + 1}`)).join(', ')})
         as i (trial_id, ticket_key, level, first_true_at, last_true_at, facts, cleared_at, outcome) order by 1, 2
     on conflict (trial_id, ticket_key) do update set level = excluded.level, first_true_at = excluded.first_true_at, last_true_at = excluded.last_true_at,
       facts = excluded.facts, cleared_at = excluded.cleared_at, outcome = excluded.outcome`,
    [
      text(({ trialId }) => trialId),
      text(({ ticketKey }) => ticketKey),
      text(({ level }) => level),
      text(({ firstTrueAt }) => firstTrueAt),
      text(({ lastTrueAt }) => lastTrueAt),
      text(({ facts }) => JSON.stringify(facts)),
      text(({ clearedAt }) => clearedAt),
      text(({ outcome }) => outcome),
    ],
  )
}
