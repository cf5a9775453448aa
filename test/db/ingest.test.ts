import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { at } from '../support/builders.ts'
import { seeded, shuffled } from '../support/history.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const T1 = '32:crm:T1'
let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld()
})

const DISPATCH = { to_unit: 'u1', leg_id: 'l1' }
const CLAIM = { leg_id: 'l1', handler_id: 'h1' }
const SUSPEND = { reason_code: 'customer_later', approver: 'b1', planned_resume_at: '2026-06-03T10:00:00+08:00' }
const DONE = { result_code: 'solved' }

describe('S-6: late, out of order, three times', () => {
  const created = anItemAt('created', '06-01 09:00', { phenomenon_l1: '网络使用', phenomenon_l2: '宽带上不了网' })
  const story = async () => {
    await world.send('2026-06-01 09:00', created)
    await world.send('2026-06-01 09:41', anItemAt('claimed', '06-01 09:40', CLAIM))
    await world.send('2026-06-01 09:50', anItemAt('dispatched', '06-01 09:20', DISPATCH))
    // The first contact is due before the handling is; the leg, dispatched at 09:20, a little later than that.
    expect(await world.ticket(T1)).toMatchObject({ status: 'processing', deadline_at: at('2026-06-02 09:00'), deadline_clock: 'C_FIRST' })
    expect((await world.ticket(T1))['fold']).toMatchObject({
      qualityFlags: expect.not.arrayContaining([expect.objectContaining({ flag: 'illegal_transition' })]),
    })
  }

  test('AT-01 rises to A2, AT-02 takes its place, late facts retract both, and they come again where they belong', async () => {
    await story()
    await world.timers('2026-06-03 06:59:59.999')
    expect(await world.alerts(T1)).toEqual([])
    await world.timers('2026-06-03 07:00')
    expect(await world.alerts(T1)).toEqual([{ rule: 'AT-01', severity: 1, state: 'open', openedAt: at('2026-06-03 07:00') }])
    await world.timers('2026-06-03 08:30')
    expect(await world.alerts(T1)).toMatchObject([{ rule: 'AT-01', severity: 2, state: 'open' }])
    expect(await world.cell('NOW/none', 'overdue')).toBe(0)
    await world.timers('2026-06-03 09:00:00.001')
    expect(await world.alerts(T1)).toMatchObject([
      { rule: 'AT-01', severity: 2, state: 'resolved' },
      { rule: 'AT-02', severity: 2, state: 'open', openedAt: at('2026-06-03 09:00:00.001') },
    ])
    expect(await world.ticket(T1)).toMatchObject({ is_overdue: true, ticket_level: 2 })
    expect(await world.cell('NOW/none', 'overdue')).toBe(1)
    await world.expectExact()

    await world.send('2026-06-03 11:00', anItemAt('resumed', '06-03 10:00'), anItemAt('suspended', '06-02 10:00', SUSPEND))
    expect(await world.alerts(T1)).toMatchObject([
      { rule: 'AT-01', state: 'retracted' },
      { rule: 'AT-02', state: 'retracted' },
    ])
    expect(await world.ticket(T1)).toMatchObject({
      is_overdue: false,
      ticket_level: 0,
      deadline_at: at('2026-06-03 09:00'),
      deadline_clock: 'C_FIRST',
      next_check_at: at('2026-06-04 07:00'),
    })
    expect(await world.cell('NOW/none', 'overdue')).toBe(0)
    await world.expectExact()

    await world.timers('2026-06-04 07:00')
    expect((await world.alerts(T1)).slice(2)).toEqual([{ rule: 'AT-01', severity: 1, state: 'open', openedAt: at('2026-06-04 07:00') }])
    const completed = anItemAt('completed', '06-04 08:00', DONE)
    await world.send('2026-06-04 07:55', anItemAt('customer_replied', '06-04 07:50', { method: 'call', call_record_no: 'r1', staff: 's1', agreed: true }))
    for (const minute of ['08:01', '08:02', '08:03']) await world.send(`2026-06-04 ${minute}`, completed)
    expect((await world.alerts(T1)).slice(2)).toMatchObject([{ rule: 'AT-01', state: 'resolved' }])
    expect(await world.cell('FIN/day', 'finished', { day: '2026-06-04' })).toBe(1)
    expect(await world.cell('FIN/day', 'in_time')).toBe(1)
    expect(await world.cell('NOW/none', 'open')).toBe(0)
    await world.expectExact()

    await world.send('2026-06-05 10:00', anItemAt('corrected', '06-05 09:00', { field: 'phenomenon_l1', old: '网络使用', new: '产品及计费使用' }))
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { day: '2026-06-01', value: '宽带上不了网' })).toBe(0)
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { day: '2026-06-01', value: '产品及计费使用' })).toBe(1)
    expect(await world.cell('ACC/day/phenomenon', 'accepted')).toBe(1)
    await world.expectExact()
  })

  test('the same to the last cell in whatever order the events arrive', async () => {
    const items = [
      created,
      anItemAt('dispatched', '06-01 09:20', DISPATCH),
      anItemAt('claimed', '06-01 09:40', CLAIM),
      anItemAt('suspended', '06-02 10:00', SUSPEND),
      anItemAt('resumed', '06-03 10:00'),
      anItemAt('completed', '06-04 08:00', DONE),
      anItemAt('corrected', '06-05 09:00', { field: 'phenomenon_l1', old: '网络使用', new: '产品及计费使用' }),
    ]
    const random = seeded(3)
    const outcomes = new Set<string>()
    for (let turn = 0; turn < 12; turn++) {
      const { pool } = world
      await pool.query(
        'truncate event, event_id, pending_event, ticket, fact_difference, cell, cell_sketch, province_feed, alert, alert_transition, escalation, case_ticket restart identity cascade',
      )
      const order = turn === 0 ? items : shuffled(items, random)
      for (const item of order) await world.send('2026-06-06 00:00', item, ...(random() < 0.3 ? [items[0]] : []))
      const { rows: tickets } = await pool.query(
        'select status, is_overdue, closed_at, deadline_at, next_check_at, ticket_level, counted, fold from ticket',
      )
      const { rows: cells } = await pool.query('select * from cell where 0 <> any(n) order by 1, 2, 3, 4, 5')
      const { rows: live } = await pool.query('select rule_id, severity from alert where ended_at is null')
      outcomes.add(JSON.stringify({ tickets, cells, live }))
      await world.expectExact()
    }
    expect(outcomes.size).toBe(1)
  })
})

describe('timers', () => {
  test('a worker that was away opens what fell due at its exact instants, step by step', async () => {
    await world.send('2026-06-01 09:00', anItemAt('created', '06-01 09:00'))
    await world.timers('2026-06-04 12:00')
    const { rows } = await world.pool.query(
      `select a.rule_id as rule, t.move, t.to_severity as severity, t.at from alert_transition t join alert a on a.id = t.alert_id order by t.id`,
    )
    expect(rows).toEqual([
      { rule: 'AT-01', move: 'open', severity: 1, at: at('2026-06-03 07:00') },
      { rule: 'AT-01', move: 'upgrade', severity: 2, at: at('2026-06-03 08:30') },
      { rule: 'AT-01', move: 'auto_resolve', severity: 2, at: at('2026-06-03 09:00') },
      { rule: 'AT-02', move: 'open', severity: 2, at: at('2026-06-03 09:00:00.001') },
      { rule: 'AT-02', move: 'upgrade', severity: 3, at: at('2026-06-04 09:00:00.001') },
    ])
    await world.expectExact()
  })

  test('what late facts disprove does not open, however late the timers are', async () => {
    await world.send('2026-06-01 09:00', anItemAt('created', '06-01 09:00'))
    world.clock.set(at('2026-06-04 12:00'))
    await acceptEvents(world.engine, [anItemAt('completed', '06-02 12:00', DONE)], { source: 'test', scope: ENGINE_SCOPE, now: world.clock.now() })
    await runIngest(world.engine, world.clock.now())
    await runTimers(world.engine, world.clock.now())
    expect(await world.alerts(T1)).toEqual([])
    await world.expectExact()
  })

  test('the suspension cap lets the clock run again by itself', async () => {
    await world.send('2026-06-01 09:00', anItemAt('created', '06-01 09:00'))
    await world.send('2026-06-01 10:00', anItemAt('dispatched', '06-01 09:30', DISPATCH), anItemAt('suspended', '06-01 10:00', SUSPEND))
    await world.timers('2026-06-06 06:59:59.999')
    expect(await world.alerts(T1)).toEqual([])
    await world.timers('2026-06-06 07:00')
    expect(await world.alerts(T1)).toMatchObject([{ rule: 'AT-01', severity: 1, openedAt: at('2026-06-06 07:00') }])
    await world.timers('2026-06-06 09:00:00.001')
    expect(await world.cell('NOW/none', 'overdue')).toBe(1)
  })

  test('more tickets than one transaction takes are all judged, and nothing is due afterwards', async () => {
    const items = Array.from({ length: 25 }, (_, index) => anItemAt('created', '06-01 09:00', {}, { ticket_id: `M${index}`, event_id: `m${index}` }))
    await world.send('2026-06-01 10:00', ...items)
    expect((await runTimers(world.engine, at('2026-06-03 09:30'), { limit: 10 })).tickets).toBe(25)
    expect((await runTimers(world.engine, at('2026-06-03 09:30'))).tickets).toBe(0)
    expect(await world.cell('NOW/none', 'overdue')).toBe(25)
    await world.expectExact()
  })
})

describe('what the past loses and gains', () => {
  test('a void after the fact takes one from the hour of acceptance and retracts the alert (S-14-8)', async () => {
    await world.send(
      '2026-06-01 09:00',
      anItemAt('created', '06-01 09:00'),
      anItemAt('created', '06-01 09:00', {}, { ticket_id: 'T2', event_id: 't2' }),
    )
    await world.timers('2026-06-03 09:01')
    expect(await world.cell('ACC/half_minute/phenomenon', 'accepted')).toBe(2)
    await world.send('2026-06-03 12:00', anItemAt('voided', '06-03 11:00'))
    expect(await world.cell('ACC/half_minute/phenomenon', 'accepted')).toBe(1)
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { day: '2026-06-01' })).toBe(1)
    expect([await world.cell('NOW/none', 'open'), await world.cell('NOW/none', 'overdue')]).toEqual([1, 1])
    expect((await world.alerts(T1)).map(({ state }) => state)).toEqual(['retracted', 'retracted'])
    await world.expectExact()
  })

  test('a correction of the region moves the ticket, and its present state with it', async () => {
    await world.send('2026-06-01 09:00', anItemAt('created', '06-01 09:00', { region_code: '320500' }))
    await world.send('2026-06-01 10:00', anItemAt('corrected', '06-01 09:50', { field: 'region_code', new: '320100' }))
    for (const [cube, measure] of [
      ['ACC/half_minute/phenomenon', 'accepted'],
      ['ACC/day', 'accepted'],
      ['NOW/none', 'open'],
    ] as const) {
      expect([await world.cell(cube, measure, { region: '320500' }), await world.cell(cube, measure, { region: '320100' })]).toEqual([0, 1])
    }
    expect(await world.ticket(T1)).toMatchObject({ region_code: '320100', region_path: '/00/32/320100/' })
    await world.expectExact()
  })

  test('a ticket counts nowhere until it is created, and where it belongs from then on', async () => {
    await world.send('2026-06-01 10:00', anItemAt('completed', '06-01 09:30', DONE))
    expect(await world.ticket(T1)).toMatchObject({ is_valid: false, counted: '[]', region_code: '32' })
    await world.send('2026-06-01 10:05', anItemAt('created', '06-01 09:00'))
    expect(await world.ticket(T1)).toMatchObject({ is_valid: true, status: 'completed' })
    expect([await world.cell('ACC/day/phenomenon', 'accepted'), await world.cell('FIN/day', 'in_time'), await world.cell('NOW/none', 'open')]).toEqual([1, 1, 0])
  })

  test('an older event widens what is read of a ticket', async () => {
    await world.send('2026-06-10 10:00', anItemAt('created', '06-10 09:00'))
    await world.send('2026-06-10 11:00', anItemAt('created', '03-01 09:00', { content_text: '更早' }))
    expect(await world.ticket(T1)).toMatchObject({
      accepted_at: at('2026-03-01 09:00'),
      first_event_at: at('2026-03-01 09:00'),
      last_event_at: at('2026-06-10 09:00'),
    })
    await world.expectExact()
  })

  test('new limits count for tickets accepted from then on, and a recount agrees (S-14-9)', async () => {
    await world.send('2026-06-01 09:00', anItemAt('created', '06-01 09:00'))
    const { body } = (await world.engine.settings(world.clock.now())).limits
    await inTransaction(world.pool, (tx) =>
      saveSettings(tx, {
        kind: 'limits',
        body: { ...body, handleMinutes: 60, handleHighValueMinutes: 60 },
        author: 't',
        reason: 't',
        effectiveFrom: at('2026-06-01 12:00'),
        now: world.clock.now(),
      }),
    )
    await world.send('2026-06-01 13:00', anItemAt('created', '06-01 12:30', {}, { ticket_id: 'T2' }), anItemAt('completed', '06-01 12:45', DONE))
    await world.timers('2026-06-01 13:31')
    expect((await world.ticket('32:crm:T2'))['is_overdue']).toBe(true)
    expect(await world.cell('FIN/day', 'in_time')).toBe(1)
    await world.expectExact()
  })

  test('each province is known by when it was heard of', async () => {
    await world.send('2026-06-01 10:00', anItemAt('created', '06-01 09:00'))
    await world.send('2026-06-02 10:00', anItemAt('dispatched', '06-01 09:10', DISPATCH))
    const { rows } = await world.pool.query('select * from province_feed')
    expect(rows).toEqual([
      {
        province_code: '32',
        first_occurred_at: at('2026-06-01 09:00'),
        last_occurred_at: at('2026-06-01 09:10'),
        last_received_at: at('2026-06-02 10:00'),
        first_received_at: at('2026-06-01 10:00'),
      },
    ])
  })
})
