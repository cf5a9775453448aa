import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import type { Scope } from '../../core/domain/region.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { countOpenQuarantine, listQuarantine } from '../../core/store/quarantine-store.ts'
import { importRegions, loadRegionTree } from '../../core/store/region-store.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { anItem, CREATED } from '../support/items.ts'

const NOW = at('2026-06-01 10:00')
let world: EngineWorld
beforeEach(async () => {
  world = await engineWorld()
})

const refuse = async (item: unknown, scope: Scope = ENGINE_SCOPE) => {
  const { items } = await acceptEvents(world.engine, [item], { source: 'api:crm', scope, now: NOW })
  return items[0]?.quarantine_id as string
}
const replay = (ids: string[], now = NOW, scope: Scope = ENGINE_SCOPE) => replayQuarantine(world.engine, ids, { scope, now, by: 'steward' })
const payloadOf = async (eventId: string) => (await world.pool.query('select payload, received_at from event where event_id = $1', [eventId])).rows[0]

describe('replaying', () => {
  test('takes an item in once the rules let it, whole, masked and hashed as if it had just been sent', async () => {
    const item = anItem({
      province_code: '77',
      payload: { ...CREATED, region_code: '770100', product_no: '13800001111', customer_id: 'C1', content_text: '请回电13800001111，谢谢' },
      actor_id: 'a1',
      source_seq: 3,
    })
    const id = await refuse(item)
    expect((await replay([id])).items).toMatchObject([{ index: 0, quarantine_id: id, event_id: 'e1', outcome: 'refused', code: 'unknown_province' }])

    await inTransaction(world.pool, (tx) =>
      importRegions(tx, [
        { code: '77', parentCode: '00', level: 'province', nameZh: '试', nameEn: 'Trial', shortZh: '试', path: '/00/77/', tile: null },
        {
          code: '770100',
          parentCode: '77',
          level: 'city',
          nameZh: '试市',
          nameEn: 'Trial City',
          shortZh: '试',
          path: '/00/77/770100/',
          tile: { col: 0, row: 0 },
        },
      ]),
    )
    const engine = { ...world.engine, tree: await loadRegionTree(world.pool) }
    world.bells.length = 0
    const answer = await replayQuarantine(engine, [id], { scope: ENGINE_SCOPE, now: NOW + 60_000, by: 'steward' })
    expect(answer).toMatchObject({ accepted: 1, duplicate: 0, refused: 0 })
    expect(world.bells).toEqual(['ingest'])
    const direct = await acceptEvents(engine, [{ ...item, event_id: 'e2' }], { source: 't', scope: ENGINE_SCOPE, now: NOW })
    expect(direct.accepted).toBe(1)
    const [replayed, sent] = [await payloadOf('e1'), await payloadOf('e2')]
    expect(replayed.payload).toEqual(sent.payload)
    expect(replayed.received_at).toBe(NOW)
    const { rows } = await world.pool.query('select state, resolved_by, resolved_at from quarantine where id = $1', [id])
    expect(rows).toEqual([{ state: 'replayed', resolved_by: 'steward', resolved_at: NOW + 60_000 }])
  })

  test('takes a clock that was ahead in when its time has come', async () => {
    const id = await refuse(anItem({ occurred_at: '2026-06-01T10:06:00+08:00' }))
    expect((await replay([id])).items).toMatchObject([{ outcome: 'refused', code: 'in_future' }])
    expect((await replay([id], NOW + 60_000)).accepted).toBe(1)
    expect((await replay([id], NOW + 60_000)).items).toMatchObject([{ outcome: 'refused', code: 'not_found' }])
  })

  test('writes down the present reason of what is still refused', async () => {
    const id = await refuse(anItem({ event_type: 'teleported', province_code: '99' }))
    await world.pool.query(`update quarantine set item = jsonb_set(item, '{event_type}', '"created"') where id = $1`, [id])
    await replay([id])
    expect(await listQuarantine(world.pool, ENGINE_SCOPE, { limit: 5 })).toMatchObject([
      { id, code: 'unknown_province', field: 'province_code', state: 'open' },
    ])
  })

  test('closes what has come in by another way as a duplicate', async () => {
    const id = await refuse(anItem({ occurred_at: '2026-06-01T10:06:00+08:00' }))
    await acceptEvents(world.engine, [anItem()], { source: 't', scope: ENGINE_SCOPE, now: NOW })
    expect((await replay([id], NOW + 60_000)).items).toMatchObject([{ outcome: 'duplicate' }])
    expect(await countOpenQuarantine(world.pool, ENGINE_SCOPE)).toBe(0)
  })

  test('does not pass off as whole what was cut to be kept', async () => {
    const id = await refuse(anItem({ payload: { ...CREATED, content_text: '长'.repeat(30_000) } }))
    expect((await replay([id])).items).toMatchObject([{ outcome: 'refused', code: 'not_kept_whole' }])
  })

  test.each([
    ['nothing', null],
    ['a text', 'x'],
    ['a number', 5],
    ['a list', [1]],
    ['an empty object', {}],
  ])('refuses %s again', async (_what, item) => {
    const id = await refuse(item)
    expect((await replay([id])).items).toMatchObject([{ outcome: 'refused', quarantine_id: id }])
  })

  test('answers ids that are no ids', async () => {
    expect((await replay(['x', '1; drop table event', '99999999999999999999', '4711'])).items.map(({ code }) => code)).toEqual(
      Array.from({ length: 4 }, () => 'not_found'),
    )
  })
})

describe('the scope', () => {
  test('of a province sees and replays its own items only', async () => {
    const [jiangsu, zhejiang] = [scopeOf(world.tree.get('32')!), scopeOf(world.tree.get('33')!)]
    const own = await refuse(anItem({ occurred_at: '2026-06-01T10:06:00+08:00' }), jiangsu)
    const others = await refuse(
      anItem({ event_id: 'z', province_code: '33', occurred_at: '2026-06-01T10:06:00+08:00', payload: { ...CREATED, region_code: '330100' } }),
      zhejiang,
    )
    const nobodys = await refuse(anItem({ event_id: 'n', province_code: '99' }))
    const ids = async (scope: Scope) => (await listQuarantine(world.pool, scope, { limit: 10 })).map(({ id }) => id)
    expect(await ids(jiangsu)).toEqual([own])
    expect(await ids(zhejiang)).toEqual([others])
    expect(await ids(ENGINE_SCOPE)).toEqual([nobodys, others, own])
    expect((await replay([others, own], NOW + 60_000, jiangsu)).items.map(({ outcome }) => outcome)).toEqual(['refused', 'accepted'])
    expect(await countOpenQuarantine(world.pool, zhejiang)).toBe(1)
  })

  test('pages from new to old and by state', async () => {
    const ids: string[] = []
    for (let i = 0; i < 12; i++) ids.push(await refuse(null))
    expect((await listQuarantine(world.pool, ENGINE_SCOPE, { limit: 2 })).map(({ id }) => id)).toEqual([ids[11], ids[10]])
    expect((await listQuarantine(world.pool, ENGINE_SCOPE, { limit: 2, beforeId: ids[10] as string })).map(({ id }) => id)).toEqual([ids[9], ids[8]])
    expect(await listQuarantine(world.pool, ENGINE_SCOPE, { limit: 2, state: 'replayed' })).toEqual([])
  })
})
