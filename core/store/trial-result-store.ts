import type { Scope } from '../domain/region.ts'
import type { Instant, Zone } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** What is compared: a trial's findings in a subtree with the alerts of the same rule there that were live at any time in [from, to). */
export interface TrialQuestion {
  readonly trialId: string
  readonly ruleId: string
  /** The subtree of the trial's own place. */
  readonly path: string
  readonly from: Instant
  readonly to: Instant
}

/** Counts of tickets: by the trial, by the rule in force, and as it stands now of the trial's. */
export interface TrialCounts {
  readonly onlyTrial: number
  readonly both: number
  readonly onlyLive: number
  /** Of the trial's, those whose condition holds. */
  readonly holding: number
}

/** Tickets under one heading: a level (its highest of the time), or the day on which the condition was first seen. */
export interface TrialLine {
  readonly key: string
  readonly trial: number
  readonly live: number
}

// What has been disproved was never true of its ticket, on either side (domain.md 3.8).
const SIDES = `
  with found as (
    select f.ticket_key, f.level, f.first_true_at as at, f.cleared_at is null as holds
      from trial_finding f join ticket t using (ticket_key)
     where f.trial_id = $1 and f.outcome is distinct from 'disproved' and t.region_path ^@ $3 and t.region_path ^@ $4),
  live as (
    select ticket_key, max(severity) as level, min(opened_at) as at from alert
     where rule_id = $2 and kind = 'abnormal' and state <> 'retracted' and ticket_key is not null and region_path ^@ $3 and region_path ^@ $4
       and opened_at < ${instantOf('$6')} and (ended_at is null or ended_at >= ${instantOf('$5')}) group by ticket_key)`

const valuesOf = (scope: Scope, { trialId, ruleId, path, from, to }: TrialQuestion) => [trialId, ruleId, path, scope.path, from, to]

/** How a trial stands beside the rule in force, in tickets of the scope. */
export async function countTrial(sql: Sql, scope: Scope, question: TrialQuestion): Promise<TrialCounts> {
  const { rows } = await sql.query<TrialCounts>(
    `${SIDES}
     select count(*) filter (where l.ticket_key is null)::int as "onlyTrial", count(*) filter (where f.ticket_key is not null and l.ticket_key is not null)::int as both,
            count(*) filter (where f.ticket_key is null)::int as "onlyLive", count(*) filter (where f.holds)::int as holding
       from found f full join live l using (ticket_key)`,
    valuesOf(scope, question),
  )
  return rows[0] ?? { onlyTrial: 0, both: 0, onlyLive: 0, holding: 0 }
}

/** Counts by a heading of what `sides` calls `found` and `live`. */
export const linesBy = (sides: string, key: string): string => `${sides}
  select key, sum(trial)::int as trial, sum(live)::int as live
    from (select ${key} as key, 1 as trial, 0 as live from found union all select ${key}, 0, 1 from live) sides group by key order by key`

/** The same by level: each ticket at the highest that it had. */
export async function trialByLevel(sql: Sql, scope: Scope, question: TrialQuestion): Promise<TrialLine[]> {
  const { rows } = await sql.query<TrialLine>(linesBy(SIDES, 'level::text'), valuesOf(scope, question))
  return rows
}

/** The same by local day on which the condition was first seen; what the rule in force had raised before the trial stands under its own day. */
export async function trialByDay(sql: Sql, scope: Scope, question: TrialQuestion, zone: Zone): Promise<TrialLine[]> {
  const { rows } = await sql.query<TrialLine>(linesBy(SIDES, `to_char(at at time zone $7, 'YYYY-MM-DD')`), [...valuesOf(scope, question), zone])
  return rows
}
