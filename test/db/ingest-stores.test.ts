import { beforeAll, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { inTransaction, type Pool } from '../../core/platform/database.ts'
import { column, joined } from '../../core/store/columns.ts'
import { loadProvinceFeeds, touchProvinceFeeds } from '../../core/store/province-feed-store.ts'
import { beat, latestBeat } from '../../core/store/pulse-store.ts'
import { importRegions, loadRegionTree } from '../../core/store/region-store.ts'
import { loadTickSlot, takeTickSlot } from '../../core/store/tick-slot-store.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

let world: EngineWorld
let pool: Pool
beforeAll(async () => {
  world = await engineWorld()
  pool = world.pool
})

describe('a joined column', () => {
  test.each([[['a', 'b']], [['']], [['', '']], [[null]], [['', null, 'x']], [['{"a":"b,c"}', '"', "'", '\\', '\n', '😀']], [[1, 0, -2.5, true]]])(
    'comes back as it was: %j',
    async (values) => {
      const { rows } = await pool.query(`select ${column('$1')} as list`, [joined(values)])
      expect(rows[0].list).toEqual(values.map((value) => (value === null ? null : String(value))))
    },
  )

  test('never shifts: a value with the separator is an error', () => {
    expect(() => joined(['a', 'b\u001fc'])).toThrow(RangeError)
  })
})

describe('a tick', () => {
  const take = (slot: number) => inTransaction(pool, (tx) => takeTickSlot(tx, 'risk', slot))

  test('is taken once and never goes back', async () => {
    expect(await loadTickSlot(pool, 'risk')).toBe(null)
    expect([await take(1_000), await take(1_000), await take(500), await take(2_000)]).toEqual([true, false, false, true])
    expect(await loadTickSlot(pool, 'risk')).toBe(2_000)
  })

  test('is taken by one of many who try at once', async () => {
    expect((await Promise.all(Array.from({ length: 8 }, () => take(3_000)))).filter(Boolean)).toHaveLength(1)
  })

  test('is free again when the work failed', async () => {
    const failing = inTransaction(pool, async (tx) => {
      expect(await takeTickSlot(tx, 'risk', 4_000)).toBe(true)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await take(4_000)).toBe(true)
  })
})

test('a beat never goes back, and the latest of a kind is known', async () => {
  expect(await latestBeat(pool, 'engine')).toBe(null)
  await beat(pool, 'engine', 5_000)
  await beat(pool, 'engine', 4_000)
  await beat(pool, 'engine:2', 6_000)
  await beat(pool, 'other', 9_000)
  expect(await latestBeat(pool, 'engine')).toBe(6_000)
})

test('a province feed widens, and is seen in its scope', async () => {
  const touch = (provinceCode: string, first: number, last: number, received: number) =>
    inTransaction(pool, (tx) => touchProvinceFeeds(tx, [{ provinceCode, firstOccurredAt: first, lastOccurredAt: last, lastReceivedAt: received, firstReceivedAt: received }]))
  await touch('32', 5_000, 6_000, 7_000)
  await touch('32', 4_000, 4_500, 9_000)
  await touch('33', 1_000, 1_000, 1_000)
  expect(await loadProvinceFeeds(pool, scopeOf(world.tree.get('32')!))).toEqual([
    { provinceCode: '32', firstOccurredAt: 4_000, lastOccurredAt: 6_000, lastReceivedAt: 9_000 },
  ])
  expect((await loadProvinceFeeds(pool, ENGINE_SCOPE)).map(({ provinceCode }) => provinceCode)).toEqual(['32', '33'])
})

test('a region tree comes back as it was imported, and a second import replaces it', async () => {
  const tree = await loadRegionTree(pool)
  expect([...tree.all()].sort((a, b) => (a.code < b.code ? -1 : 1))).toEqual([...world.tree.all()].sort((a, b) => (a.code < b.code ? -1 : 1)))
  const node = { ...tree.get('320500')!, nameZh: '姑苏', tile: { col: 9, row: 9 } }
  expect(await inTransaction(pool, (tx) => importRegions(tx, [node]))).toBe(1)
  expect((await loadRegionTree(pool)).get('320500')).toEqual(node)
  expect((await loadRegionTree(pool)).all().length).toBe(tree.all().length)
})
