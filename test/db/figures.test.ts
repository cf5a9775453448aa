import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import type { NodeFigures } from '../../core/contract/wall.ts'
import { at } from '../support/builders.ts'
import { createdEvent, laterEvent, spread, takeIn } from '../support/complaints.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runFigures } from '../../workers/figures.ts'
import { runTimers } from '../../workers/timers.ts'

const WEEK = 7 * DAY
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
    times.map((acceptedAt) => createdEvent({ no: `F${(serial += 1)}`, at: acceptedAt, ...rest })),
    now,
  )

interface Row {
  seq: number
  topic: string
  region_code: string
  region_path: string
  payload: NodeFigures
}
const feedAfter = async (seq: number) => (await world.pool.query<Row>('select * from feed where seq > $1 order by seq', [seq])).rows
const latest = async () => Number((await world.pool.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from feed')).rows[0]?.seq)
const figure = async (code: string) =>
  (await world.pool.query<{ payload: NodeFigures }>('select payload from figure_published where region_code = $1', [code])).rows[0]?.payload

describe('the figures', () => {
  test('are those of each node and its ancestors, and of nobody else', async () => {
    await file([day('09:00'), day('09:10'), day('23:59') - DAY], day('09:30'))
    await file([day('09:20')], day('09:30'), { region: '320100' })
    await runFigures(world.engine, day('10:00'))
    expect(await figure('320500')).toMatchObject({
      acceptedToday: 2,
      open: 3,
      overdue: 0,
      asOf: day('10:00'),
      baselineToday: null,
      baselineBasis: 'weeks',
      baselineDays: 0,
      feed: null,
    })
    expect(await figure('320100')).toMatchObject({ acceptedToday: 1, open: 1 })
    expect(await figure('32')).toMatchObject({
      acceptedToday: 3,
      open: 4,
      feed: { state: 'live', lastOccurredAt: day('09:20'), lastReceivedAt: day('09:30') },
    })
    expect(await figure(world.tree.root.code)).toMatchObject({ acceptedToday: 3, open: 4 })
    expect(await figure('33')).toMatchObject({ acceptedToday: 0, open: 0, feed: { state: 'never', lastReceivedAt: null } })
  })

  test('follow a completion, a void and a deadline that passes', async () => {
    await file([day('08:00'), day('08:01'), day('08:02')], day('08:05'), { payload: { limit_minutes: 60 } })
    await takeIn(
      world.engine,
      [
        laterEvent({ no: 'F1', at: 0 }, 'completed', day('08:30'), { result_code: 'solved' }),
        laterEvent({ no: 'F2', at: 0 }, 'voided', day('08:31')),
      ],
      day('08:35'),
    )
    await runTimers(world.engine, day('09:30'))
    await runTally(world.engine, day('09:30'))
    await runFigures(world.engine, day('09:30'))
    expect(await figure('320500')).toMatchObject({ acceptedToday: 2, open: 1, overdue: 1 })
  })

  test('are published when they change, to the room of their node, and not otherwise', async () => {
    await file([day('09:00')], day('09:00'))
    await runFigures(world.engine, day('10:00'))
    const seq = await latest()
    expect(await runFigures(world.engine, day('10:00') + SECOND)).toEqual({ published: 0, isNewDay: false })
    expect(await runFigures(world.engine, day('10:00') + SECOND)).toEqual({ published: 0, isNewDay: false })
    await file([day('10:00')], day('10:00') + 2 * SECOND)
    await runFigures(world.engine, day('10:00') + 3 * SECOND)
    const changed = (await feedAfter(seq)).map(({ topic, region_code, region_path }) => [topic, region_code, region_path])
    expect(changed).toEqual(['00', '32', '320500'].map((code) => ['figures', code, world.tree.get(code)?.path]))
  })

  test('of the country and the provinces are published every thirty seconds so that their age is true', async () => {
    await runFigures(world.engine, day('10:00'))
    const seq = await latest()
    expect((await runFigures(world.engine, day('10:00') + 29 * SECOND)).published).toBe(0)
    await runFigures(world.engine, day('10:00') + 30 * SECOND)
    const again = await feedAfter(seq)
    expect(new Set(again.map((row) => world.tree.get(row.region_code)?.level))).toEqual(new Set(['group', 'province']))
    expect(again.length).toBe(1 + world.tree.children(world.tree.root.code).length)
    expect(again[0]?.payload.asOf).toBe(day('10:00') + 30 * SECOND)
  })

  test('start again at local midnight, and every screen is told', async () => {
    await file([day('09:00')], day('09:00'))
    await runFigures(world.engine, day('23:59'))
    const seq = await latest()
    expect((await runFigures(world.engine, day('00:00') + DAY)).isNewDay).toBe(true)
    expect(await figure('32')).toMatchObject({ acceptedToday: 0, open: 1 })
    const rows = (await feedAfter(seq)).filter((row) => row.topic === 'day')
    expect(rows.map((row) => [row.region_path, row.payload])).toEqual([[world.tree.root.path, {}]])
  })

  test('are computed once per quarter of a second, whoever calls', async () => {
    await file([day('09:00')], day('09:00'))
    const both = await Promise.all([runFigures(world.engine, day('10:00')), runFigures(world.engine, day('10:00'))])
    expect(both.map((report) => report.published > 0).sort()).toEqual([false, true])
  })
})

describe('the usual course of the day', () => {
  /** 10, 20, 40 complaints between 08:00 and 09:00 one, two and three weeks before; the first of all a day earlier still. */
  beforeEach(async () => {
    await file([day('08:00') - 3 * WEEK - DAY], day('08:00') - 3 * WEEK - DAY)
    for (const [week, count] of [
      [3, 40],
      [2, 20],
      [1, 10],
    ] as const)
      await file(spread(day('08:00') - week * WEEK, day('09:00') - week * WEEK, count), day('09:00') - week * WEEK)
  })

  test('is the median of the same weekday up to the same time of day', async () => {
    await runFigures(world.engine, day('07:59'))
    expect(await figure('320500')).toMatchObject({ baselineToday: 0, baselineDays: 3 })
    await runFigures(world.engine, day('08:30'))
    expect(await figure('320500')).toMatchObject({ baselineToday: 10, baselineDays: 3 })
    await runFigures(world.engine, day('12:00'))
    expect(await figure('32')).toMatchObject({ baselineToday: 20, baselineDays: 3 })
    expect(await figure('330100')).toMatchObject({ baselineToday: null, baselineDays: 0 })
  })

  test('counts a week only if all of its day lies after the first event known', async () => {
    await runFigures(world.engine, day('12:00') - DAY)
    expect((await figure('32'))?.baselineDays).toBe(2)
  })

  test('is computed again within a minute when late data change the past', async () => {
    await runFigures(world.engine, day('12:00'))
    await file(spread(day('08:00') - 2 * WEEK, day('09:00') - 2 * WEEK, 5), day('12:00'))
    await runFigures(world.engine, day('12:00') + 30 * SECOND)
    expect((await figure('32'))?.baselineToday).toBe(20)
    await runFigures(world.engine, day('12:01'))
    expect((await figure('32'))?.baselineToday).toBe(25)
  })

  test('leaves out a day on which the node had a confirmed case', async () => {
    const { rows } = await world.pool.query<{ id: number }>(
      `insert into alert (kind, rule_id, rule_version, ladder_version, parameters, region_code, region_path, severity, state, facts, opened_at, severity_since, acked_at)
       values ('risk', 'MR-01', 1, 1, '{}', '320500', $1, 2, 'mitigated', '{}', to_timestamp(0), to_timestamp(0), to_timestamp(0)) returning id`,
      [world.tree.get('320500')?.path],
    )
    const instant = (value: Instant) => new Date(value).toISOString()
    await world.pool.query('insert into risk_case (alert_id, matter, first_true_at, last_true_at) values ($1, $2, $3, $4)', [
      rows[0]?.id,
      '无法上网',
      instant(day('08:20') - 3 * WEEK),
      instant(day('08:55') - 3 * WEEK),
    ])
    await runFigures(world.engine, day('12:00'))
    expect(await figure('320500')).toMatchObject({ baselineToday: 15, baselineDays: 2 })
    expect(await figure('32')).toMatchObject({ baselineToday: 20, baselineDays: 3 })
  })
})

describe('a silent feed', () => {
  test('is stale after T, its figures as old as what was last heard, and other feeds are not', async () => {
    // 2 per minute on the Thursday before (and one event the day before that): T is 10 minutes at that time of day.
    await file([day('00:00') - WEEK - HOUR], day('00:00') - WEEK - HOUR)
    await file(spread(day('08:00') - WEEK, day('12:00') - WEEK, 480), day('12:00') - WEEK)
    await file([day('10:02')], day('10:02') + 30 * SECOND)
    await runFigures(world.engine, day('10:12') + 29 * SECOND)
    expect((await figure('32'))?.feed).toMatchObject({ state: 'live', silentAfterMs: 10 * MINUTE })
    await runFigures(world.engine, day('10:12') + 30 * SECOND)
    expect(await figure('32')).toMatchObject({ asOf: day('10:02') + 30 * SECOND, feed: { state: 'stale', lastOccurredAt: day('10:02') } })
    await file([day('10:20')], day('10:20'))
    await runFigures(world.engine, day('10:20') + SECOND)
    expect(await figure('32')).toMatchObject({ asOf: day('10:20') + SECOND, feed: { state: 'live' }, acceptedToday: 2 })
  })
})
