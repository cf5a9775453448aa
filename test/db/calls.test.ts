import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { factsOfCall } from '../../core/domain/count/facts-of-call.ts'
import { type Call, isRepeated } from '../../core/domain/notice/call.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { createPool } from '../../core/platform/database.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { netFacts, subjectRows } from '../support/notice-world.ts'
import { aNoticeItem } from '../support/notices.ts'

const EVENING = at('2026-06-01 22:30')
const NOW = at('2026-06-02 12:00')
let world: EngineWorld
beforeEach(async () => {
  world = await engineWorld()
})

interface Spec {
  readonly minute: number
  readonly caller?: string | null
  readonly contact?: string | undefined
  readonly waits?: number
  readonly isAbandoned?: boolean
}

/** A call that entered `minute` minutes after 22:30 and was answered (or abandoned) after `waits` seconds, told an hour later. */
function aCall(id: string, { minute, caller = '13800001111', contact, waits = 10, isAbandoned = false }: Spec, more: Record<string, unknown> = {}) {
  const queueAt = EVENING + minute * MINUTE
  const ended = new Date(queueAt + waits * SECOND).toISOString()
  const times = { queue_at: new Date(queueAt).toISOString(), answered_at: isAbandoned ? null : ended, abandoned_at: isAbandoned ? ended : null }
  return aNoticeItem('call.ended', { call_id: id, ...times, caller_no: caller, contact_no: contact }, { event_id: id, occurred_at: new Date(queueAt + HOUR).toISOString(), ...more })
}

const put = async (...items: readonly unknown[]) => {
  const answer = await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: NOW })
  expect(answer.items.filter(({ outcome }) => outcome === 'refused')).toEqual([])
}
const send = async (...items: readonly unknown[]) => {
  await put(...items)
  await runIngest(world.engine, NOW)
}
const calls = async () => (await subjectRows(world.pool, 'call')).filter(({ is_void }) => is_void === false)
const repeated = async () => (await calls()).filter(({ is_repeated }) => is_repeated === true).map(({ subject_key: key }) => String(key).split('/')[1])
/** What the rows say must be what they are counted as, and what all calls together say. */
async function expectExact(): Promise<void> {
  const stored = (await calls()).map(
    (row) =>
      ({
        subjectKey: row['subject_key'], regionCode: row['region_code'], agentGroup: row['agent_group'], queueAt: row['queue_at'],
        answeredAt: row['answered_at'], abandonedAt: row['abandoned_at'], callerKeys: row['caller_keys'],
      }) as Call,
  )
  const expected = stored.flatMap((call) => factsOfCall(call, isRepeated(call, stored)))
  const sorted = (facts: readonly unknown[]) => facts.map((fact) => JSON.stringify(fact)).sort()
  expect(sorted(await netFacts(world.pool))).toEqual(sorted(expected))
  expect((await world.pool.query('select from call_follow_up')).rowCount).toBe(0)
}

describe('repeated calls (K-63)', () => {
  test('the first call counts, across midnight, whichever arrives first', async () => {
    await send(aCall('first', { minute: 0 }), aCall('second', { minute: 120 }))
    expect(await repeated()).toEqual(['first'])
    await send(aCall('before', { minute: -60 }))
    expect(await repeated()).toEqual(['before', 'first'])
    await expectExact()
    expect((await netFacts(world.pool)).map(({ at: when, measures }) => [when - EVENING, measures.repeated_2h ?? 0])).toEqual(
      expect.arrayContaining([[-60 * MINUTE, 1], [0, 1], [120 * MINUTE, 0]]),
    )
  })

  test.each<[string, Spec, string[]]>([
    ['exactly two hours later', { minute: 120 }, ['a']],
    ['a second more than two hours later', { minute: 120 + 1 / 60 }, []],
    ['of another caller', { minute: 60, caller: '13900002222' }, []],
    ['of a withheld number', { minute: 60, caller: null }, []],
    ['with any number in common', { minute: 60, caller: '13900002222', contact: '13800001111' }, ['a']],
    ['given up at once', { minute: 60, waits: 4, isAbandoned: true }, []],
    ['given up after 5 s', { minute: 60, waits: 5, isAbandoned: true }, ['a']],
  ])('by a call %s', async (_what, spec, expected) => {
    await send(aCall('b', spec))
    await send(aCall('a', { minute: 0 }))
    expect(await repeated()).toEqual(expected)
    await expectExact()
  })

  test('follow a correction: a call that moves away, or changes its caller, repeats no more; one that is taken away neither', async () => {
    await send(aCall('a', { minute: 0 }), aCall('b', { minute: 60 }))
    expect(await repeated()).toEqual(['a'])
    await send(aCall('b', { minute: 60, caller: '13900002222' }, { event_id: 'b2', corrects_event_id: 'b' }))
    expect(await repeated()).toEqual([])
    await expectExact()
    await send(aCall('b', { minute: 90 }, { event_id: 'b3', corrects_event_id: 'b2' }))
    expect(await repeated()).toEqual(['a'])
    await send(aCall('c', { minute: 200 }, { event_id: 'b4', corrects_event_id: 'b3' }))
    expect(await repeated()).toEqual([])
    await expectExact()
  })

  test('the flag survives a fold of the same call again', async () => {
    await send(aCall('a', { minute: 0 }), aCall('b', { minute: 60 }))
    await send(aCall('a', { minute: 0, waits: 30 }, { event_id: 'a2', corrects_event_id: 'a' }))
    expect(await repeated()).toEqual(['a'])
    await expectExact()
  })

  test('a worker that dies between its commit and the follow-up leaves the follow-up to the next', async () => {
    await put(aCall('a', { minute: 0 }), aCall('b', { minute: 60 }))
    await world.pool.query('alter table fact_difference rename to fact_away')
    await expect(runIngest(world.engine, NOW)).rejects.toThrow(/fact_difference/)
    await world.pool.query('alter table fact_away rename to fact_difference')
    await world.pool.query('alter table call rename column is_repeated to away')
    await expect(runIngest(world.engine, NOW)).rejects.toThrow(/is_repeated/)
    await world.pool.query('alter table call rename column away to is_repeated')
    await world.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '22003'; end $$;
      create trigger refuse before update on call for each row execute function refuse()`)
    expect(await runIngest(world.engine, NOW)).toMatchObject({ events: 2, aside: 0 })
    expect(JSON.stringify(world.logged)).toContain('calls could not be followed up')
    expect((await world.pool.query('select from call_follow_up')).rowCount).toBe(2)
    await world.pool.query('drop trigger refuse on call')
    await runIngest(world.engine, NOW)
    expect(await repeated()).toEqual(['a'])
    await expectExact()
  })

  test('two workers that take the two calls at the same time do not miss it', async () => {
    // Both folds wait at a gate before their commits: neither can see the other's call.
    await world.pool.query(`create function gate() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(77); return null; end $$;
      create constraint trigger gate after insert on call deferrable initially deferred for each row execute function gate()`)
    const holder = await world.pool.connect()
    await holder.query('select pg_advisory_lock(77)')
    await put(aCall('a', { minute: 0 }), aCall('b', { minute: 60 }))
    const both = [runIngest(world.engine, NOW, { batch: 1 }), runIngest(world.engine, NOW, { batch: 1 })]
    for (let waiting = 0; waiting < 2; ) {
      waiting = Number((await world.pool.query(`select count(*) as n from pg_locks where locktype = 'advisory' and objid = 77 and not granted`)).rows[0].n)
    }
    await holder.query('select pg_advisory_unlock(77)')
    holder.release()
    await Promise.all(both)
    expect(await repeated()).toEqual(['a'])
    await expectExact()
  })

  test('law: many workers, any order, corrections among them: what is counted is what all calls together say', async () => {
    const spec = fc.record({
      minute: fc.integer({ min: 0, max: 50 }).map((step) => step * 15),
      caller: fc.constantFrom('13800001111', '13900002222', null),
      contact: fc.constantFrom(undefined, '13800001111'),
      waits: fc.constantFrom(2, 10, 40),
      isAbandoned: fc.boolean(),
    })
    const pool = createPool(world.database.url, { max: 12 })
    const engine = { ...world.engine, pool }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ spec, corrects: fc.option(fc.nat({ max: 20 }), { freq: 3 }) }), { minLength: 5, maxLength: 40 }), async (specs) => {
        await world.pool.query('truncate call, call_caller, call_follow_up, notice_correction, fact_difference, event, event_id, pending_event')
        const items = specs.map(({ spec: one, corrects }, n) => aCall(`c${n}`, one, corrects === null ? {} : { corrects_event_id: `c${corrects}` }))
        await put(...items)
        // All of them to their ends: a worker that goes on after another has failed would disturb what comes next.
        const ended = await Promise.allSettled([1, 2, 3, 5].map((batch) => drainIngest(engine, { now: () => NOW }, { batch })))
        for (const one of ended) if (one.status === 'rejected') throw one.reason
        await drainIngest(engine, { now: () => NOW })
        await expectExact()
      }),
      { numRuns: 25, endOnFailure: true },
    )
    await pool.end()
    // Locks are taken in one order: what a deadlock costs is mended by trying again, but it costs a second each time.
    const { rows } = await world.pool.query('select deadlocks from pg_stat_database where datname = current_database()')
    expect(rows).toEqual([{ deadlocks: 0 }])
  }, 120_000)
})
