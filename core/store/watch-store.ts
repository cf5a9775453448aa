import type { WatchMeasure } from '../domain/indicator/watch.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** A period [startAt, endAt) whose end is not later than as of when it is asked for. */
export interface WatchPeriod {
  readonly startAt: Instant
  readonly endAt: Instant
}

/** A count of one node (itself only) in one of the periods, by its place in the list asked for, from 0. */
export interface WatchCount {
  readonly place: number
  readonly regionCode: string
  readonly measure: WatchMeasure
  readonly n: number
}

const FALSE = `exists (select from alert_check c where c.alert_id = a.id and c.result = 'not_confirmed')`
const inPeriod = (at: string) => `${at} >= p.from_at and ${at} < p.to_at`
const seconds = (from: string, to: string) => `round(extract(epoch from (${to} - ${from})))`
/** Alerts of the catalogues: that a handover or a review is owed is never wrong. */
const OF_RULES = `a.rule_id ~ '^(AT|MR)-'`
/** A limit that nobody was asked for any more before it was reached has not fallen due. */
const FELL_DUE = `(l.lifted_at is null or l.lifted_at > l.due_at)`

/** Each counts two measures of what it finds of alerts: how many rows, and a number of each. */
const PARTS: readonly { readonly measures: readonly [WatchMeasure, WatchMeasure]; readonly second: string; readonly from: string }[] = [
  {
    measures: ['handle_due', 'handled_in_time'],
    second: 'case when l.met_at <= l.due_at then 1 else 0 end',
    from: `join alert_limit l on l.clock = 'handle' and ${inPeriod('l.due_at')} and ${FELL_DUE} and l.severity >= 2
           join alert a on a.id = l.alert_id and a.kind = 'abnormal' and a.state not in ('retracted', 'false_positive') and not ${FALSE}`,
  },
  {
    measures: ['ack_due', 'acked_in_time'],
    second: 'case when l.met_at <= l.due_at then 1 else 0 end',
    from: `join alert_limit l on l.clock = 'ack' and ${inPeriod('l.due_at')} and ${FELL_DUE} join alert a on a.id = l.alert_id`,
  },
  {
    measures: ['acked', 'ack_seconds'],
    second: seconds('a.opened_at', 'l.met_at'),
    from: `join alert_limit l on l.clock = 'ack' and ${inPeriod('l.met_at')} join alert a on a.id = l.alert_id`,
  },
  {
    measures: ['resolved', 'resolve_seconds'],
    second: seconds('a.opened_at', 'a.ended_at'),
    from: `join alert a on ${inPeriod('a.ended_at')} and a.state in ('resolved', 'closed')`,
  },
  {
    measures: ['closed_true', 'closed_false'],
    second: `case when a.state = 'false_positive' or ${FALSE} then 1 else 0 end`,
    from: `join alert a on ${inPeriod('a.ended_at')} and a.state in ('resolved', 'closed', 'false_positive') and ${OF_RULES}`,
  },
  {
    measures: ['review_due', 'reviewed_in_time'],
    second: 'case when r.done_at <= r.final_due_at then 1 else 0 end',
    from: `join case_review r on ${inPeriod('r.final_due_at')} and r.status <> 'withdrawn' join alert a on a.id = r.alert_id`,
  },
  {
    measures: ['sent', 'delivered'],
    second: 'case when o.delivered_at is null then 0 else 1 end',
    from: `join outbox o on ${inPeriod('o.sent_at')} and o.channel <> 'webhook' and o.carried_by is null join alert a on a.id = o.alert_id`,
  },
]

const partOf = ({ measures: [first, second], second: value, from }: (typeof PARTS)[number]) =>
  `select p.place, a.region_code, count(*) as n, coalesce(sum(${value}), 0) as m, '${first}' as first, '${second}' as second from p ${from}
    where a.region_path ^@ $1 group by 1, 2`

/** What alerts and entries of missed risks count as in these periods, by node of the scope; of `closed_true` the false ones are still part. */
export async function loadWatchCounts(sql: Sql, scope: Pick<Scope, 'path'>, periods: readonly WatchPeriod[]): Promise<WatchCount[]> {
  const { rows } = await sql.query<WatchCount>(
    `with p as materialized (
       select (place - 1)::int as place, ${instantOf('f')} as from_at, ${instantOf('t')} as to_at from unnest($2::float8[], $3::float8[]) with ordinality as u (f, t, place)),
     counted as (
       ${PARTS.map(partOf).join(' union all ')}
       union all select p.place, a.region_code, count(*), 0, 'missed', null from p
         join missed_risk a on ${inPeriod('a.found_at')} and a.withdrawn_at is null where a.region_path ^@ $1 group by 1, 2)
     select c.place, c.region_code as "regionCode", v.measure, v.n::float8 as n
       from counted c cross join lateral (values (c.first, c.n), (c.second, c.m)) as v (measure, n) where v.measure is not null and v.n <> 0`,
    [scope.path, periods.map(({ startAt }) => startAt), periods.map(({ endAt }) => endAt)],
  )
  return rows
}

/** What was counted of receptions on days of one of the periods: `K-80` by what it counts, `K-79` by its edge, s. */
export interface ReceptionCount {
  readonly place: number
  readonly provinceCode: string
  readonly checkId: string
  readonly dimension: string
  readonly n: number
}

/** Receptions of the scope's provinces on the local days [from, to) of these periods, what waits to be folded included. A day counts whole. */
export async function loadReceptions(
  sql: Sql,
  scope: Pick<Scope, 'path'>,
  periods: readonly { readonly from: string; readonly to: string }[],
): Promise<ReceptionCount[]> {
  const { rows } = await sql.query<ReceptionCount>(
    `with p as materialized (
       select (place - 1)::int as place, f::date as from_day, t::date as to_day from unnest($2::text[], $3::text[]) with ordinality as u (f, t, place))
     select p.place, c.province_code as "provinceCode", c.check_id as "checkId", c.dimension, sum(c.checked)::float8 as n
       from p join (select province_code, day, check_id, dimension, checked from quality_day where check_id in ('K-79', 'K-80')
             union all select province_code, day, check_id, dimension, checked from quality_delta where check_id in ('K-79', 'K-80')) c
         on c.day >= p.from_day and c.day < p.to_day
       join region r on r.code = c.province_code and r.path ^@ $1
      group by 1, 2, 3, 4`,
    [scope.path, periods.map(({ from }) => from), periods.map(({ to }) => to)],
  )
  return rows
}
