import type { Scope } from '../domain/region.ts'
import type { RiskTrialFinding } from '../domain/risk/trial.ts'
import type { Instant, Zone } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'
import { linesBy, type TrialCounts, type TrialLine, type TrialQuestion } from './trial-result-store.ts'

/** What a trial was true of since an instant, newest last. */
export async function loadRiskFindings(tx: Tx, trialId: string, since: Instant): Promise<RiskTrialFinding[]> {
  const { rows } = await tx.query<RiskTrialFinding>(
    `select region_code as "regionCode", jsonb_build_object('kind', matter_kind, 'name', matter) as matter, first_true_at as "firstTrueAt", last_true_at as "lastTrueAt", level, value, facts
       from risk_trial_finding where trial_id = $1 and last_true_at >= ${instantOf('$2')} order by last_true_at, first_true_at`,
    [trialId, since],
  )
  return rows
}

/** Writes what a trial is true of at a tick, in one statement. */
export async function saveRiskFindings(tx: Tx, trialId: string, findings: readonly RiskTrialFinding[]): Promise<void> {
  if (findings.length === 0) return
  await tx.query(
    `insert into risk_trial_finding as f (trial_id, region_code, matter_kind, matter, first_true_at, last_true_at, level, value, facts)
     select $1::bigint, i."regionCode", i.matter->>'kind', i.matter->>'name', ${instantOf('i."firstTrueAt"')}, ${instantOf('i."lastTrueAt"')}, i.level, i.value, i.facts
       from jsonb_to_recordset($2::jsonb) as i ("regionCode" text, matter jsonb, "firstTrueAt" float8, "lastTrueAt" float8, level smallint, value float8, facts jsonb)
     on conflict (trial_id, region_code, matter_kind, matter, first_true_at) do update
        set last_true_at = excluded.last_true_at, level = excluded.level, value = excluded.value, facts = excluded.facts`,
    [trialId, JSON.stringify(findings)],
  )
}

// A time of the trial and a case's time of the rule are one where the matter is, the places lie within each other and the times overlap or touch within $7 minutes (domain.md 5.1 Joining).
const SIDES = `
  with found as (
    select row_number() over () as n, f.level, f.first_true_at as at, f.last_true_at as until, f.matter_kind, f.matter, r.path
      from risk_trial_finding f join region r on r.code = f.region_code
     where f.trial_id = $1 and r.path ^@ $3 and r.path ^@ $4),
  live as (
    select c.alert_id as n, a.severity as level, m.first_true_at as at, m.last_true_at as until, c.matter_kind, c.matter, a.region_path as path
      from risk_member m join risk_case c using (alert_id) join alert a on a.id = c.alert_id
     where m.rule_id = $2 and m.first_true_at is not null and a.region_path ^@ $3 and a.region_path ^@ $4
       and m.first_true_at < ${instantOf('$6')} and m.last_true_at >= ${instantOf('$5')}),
  pairs as (
    select f.n as found, l.n as live from found f join live l using (matter_kind, matter)
     where (f.path ^@ l.path or l.path ^@ f.path) and f.at <= l.until + $7 * interval '1 minute' and l.at <= f.until + $7 * interval '1 minute')`

/** What is compared, and how far apart in minutes two times may lie that are one. */
export interface RiskTrialQuestion extends TrialQuestion {
  readonly gapMinutes: number
  /** What was true at one of the last two ticks holds. */
  readonly tickMinutes: number
}

const valuesOf = (scope: Scope, { trialId, ruleId, path, from, to, gapMinutes }: RiskTrialQuestion) => [trialId, ruleId, path, scope.path, from, to, gapMinutes]

/** How a trial of a risk rule stands beside the rule in force, in places of the scope; `holding`: true at one of the two ticks before `to`. */
export async function countRiskTrial(sql: Sql, scope: Scope, question: RiskTrialQuestion): Promise<TrialCounts> {
  const { rows } = await sql.query<TrialCounts>(
    `${SIDES}
     select (select count(*) from found where n not in (select found from pairs))::int as "onlyTrial", (select count(distinct found) from pairs)::int as both,
            (select count(*) from live where n not in (select live from pairs))::int as "onlyLive",
            (select count(*) from found where until >= ${instantOf('$6')} - 2 * $8::float8 * interval '1 minute')::int as holding`,
    [...valuesOf(scope, question), question.tickMinutes],
  )
  return rows[0] ?? { onlyTrial: 0, both: 0, onlyLive: 0, holding: 0 }
}

/** The same by colour: each at its highest. */
export async function riskTrialByLevel(sql: Sql, scope: Scope, question: RiskTrialQuestion): Promise<TrialLine[]> {
  const { rows } = await sql.query<TrialLine>(linesBy(SIDES, 'level::text'), valuesOf(scope, question))
  return rows
}

/** The same by local day on which it was first true. */
export async function riskTrialByDay(sql: Sql, scope: Scope, question: RiskTrialQuestion, zone: Zone): Promise<TrialLine[]> {
  const { rows } = await sql.query<TrialLine>(linesBy(SIDES, `to_char(at at time zone $8, 'YYYY-MM-DD')`), [...valuesOf(scope, question), zone])
  return rows
}
