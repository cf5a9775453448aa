import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { scopeOf } from '../../core/domain/access.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { createPool } from '../../core/platform/database.ts'
import { insertFeed, latestSeq, loadFeedAfter, loadFeedForScope, oldestSeq, pruneFeed } from '../../core/store/feed-store.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { seeded } from '../support/history.ts'

const NOW = 1_780_000_000_000
let world: EngineWorld
beforeAll(async () => {
  world = await engineWorld()
})

const row = (topic: string, payload: unknown, userId: string | null = null) => ({ topic, regionCode: '32', regionPath: '/00/32/', userId, payload })

describe('the feed of one transaction', () => {
  test('is published at its end, in order, with the bells rung after the commit', async () => {
    world.bells.length = 0
    const from = await latestSeq(world.pool)
    await inEngineTransaction(world.engine, NOW, async (etx) => {
      etx.bells.add('figures')
      for (const id of ['1', '2', '3']) etx.feed.add(row('timeline', { alertId: id }))
      expect(await latestSeq(etx.tx)).toBe(from)
      expect(world.bells).toEqual([])
    })
    const rows = await loadFeedAfter(world.pool, from, 10)
    expect(rows.map(({ payload }) => payload)).toEqual([{ alertId: '1' }, { alertId: '2' }, { alertId: '3' }])
    expect(rows.map(({ at }) => at)).toEqual([NOW, NOW, NOW])
    expect(world.bells).toEqual(['figures'])
  })

  test('keeps the last figures of a node and the last card of an alert, and every other row', async () => {
    const from = await latestSeq(world.pool)
    await inEngineTransaction(world.engine, NOW, async ({ feed }) => {
      feed.add(row('figures', { regionCode: '32', open: 1 }))
      feed.add(row('alert', { id: '7', version: 1 }))
      feed.add(row('timeline', { alertId: '7' }))
      feed.add(row('figures', { regionCode: '33', open: 5 }))
      feed.add(row('timeline', { alertId: '7' }))
      feed.add(row('figures', { regionCode: '32', open: 2 }))
      feed.add(row('alert', { id: '7', version: 2 }))
    })
    expect((await loadFeedAfter(world.pool, from, 10)).map(({ payload }) => payload)).toEqual([
      { alertId: '7' },
      { regionCode: '33', open: 5 },
      { alertId: '7' },
      { regionCode: '32', open: 2 },
      { id: '7', version: 2 },
    ])
  })

  test('is gone with its transaction, and so are its bells', async () => {
    world.bells.length = 0
    const from = await latestSeq(world.pool)
    const failing = inEngineTransaction(world.engine, NOW, async (etx) => {
      etx.feed.add(row('day', {}))
      etx.bells.add('notify')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await latestSeq(world.pool)).toBe(from)
    expect(world.bells).toEqual([])
  })

  test('starts anew when the transaction has to run again', async () => {
    const from = await latestSeq(world.pool)
    let attempts = 0
    await inEngineTransaction(world.engine, NOW, async (etx) => {
      attempts += 1
      etx.feed.add(row('timeline', { alertId: String(attempts) }))
      if (attempts === 1) throw Object.assign(new Error('again'), { code: '40001' })
    })
    expect((await loadFeedAfter(world.pool, from, 10)).map(({ payload }) => payload)).toEqual([{ alertId: '2' }])
  })
})

/** Twelve writers of uneven transactions, and a reader that only ever asks for what comes after the last row it saw. */
async function race(publish: (n: number, pause: number) => Promise<void>): Promise<{ written: number; seen: number[]; numbers: number[] }> {
  const random = seeded(7)
  const pool = createPool(world.database.url, { max: 2 })
  const start = await latestSeq(pool)
  const seen: number[] = []
  const numbers: number[] = []
  let isDone = false
  const read = async () => {
    const rows = await loadFeedAfter(pool, seen.at(-1) ?? start, 50)
    for (const { seq, payload } of rows) {
      seen.push(seq)
      numbers.push((payload as { n: number }).n)
    }
    return rows.length
  }
  const reader = (async () => {
    while (!isDone) if ((await read()) === 0) await sleep(1)
    while ((await read()) > 0);
  })()
  let written = 0
  const writer = async () => {
    for (let turn = 0; turn < 25; turn++) {
      written += 1
      await publish(written, random() * 6)
      if (random() < 0.3) await sleep(random() * 5)
    }
  }
  await Promise.all(Array.from({ length: 12 }, writer))
  isDone = true
  await reader
  await pool.end()
  return { written, seen, numbers }
}

describe('many writers at once', () => {
  test('a reader who asks for seq > last misses nothing and gets nothing twice', async () => {
    const pool = createPool(world.database.url, { max: 12 })
    const { written, seen, numbers } = await race((n, pause) =>
      inEngineTransaction({ ...world.engine, pool }, NOW, async ({ tx, feed }) => {
        feed.add(row('timeline', { alertId: `a${n}`, n }))
        feed.add(row('timeline', { alertId: `b${n}`, n }))
        await tx.query('select pg_sleep($1)', [pause / 1000])
      }),
    )
    await pool.end()
    expect(written).toBe(300)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(new Set(seen).size).toBe(600)
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, index) => Math.floor(index / 2) + 1))
  })

  test('without the lock a reader would miss rows: the race is real', async () => {
    const pool = createPool(world.database.url, { max: 12 })
    const { seen } = await race(async (n, pause) => {
      const client = await pool.connect()
      await client.query('begin')
      await insertFeed(client as never, [row('timeline', { alertId: 'x', n })], NOW)
      await client.query('select pg_sleep($1)', [pause / 1000])
      await client.query('commit')
      client.release()
    })
    await pool.end()
    expect(seen.length).toBeLessThan(300)
  })

  test('the last seq is announced at the commit', async () => {
    const client = await world.pool.connect()
    const heard: string[] = []
    client.on('notification', ({ payload }) => heard.push(payload ?? ''))
    await client.query('listen tocsin_feed')
    await inEngineTransaction(world.engine, NOW, async ({ feed }) => feed.add(row('day', {})))
    await client.query('select 1')
    expect(heard).toEqual([String(await latestSeq(world.pool))])
    client.release(true)
  })
})

describe('reading the feed', () => {
  test('gives a scope its own rows, and a person his own', async () => {
    const from = await latestSeq(world.pool)
    const [me, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
    await inEngineTransaction(world.engine, NOW, async ({ feed }) => {
      feed.add({ topic: 'timeline', regionCode: '320500', regionPath: '/00/32/320500/', payload: 1 })
      feed.add({ topic: 'timeline', regionCode: '33', regionPath: '/00/33/', payload: 2 })
      feed.add({ topic: 'timeline', regionCode: '00', regionPath: '/00/', payload: 3 })
      feed.add({ topic: 'notification', regionCode: '32', regionPath: '/00/32/', userId: me, payload: 4 })
      feed.add({ topic: 'notification', regionCode: '32', regionPath: '/00/32/', userId: other, payload: 5 })
    })
    const seen = async (region: string, userId: string | null) =>
      (await loadFeedForScope(world.pool, scopeOf(world.tree.get(region)!), userId, from, 100)).map(({ payload }) => payload)
    expect(await seen('32', me)).toEqual([1, 4])
    expect(await seen('32', null)).toEqual([1])
    expect(await seen('00', other)).toEqual([1, 2, 3, 5])
  })

  test('forgets what is old, but never its place', async () => {
    await inEngineTransaction(world.engine, NOW + 10, async ({ feed }) => feed.add(row('day', {})))
    const last = await latestSeq(world.pool)
    await pruneFeed(world.pool, NOW + 1_000_000)
    expect(await latestSeq(world.pool)).toBe(last)
    expect(await oldestSeq(world.pool)).toBe(last)
  })
})
