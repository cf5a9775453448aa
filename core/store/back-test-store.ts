import type { Instant } from '../domain/time.ts'
import { measurePlace } from '../domain/count/cubes.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { CountedTickets } from '../domain/risk/sliding-customers.ts'
import type { StepCounts } from '../domain/risk/window-counts.ts'
import type { Level } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

const ACCEPTED = `n[${measurePlace('ACC', 'accepted') + 1}]`

// Columns of a stretch come as one text each: a hundred thousand rows a day cost more to hand over than to read.
const END = "E'\\x1e'"
const listOf = (text: string): string[] => text.split('\u001e')
const numbersOf = (text: string): number[] => listOf(text).map(Number)
const stepOf = (column: string, step: string) => `floor(date_part('epoch', ${column}) * 1000 / ${step}::float8)::int`
const joined = (expression: string) => `string_agg((${expression})::text, ${END})`

/** Valid tickets of these kinds accepted in `[from, to)`, by phenomenon; steps are whole ones since 1970: one statement for the whole stretch. */
export async function loadStepCounts(sql: Sql, kinds: readonly string[], from: Instant, to: Instant, stepMs: number): Promise<StepCounts[]> {
  const { rows } = await sql.query<{ phenomenon: string; steps: string; codes: string; counts: string }>(
    `select value as phenomenon, ${joined(stepOf('bin_at', '$4'))} as steps, ${joined('region_code')} as codes, ${joined(ACCEPTED)} as counts
       from cell
      where cube = 'ACC/half_minute/phenomenon' and bin_at >= ${instantOf('$1')} and bin_at < ${instantOf('$2')} and kind = any($3::text[]) and ${ACCEPTED} <> 0
      group by value`,
    [from, to, kinds, stepMs],
  )
  return rows.map(({ phenomenon, steps, codes, counts }) => ({ phenomenon, steps: numbersOf(steps), regionCodes: listOf(codes), counts: numbersOf(counts) }))
}

/** The tickets of one phenomenon, for their customers. */
export interface StepTickets extends CountedTickets {
  readonly phenomenon: string
}

/** The valid tickets of these kinds and phenomena accepted in `[from, to)`, by phenomenon; steps as in {@link loadStepCounts}. A ticket without a second level stands under its first. */
export async function loadStepTickets(sql: Sql, kinds: readonly string[], phenomena: readonly string[], from: Instant, to: Instant, stepMs: number): Promise<StepTickets[]> {
  const columns = `${joined(stepOf('accepted_at', '$5'))} as steps, ${joined('region_path')} as paths, ${joined('customer_key')} as keys`
  const inTime = `is_valid and kind = any($1::text[]) and accepted_at >= ${instantOf('$3')} and accepted_at < ${instantOf('$4')}`
  const { rows } = await sql.query<{ phenomenon: string; steps: string; paths: string; keys: string }>(
    // Apart, because a grouping by the column is hashed, and one by an expression is sorted on disk.
    `select phenomenon, string_agg(steps, ${END}) as steps, string_agg(paths, ${END}) as paths, string_agg(keys, ${END}) as keys from (
       select phenomenon_l2 as phenomenon, ${columns} from ticket where ${inTime} and phenomenon_l2 <> '' and phenomenon_l2 = any($2::text[]) group by 1
       union all
       select coalesce(fold ->> 'phenomenonL1', ''), ${columns} from ticket where ${inTime} and phenomenon_l2 = '' and coalesce(fold ->> 'phenomenonL1', '') = any($2::text[]) group by 1) t
      group by phenomenon`,
    [kinds, phenomena, from, to, stepMs],
  )
  return rows.map(({ phenomenon, steps, paths, keys }) => ({ phenomenon, steps: numbersOf(steps), regionPaths: listOf(paths), customerKeys: listOf(keys) }))
}

/** A stored case in which a rule was true. */
export interface RaisedCase {
  readonly alertId: string
  readonly matter: Matter
  readonly regionPath: string
  readonly state: string
  /** Per colour the first tick at which the rule had it; a colour that it never had is left out. */
  readonly firstAt: Readonly<Partial<Record<Exclude<Level, 0>, Instant>>>
  readonly lastTrueAt: Instant
}

/** The stored cases in which a rule was true at a tick of `[from, to)`, within a subtree; retracted ones and those that became part of another left out. */
export async function loadRaisedCases(sql: Sql, ruleId: string, path: string, from: Instant, to: Instant): Promise<RaisedCase[]> {
  const { rows } = await sql.query<{ alertId: string; kind: Matter['kind']; name: string; regionPath: string; state: string; level: Exclude<Level, 0>; firstAt: Instant; lastAt: Instant }>(
    `select a.id::text as "alertId", c.matter_kind as kind, c.matter as name, a.region_path as "regionPath", a.state,
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
