import type { Instant } from '../domain/time.ts'
import { measurePlace } from '../domain/count/cubes.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { Level } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

const ACCEPTED = `n[${measurePlace('ACC', 'accepted') + 1}]`

/** Tickets of one phenomenon accepted in one step of time at one node (its subtree left out). */
export interface StepSum {
  /** Whole steps since 1970. */
  readonly step: number
  readonly regionCode: string
  readonly phenomenon: string
  readonly n: number
}

/** Valid tickets of these kinds accepted in `[from, to)` by step, node and phenomenon, in the order of the steps: one statement for the whole stretch. */
export async function loadStepSums(sql: Sql, kinds: readonly string[], from: Instant, to: Instant, stepMs: number): Promise<StepSum[]> {
  const { rows } = await sql.query<StepSum>(
    `select floor(extract(epoch from bin_at) * 1000 / $4::float8)::int as step, region_code as "regionCode", value as phenomenon, sum(${ACCEPTED})::int as n
       from cell
      where cube = 'ACC/half_minute/phenomenon' and bin_at >= ${instantOf('$1')} and bin_at < ${instantOf('$2')} and kind = any($3::text[])
      group by 1, 2, 3 having sum(${ACCEPTED}) <> 0 order by 1`,
    [from, to, kinds, stepMs],
  )
  return rows
}

/** A stored case in which a rule was true. */
export interface RaisedCase {
  readonly alertId: string
  readonly matter: Matter
  readonly regionPath: string
  readonly state: string
  readonly isAcked: boolean
  /** Per colour the first tick at which the rule had it; a colour that it never had is left out. */
  readonly firstAt: Readonly<Partial<Record<Exclude<Level, 0>, Instant>>>
  readonly lastTrueAt: Instant
}

/** The stored cases in which a rule was true at a tick of `[from, to)`, within a subtree; retracted ones and those that became part of another left out. */
export async function loadRaisedCases(sql: Sql, ruleId: string, path: string, from: Instant, to: Instant): Promise<RaisedCase[]> {
  const { rows } = await sql.query<{ alertId: string; kind: Matter['kind']; name: string; regionPath: string; state: string; isAcked: boolean; level: Exclude<Level, 0>; firstAt: Instant; lastAt: Instant }>(
    `select a.id::text as "alertId", c.matter_kind as kind, c.matter as name, a.region_path as "regionPath", a.state, a.acked_at is not null as "isAcked",
            r.level, min(r.tick_at) as "firstAt", max(r.tick_at) as "lastAt"
       from alert a join risk_case c on c.alert_id = a.id join risk_reading r on r.alert_id = a.id
      where a.kind = 'risk' and a.opened_at < ${instantOf('$4')} and c.last_true_at >= ${instantOf('$3')} and starts_with(a.region_path, $2)
        and a.state not in ('retracted', 'merged') and r.rule_id = $1 and r.level > 0 and r.tick_at >= ${instantOf('$3')} and r.tick_at < ${instantOf('$4')}
      group by a.id, c.alert_id, r.level order by a.id, r.level`,
    [ruleId, path, from, to],
  )
  const cases = new Map<string, RaisedCase>()
  for (const { alertId, kind, name, level, firstAt, lastAt, ...rest } of rows) {
    const held = cases.get(alertId)
    cases.set(alertId, { ...rest, alertId, matter: { kind, name }, firstAt: { ...held?.firstAt, [level]: firstAt }, lastTrueAt: Math.max(lastAt, held?.lastTrueAt ?? 0) })
  }
  return [...cases.values()]
}
