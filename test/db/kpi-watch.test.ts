import { describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import { recordCheck } from '../../core/engine/alert-checks.ts'
import { freezeMonths } from '../../core/engine/freeze-months.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { loadKpi } from '../../core/engine/kpi.ts'
import { loadKpiMonths } from '../../core/engine/kpi-months.ts'
import { foldQualityCounts } from '../../core/engine/quality-sweep.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { type AlertWorld, alertWorld, type Person } from '../support/alert-world.ts'
import { at } from '../support/builders.ts'
import { OPEN } from '../support/channel-scene.ts'
import { createdEvent, takeIn } from '../support/complaints.ts'

/** Wednesday noon of ISO week 24. */
const T = at('2026-06-10 12:00')
const AT_02 = { kind: 'abnormal', ruleId: 'AT-02', severity: 2 } as const

type Shown = readonly [numerator: number | null, denominator: number | null, value: number | null]
/** Figures of the present week, or the one so many before. */
async function week(
  world: AlertWorld,
  id: string,
  { region = '32', back = 0, now = world.clock.now() }: { region?: string; back?: number; now?: Instant } = {},
): Promise<Shown> {
  const { series } = await loadKpi(world.engine, ENGINE_SCOPE, region, back + 1, now)
  const figure = series.find((one) => one.id === id)?.weeks[0]?.figure
  if (figure === undefined) throw new Error(id)
  return [figure.numerator, figure.denominator, figure.value]
}
const NONE: Shown = [0, 0, null]

async function scene(): Promise<{ world: AlertWorld; leader: Person; manager: Person; raise: (no: string, spec?: object) => Promise<string> }> {
  const world = await alertWorld(T)
  const [leader, manager] = [await world.user('duty_manager', '32'), await world.user('duty_manager', '32', '另一位')]
  const raise = async (no: string, spec: object = {}) => (await world.raise({ ...AT_02, ticketKey: `32:eoms:${no}`, ...spec })).id
  return { world, leader, manager, raise }
}
async function made(world: AlertWorld, ...moves: readonly Parameters<AlertWorld['move']>[]): Promise<void> {
  for (const move of moves) expect(await world.move(...move)).toMatchObject({ ok: true })
}

describe('K-32 and K-77', () => {
  test('count at the instant at which the limit falls due, not before, in time or not', async () => {
    const { world, leader, raise } = await scene()
    const [kept, missed] = [await raise('A'), await raise('B')]
    world.clock.advance(30 * MINUTE)
    expect(await week(world, 'K-77', { now: T + 30 * MINUTE - 1 })).toEqual(NONE)
    await made(world, [kept, { move: 'ack' }, leader])
    world.clock.advance(1)
    await made(world, [missed, { move: 'ack' }, leader])
    expect(await week(world, 'K-77')).toEqual([1, 2, 50])
    expect(await week(world, 'K-75')).toEqual([3_600, 2, 30])
    const due = world.clock.now() + 8 * HOUR
    world.clock.set(due - 1)
    await made(world, [kept, { move: 'resolve' }, leader])
    expect(await week(world, 'K-32', { now: due - 2 })).toEqual(NONE)
    expect(await week(world, 'K-32')).toEqual([1, 1, 100])
    expect(await week(world, 'K-32', { now: due })).toEqual([1, 2, 50])
    world.clock.set(due + 1)
    await made(world, [missed, { move: 'resolve' }, leader])
    expect(await week(world, 'K-32')).toEqual([1, 2, 50])
  })

  test('are without what the facts took back or was found false; a check corrects a figure', async () => {
    const { world, leader, manager, raise } = await scene()
    const [back, wrong, good] = [await raise('A'), await raise('B'), await raise('C')]
    await made(
      world,
      [back, { move: 'ack' }, leader],
      [wrong, { move: 'ack' }, leader],
      [good, { move: 'ack' }, leader],
      [good, { move: 'resolve' }, leader],
    )
    world.clock.advance(8 * HOUR)
    expect(await week(world, 'K-32')).toEqual([1, 3, 33.33])
    await made(world, [back, { move: 'retract' }], [wrong, { move: 'mark_false_positive' }, manager])
    expect([await week(world, 'K-32'), await week(world, 'K-74')]).toEqual([
      [1, 1, 100],
      [1, 2, 50],
    ])
    const check = { result: 'not_confirmed', measure: null, note: '未见异常 nothing found' } as const
    expect(await inEngineTransaction(world.engine, world.clock.now(), (etx) => recordCheck(etx, good, check, manager))).toBeNull()
    expect([await week(world, 'K-32'), await week(world, 'K-74')]).toEqual([NONE, [0, 2, 0]])
    // That a handover is owed is never wrong, and makes the rules no better.
    const owed = await raise('D', { kind: 'risk', ruleId: 'HO-01', severity: 2 })
    await made(world, [owed, { move: 'ack' }, leader], [owed, { move: 'resolve' }, leader])
    expect(await week(world, 'K-74')).toEqual([0, 2, 0])
  })

  test('a rise because handling is over starts no limit again, and A1 is not counted', async () => {
    const { world, leader, raise } = await scene()
    const [high, low] = [await raise('A'), await raise('B', { severity: 1 })]
    await made(world, [high, { move: 'ack' }, leader])
    world.clock.advance(12 * HOUR)
    expect(await week(world, 'K-32')).toEqual([0, 1, 0])
    await made(
      world,
      [high, { move: 'upgrade', toSeverity: 3, because: 'handling_over' }],
      [low, { move: 'upgrade', toSeverity: 2, because: 'handling_over' }],
    )
    await made(
      world,
      [high, { move: 'ack' }, leader],
      [low, { move: 'ack' }, leader],
      [high, { move: 'resolve' }, leader],
      [low, { move: 'resolve' }, leader],
    )
    world.clock.advance(8 * HOUR)
    expect(await week(world, 'K-32')).toEqual([1, 2, 50])
  })

  test('are without what asked nobody any more before its limit, and with what stopped asking after it', async () => {
    const { world, raise } = await scene()
    const [early, late] = [await raise('A'), await raise('B')]
    world.clock.advance(30 * MINUTE - 1)
    await made(world, [early, { move: 'auto_resolve' }])
    world.clock.advance(2)
    await made(world, [late, { move: 'auto_resolve' }])
    expect(await week(world, 'K-77')).toEqual([0, 1, 0])
  })

  test('belong to the week of the limit and to the places above the alert only', async () => {
    const { world, leader, raise } = await scene()
    await raise('A')
    await made(world, [await raise('B'), { move: 'ack' }, leader])
    world.clock.advance(7 * DAY)
    expect([await week(world, 'K-77'), await week(world, 'K-77', { back: 1 })]).toEqual([NONE, [1, 2, 50]])
    for (const [region, shown] of [
      ['00', [1, 2, 50]],
      ['320500', [1, 2, 50]],
      ['33', NONE],
    ] as const)
      expect(await week(world, 'K-77', { region, back: 1 }), region).toEqual(shown)
  })
})

test('K-76 is the mean of what was resolved, cases too, false alarms not', async () => {
  const { world, leader, manager, raise } = await scene()
  const [resolved, wrong] = [await raise('A'), await raise('B')]
  const item = await world.raise()
  world.clock.advance(HOUR)
  await made(
    world,
    [resolved, { move: 'ack' }, leader],
    [wrong, { move: 'ack' }, leader],
    [wrong, { move: 'mark_false_positive' }, manager],
    [resolved, { move: 'resolve' }, leader],
  )
  world.clock.advance(2 * HOUR)
  await made(world, [item.id, { move: 'ack' }, leader], [item.id, { move: 'resolve' }, leader])
  expect(await week(world, 'K-76')).toEqual([4 * 3_600, 2, 2])
})

describe('K-79 and K-80', () => {
  const late = (no: string, seconds: number, more: object = {}) => ({
    ...createdEvent({ no, at: T - seconds * 1_000, payload: { product_no: '13900001111' } }),
    ...more,
  })
  const context = { source: 'api:test', scope: ENGINE_SCOPE, now: T }

  test('count what was received, whole or not, once; below the provinces they are not known', async () => {
    const { world } = await scene()
    const whole = Array.from({ length: 19 }, (_, index) => late(`W${index}`, 60))
    await acceptEvents(world.engine, [...whole, late('last', 120)], context)
    await acceptEvents(
      world.engine,
      [
        whole[0],
        createdEvent({ no: 'without a number', at: T - MINUTE }),
        late('no such type', 60, { event_type: 'nothing' }),
      ],
      context,
    )
    expect(await week(world, 'K-80')).toEqual([20, 22, 90.91])
    expect(await week(world, 'K-79')).toEqual([null, 21, 60])
    await foldQualityCounts(world.engine)
    expect([await week(world, 'K-80', { region: '00' }), await week(world, 'K-79', { region: '00' })]).toEqual([
      [20, 22, 90.91],
      [null, 21, 60],
    ])
    expect([(await week(world, 'K-80', { region: '320500' }))[2], (await week(world, 'K-79', { region: '33' }))[2]]).toEqual([null, null])
  })

  test('count a mended item where it was received, and once', async () => {
    const { world } = await scene()
    await acceptEvents(world.engine, [late('A', 60, { province_code: '32', ticket_id: '' })], context)
    expect(await week(world, 'K-80')).toEqual([0, 1, 0])
    await world.pool.query(`update quarantine set item = jsonb_set(item, '{ticket_id}', '"A"')`)
    const [row] = await world.rows<{ id: string }>('select id::text from quarantine')
    await replayQuarantine(world.engine, [row?.id ?? ''], { scope: ENGINE_SCOPE, now: T + 8 * DAY, by: 'steward' })
    expect(await week(world, 'K-80', { now: T + 8 * DAY, back: 1 })).toEqual([1, 1, 100])
    expect(await week(world, 'K-80', { now: T + 8 * DAY })).toEqual(NONE)
  })
})

test('a frozen month keeps what it said of the monitoring, and shows what has changed since as its adjustment', async () => {
  const { world, leader, manager, raise } = await scene()
  await takeIn(world.engine, [createdEvent({ no: 'A', at: T })], T)
  const good = await raise('A')
  await made(world, [good, { move: 'ack' }, leader], [good, { move: 'resolve' }, leader])
  const later = at('2026-07-09 12:00')
  expect(await freezeMonths(world.engine, later)).toBe(true)
  const check = { result: 'not_confirmed', measure: null, note: '未见异常 nothing found' } as const
  await inEngineTransaction(world.engine, later, (etx) => recordCheck(etx, good, check, manager))
  const { series } = await loadKpiMonths(world.engine, ENGINE_SCOPE, '32', 2, later)
  const month = (id: string) => series.find((one) => one.id === id)?.months[0]
  expect(month('K-74')).toMatchObject({
    month: '2026-06',
    status: 'frozen',
    figure: { numerator: 1, denominator: 1 },
    adjustment: { numerator: -1, denominator: 0 },
  })
  expect(month('K-79')).toMatchObject({ status: 'frozen', figure: { value: 1, denominator: 1 }, adjustment: null })
  // Months that froze before any of this was kept say nothing of it.
  await world.pool.query("delete from frozen_month where base in ('WATCH', 'LATENCY')")
  const { series: before } = await loadKpiMonths(world.engine, ENGINE_SCOPE, '32', 2, later)
  expect(before.find((one) => one.id === 'K-74')?.months[0]?.figure).toMatchObject({ value: null, status: 'no_data' })
})

describe('K-83', () => {
  test('counts reviews when their limit falls due, in time or not, without those withdrawn', async () => {
    const world = await alertWorld(T)
    const review = async (status: string, dueAt: Instant, doneAt: Instant | null) => {
      const { id } = await world.raise({ severity: 2 })
      await world.pool.query("insert into risk_case (alert_id, matter, first_true_at, last_true_at) select id, 'x', opened_at, opened_at from alert where id = $1", [id])
      await world.pool.query(
        `insert into case_review (alert_id, severity, status, from_at, final_due_at, done_at) values ($1, 2, $2, to_timestamp($3 / 1000.0), to_timestamp($4 / 1000.0), to_timestamp($5::float8 / 1000))`,
        [id, status, T - DAY, dueAt, doneAt],
      )
    }
    await review('done', T, T)
    await review('done', T, T + 1)
    await review('open', T + HOUR, null)
    await review('withdrawn', T, null)
    expect(await week(world, 'K-83', { now: T - 1 })).toEqual(NONE)
    expect(await week(world, 'K-83', { now: T })).toEqual([1, 2, 50])
    expect(await week(world, 'K-83', { now: T + HOUR })).toEqual([1, 3, 33.33])
    expect(await week(world, 'K-83', { now: T + HOUR, region: '33' })).toEqual(NONE)
  })
})

describe('K-84', () => {
  test('counts what was sent to people by when it was sent: accepted is not delivered, a common message is one, an endpoint is nobody', async () => {
    const world = await alertWorld(T)
    const manager = await world.user('duty_manager', '32')
    for (let n = 0; n < 5; n += 1) await world.raise({ ruleId: `MR-0${n + 1}` })
    await runEscalate(world.engine, T)
    await runNotify(world.engine, T, { channels: OPEN })
    const sent = (await world.rows<{ id: string }>("select id::text from outbox where sent_at is not null and target = $1 order by id", [manager.userId])).map(({ id }) => id)
    expect(sent).toHaveLength(5)
    expect(await week(world, 'K-84')).toEqual([0, 5, 0])
    await world.pool.query("update outbox set state = 'delivered', delivered_at = sent_at where id = $1", [sent[0]])
    await world.pool.query('update outbox set carried_by = (select delivery_id from outbox where id = $1) where id = $2', [sent[0], sent[1]])
    await world.pool.query("update outbox set channel = 'webhook' where id = $1", [sent[2]])
    expect(await week(world, 'K-84')).toEqual([1, 3, 33.33])
    expect(await week(world, 'K-84', { region: '33' })).toEqual(NONE)
  })
})
