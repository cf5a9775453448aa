import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { loadCards } from '../../core/engine/alert-card.ts'
import { insertWebhook } from '../../core/store/webhook-store.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld } from '../support/alert-world.ts'

interface Step {
  step: number
  due_at: number
  fired_at: number
  targets: { via: string; told: { userId: string; role: string }[]; vacant: { role: string; regionCode: string }[] }
}
/** The steps themselves, without the reminders between them. */
const steps = (world: AlertWorld, id: string) =>
  world.rows<Step>('select s.* from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1 and s.round = 0 order by e.id, s.step', [id])
const outbox = (world: AlertWorld, id: string) =>
  world.rows<{
    channel: string
    target: string
    state: string
    step: number
    payload: Record<string, unknown>
    outcome: string | null
    due_at: number
  }>('select * from outbox where alert_id = $1 order by id', [id])
const notes = (world: AlertWorld, id: string) =>
  world.rows<{ reason: string; at: number; detail: Record<string, unknown> }>(
    "select * from alert_transition where alert_id = $1 and move = 'note' order by id",
    [id],
  )
const fireAt = (world: AlertWorld, at: number) => {
  world.clock.set(at)
  return runEscalate(world.engine, at)
}

async function endpoint(world: AlertWorld, regionCode: string): Promise<string> {
  const id = crypto.randomUUID()
  await insertWebhook(world.pool, { id, regionCode, url: 'https://example.com/hook', secretSealed: 'sealed', createdBy: null }, T)
  return id
}

describe('a step', () => {
  test('calls the people of its positions and the endpoints of the region, in one transaction with its record and the next due time', async () => {
    const world = await alertWorld(T)
    const [leader, manager] = [await world.user('duty_leader', '32', '班长'), await world.user('duty_manager', '32', '经理')]
    await world.user('duty_leader', '33')
    await world.user('duty_leader', '00')
    const hooks = [await endpoint(world, '32'), await endpoint(world, '00'), await endpoint(world, '320500')].sort()
    await endpoint(world, '33')
    await endpoint(world, '320501')
    const alert = await world.raise()
    expect(await runEscalate(world.engine, T)).toBe(1)
    const [step, ...more] = await steps(world, alert.id)
    expect(more).toEqual([])
    expect(step).toMatchObject({ step: 0, due_at: T, fired_at: T, targets: { via: 'step', vacant: [{ role: 'dept_owner', regionCode: '32' }] } })
    const rows = await outbox(world, alert.id)
    expect(rows.map((row) => `${row.channel} ${row.target}`).sort()).toEqual(
      [...[leader, manager].map((person) => `in_app ${person.userId}`), ...hooks.map((id) => `webhook ${id}`)].sort(),
    )
    for (const row of rows) expect(row).toMatchObject({ state: 'queued', step: 0, due_at: T, payload: { colour: 'yellow', asked: 'acknowledge' } })
    expect((await loadCards(world.pool, ENGINE_SCOPE))[0]).toMatchObject({ nextDueAt: T + 15 * MINUTE, nextDueWhat: 'ack' })
    expect(await notes(world, alert.id)).toMatchObject([
      {
        at: T,
        reason: '第 1 步：值班长 × 1、值班经理 × 1、回调 × 3 / Step 1: duty leader × 1, duty manager × 1, webhook × 3',
        detail: { kind: 'step', step: 0, dueAt: T, firedAt: T, lateMs: 0, via: 'step', webhooks: 3 },
      },
      {
        reason: '配置：岗位空缺：江苏专业部门责任人 / Configuration: vacant position: department owner of Jiangsu',
        detail: { kind: 'config', vacant: [{ role: 'dept_owner', regionCode: '32' }] },
      },
    ])
    expect(world.bells).toContain('notify')
  })

  test('fires at T + the ack limit when nobody has answered, and never after an answer', async () => {
    const world = await alertWorld(T)
    const manager = await world.user('duty_manager', '32')
    const [unanswered, answered] = [await world.raise(), await world.raise({ ruleId: 'MR-02' })]
    await fireAt(world, T)
    await fireAt(world, T + 15 * MINUTE - 1)
    expect(await steps(world, unanswered.id)).toHaveLength(1)
    await world.move(answered.id, { move: 'ack' }, manager)
    await fireAt(world, T + 15 * MINUTE)
    expect((await steps(world, unanswered.id)).map((step) => [step.step, step.fired_at - T])).toEqual([
      [0, 0],
      [1, 15 * MINUTE],
    ])
    expect(await steps(world, answered.id)).toHaveLength(1)
    expect((await loadCards(world.pool, ENGINE_SCOPE)).find((card) => card.id === unanswered.id)).toMatchObject({
      needsAck: true,
      nextDueAt: T + 30 * MINUTE,
      nextDueWhat: 'step',
    })
  })

  test('that was due during an outage fires once, at once, and only once (S-12)', async () => {
    const world = await alertWorld(T)
    await world.user('province_center_director', '32')
    const alert = await world.raise({ severity: 3 })
    await fireAt(world, T)
    // 20:02 was due while nothing ran; back at 20:03.
    expect(await fireAt(world, T + 11 * MINUTE)).toBe(2)
    expect(await fireAt(world, T + 11 * MINUTE)).toBe(0)
    expect((await steps(world, alert.id)).map((step) => [step.step, (step.due_at - T) / MINUTE, (step.fired_at - T) / MINUTE])).toEqual([
      [0, 0, 0],
      [1, 10, 11],
    ])
  })

  test('follows step 1 in order when both are overdue', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    const alert = await world.raise({ severity: 4 })
    expect(await fireAt(world, T + 7 * HOUR)).toBe(5)
    const fired = await world.rows<{ step: number }>(
      "select (detail ->> 'step')::int as step from alert_transition where alert_id = $1 and detail ->> 'kind' = 'step' order by id",
      [alert.id],
    )
    expect(fired.map((row) => row.step)).toEqual([0, 1, 2, 3])
  })

  test('is taken once by twenty workers that race for it', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    const alerts = await Promise.all(Array.from({ length: 12 }, (_, index) => world.raise({ ruleId: `MR-${index}` })))
    await Promise.all(Array.from({ length: 20 }, () => runEscalate(world.engine, T + HOUR)))
    for (const alert of alerts) expect((await steps(world, alert.id)).map((step) => step.step)).toEqual([0, 1, 2, 3])
    // The reminder of the hour finds nobody who was not called a moment ago.
    expect(await world.rows('select from outbox')).toHaveLength(48)
    expect(await world.rows('select from escalation_step where round > 0')).toHaveLength(12)
  })

  test('leaves nothing behind when its transaction fails half-way (invariant 6)', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    const alert = await world.raise()
    await world.pool.query(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$`)
    for (const table of ['outbox', 'alert_transition', 'feed']) {
      await world.pool.query(`create trigger broken before insert on ${table} for each row execute function fail()`)
      await expect(runEscalate(world.engine, T)).rejects.toThrow('disk full')
      await world.pool.query(`drop trigger broken on ${table}`)
      expect([await steps(world, alert.id), await outbox(world, alert.id), await notes(world, alert.id)]).toEqual([[], [], []])
    }
    expect(await runEscalate(world.engine, T)).toBe(1)
    expect(await outbox(world, alert.id)).toHaveLength(1)
  })

  test('cannot be stored twice for a run, nor a person be told twice for it', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    await world.raise()
    await runEscalate(world.engine, T)
    await expect(world.pool.query('insert into escalation_step select * from escalation_step')).rejects.toThrow('escalation_step_pkey')
    await expect(
      world.pool.query(
        `insert into outbox (delivery_id, alert_id, escalation_id, step, round, channel, target, payload, state, due_at, created_at)
       select gen_random_uuid(), alert_id, escalation_id, step, round, channel, target, payload, state, due_at, created_at from outbox`,
      ),
    ).rejects.toThrow(/unique/)
  })
})

describe('vacant positions', () => {
  test('pass the call to the next step at once, then to the last resort; the vacancy is told', async () => {
    const world = await alertWorld(T)
    const blue = { severity: 1 } as const
    const first = await world.raise(blue)
    await fireAt(world, T)
    expect((await steps(world, first.id))[0]?.targets).toMatchObject({ via: 'nobody', told: [] })
    expect((await notes(world, first.id)).map((note) => note.detail['kind'])).toEqual(['step', 'config'])
    const group = await world.user('group_ops', '00')
    const second = await world.raise({ ...blue, ruleId: 'MR-02' })
    await fireAt(world, T)
    expect((await steps(world, second.id))[0]?.targets).toMatchObject({ via: 'last_resort', told: [{ userId: group.userId }] })
    const cs = await world.user('province_center_director', '32')
    const third = await world.raise({ ...blue, ruleId: 'MR-03' })
    await fireAt(world, T)
    expect((await steps(world, third.id))[0]?.targets).toMatchObject({ via: 'next_step', told: [{ userId: cs.userId }] })
  })

  test('never drop a step: with nobody anywhere the ladder still goes on and endpoints are called', async () => {
    const world = await alertWorld(T)
    const hook = await endpoint(world, '00')
    const alert = await world.raise()
    await fireAt(world, T + HOUR)
    expect((await steps(world, alert.id)).map((step) => step.targets.via)).toEqual(['nobody', 'nobody', 'nobody', 'nobody'])
    expect((await outbox(world, alert.id)).map((row) => row.target)).toEqual([hook, hook, hook, hook])
  })

  test('are those of disabled accounts too', async () => {
    const world = await alertWorld(T)
    await world.user('duty_leader', '32')
    await world.pool.query('update app_user set disabled_at = created_at')
    const alert = await world.raise()
    await fireAt(world, T)
    expect((await steps(world, alert.id))[0]?.targets.via).toBe('nobody')
  })
})
