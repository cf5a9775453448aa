import { describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { loadCards } from '../../core/engine/alert-card.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, type Person } from '../support/alert-world.ts'

const fireAt = (world: AlertWorld, at: number) => {
  world.clock.set(at)
  return runEscalate(world.engine, at)
}
/** Who is called, by which run, step and round, minutes after T; nobody where a call found nobody. */
const calls = async (world: AlertWorld, id: string) =>
  (
    await world.rows<{ purpose: string; step: number; round: number; fired_at: number; roles: string[] | null }>(
      `select e.purpose, s.step, s.round, s.fired_at, (select array_agg(t ->> 'role' order by t ->> 'role') from jsonb_array_elements(s.targets -> 'told') t) as roles
         from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1 order by s.fired_at, e.id, s.round`,
      [id],
    )
  ).map(({ purpose, step, round, fired_at, roles }) => `${(fired_at - T) / MINUTE} ${purpose} ${step}.${round} ${roles?.join(' ') ?? 'nobody'}`)
const notes = async (world: AlertWorld, id: string, kind: string) =>
  (await world.rows<{ reason: string }>("select reason from alert_transition where alert_id = $1 and detail ->> 'kind' = $2 order by id", [id, kind])).map(({ reason }) => reason)
const stateOf = async (world: AlertWorld, id: string) => (await world.rows<{ severity: number; state: string; handle_due_at: number | null }>('select severity, state, handle_due_at from alert where id = $1', [id]))[0]
const people = async (world: AlertWorld) => ({
  leader: await world.user('duty_leader', '32'),
  manager: await world.user('duty_manager', '32'),
  director: await world.user('province_center_director', '32'),
  group: await world.user('group_ops', '00'),
})
/** A case or ticket that somebody takes a minute after T; its handling limit then counts from there. */
async function taken(world: AlertWorld, kind: 'risk' | 'abnormal', severity: Severity, by: Person) {
  const alert = await world.raise({ kind, severity, ...(kind === 'abnormal' ? { ruleId: 'AT-02', ticketKey: '32:eoms:T1' } : {}) })
  await fireAt(world, T)
  world.clock.set(T + MINUTE)
  expect((await world.move(alert.id, { move: 'ack' }, by)).ok).toBe(true)
  return alert
}

describe('reminders', () => {
  test('call again whoever the steps call at every slot, but not whom the step of that minute has just called', async () => {
    const world = await alertWorld(T)
    const { manager } = await people(world)
    const alert = await world.raise({ severity: 2 })
    for (let minute = 0; minute <= 32; minute += 1) await fireAt(world, T + minute * MINUTE)
    expect(await calls(world, alert.id)).toEqual([
      '0 answer 0.0 duty_leader duty_manager',
      '15 answer 1.0 duty_manager',
      '15 answer 1.1 duty_leader',
      '30 answer 2.0 province_center_director',
      '30 answer 2.2 duty_leader duty_manager',
    ])
    expect(await notes(world, alert.id, 'reminder')).toEqual([
      '再次提醒：值班长 × 1 / Reminder: duty leader × 1',
      '再次提醒：值班长 × 1、值班经理 × 1 / Reminder: duty leader × 1, duty manager × 1',
    ])
    const [reminded] = await world.rows<{ payload: Record<string, unknown> }>('select payload from outbox where round = 1')
    expect(reminded?.payload).toMatchObject({ isReminder: true, asked: 'acknowledge', textZh: expect.stringContaining('再次提醒：请立即确认') })
    await world.move(alert.id, { move: 'ack' }, manager)
    await fireAt(world, T + 3 * HOUR)
    expect(await calls(world, alert.id)).toHaveLength(5)
  })
})

describe('a handling limit that is over', () => {
  test('flags blue and calls nobody; the plan takes the flag away', async () => {
    const world = await alertWorld(T)
    const { leader } = await people(world)
    const alert = await taken(world, 'risk', 1, leader)
    await fireAt(world, T + 481 * MINUTE - 1)
    expect(await notes(world, alert.id, 'handling_over')).toEqual([])
    expect(await fireAt(world, T + 481 * MINUTE)).toBe(1)
    expect(await fireAt(world, T + 482 * MINUTE)).toBe(0)
    expect(await notes(world, alert.id, 'handling_over')).toEqual(['处理时限已过，未报方案：停滞 / handling limit over without a plan: stalled'])
    expect((await loadCards(world.pool, ENGINE_SCOPE))[0]).toMatchObject({ isStalled: true })
    expect(await calls(world, alert.id)).toHaveLength(1)
    await world.move(alert.id, { move: 'handle_start', reason: 'team sent, done by 18:00' }, leader)
    expect((await loadCards(world.pool, ENGINE_SCOPE))[0]).toMatchObject({ isStalled: false })
    expect(await world.rows('select from escalation where stopped_at is null')).toEqual([])
  })

  test('of yellow calls the next step of the ladder, once, and asks for a plan', async () => {
    const world = await alertWorld(T)
    const { manager } = await people(world)
    const alert = await taken(world, 'risk', 2, manager)
    await fireAt(world, T + 241 * MINUTE)
    await fireAt(world, T + 400 * MINUTE)
    expect((await calls(world, alert.id)).slice(1)).toEqual(['241 handling 1.1 duty_manager'])
    const [row] = await world.rows<{ payload: Record<string, unknown>; state: string }>("select o.* from outbox o join escalation e on e.id = o.escalation_id where e.purpose = 'handling' and channel = 'in_app'")
    expect(row).toMatchObject({ state: 'queued', payload: { asked: 'plan', textZh: expect.stringContaining('处理时限 06-12 00:01 已过，请立即填报方案') } })
    await runNotify(world.engine, T + 400 * MINUTE, { channels: { webhookAllow: [] }, clock: world.clock })
    expect(await world.rows("select from notification where user_id = $1 and payload ->> 'asked' = 'plan'", [manager.userId])).toHaveLength(1)
  })

  test('is not told of after the plan, though it had been queued', async () => {
    const world = await alertWorld(T)
    const { manager } = await people(world)
    const alert = await taken(world, 'risk', 2, manager)
    await fireAt(world, T + 241 * MINUTE)
    await world.move(alert.id, { move: 'handle_start', reason: 'by 20:00' }, manager)
    await runNotify(world.engine, world.clock.now(), { channels: { webhookAllow: [] }, clock: world.clock })
    expect(await world.rows("select o.state from outbox o join escalation e on e.id = o.escalation_id where e.purpose = 'handling'")).toEqual([{ state: 'cancelled' }])
  })

  test('raises a ticket level by level, each with a page and limits of its own; A4 is supervised and reported every 2 h (4.2)', async () => {
    const world = await alertWorld(T)
    const { leader, manager, director } = await people(world)
    const alert = await taken(world, 'abnormal', 2, leader)
    await fireAt(world, T + 481 * MINUTE)
    expect(await stateOf(world, alert.id)).toMatchObject({ severity: 3, state: 'acknowledged', handle_due_at: null })
    expect((await calls(world, alert.id)).slice(1)).toEqual(['481 answer 0.0 duty_leader'])
    world.clock.set(T + 490 * MINUTE)
    await world.move(alert.id, { move: 'ack' }, leader)
    await fireAt(world, T + 730 * MINUTE)
    expect(await stateOf(world, alert.id)).toMatchObject({ severity: 4 })
    await world.move(alert.id, { move: 'ack' }, manager)
    const [over] = [T + 850 * MINUTE]
    await fireAt(world, over)
    await fireAt(world, over + 2 * HOUR)
    expect((await calls(world, alert.id)).filter((call) => call.includes('handling'))).toEqual(['850 handling 3.1 province_center_director', '970 handling 3.2 province_center_director'])
    expect(await stateOf(world, alert.id)).toMatchObject({ severity: 4 })
    await world.move(alert.id, { move: 'handle_start', reason: 'taken over' }, director)
    expect(await fireAt(world, over + 4 * HOUR)).toBe(0)
  })

  test('of several rules of one A4 ticket calls those who supervise once, and flags each', async () => {
    const world = await alertWorld(T)
    const { manager } = await people(world)
    const alert = await taken(world, 'abnormal', 4, manager)
    await world.raise({ kind: 'abnormal', severity: 4, ruleId: 'AT-25', ticketKey: '32:eoms:T1' })
    await world.move((await world.rows<{ id: string }>("select id::text from alert where rule_id = 'AT-25'"))[0]?.id ?? '', { move: 'ack' }, manager)
    await fireAt(world, T + 121 * MINUTE)
    expect(await world.rows("select from escalation where purpose = 'handling' and stopped_at is null")).toHaveLength(2)
    expect(await world.rows("select from escalation_step s join escalation e on e.id = s.escalation_id where e.purpose = 'handling'")).toHaveLength(1)
    expect((await calls(world, alert.id)).at(-1)).toContain('121 handling')
  })

  test('raises A1 after 12 h although nobody had to answer it', async () => {
    const world = await alertWorld(T)
    await people(world)
    const alert = await world.raise({ kind: 'abnormal', severity: 1, ruleId: 'AT-01', ticketKey: '32:eoms:T1' })
    await fireAt(world, T + 12 * HOUR - 1)
    expect(await stateOf(world, alert.id)).toMatchObject({ severity: 1 })
    await fireAt(world, T + 12 * HOUR)
    expect(await stateOf(world, alert.id)).toMatchObject({ severity: 2, state: 'open' })
  })

  test('is acted on once by workers that race for it', async () => {
    const world = await alertWorld(T)
    const { manager } = await people(world)
    for (let index = 0; index < 6; index += 1) await world.raise({ severity: 4, ruleId: `MR-${index}` })
    await fireAt(world, T)
    for (const { id } of await world.rows<{ id: string }>('select id::text from alert')) await world.move(id, { move: 'ack' }, manager)
    world.clock.set(T + HOUR)
    await Promise.all(Array.from({ length: 8 }, () => runEscalate(world.engine, T + HOUR)))
    expect(await world.rows("select from alert_transition where detail ->> 'kind' = 'handling_over'")).toHaveLength(6)
    expect(await world.rows("select from escalation_step s join escalation e on e.id = s.escalation_id where e.purpose = 'handling'")).toHaveLength(6)
  })
})
