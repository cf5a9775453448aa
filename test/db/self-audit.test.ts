import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { runSelfAudit } from '../../core/engine/self-audit.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from '../support/alert-builders.ts'
import type { AlertWorld } from '../support/alert-world.ts'
import { pass, scene } from '../support/webhook-scene.ts'

interface Found {
  kind: string
  due_at: number
  found_at: number
}
const findings = (world: AlertWorld) => world.rows<Found>('select kind, due_at, found_at from self_audit_finding order by id')
const notes = (world: AlertWorld) => world.rows<{ reason: string }>("select reason from alert_transition where detail ->> 'kind' = 'self_audit' order by id")

/** A yellow case that nobody answers; step 1 at T, step 2 at T + 15 min, by the plain ladders. */
async function unanswered() {
  const { world, receiver } = await scene()
  await world.user('duty_manager', '32')
  const alert = await world.raise()
  await pass(world, T)
  expect(receiver.received).toHaveLength(1)
  const run = async (at: number, minutes = 20) => {
    for (let now = at; now <= T + minutes * MINUTE; now += MINUTE) await pass(world, now)
  }
  const steps = () => receiver.received.map(({ body }) => (JSON.parse(body) as { step: number }).step)
  return { world, alert, receiver, run, steps }
}

describe('a ladder that does not stand where its record says', () => {
  const damages: readonly [name: string, damage: string][] = [
    ['pointer beyond a step that never fired', 'update escalation set next_step = 2, due_at = null'],
    ['no next time', 'update escalation set due_at = null'],
    ['a next time that is too late', "update escalation set due_at = due_at + interval '3 hours'"],
    ['ended, though nobody has answered', "update escalation set stopped_at = started_at, stopped_why = 'acknowledged'"],
  ]
  test.each(damages)('%s: found at the next look and mended, the step comes in time and once', async (_name, damage) => {
    const { world, run, steps } = await unanswered()
    await world.pool.query(damage)
    world.clock.set(T + 5 * SECOND + 1)
    expect(await runSelfAudit(world.engine, T + 5 * SECOND + 1)).toBe(1)
    expect(await findings(world)).toHaveLength(1)
    expect(await notes(world)).toEqual([{ reason: expect.stringContaining('自检') }])
    expect(await runSelfAudit(world.engine, T + 10 * SECOND)).toBe(0)
    await run(T + MINUTE)
    expect(steps().filter((step) => step === 0).length, 'the first step and a reminder of it at most').toBeLessThanOrEqual(2)
    expect(steps().filter((step) => step === 1)).toHaveLength(1)
  })

  test('is found hours later too, and then fires late and says so', async () => {
    const { world, run, steps } = await unanswered()
    await world.pool.query('update escalation set due_at = null')
    const late = T + 9 * 60 * MINUTE
    expect(await runSelfAudit(world.engine, late)).toBe(1)
    await pass(world, late)
    await run(late)
    expect(steps().filter((step) => step === 1)).toHaveLength(1)
    expect(await world.rows("select from alert_transition where reason like '%迟 525 分钟%'")).toHaveLength(1)
  })

  test('that lost the record of its first step keeps what was sent: nobody is called twice for it', async () => {
    const { world, steps } = await unanswered()
    await world.pool.query('update escalation set next_step = 0, due_at = started_at')
    await pass(world, T + SECOND)
    expect(steps()).toEqual([0])
    expect(await world.rows('select next_step::int as step from escalation')).toEqual([{ step: 1 }])
  })
})

describe('an alert whose ladder is gone', () => {
  test('gets one again, for a case and for a ticket’s carrier', async () => {
    const { world, receiver } = await scene()
    await world.user('duty_manager', '32')
    await world.raise()
    await world.raise({ kind: 'abnormal', ruleId: 'AT-01', ticketKey: '32:crm:1', severity: 2 })
    await world.raise({ kind: 'abnormal', ruleId: 'AT-02', ticketKey: '32:crm:1', severity: 1 })
    await world.pool.query('delete from escalation')
    expect(await runSelfAudit(world.engine, T + 4 * SECOND), 'not yet').toBe(0)
    expect(await runSelfAudit(world.engine, T + 6 * SECOND)).toBe(2)
    expect((await findings(world)).map(({ kind }) => kind)).toEqual(['no_run', 'no_run'])
    expect(await world.rows('select a.rule_id from escalation e join alert a on a.id = e.alert_id order by 1')).toEqual([{ rule_id: 'AT-01' }, { rule_id: 'MR-01' }])
    await pass(world, T + 7 * SECOND)
    expect(receiver.received.length).toBeGreaterThan(0)
    expect(await runSelfAudit(world.engine, T + 10 * SECOND)).toBe(0)
  })
})

describe('a call that nobody makes', () => {
  test('is rung for again, and told once for its time', async () => {
    const { world } = await unanswered()
    world.bells.length = 0
    const late = T + 15 * MINUTE + 5 * SECOND
    expect(await runSelfAudit(world.engine, late - 1)).toBe(0)
    expect(await runSelfAudit(world.engine, late)).toBe(1)
    expect(world.bells).toContain('escalate')
    expect(await runSelfAudit(world.engine, late + 5 * SECOND)).toBe(0)
    expect(await findings(world)).toEqual([{ kind: 'overdue', due_at: T + 15 * MINUTE, found_at: late }])
  })

  test('to a provider is rung for too', async () => {
    const { world } = await scene()
    await world.user('duty_manager', '32')
    await world.raise()
    await runEscalate(world.engine, T)
    world.bells.length = 0
    await runSelfAudit(world.engine, T + 4 * SECOND)
    expect(world.bells).not.toContain('notify')
    await runSelfAudit(world.engine, T + 6 * SECOND)
    expect(world.bells).toContain('notify')
  })
})

test('where all is as it should be it finds nothing, minute by minute, whatever the alerts do', async () => {
  const { world } = await scene()
  const manager = await world.user('duty_manager', '32')
  const alerts = await Promise.all([1, 2, 3, 4].map((severity) => world.raise({ ruleId: `MR-0${severity}`, severity: severity as 1 })))
  await world.raise({ kind: 'abnormal', ruleId: 'AT-01', ticketKey: '32:crm:1', severity: 2 })
  await world.raise({ kind: 'abnormal', ruleId: 'AT-02', ticketKey: '32:crm:1', severity: 3 })
  await world.raise({ ruleId: 'MR-09', severity: 3, late: { together: 1 } })
  const found: number[] = []
  for (let minute = 0; minute < 90; minute += 1) {
    const now = T + minute * MINUTE
    await pass(world, now)
    if (minute === 7) await world.move(alerts[2]?.id ?? '', { move: 'ack' }, manager)
    if (minute === 9) await world.move(alerts[1]?.id ?? '', { move: 'upgrade', toSeverity: 3 })
    if (minute === 12) await world.move(alerts[1]?.id ?? '', { move: 'mitigate' })
    if (minute === 30) await world.move(alerts[1]?.id ?? '', { move: 'relapse' })
    await pass(world, now)
    found.push(await runSelfAudit(world.engine, now + 10 * SECOND))
  }
  expect(await findings(world)).toEqual([])
  expect(Math.max(...found)).toBe(0)
})

test('a ladder that cannot be taken further keeps no other one waiting', async () => {
  const { world, receiver } = await scene()
  await world.user('duty_manager', '32')
  const broken = await world.raise()
  await world.raise({ ruleId: 'MR-02', openedAt: T + 1 })
  await world.pool.query('update escalation set ladder_version = 99 where alert_id = $1', [broken.id])
  await expect(runEscalate(world.engine, T + SECOND)).rejects.toThrow('ladders version 99')
  await pass(world, T + SECOND).catch(() => undefined)
  const { runNotify } = await import('../../workers/notify.ts')
  await runNotify(world.engine, T + SECOND, { channels: { webhookAllow: ['127.0.0.0/8'] } })
  expect(receiver.received).toHaveLength(1)
})
