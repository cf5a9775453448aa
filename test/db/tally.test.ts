import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { CellSums } from '../../core/domain/count/cell-sums.ts'
import type { Fact } from '../../core/domain/count/fact.ts'
import { SECOND } from '../../core/domain/time.ts'
import { linesOf, writeFacts } from '../../core/engine/counted.ts'
import { recordFacts } from '../../core/engine/record-facts.ts'
import { runTally } from '../../core/engine/tally.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { createPool } from '../../core/platform/database.ts'
import { hasPendingBefore } from '../../core/store/risk-store.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

const NOW = at('2026-06-09 10:00')
let world: EngineWorld
beforeEach(async () => {
  world = await engineWorld({ now: () => NOW })
})

const accepted = (more: Partial<Fact> = {}): Fact => ({
  base: 'ACC', at: NOW, regionCode: '320500', kind: 'complaint', by: { phenomenon: '无法上网', channel: 'hotline' }, measures: { accepted: 1 }, ...more,
})
const finished = (seconds: number): Fact => ({
  base: 'FIN', at: NOW, regionCode: '320500', kind: 'complaint', by: { channel: 'hotline' }, measures: { finished: 1, net_seconds: seconds }, sketched: seconds,
})

const lines = (facts: readonly Fact[]) => linesOf(writeFacts(facts))
const record = (lost: readonly Fact[], gained: readonly Fact[]) => inEngineTransaction(world.engine, NOW, (etx) => recordFacts(etx, lines(lost), lines(gained)))
const rows = async (sql: string) => (await world.pool.query(sql)).rows
const waiting = async () => (await rows('select seq from fact_difference')).length

/** Cells and sketches as stored, without those that hold nothing. */
async function stored() {
  return {
    cells: await rows('select cube, bin_at, region_code, kind, value, n from cell where 0 <> any(n) order by 1, 2, 3, 4, 5'),
    buckets: await rows('select cube, bin_at, region_code, kind, value, bucket, n from cell_sketch where n <> 0 order by 1, 2, 3, 4, 5, 6'),
  }
}

/** The same from nothing but the facts that stand. */
function recounted(facts: readonly Fact[]) {
  const sums = new CellSums(world.tree, world.engine.zone)
  for (const fact of facts) sums.add(fact, 1)
  const trimmed = (n: readonly number[]) => n.slice(0, n.findLastIndex((value) => value !== 0) + 1)
  const order = <T>(list: readonly (readonly [readonly (string | number)[], T])[]) =>
    [...list].sort(([a], [b]) => {
      const place = a.findIndex((part, index) => part !== b[index])
      return place < 0 || (a[place] as string) < (b[place] as string) ? -1 : 1
    }).map(([, row]) => row)
  return {
    cells: order(sums.cells().map(({ cube, binAt, regionCode, kind, value, n }) =>
      [[cube, binAt, regionCode, kind, value], { cube, bin_at: binAt, region_code: regionCode, kind, value, n: trimmed(n) }] as const)),
    buckets: order(sums.buckets().map(({ cube, binAt, regionCode, kind, value, bucket, n }) =>
      [[cube, binAt, regionCode, kind, value, bucket], { cube, bin_at: binAt, region_code: regionCode, kind, value, bucket, n }] as const)),
  }
}

describe('recording', () => {
  test('writes one row of what is left when equal facts have cancelled, and rings for the tally', async () => {
    await record([accepted({ at: 1 })], [accepted(), accepted(), accepted({ at: 1 })])
    expect(await waiting()).toBe(1)
    expect(world.bells).toEqual(['tally'])
    await runTally(world.engine, NOW)
    expect(await stored()).toEqual(recounted([accepted(), accepted()]))
  })

  test('writes nothing and rings for nobody where nothing is left', async () => {
    await record([accepted()], [accepted({ by: { channel: 'hotline', phenomenon: '无法上网' } })])
    expect([await waiting(), world.bells]).toEqual([0, []])
  })

  test('goes with its transaction', async () => {
    await expect(inEngineTransaction(world.engine, NOW, async (etx) => {
      await recordFacts(etx, [], lines([accepted()]))
      throw new Error('no')
    })).rejects.toThrow('no')
    expect([await waiting(), world.bells]).toEqual([0, []])
  })

  test('is what a risk tick waits for, where an acceptance before it is not counted yet', async () => {
    await record([], [finished(60)])
    expect(await hasPendingBefore(world.pool, NOW + SECOND)).toBe(false)
    await record([], [accepted({ at: NOW + SECOND }), accepted()])
    expect([await hasPendingBefore(world.pool, NOW), await hasPendingBefore(world.pool, NOW + 1)]).toEqual([false, true])
    await runTally(world.engine, NOW)
    expect(await hasPendingBefore(world.pool, NOW + 1)).toBe(false)
  })
})

describe('the tally', () => {
  test('folds each row in once, takes away what was lost, and rings for the figures', async () => {
    await record([], [accepted(), finished(60), finished(90)])
    await record([finished(90)], [finished(3_600)])
    expect(await runTally(world.engine, NOW)).toMatchObject({ differences: 2 })
    expect(world.bells).toContain('figures')
    expect(await stored()).toEqual(recounted([accepted(), finished(60), finished(3_600)]))
    expect(await runTally(world.engine, NOW)).toEqual({ differences: 0, cells: 0 })
    await record([accepted(), finished(60), finished(3_600)], [])
    await runTally(world.engine, NOW)
    expect(await stored()).toEqual({ cells: [], buckets: [] })
  })

  test('takes more than one transaction holds, in bounded pieces', async () => {
    const value = '长'.repeat(300)
    const long = Array.from({ length: 4_000 }, (_, index) => accepted({ base: 'NOW', at: 0, by: { unit: `${value}${index}` }, measures: { open: 1 } }))
    for (let row = 0; row < 3; row++) await record([], long)
    const before = Number((await rows(`select pg_current_xact_id()::text as id`))[0].id)
    expect(await runTally(world.engine, NOW)).toMatchObject({ differences: 3 })
    expect(Number((await rows(`select pg_current_xact_id()::text as id`))[0].id) - before).toBeGreaterThanOrEqual(4)
    expect((await rows(`select n from cell where cube = 'NOW/none'`))[0].n).toEqual([12_000])
  })

  test('one at a time: who comes second leaves the work to the first and does not wait', async () => {
    await record([], [accepted()])
    const holder = await world.pool.connect()
    await holder.query('begin')
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('tocsin:tally', 0))`)
    expect(await runTally(world.engine, NOW)).toEqual({ differences: 0, cells: 0 })
    expect(await waiting()).toBe(1)
    await holder.query('rollback')
    holder.release()
    expect(await runTally(world.engine, NOW)).toMatchObject({ differences: 1 })
  })

  test('a row whose own tally gave way is still folded at once by the one that held the lock', async () => {
    await Promise.all(Array.from({ length: 40 }, async (_, index) => {
      await record([], [accepted({ at: NOW + index })])
      await runTally(world.engine, NOW)
    }))
    expect(await waiting()).toBe(0)
    expect(await stored()).toEqual(recounted(Array.from({ length: 40 }, (_, index) => accepted({ at: NOW + index }))))
  })

  test.each(['cell', 'cell_sketch'])('killed while it writes %s loses nothing and doubles nothing', async (table) => {
    await record([], [accepted(), finished(60)])
    await record([], [finished(90)])
    const blocker = await world.pool.connect()
    await blocker.query('begin')
    await blocker.query(`lock table ${table} in exclusive mode`)
    const tally = runTally(world.engine, NOW).then(() => 'done', () => 'killed')
    let killed: unknown[] = []
    while (killed.length === 0) {
      killed = await rows(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into ${table} %'`,
      )
    }
    expect(await tally).toBe('killed')
    await blocker.query('rollback')
    blocker.release()
    expect([await waiting(), await stored()]).toEqual([2, { cells: [], buckets: [] }])
    expect(await runTally(world.engine, NOW)).toMatchObject({ differences: 2 })
    expect(await stored()).toEqual(recounted([accepted(), finished(60), finished(90)]))
  })

  test('whatever order of recording, failing, killing and tallying: cells are those of the facts that stand (law)', async () => {
    const pool = createPool(world.database.url, { max: 8, applicationName: 'tocsin-law' })
    const engine = { ...world.engine, pool }
    const facts = fc.array(fc.record({
      base: fc.constantFrom('ACC', 'FIN'), second: fc.integer({ min: 0, max: 90_000 }), region: fc.constantFrom('320500', '320100', '32', '330100'),
      unit: fc.constantFrom('u1', 'u2', ''), net: fc.integer({ min: 0, max: 400_000 }),
    }).map(({ base, second, region, unit, net }): Fact =>
      base === 'ACC'
        ? accepted({ at: NOW + second * SECOND, regionCode: region })
        : { ...finished(net), at: NOW + second * SECOND, regionCode: region, by: { unit } }), { maxLength: 6 })
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('record', 'fail'), gained: facts, loses: fc.nat(3) }),
      fc.constant({ kind: 'tally' }), fc.constant({ kind: 'tally and kill' }),
    ) as fc.Arbitrary<{ kind: string; gained?: Fact[]; loses?: number }>
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      await pool.query('truncate fact_difference, cell, cell_sketch')
      const standing: Fact[] = []
      const running: Promise<unknown>[] = []
      for (const { kind, gained = [], loses = 0 } of steps) {
        if (kind === 'record' || kind === 'fail') {
          const lost = kind === 'record' ? standing.splice(0, loses) : standing.slice(0, loses)
          const recording = inEngineTransaction(engine, NOW, async (etx) => {
            await recordFacts(etx, lines(lost), lines(gained))
            if (kind === 'fail') throw new Error('planned')
          })
          if (kind === 'fail') await expect(recording).rejects.toThrow('planned')
          else {
            await recording
            standing.push(...gained)
          }
        } else {
          running.push(runTally(engine, NOW).catch(() => undefined))
          if (kind === 'tally and kill') {
            // Some are killed in the middle of their transaction, some after it, some before: all are allowed.
            const killed = await world.pool.query<{ pid: number }>(
              `select pid, pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tocsin-law' and datname = current_database() and state <> 'idle'`,
            )
            // A connection that was told to end and is idle by now must not be the one that the next recording gets.
            const left = async () => (await world.pool.query('select from pg_stat_activity where pid = any($1)', [killed.rows.map(({ pid }) => pid)])).rowCount
            do await new Promise((resolve) => setTimeout(resolve, 10))
            while ((await left()) !== 0)
          }
        }
      }
      await Promise.all(running)
      await runTally(engine, NOW)
      expect(await stored()).toEqual(recounted(standing))
    }), { numRuns: 60 })
    await pool.end()
  }, 60_000)
})

test('measures are added place by place, whichever list is longer, and zeros at the end are left out', async () => {
  for (const [a, b, sum] of [
    ['{1,2}', '{3,4}', [4, 6]],
    ['{1}', '{0,0,5}', [1, 0, 5]],
    ['{1,2,3}', '{1}', [2, 2, 3]],
    ['{1,2}', '{0,-2}', [1]],
    ['{1,2}', '{-1,-2}', []],
    ['{}', '{7}', [7]],
    ['{7}', '{}', [7]],
  ] as const)
    expect((await world.pool.query('select add_measures($1, $2) as sum', [a, b])).rows[0].sum).toEqual(sum)
})
