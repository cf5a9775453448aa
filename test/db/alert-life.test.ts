import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { cardOf } from '../../core/engine/alert-card.ts'
import { openAlerts } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { loadAlert } from '../../core/store/alert-store.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, SPEC } from '../support/alert-world.ts'
import { countStatements } from '../support/count-statements.ts'

const TICKET = { kind: 'abnormal', ruleId: 'AT-02', severity: 2, ticketKey: '32:eoms:T1' } as const
const transitions = (world: AlertWorld, id: string) =>
  world.rows<{
    move: string
    from_state: string | null
    to_state: string
    actor_kind: string
    actor_id: string | null
    reason: string
    client: string
    at: number
  }>('select * from alert_transition where alert_id = $1 order by id', [id])
const runs = (world: AlertWorld, id: string) =>
  world.rows<{
    severity: number
    started_at: number
    due_at: number | null
    next_step: number
    stopped_why: string | null
    stopped_at: number | null
  }>('select * from escalation where alert_id = $1 order by id', [id])
const feed = (world: AlertWorld) =>
  world.rows<{ topic: string; payload: Record<string, unknown>; region_path: string }>('select * from feed order by seq')

describe('raising', () => {
  test('stores the alert, its first line, its ladder and its card together', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    expect(await loadAlert(world.pool, alert.id)).toEqual(alert)
    expect(alert).toMatchObject({
      state: 'open',
      ackDueAt: T + 15 * MINUTE,
      handleDueAt: null,
      ladderVersion: 1,
      version: 1,
      regionPath: '/00/32/320500/',
    })
    expect(await transitions(world, alert.id)).toMatchObject([
      { move: 'open', from_state: null, to_state: 'open', actor_kind: 'engine', client: 'engine', at: T },
    ])
    expect(await runs(world, alert.id)).toMatchObject([{ severity: 2, started_at: T, due_at: T, next_step: 0, stopped_at: null }])
    const [row] = await feed(world)
    expect(row).toMatchObject({
      topic: 'alert',
      region_path: '/00/32/320500/',
      payload: { id: alert.id, needsAck: true, nextDueAt: T, nextDueWhat: 'step' },
    })
    expect(world.bells).toContain('escalate')
    const [{ province_code, parameters }] = (await world.rows<{ province_code: string; parameters: unknown }>(
      'select province_code, parameters from alert',
    )) as [never]
    expect({ province_code, parameters }).toEqual({ province_code: '32', parameters: SPEC.parameters })
  })

  test('what is suppressed is recorded and shown, and asks nobody', async () => {
    const world = await alertWorld(T)
    const parent = await world.raise()
    const alert = await world.raise({ ...TICKET, suppressedBy: parent.id })
    expect(await runs(world, alert.id)).toEqual([])
    expect((await cardOf(world.pool, [alert.id]))[0]).toMatchObject({
      state: 'suppressed',
      needsAck: false,
      nextDueAt: null,
      suppressedBy: parent.id,
      ticketNo: 'T1',
    })
    world.clock.advance(HOUR)
    await world.move(alert.id, { move: 'unsuppress' })
    expect(await runs(world, alert.id)).toMatchObject([{ started_at: T + HOUR, due_at: T + HOUR }])
  })

  test('two open alerts for one rule and ticket cannot be', async () => {
    const world = await alertWorld(T)
    await world.raise(TICKET)
    await expect(world.raise(TICKET)).rejects.toThrow(/alert_one_open_per_rule_and_ticket/)
  })

  test('a region that is not in the tree is refused by name', async () => {
    const world = await alertWorld(T)
    await expect(world.raise({ regionCode: '999' })).rejects.toThrow('region 999 is not in the tree')
  })

  test('hundreds in one transaction keep their order and cost seven statements', async () => {
    const world = await alertWorld(T)
    const { alerts, statements } = await inEngineTransaction(world.engine, T, async (etx) => {
      const counted = countStatements(etx)
      const specs = Array.from({ length: 400 }, (_, index) => ({
        ...SPEC,
        ...TICKET,
        ticketKey: `32:eoms:T${index}`,
        openedAt: T + index,
        severity: ((index % 4) + 1) as 1 | 2 | 3 | 4,
      }))
      return { alerts: await openAlerts(counted.etx, specs), statements: counted.count() }
    })
    // Locks of tickets and of their alerts, the alerts; what is raised, when it falls due, its ladders, its cards.
    expect(statements).toBe(7)
    const stored = await world.rows<{ id: number; ticket_key: string; opened_at: number; severity: number }>(
      'select id, ticket_key, opened_at, severity from alert order by id',
    )
    expect(alerts.map((alert) => [Number(alert.id), alert.ticketKey, alert.openedAt, alert.severity])).toEqual(
      stored.map((row) => [row.id, row.ticket_key, row.opened_at, row.severity]),
    )
    expect(await world.rows('select from escalation')).toHaveLength(400)
    expect(
      await world.rows('select from alert_transition t join alert a on a.id = t.alert_id where t.at = a.opened_at and t.to_severity = a.severity'),
    ).toHaveLength(400)
  })
})

describe('acknowledging', () => {
  test('of twenty at the same moment one wins and nineteen are told who and when', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    const people = await Promise.all(Array.from({ length: 20 }, (_, index) => world.user('duty_manager', '32', `经理 ${index}`)))
    world.clock.advance(MINUTE)
    const results = await Promise.all(people.map((person) => world.move(alert.id, { move: 'ack' }, person)))
    const winners = people.filter((_, index) => results[index]?.ok)
    expect(winners).toHaveLength(1)
    const [winner] = winners
    for (const result of results.filter((one) => !one.ok)) {
      expect(result).toMatchObject({ code: 'already_acknowledged', by: winner?.name, at: T + MINUTE })
      expect(result.ok ? '' : result.detail).toBe(`already acknowledged by ${winner?.name} at 2026-06-11T12:01:00Z`)
    }
    const late = people.filter((person) => person !== winner)
    const [opened, acked, ...notes] = await transitions(world, alert.id)
    expect([opened, acked]).toMatchObject([{ move: 'open' }, { move: 'ack', actor_id: winner?.userId, from_state: 'open', to_state: 'acknowledged', client: 'test' }])
    expect(notes.map(({ move, actor_id }) => `${move} ${actor_id}`).toSorted()).toEqual(late.map(({ userId }) => `note ${userId}`).toSorted())
    expect(await loadAlert(world.pool, alert.id)).toMatchObject({ version: 2, ackedBy: winner?.userId, handlers: [winner?.userId] })
  })

  test('stops the ladder and starts the handling clock in the same transaction', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    const manager = await world.user('duty_manager', '32', '值班经理')
    world.clock.advance(4 * MINUTE)
    await world.move(alert.id, { move: 'ack' }, manager)
    expect(await runs(world, alert.id)).toMatchObject([{ stopped_at: T + 4 * MINUTE, stopped_why: 'acknowledged' }])
    expect((await cardOf(world.pool, [alert.id]))[0]).toMatchObject({
      state: 'acknowledged',
      needsAck: false,
      ackedByName: '值班经理',
      ackedAt: T + 4 * MINUTE,
      nextDueAt: T + 4 * MINUTE + 4 * HOUR,
      nextDueWhat: 'handle',
      version: 2,
    })
    expect((await feed(world)).map((row) => row.topic)).toEqual(['alert', 'timeline', 'alert'])
  })

  test('a refusal writes nothing at all', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    const before = JSON.stringify([await feed(world), await transitions(world, alert.id), await runs(world, alert.id)])
    const stranger = await world.user('duty_manager', '33')
    expect(await world.move(alert.id, { move: 'ack' }, stranger)).toMatchObject({ code: 'out_of_scope' })
    expect(await world.move(alert.id, { move: 'close' }, await world.user('duty_manager', '32'))).toMatchObject({ code: 'illegal_move' })
    expect(await world.move('987654', { move: 'ack' }, stranger)).toMatchObject({ code: 'out_of_scope' })
    expect(await world.move("1' or true", { move: 'ack' }, stranger)).toMatchObject({ code: 'out_of_scope' })
    expect(JSON.stringify([await feed(world), await transitions(world, alert.id), await runs(world, alert.id)])).toBe(before)
  })
})

describe('colours', () => {
  test('an upgrade starts the ladder of the new colour with T = the upgrade and asks again', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    await world.move(alert.id, { move: 'ack' }, await world.user('duty_leader', '32'))
    world.clock.advance(10 * MINUTE)
    await world.move(alert.id, { move: 'upgrade', toSeverity: 3 })
    expect(await runs(world, alert.id)).toMatchObject([
      { severity: 2, stopped_why: 'acknowledged' },
      { severity: 3, started_at: T + 10 * MINUTE, due_at: T + 10 * MINUTE, next_step: 0, stopped_at: null },
    ])
    expect((await cardOf(world.pool, [alert.id]))[0]).toMatchObject({
      state: 'acknowledged',
      severity: 3,
      needsAck: true,
      severitySince: T + 10 * MINUTE,
    })
    expect((await loadAlert(world.pool, alert.id))?.ackDueAt).toBe(T + 20 * MINUTE)
  })

  test('a downgrade of what nobody answered goes on in the same run by the lower colour', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    await world.pool.query("update escalation set next_step = 1, due_at = due_at + interval '15 minutes' where alert_id = $1", [alert.id])
    world.clock.advance(5 * MINUTE)
    await world.move(alert.id, { move: 'downgrade', toSeverity: 1 })
    expect(await runs(world, alert.id)).toMatchObject([{ severity: 1, started_at: T, next_step: 1, due_at: T + 30 * MINUTE, stopped_at: null }])
  })

  test('red falls when both have consented, and a consent is forgotten when the colour changed meanwhile', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise({ severity: 4 })
    const province = await world.user('province_cs_dept', '32')
    const group = await world.user('group_ops', '00')
    const approve = { move: 'approve_downgrade', toSeverity: 3 } as const
    expect(await world.move(alert.id, approve, province)).toMatchObject({ ok: true, alert: { severity: 4 } })
    expect(await world.move(alert.id, approve, province)).toMatchObject({ code: 'illegal_move' })
    expect(await world.move(alert.id, approve, group)).toMatchObject({ ok: true, alert: { severity: 3 } })
    await world.move(alert.id, { move: 'upgrade', toSeverity: 4 })
    expect(await loadAlert(world.pool, alert.id)).toMatchObject({ severity: 4, approvals: [] })
    expect(await world.move(alert.id, approve, group)).toMatchObject({ ok: true, alert: { severity: 4 } })
  })

  test('a proposal of the engine is kept on the case, shown on the card, and gone when it is carried out', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise({ severity: 3 })
    await world.pool.query(
      'insert into risk_case (alert_id, matter, first_true_at, last_true_at, ticket_count, customer_count) select id, $2, opened_at, opened_at, 36, 34 from alert where id = $1',
      [alert.id, 'template'],
    )
    await world.move(alert.id, { move: 'propose_downgrade', toSeverity: 1 })
    expect((await cardOf(world.pool, [alert.id]))[0]).toMatchObject({
      proposedSeverity: 1,
      severity: 3,
      phenomenon: 'template',
      ticketCount: 36,
      customerCount: 34,
    })
    const director = await world.user('province_center_director', '32')
    expect(await world.move(alert.id, { move: 'approve_downgrade' }, director)).toMatchObject({
      ok: true,
      alert: { severity: 1, proposedSeverity: null },
    })
    expect((await cardOf(world.pool, [alert.id]))[0]).toMatchObject({ proposedSeverity: null, severity: 1 })
  })
})
