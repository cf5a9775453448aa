import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { openAlerts } from '../../core/engine/alert-life.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertWebhook } from '../../core/store/webhook-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, SPEC } from '../support/alert-world.ts'

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

async function _endpoint(world: AlertWorld, regionCode: string): Promise<string> {
  const id = crypto.randomUUID()
  await insertWebhook(world.pool, { id, regionCode, url: 'https://example.com/hook', secretSealed: 'sealed', createdBy: null }, T)
  return id
}

describe('an upgrade', () => {
  test('starts again at step 1 with T = the upgrade and takes back what still waited', async () => {
    const world = await alertWorld(T)
    const manager = await world.user('duty_manager', '32')
    const alert = await world.raise()
    await fireAt(world, T)
    world.clock.set(T + 5 * MINUTE)
    await world.move(alert.id, { move: 'upgrade', toSeverity: 3 })
    await fireAt(world, T + 15 * MINUTE - 1)
    expect((await steps(world, alert.id)).map((step) => [step.step, (step.due_at - T) / MINUTE])).toEqual([
      [0, 0],
      [0, 5],
    ])
    await fireAt(world, T + 15 * MINUTE)
    expect((await steps(world, alert.id)).map((step) => [step.step, (step.due_at - T) / MINUTE])).toEqual([
      [0, 0],
      [0, 5],
      [1, 15],
    ])
    // Step 2 of orange has only vacant positions here: its last resort is the manager again.
    expect((await outbox(world, alert.id)).map((row) => [row.target === manager.userId, row.state])).toEqual([
      [true, 'cancelled'],
      [true, 'queued'],
      [true, 'queued'],
    ])
  })

  test('to yellow does not page again whoever took the blue; to orange it does (7.2)', async () => {
    const world = await alertWorld(T)
    const leader = await world.user('duty_leader', '32')
    const manager = await world.user('duty_manager', '32')
    const alert = await world.raise({ severity: 1 })
    await world.move(alert.id, { move: 'ack' }, leader)
    await world.move(alert.id, { move: 'upgrade', toSeverity: 2 })
    await fireAt(world, T)
    expect((await outbox(world, alert.id)).map((row) => row.target)).toEqual([manager.userId])
    await world.move(alert.id, { move: 'ack' }, manager)
    await world.move(alert.id, { move: 'upgrade', toSeverity: 3 })
    await fireAt(world, T)
    expect((await outbox(world, alert.id)).filter((row) => row.state === 'queued').map((row) => row.target)).toEqual([manager.userId])
  })
})

describe('a ladder', () => {
  test('keeps the version that its alert started with (invariant 10)', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    const alert = await world.raise()
    const { ladders } = await world.engine.settings(T)
    const slow = {
      ...ladders.body.risk[2],
      ackMinutes: 60,
      steps: ladders.body.risk[2].steps.map((step, index) => ({ ...step, afterMinutes: index * 60 })),
    }
    await inTransaction(world.pool, (tx) =>
      saveSettings(tx, {
        kind: 'ladders',
        body: { ...ladders.body, risk: { ...ladders.body.risk, 2: slow } },
        author: 't',
        reason: 't',
        effectiveFrom: T,
        now: T,
      }),
    )
    const later = await world.raise({ ruleId: 'MR-02' })
    expect([alert.ladderVersion, later.ladderVersion]).toEqual([1, 2])
    await fireAt(world, T + 15 * MINUTE)
    expect([await steps(world, alert.id), await steps(world, later.id)].map((list) => list.length)).toEqual([2, 1])
    await world.move(alert.id, { move: 'downgrade', toSeverity: 1 })
    await world.move(alert.id, { move: 'upgrade', toSeverity: 2 })
    expect(
      (await world.rows<{ v: number }>('select ladder_version as v from escalation where alert_id = $1 and stopped_at is null', [alert.id]))[0]?.v,
    ).toBe(1)
  })

  test('of a ticket with five rules pages once, by the highest level (S-14-7)', async () => {
    const world = await alertWorld(T)
    const [leader] = [await world.user('duty_leader', '32'), await world.user('duty_agent', '32'), await world.user('duty_manager', '32')]
    const levels = [1, 2, 2, 3, 3] as const
    const alerts = await inEngineTransaction(world.engine, T, (etx) =>
      openAlerts(
        etx,
        levels.map((severity, index) => ({ ...SPEC, kind: 'abnormal', ruleId: `AT-0${index + 1}`, ticketKey: '32:eoms:T1', severity, openedAt: T })),
      ),
    )
    await fireAt(world, T)
    const rows = await world.rows<{ alert_id: number; target: string }>('select alert_id, target from outbox')
    expect(rows).toEqual([{ alert_id: Number(alerts[3]?.id), target: leader.userId }])
    const carrier = alerts[3]?.id
    for (const { id } of alerts) {
      expect(await steps(world, id)).toHaveLength(id === carrier ? 1 : 0)
      const covered = (await notes(world, id)).filter(({ detail }) => detail['kind'] === 'covered')
      expect(covered.map(({ detail }) => detail['coveredBy'])).toEqual(id === carrier ? [] : [carrier])
    }
    expect(await world.rows('select alert_id from escalation where stopped_at is null')).toEqual([{ alert_id: Number(carrier) }])
  })

  test('does not run for what ends before it fires', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    const alert = await world.raise()
    await world.move(alert.id, { move: 'mitigate' })
    expect(await fireAt(world, T + HOUR)).toBe(0)
    expect(await outbox(world, alert.id)).toEqual([])
  })

  test('asks again after a relapse of what nobody took, from the relapse', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    const alert = await world.raise()
    await fireAt(world, T)
    await world.move(alert.id, { move: 'mitigate' })
    world.clock.set(T + HOUR)
    await world.move(alert.id, { move: 'relapse' })
    await fireAt(world, T + HOUR)
    await fireAt(world, T + HOUR + 15 * MINUTE)
    expect((await steps(world, alert.id)).map((step) => (step.due_at - T) / MINUTE)).toEqual([0, 60, 75])
  })

  test('stops at the limit of one call and rings for the rest', async () => {
    const world = await alertWorld(T)
    await Promise.all(Array.from({ length: 5 }, (_, index) => world.raise({ ruleId: `MR-${index}` })))
    world.bells.length = 0
    expect(await runEscalate(world.engine, T, { limit: 3 })).toBe(3)
    expect(world.bells).toContain('escalate')
    expect(await runEscalate(world.engine, T, { limit: 3 })).toBe(2)
  })
})
