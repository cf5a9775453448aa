import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { scopeOf } from '../../core/domain/access.ts'
import type { RiskParameters } from '../../core/domain/risk/reading.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { askBackTest, runBackTests, viewBackTest, viewBackTests } from '../../core/engine/back-test-runs.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { cancelBackTest, claimBackTest, endBackTest, markBackTest } from '../../core/store/back-test-run-store.ts'
import type { EngineWorld } from '../support/engine-world.ts'
import { local, outageWorld } from '../support/outage.ts'

const [FIRST, SECOND_CLAIM] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']

describe('the line of back-tests', () => {
  let world: EngineWorld
  let parameters: RiskParameters
  const clock = new ManualClock(local('23:30'))
  const scope = () => scopeOf(world.tree.root)
  beforeAll(async () => {
    world = await outageWorld()
    parameters = (await world.engine.settings(local('20:00'))).risk.body
  })
  afterEach(async () => {
    await world.pool.query('delete from back_test')
    clock.set(local('23:30'))
  })

  const ask = async (askedBy = 'keeper', ruleId = 'MR-01'): Promise<string> => {
    const asked = { ruleId, given: {}, regionPath: world.tree.root.path, from: local('18:00'), to: local('23:00'), askedBy, askedAt: clock.now() }
    return (await inTransaction(world.pool, (tx) => askBackTest(tx, asked, { parameters, steps: 60 }))) as string
  }
  const view = (id: string) => viewBackTest(world.pool, scope(), world.tree, id)
  const until = () => clock.now() + 2 * MINUTE
  const claim = (token: string) => claimBackTest(world.pool, token, clock.now(), until())

  test('is worked off oldest first, and the report is that of the command line', async () => {
    const [first, second] = [await ask('a'), await ask('b', 'MR-02')]
    expect(await runBackTests(world.engine, clock)).toBe(2)
    expect(await view(first)).toMatchObject({ state: 'done', ticksDone: 60, report: { would: { cases: 1, byColour: [0, 0, 1, 0], pages: 3 }, matchedCount: 1, onlyWouldCases: [], onlyDidCases: [] } })
    expect(await view(second)).toMatchObject({ state: 'done', ruleId: 'MR-02' })
    expect((await viewBackTests(world.pool, scope(), world.tree, null)).map(({ id }) => id)).toEqual([second, first])
  })

  test('gives a run whose worker was not heard of to another, and the first writes nothing any more', async () => {
    const id = await ask()
    const held = await claim(FIRST)
    expect(held).toMatchObject({ id, begun: 1, from: local('18:00'), parameters: { batch: parameters.batch } })
    expect(await claim(SECOND_CLAIM)).toBeUndefined()
    clock.advance(3 * MINUTE)
    expect(await claim(SECOND_CLAIM)).toMatchObject({ id, begun: 2 })
    if (held === undefined) throw new Error('nothing claimed')
    expect(await markBackTest(world.pool, held, 5, until())).toBe(false)
    await endBackTest(world.pool, held, 'failed', null, clock.now())
    expect(await view(id)).toMatchObject({ state: 'running', ticksDone: 0 })
  })

  test('stops a run that was cancelled at its next step, and forgets its result', async () => {
    const id = await ask()
    const held = await claim(FIRST)
    if (held === undefined) throw new Error('nothing claimed')
    expect(await markBackTest(world.pool, held, 5, until())).toBe(true)
    expect(await cancelBackTest(world.pool, scope(), id, clock.now())).toBe(true)
    expect(await markBackTest(world.pool, held, 6, until())).toBe(false)
    await endBackTest(world.pool, held, 'done', {}, clock.now())
    expect(await view(id)).toMatchObject({ state: 'cancelled', ticksDone: 5, report: null })
    expect(await cancelBackTest(world.pool, scope(), id, clock.now())).toBe(false)
  })

  test('gives up one that broke off three times, and marks one that fails', async () => {
    const id = await ask()
    for (const token of [FIRST, SECOND_CLAIM, FIRST]) {
      expect(await claim(token)).toMatchObject({ id })
      clock.advance(3 * MINUTE)
    }
    await runBackTests(world.engine, clock)
    expect(await view(id)).toMatchObject({ state: 'failed', report: null })
    const broken = await ask()
    await world.pool.query(`update back_test set parameters = '{}' where id = $1`, [broken])
    await runBackTests(world.engine, clock)
    expect(await view(broken)).toMatchObject({ state: 'failed' })
    expect(world.logged.some(({ backTest }) => backTest === broken)).toBe(true)
  })

  test('takes one of a person at a time, and forgets what ended a month ago', async () => {
    const id = await ask()
    expect(await ask()).toBeNull()
    await runBackTests(world.engine, clock)
    clock.advance(31 * 24 * 60 * MINUTE)
    const next = await ask()
    expect(await view(id)).toBeUndefined()
    expect(await view(next)).toMatchObject({ state: 'waiting' })
  })
})
