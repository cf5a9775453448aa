import { recount } from '../../bin/recount.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import type { Pool } from '../../core/platform/database.ts'
import { foldQualityCounts } from '../../core/engine/quality-sweep.ts'
import { settleHours } from '../../core/engine/settle-hours.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'

/** An event as its source sends it. */
export function envelopeOf(event: TicketEvent): Record<string, unknown> {
  return {
    event_id: event.eventId,
    event_type: event.type,
    ticket_id: event.ticketKey.split(':').slice(2).join(':'),
    occurred_at: new Date(event.occurredAt).toISOString(),
    source_system: event.sourceSystem,
    province_code: event.provinceCode,
    source_seq: event.sourceSeq,
    actor_type: event.actorType,
    actor_id: event.actorId,
    unit_id: event.unitId,
    corrects_event_id: event.correctsEventId,
    payload: event.payload,
  }
}

const KEPT = ['region', 'config_version', 'migration', 'pgmigrations', 'unit']

/** Empties every table but the regional tree and the settings. */
export async function forgetAll(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> all($1)`,
    [KEPT],
  )
  await pool.query(`truncate ${rows.map(({ name }) => name).join(', ')} restart identity cascade`)
}

/** A database error that a worker does not mend by itself: the whole round is tried again, as the next bell would. */
const STUMBLE = '57014'

const STUMBLING = ['fact_difference', 'ticket', 'kin_check', 'peer_fact', 'cell'] as const

/**
 * Makes one of so many writes of tickets, differences and cells fail, as a serialization failure or as a statement that was cancelled; 0 takes
 * that back. Which ones is scattered: were it each so-many-th, a transaction of that many writes would never get through.
 */
async function stumbleAt(pool: Pool, oneOf: number): Promise<void> {
  for (const table of STUMBLING) await pool.query(`drop trigger if exists stumble on ${table}`)
  if (oneOf === 0) return
  await pool.query(`
    create sequence if not exists stumbles;
    create or replace function stumble() returns trigger language plpgsql as $$
    declare turn bigint := abs(hashint8(nextval('stumbles'))::bigint); begin
      if turn % ${oneOf} = 0 then
        if (turn / ${oneOf}) % 2 = 0 then raise exception 'stumbled' using errcode = '${STUMBLE}'; end if;
        raise exception 'stumbled' using errcode = '40001';
      end if;
      return null; end $$`)
  for (const table of STUMBLING) {
    await pool.query(`create trigger stumble after insert or update on ${table} for each statement execute function stumble()`)
  }
}

/** Codes of what is tried again: a cancelled statement, and a conflict that outlived the engine's own few attempts. */
const TRIED_AGAIN: ReadonlySet<unknown> = new Set([STUMBLE, '40001', '40P01'])
const MOST_TRIES = 200

async function inTheEnd<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries === MOST_TRIES || !(error instanceof Error && 'code' in error && TRIED_AGAIN.has(error.code))) throw error
    }
  }
}

/** One round: some events reach the door at an instant, then so many workers fold at the same time, so many events in one transaction. */
export interface Round {
  readonly at: Instant
  readonly events: readonly TicketEvent[]
  readonly batch: number
  readonly workers: number
  readonly hasTimers: boolean
}

/** Lets the engine live through rounds; in the end everything is folded, judged and tallied as of `end`. */
async function liveThrough(engine: Engine, rounds: readonly Round[], end: Instant): Promise<void> {
  const fold = (at: Instant, batch: number) => inTheEnd(() => runIngest(engine, at, { batch }))
  const shares = async (at: Instant) => {
    while ((await foldQualityCounts(engine)) > 0);
    await settleHours(engine, at)
  }
  for (const { at, events, batch, workers, hasTimers } of rounds) {
    const answer = await inTheEnd(() => acceptEvents(engine, events.map(envelopeOf), { source: 'test', scope: ENGINE_SCOPE, now: at }))
    const refused = answer.items.filter(({ outcome }) => outcome === 'refused')
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused[0])}`)
    const timers = hasTimers ? [inTheEnd(() => runTimers(engine, at)), inTheEnd(() => runTally(engine, at)), inTheEnd(() => shares(at))] : []
    await Promise.all([...Array.from({ length: workers }, () => fold(at, batch)), ...timers])
  }
  while ((await fold(end, 2_000)).events > 0);
  await inTheEnd(() => runTimers(engine, end))
  // The share of an hour is judged by what all of it says: the counts first, then whoever carries it.
  await inTheEnd(() => shares(end))
  while ((await fold(end, 2_000)).events > 0);
  while ((await inTheEnd(() => runTally(engine, end))).differences > 0);
}

/** Lets the engine live through rounds from an empty database, one of `oneOf` writes of a ticket failing; 0: none. */
export async function liveStumbling(pool: Pool, engine: Engine, rounds: readonly Round[], { end, oneOf }: { readonly end: Instant; readonly oneOf: number }): Promise<void> {
  await forgetAll(pool)
  await stumbleAt(pool, oneOf)
  try {
    await liveThrough(engine, rounds, end)
  } finally {
    await stumbleAt(pool, 0)
  }
}

/**
 * Everything that must not depend on how the events came: tickets, what they count as, cells, sketches, what fires. When an event was received
 * does not belong to it, and so neither do flawed events of hours, unless all ways bring everything in time (`isInTime`): what comes too late is no part of its hour.
 */
export async function stateOf(pool: Pool, isInTime = false): Promise<Record<string, unknown>> {
  const rows = async (text: string) => (await pool.query(text)).rows as Record<string, unknown>[]
  const tickets = await rows(
    `select ticket_key, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, closed_at, deadline_at,
            deadline_clock, is_overdue, ticket_level, next_check_at, fold, fold_memory, customer_history, kin_facts, counted, quality,
            first_event_at, last_event_at from ticket order by ticket_key`,
  )
  return {
    tickets: tickets.map((row) => {
      const { qualityFlags = [], ...fold } = row['fold'] as { qualityFlags?: { flag: string; eventId: string }[] }
      return { ...row, fold, flags: qualityFlags.map(({ flag, eventId }) => `${flag} ${eventId}`) }
    }),
    cells: await rows('select cube, bin_at, region_code, kind, value, n from cell where 0 <> any(n) order by cube, bin_at, region_code, kind, value'),
    sketches: await rows('select * from cell_sketch where n <> 0 order by cube, bin_at, region_code, kind, value, bucket'),
    peers: await rows(`select * from peer_fact where ${isInTime} or group_key not like 'q%' order by group_key, at, ticket_key, subject`),
    // One whose condition has ended and that waits for a person to close it is there only if somebody looked while it held.
    live: await rows(`select rule_id, ticket_key, severity from alert where ended_at is null and state <> 'mitigated' order by ticket_key, rule_id`),
    waiting: await rows('select ticket_key from pending_event union all select ticket_key from kin_check union all select group_key from peer_check union all select province_code from hour_check'),
    aside: await rows('select code, item from quarantine'),
  }
}

/** What a recount finds wrong; nothing is what must hold (invariant 3). */
export async function faultsOf(engine: Engine): Promise<unknown> {
  const { tickets: _tickets, cells: _cells, subjects: _subjects, waitingTickets: _waiting, waitingSubjects: _waitingToo, repaired: _repaired, ...faults } = await recount(engine)
  return faults
}
