import { expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { intakeOnce } from '../../core/engine/intake-once.ts'
import { BATCH_LIMIT } from '../../core/engine/intake.ts'
import type { Pool, Tx } from '../../core/platform/database.ts'
import { loadTransactionFate } from '../../core/store/commit-store.ts'
import { anItem } from '../support/items.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

const NOW = Date.UTC(2026, 5, 11, 12)
const CONTEXT = { source: 'test', scope: ENGINE_SCOPE, now: NOW }

/** The world's engine over a pool that loses its connection at the next COMMIT, before it or before its answer. */
function losing({ engine, pool }: EngineWorld, when: 'before' | 'after') {
  let isLost = false
  const connect = async () => {
    const client = (await pool.connect()) as Tx
    const query = async (text: string, values?: unknown[]) => {
      const isLast = text === 'COMMIT' && !isLost
      if (isLast) isLost = true
      const result = isLast && when === 'before' ? await client.query('ROLLBACK') : await client.query(text, values)
      if (isLast) throw Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET' })
      return result
    }
    return new Proxy(client, {
      get: (target, name) => {
        if (name === 'query') return query
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  const made = new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return connect
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...engine, pool: made as Pool }
}

const count = async ({ pool }: EngineWorld, from: string) => Number((await pool.query(`select count(*) as n from ${from}`)).rows[0].n)

test.each(['before', 'after'] as const)('a batch whose connection is lost %s its COMMIT is taken in once when it is handed in again', async (when) => {
  const world = await engineWorld()
  const items = [anItem(), anItem({ event_id: 'e2', ticket_id: 'T2' }), anItem({ event_id: 'bad', province_code: '99' })]
  const take = intakeOnce(items, CONTEXT)
  await expect(take(losing(world, when))).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(await count(world, 'event')).toBe(when === 'after' ? 2 : 0)
  const answer = await take(world.engine)
  expect(answer).toMatchObject({ accepted: 2, duplicate: 0, refused: 1, items: [{ index: 0 }, { index: 1 }, { index: 2, outcome: 'refused' }] })
  expect(await take(world.engine)).toEqual(answer)
  expect([await count(world, 'event'), await count(world, 'pending_event'), await count(world, 'quarantine')]).toEqual([2, 2, 1])
  const { rows } = await world.pool.query('select id::text as id from quarantine')
  expect(answer.items[2]).toMatchObject({ quarantine_id: rows[0].id })
})

test('a batch of nothing new is counted once too', async () => {
  const world = await engineWorld()
  await intakeOnce([anItem()], CONTEXT)(world.engine)
  const before = await count(world, 'quality_delta')
  const take = intakeOnce([anItem()], CONTEXT)
  await expect(take(losing(world, 'after'))).rejects.toMatchObject({ code: 'ECONNRESET' })
  const after = await count(world, 'quality_delta')
  expect(await take(world.engine)).toMatchObject({ accepted: 0, duplicate: 1 })
  expect(await count(world, 'quality_delta')).toBe(after)
  expect(after).toBeGreaterThan(before)
})

test('an id that a crash gave to another transaction is not taken for this one’s', async () => {
  const world = await engineWorld()
  const take = intakeOnce([anItem()], CONTEXT)
  await expect(take(losing(world, 'after'))).rejects.toMatchObject({ code: 'ECONNRESET' })
  // As if nothing of it had reached the disk.
  await world.pool.query('truncate event, event_id, pending_event')
  expect(await take(world.engine)).toMatchObject({ accepted: 1 })
  expect(await count(world, 'event')).toBe(1)
})

test('a transaction that is still going on is waited for', async () => {
  const world = await engineWorld()
  const client = await world.pool.connect()
  await client.query('begin')
  const { rows } = await client.query('select pg_current_xact_id()::text as id')
  expect(await loadTransactionFate(world.pool, rows[0].id)).toBe('in progress')
  await client.query('rollback')
  client.release()
  expect(await loadTransactionFate(world.pool, rows[0].id)).toBe('aborted')
})

test('more than one transaction takes is refused', () => {
  expect(() => intakeOnce(Array.from({ length: BATCH_LIMIT + 1 }, () => anItem()), CONTEXT)).toThrow(RangeError)
})
