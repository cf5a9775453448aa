import { expect } from 'vitest'
import { faultsOf, recount } from '../../bin/recount.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { cubeNamed, measurePlace } from '../../core/domain/count/cubes.ts'
import type { Instant } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { unpackTicket } from '../../core/domain/ticket/pack.ts'
import { at } from './builders.ts'
import { type EngineWorld, engineWorld } from './engine-world.ts'

/** One alert as the tests compare it. */
export interface AlertView {
  readonly rule: string
  readonly severity: number
  readonly state: string
  readonly openedAt: Instant
}

/** An {@link EngineWorld} with a clock of its own that takes events in and runs the workers by hand. */
export interface IngestWorld extends EngineWorld {
  readonly clock: ManualClock
  /** At a Shanghai reading: timers first, then the events, folded. */
  send(local: string, ...items: readonly unknown[]): Promise<void>
  /** The timers as they stand at a Shanghai reading. */
  timers(local: string): Promise<void>
  alerts(ticketKey: string): Promise<AlertView[]>
  ticket(ticketKey: string): Promise<Record<string, unknown>>
  /** A measure of a cube, summed over the cells that are left open, when all that was recorded is tallied. */
  cell(cube: string, measure: string, where?: { readonly value?: string; readonly day?: string; readonly region?: string }): Promise<number>
  /** A recount of everything finds nothing. */
  expectExact(): Promise<void>
}

export async function ingestWorld(start = '2026-06-01 00:00'): Promise<IngestWorld> {
  const clock = new ManualClock(at(start))
  const world = await engineWorld(clock)
  const { engine, pool } = world
  const rows = async (text: string, values: unknown[]) => (await pool.query(text, values)).rows
  const timers = async (local: string) => {
    clock.set(at(local))
    await runTimers(engine, clock.now())
    await runTally(engine, clock.now())
  }
  return {
    ...world,
    clock,
    timers,
    async send(local, ...items) {
      await timers(local)
      const answer = await acceptEvents(engine, items, { source: 'test', scope: ENGINE_SCOPE, now: clock.now() })
      expect(answer.items.filter(({ outcome }) => outcome === 'refused')).toEqual([])
      await runIngest(engine, clock.now())
      await runTally(engine, clock.now())
    },
    async alerts(ticketKey) {
      const found = await rows('select rule_id as rule, severity, state, opened_at as "openedAt" from alert where ticket_key = $1 order by id', [
        ticketKey,
      ])
      return found as AlertView[]
    },
    async ticket(ticketKey) {
      const row = (await rows('select * from ticket where ticket_key = $1', [ticketKey]))[0] as Record<string, unknown> | undefined
      return row === undefined ? (row as unknown as Record<string, unknown>) : { ...row, fold: unpackTicket(row['fold'] as object) }
    },
    async cell(cube, measure, { value, day, region } = {}) {
      await runTally(engine, clock.now())
      const place = measurePlace(cubeNamed(cube).base, measure) + 1
      const [found] = await rows(
        `select coalesce(sum(n[${place}]), 0)::int as n from cell
          where cube = $1 and ($2::text is null or value = $2) and ($3::float8 is null or bin_at = to_timestamp($3 / 1000)) and ($4::text is null or region_code = $4)`,
        [cube, value ?? null, day === undefined ? null : at(day), region ?? null],
      )
      return Number((found as { n: number }).n)
    },
    async expectExact() {
      const report = await recount(engine)
      expect(faultsOf(report) === 0 ? 0 : report).toBe(0)
    },
  }
}
