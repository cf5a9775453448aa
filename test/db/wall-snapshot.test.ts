import { Value } from 'typebox/value'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AlertCard } from '../../core/contract/alerts.ts'
import { type NodeFigures, WallSnapshot } from '../../core/contract/wall.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { DAY, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { loadWallSnapshot } from '../../core/engine/wall-snapshot.ts'
import { beat } from '../../core/store/pulse-store.ts'
import { loadFeedForScope } from '../../core/store/feed-store.ts'
import { runFigures } from '../../workers/figures.ts'
import { runRisk } from '../../workers/risk.ts'
import { at } from '../support/builders.ts'
import { createdEvent, spread, takeIn } from '../support/complaints.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

const day = (clock: string): Instant => at(`2026-06-11 ${clock}`)
let world: EngineWorld
let serial = 0
beforeEach(async () => {
  world = await engineWorld({ now: () => at('2026-01-01 00:00') })
  serial = 0
})

const file = (times: readonly Instant[], now: Instant, rest: object = {}) =>
  takeIn(
    world.engine,
    times.map((acceptedAt) => createdEvent({ no: `S${(serial += 1)}`, at: acceptedAt, ...rest })),
    now,
  )

async function snapshot(code: string, now: Instant): Promise<WallSnapshot> {
  const node = world.tree.get(code)
  if (node === undefined) throw new Error(code)
  const given = await loadWallSnapshot(world.engine, scopeOf(node), now)
  expect([...Value.Errors(WallSnapshot, given)]).toEqual([])
  return given
}

describe('a snapshot', () => {
  test('of an empty deployment says that nothing was ever heard, and shows no figure as a baseline', async () => {
    const given = await snapshot('00', day('12:00'))
    expect(given).toMatchObject({ seq: 0, zone: 'Asia/Shanghai', isDemo: false, alerts: [], engineBeatAt: null, serverTime: day('12:00') })
    expect(given.children).toHaveLength(31)
    expect(given.figures).toHaveLength(32)
    expect(new Set(given.figures.map((figure) => figure.feed?.state))).toEqual(new Set([undefined, 'never']))
    expect(new Set(given.figures.map((figure) => figure.baselineToday))).toEqual(new Set([null]))
    expect(new Set(given.curve.baseline)).toEqual(new Set([null]))
  })

  test('holds the scope and its direct children, and no other province', async () => {
    await file([day('09:00')], day('09:00'))
    await file([day('09:00')], day('09:00'), { province: '33', region: '330100' })
    const given = await snapshot('32', day('12:00'))
    expect(given.scope.code).toBe('32')
    expect(given.children.every((child) => child.parentCode === '32')).toBe(true)
    expect(given.figures.map((figure) => figure.regionCode)).toEqual(['32', ...given.children.map((child) => child.code)])
    expect(given.figures[0]?.acceptedToday).toBe(1)
  })

  test('draws the day at each half hour gone by beside the usual day, the whole of it', async () => {
    await file([day('08:00') - 8 * DAY], day('08:00') - 8 * DAY)
    await file(spread(day('08:00') - 7 * DAY, day('10:00') - 7 * DAY, 8), day('10:00') - 7 * DAY)
    await file([day('00:10'), day('00:29') + 59 * SECOND, day('00:30'), day('01:10')], day('01:20'))
    const { curve } = await snapshot('32', day('01:45'))
    expect(curve).toMatchObject({ dayStartAt: day('00:00'), stepMs: 30 * MINUTE, today: [0, 2, 3, 4] })
    expect(curve.baseline).toHaveLength(49)
    expect([curve.baseline[16], curve.baseline[17], curve.baseline[18], curve.baseline[48]]).toEqual([0, 2, 4, 8])
  })

  test('shows what was published, as old as it is, and computes only what was never published today', async () => {
    await file([day('09:00')], day('09:00'))
    await runFigures(world.engine, day('10:00'))
    await file([day('10:30')], day('10:30'))
    expect((await snapshot('32', day('11:00'))).figures[0]).toMatchObject({ asOf: day('10:00'), acceptedToday: 1 })
    expect((await snapshot('32', day('11:00') + DAY)).figures[0]).toMatchObject({ asOf: day('11:00') + DAY, acceptedToday: 0, open: 2 })
  })

  test('computes anew what an older version published in other words', async () => {
    await file([day('09:00')], day('09:00'))
    await runFigures(world.engine, day('10:00'))
    await world.pool.query(`update figure_published set payload = payload - 'baselineBasis' - 'baselineDays' || '{"acceptedToday": 99}'`)
    const [own] = (await snapshot('32', day('10:00') + SECOND)).figures
    expect(own).toMatchObject({ acceptedToday: 1, baselineBasis: 'weeks', baselineDays: 0 })
  })

  test('says when the engine was last alive, and whether this is a demonstration', async () => {
    await beat(world.pool, 'engine', day('11:59'))
    await world.pool.query(
      `insert into app_user (id, login, display_name, role, region_code, password_hash, is_demo, created_at)
       values (gen_random_uuid(), 'demo', '演示', 'group_ops', '00', 'none', true, to_timestamp(0))`,
    )
    expect(await snapshot('32', day('12:00'))).toMatchObject({ engineBeatAt: day('11:59'), isDemo: true })
  })

  test('and the rows after it give the same picture as a later snapshot, wherever in between it is taken', async () => {
    const scope = scopeOf(world.tree.get('32') ?? world.tree.root)
    const earlier: WallSnapshot[] = []
    for (let step = 0; step < 12; step++) {
      const now = day('10:00') + step * 5 * MINUTE
      // Taken while the engine writes: whatever it misses must come as rows.
      const [given] = await Promise.all([
        snapshot('32', now),
        file(spread(now - 4 * MINUTE, now, 12), now),
        runFigures(world.engine, now),
        runRisk(world.engine, now + 2 * SECOND),
      ])
      earlier.push(given)
    }
    const end = day('10:55') + 3 * SECOND
    await runFigures(world.engine, end)
    const last = await snapshot('32', end)
    expect(last.alerts).toHaveLength(1)
    for (const given of earlier) {
      const figures = new Map(given.figures.map((one): [string, NodeFigures] => [one.regionCode, one]))
      const alerts = new Map(given.alerts.map((one): [string, AlertCard] => [one.id, one]))
      for (const row of await loadFeedForScope(world.pool, scope, null, given.seq, 10_000)) {
        if (row.topic === 'figures') figures.set(row.regionCode, row.payload as NodeFigures)
        if (row.topic === 'alert') alerts.set((row.payload as AlertCard).id, row.payload as AlertCard)
      }
      expect(last.figures).toEqual(last.figures.map((one) => figures.get(one.regionCode)))
      expect(last.alerts).toEqual([...alerts.values()])
    }
  })
})
