import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { advisoryLock, createPool, inTransaction, isUnavailable } from '../../core/platform/database.ts'
import type { Tx } from '../../core/platform/database.ts'
import { type ReadMemory, remembering } from '../../core/platform/remembered-reads.ts'
import { testDatabase } from '../support/database.ts'
import { databaseAt } from '../support/database-url.ts'
import type { TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ isEmpty: true })
  await database.pool.query('create table item (id integer primary key, n integer not null); insert into item values (1, 0), (2, 0)')
})
afterAll(() => database.drop())

const countOf = async (id: number) => (await database.pool.query<{ n: number }>('select n from item where id = $1', [id])).rows[0]?.n
const backendOf = async (tx: Tx) => (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid

describe('a pool', () => {
  it('reads instants, bigints, dates and numerics the same in every zone of the machine', async () => {
    const { rows } = await database.pool.query(`
      select timestamptz '2026-01-02 03:04:05.678+08' as at, array[timestamptz '2026-01-02 00:00+00', null] as ats, 5::bigint as count, array[1, 9007199254740993]::bigint[] as counts,
             date '2026-01-02' as day, array[date '2026-01-02'] as days, 1.10::numeric as share, current_setting('TimeZone') as zone`)
    expect(rows[0]).toEqual({
      at: Date.UTC(2026, 0, 1, 19, 4, 5, 678),
      ats: [Date.UTC(2026, 0, 2), null],
      count: 5,
      counts: [1, '9007199254740993'],
      day: '2026-01-02',
      days: ['2026-01-02'],
      share: '1.10',
      zone: 'UTC',
    })
  })

  it('ends a statement after its limit, and a transaction that is left idle after 15 s', async () => {
    const pool = createPool(database.url, { max: 1, statementTimeoutMs: 50 })
    await expect(pool.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' })
    expect((await pool.query("select current_setting('idle_in_transaction_session_timeout') as idle")).rows).toEqual([{ idle: '15s' }])
    await pool.end()
  })

  it('reports the loss of an idle connection and goes on with another', async () => {
    const lost: Error[] = []
    const pool = createPool(database.url, { max: 1, onError: (error) => lost.push(error) })
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
    await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    for (let i = 0; i < 200 && lost.length === 0; i += 1) await sleep(10)
    expect(lost).toHaveLength(1)
    expect(isUnavailable(lost[0])).toBe(true)
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('says "later" when there is no server or no such socket', async () => {
    for (const target of ['postgres://nobody@127.0.0.1:1/x', { host: '/nowhere', port: 5432 }]) {
      const pool = createPool(target)
      expect(isUnavailable(await pool.query('select 1').catch((error: unknown) => error))).toBe(true)
      await pool.end()
    }
    const pool = createPool(databaseAt(database.url, 'no_such_database'))
    expect(isUnavailable(await pool.query('select 1').catch((error: unknown) => error))).toBe(false)
    await pool.end()
  })
})

describe('a transaction', () => {
  it('keeps all of it or nothing', async () => {
    expect(
      await inTransaction(database.pool, async (tx) => {
        await tx.query('update item set n = 5 where id = 1')
        return 'kept'
      }),
    ).toBe('kept')
    await expect(
      inTransaction(database.pool, async (tx) => {
        await tx.query('update item set n = 6 where id = 1')
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await countOf(1)).toBe(5)
  })

  it('does not pass for committed when a failed statement in it was swallowed', async () => {
    await expect(
      inTransaction(database.pool, async (tx) => {
        await tx.query('update item set n = 7 where id = 1')
        await tx.query('select 1/0').catch(() => undefined)
      }),
    ).rejects.toThrow('rolled back')
    expect(await countOf(1)).toBe(5)
  })

  it('runs again after a deadlock, so that both sides succeed', async () => {
    await database.pool.query('update item set n = 0')
    let runs = 0
    const both = (first: number, second: number) =>
      inTransaction(database.pool, async (tx) => {
        runs += 1
        await tx.query('update item set n = n + 1 where id = $1', [first])
        await sleep(100)
        await tx.query('update item set n = n + 1 where id = $1', [second])
      })
    await Promise.all([both(1, 2), both(2, 1)])
    expect([await countOf(1), await countOf(2)]).toEqual([2, 2])
    expect(runs).toBe(3)
  })

  it('runs again after a serialization failure, seven times in all, then gives up', async () => {
    await database.pool.query('update item set n = 0')
    const add = () =>
      inTransaction(
        database.pool,
        async (tx) => {
          const { rows } = await tx.query<{ n: number }>('select n from item where id = 1')
          await sleep(20)
          await tx.query('update item set n = $1 where id = 1', [(rows[0]?.n ?? 0) + 1])
        },
        { isolation: 'serializable' },
      )
    await Promise.all([add(), add()])
    expect(await countOf(1)).toBe(2)
    let runs = 0
    await expect(
      inTransaction(database.pool, async (tx) => {
        runs += 1
        await tx.query("do $$ begin raise exception 'again' using errcode = '40001'; end $$")
      }),
    ).rejects.toMatchObject({ code: '40001' })
    expect(runs).toBe(7)
  })

  it('does not run again after another error', async () => {
    let runs = 0
    await expect(
      inTransaction(database.pool, async (tx) => {
        runs += 1
        await tx.query('insert into item values (1, 1)')
      }),
    ).rejects.toMatchObject({ code: '23505' })
    expect(runs).toBe(1)
  })

  it('whose connection is lost is an error of "later" and does not poison the pool', async () => {
    const pool = createPool(database.url, { max: 1 })
    const error = await inTransaction(pool, async (tx) => {
      const pid = await backendOf(tx)
      await database.pool.query('select pg_terminate_backend($1)', [pid])
      await sleep(50)
      await tx.query('select 1')
    }).catch((thrown: unknown) => thrown)
    expect(isUnavailable(error)).toBe(true)
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('may be read only', async () => {
    await expect(inTransaction(database.pool, (tx) => tx.query('update item set n = 1'), { readOnly: true })).rejects.toMatchObject({ code: '25006' })
  })

  it('holds a named lock alone, until it ends', async () => {
    const order: string[] = []
    const hold = (name: string, key: string) =>
      inTransaction(database.pool, async (tx) => {
        await advisoryLock(tx, key)
        order.push(`${name} in`)
        await sleep(50)
        order.push(`${name} out`)
      })
    await Promise.all([hold('a', 'one'), hold('b', 'one')])
    expect([order.slice(0, 2), order.slice(2)].map(([entered, left]) => [entered?.slice(0, 1), left?.slice(0, 1)])).toEqual(
      order[0] === 'a in'
        ? [
            ['a', 'a'],
            ['b', 'b'],
          ]
        : [
            ['b', 'b'],
            ['a', 'a'],
          ],
    )
    order.length = 0
    await Promise.all([hold('a', 'one'), hold('b', 'two')])
    expect(order.slice(0, 2).sort()).toEqual(['a in', 'b in'])
  })
})

describe('reads that are remembered', () => {
  const read = (tx: Tx, id: number) => tx.query<{ n: number }>('select n, clock_timestamp() as at from item where id = $1', [id])

  it('are asked once for one statement with the same values, also from another transaction; nobody can change the shared list of rows', async () => {
    const memory: ReadMemory = new Map()
    const first = await inTransaction(database.pool, (tx) => read(remembering(tx, memory), 1))
    const [again, other] = await inTransaction(database.pool, async (tx) => [await read(remembering(tx, memory), 1), await read(remembering(tx, memory), 2)] as const)
    expect(again.rows).toBe(first.rows)
    expect(other.rows).not.toBe(first.rows)
    expect(() => first.rows.pop()).toThrow(TypeError)
  })

  it('are asked again after they failed', async () => {
    const memory: ReadMemory = new Map()
    await database.pool.query('update item set n = 0 where id = 1')
    await expect(inTransaction(database.pool, (tx) => remembering(tx, memory).query('select 1 / n as share from item where id = 1 and n = $1', [0]))).rejects.toThrow('division by zero')
    await database.pool.query('update item set n = 1 where id = 1')
    await expect(inTransaction(database.pool, (tx) => remembering(tx, memory).query('select 1 / n as share from item where id = 1 and n = $1', [0]))).resolves.toMatchObject({ rows: [] })
  })
})
