import type { Base } from '../domain/count/fact.ts'
import type { RestatementCause } from '../domain/count/restatement.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** What lines add to one base in one period, or take from it. */
export interface HeldSums {
  readonly startAt: Instant
  readonly base: Base
  /** Over the nodes asked for, one number per measure, in their order. */
  readonly own: readonly number[]
  /** The first measure over the nodes whose feed the nodes depend on. */
  readonly received: number
}

/** A period [start, end) and the instant from which on its figures stand published: what was confirmed later restates them. */
export interface HeldPeriod {
  readonly startAt: Instant
  readonly endAt: Instant
  readonly publishedAt: Instant
}

/** Null codes mean all nodes, `feedCodes` hold all of `regionCodes`. */
export interface HeldQuery {
  readonly kind: string
  readonly bases: readonly Base[]
  readonly periods: readonly HeldPeriod[]
  readonly regionCodes: readonly string[] | null
  readonly feedCodes: readonly string[] | null
  readonly measures: number
}

const PERIODS = `(select ${instantOf('a')} as start_at, ${instantOf('b')} as end_at, ${instantOf('c')} as published_at
  from unnest($1::float8[], $2::float8[], $3::float8[]) as u (a, b, c)) p`
const periodValues = (periods: readonly HeldPeriod[]) => [
  periods.map(({ startAt }) => startAt),
  periods.map(({ endAt }) => endAt),
  periods.map(({ publishedAt }) => publishedAt),
]
const IN_PERIOD = 's.bin_at >= p.start_at and s.bin_at < p.end_at'
const LINES = `restatement_sum s join restatement r on r.id = s.restatement_id`
/** Lines by what they do to published figures. */
const WHICH = {
  held: `r.state in ('waiting', 'rejected')`,
  restated: `r.state = 'confirmed' and r.decided_at > p.published_at`,
} as const

/** What is held back of these periods, or what restated them after they were published. */
export async function loadHeldSums(sql: Sql, which: keyof typeof WHICH, { kind, bases, periods, regionCodes, feedCodes, measures }: HeldQuery): Promise<HeldSums[]> {
  const places = Array.from({ length: measures }, (_, place) => `coalesce(sum(s.n[${place + 1}]) filter (where $5::text[] is null or s.region_code = any($5::text[])), 0)`)
  const { rows } = await sql.query<HeldSums>(
    `select p.start_at as "startAt", s.base, array[${places.join(', ')}]::bigint[] as own, coalesce(sum(s.n[1]), 0)::bigint as received
       from ${PERIODS} join (${LINES}) on ${IN_PERIOD} and ${WHICH[which]}
      where s.kind = $4 and s.base = any($7::text[]) and ($6::text[] is null or s.region_code = any($6::text[]))
      group by 1, 2`,
    [...periodValues(periods), kind, regionCodes, feedCodes, bases],
  )
  return rows
}

/** How many lines touch a period. */
export interface HeldCount {
  readonly startAt: Instant
  readonly waiting: number
  readonly rejected: number
}

/** How many lines hold anything back of these periods, whatever the base. */
export async function countHeld(sql: Sql, { kind, periods, regionCodes }: Pick<HeldQuery, 'kind' | 'periods' | 'regionCodes'>): Promise<HeldCount[]> {
  const { rows } = await sql.query<HeldCount>(
    `select p.start_at as "startAt", count(distinct r.id) filter (where r.state = 'waiting')::integer as waiting,
            count(distinct r.id) filter (where r.state = 'rejected')::integer as rejected
       from ${PERIODS} join (${LINES}) on ${IN_PERIOD} and ${WHICH.held}
      where s.kind = $4 and s.n <> '{}' and ($5::text[] is null or s.region_code = any($5::text[])) group by 1`,
    [...periodValues(periods), kind, regionCodes],
  )
  return rows
}

/** One word of a steward that restated a period: all lines that it confirmed at once for one cause. */
export interface Restating {
  readonly startAt: Instant
  /** The bases of the period that its lines touch. */
  readonly bases: readonly Base[]
  readonly at: Instant
  readonly by: string
  readonly reason: string
  readonly cause: RestatementCause
  readonly lines: number
}

/** Who restated these periods after they were published, when and why; newest first. */
export async function loadRestating(sql: Sql, { kind, periods, regionCodes }: Pick<HeldQuery, 'kind' | 'periods' | 'regionCodes'>): Promise<Restating[]> {
  const { rows } = await sql.query<Restating>(
    `select p.start_at as "startAt", array_agg(distinct s.base) as bases, r.decided_at as at, r.decided_by as by, r.reason, r.cause, count(distinct r.id)::integer as lines
       from ${PERIODS} join (${LINES}) on ${IN_PERIOD} and ${WHICH.restated}
      where s.kind = $4 and s.n <> '{}' and ($5::text[] is null or s.region_code = any($5::text[]))
      group by p.start_at, r.decided_at, r.decided_by, r.reason, r.cause order by r.decided_at desc, r.cause`,
    [...periodValues(periods), kind, regionCodes],
  )
  return rows
}
