import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyAudit, sealLogs } from '../../core/engine/audit-seals.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { runSelfAudit } from '../../core/engine/self-audit.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { serverWorld, type ServerWorld } from '../support/server.ts'

let world: ServerWorld
beforeAll(async () => {
  world = await serverWorld()
  await world.addUser('manager', 'duty_manager', '32')
  await world.addUser('elsewhere', 'duty_manager', '33')
})
afterAll(async () => { await world?.stop() })

const open = (ago: number) => {
  const at = systemClock.now() - ago
  const spec = { kind: 'risk', ruleId: 'MR-02', severity: 2, ticketKey: null, regionCode: '32', facts: {}, parameters: {}, ruleVersion: 1, openedAt: at, suppressedBy: null } as const
  return inEngineTransaction(world.engine, at, (etx) => openAlert(etx, spec))
}

describe('the proof of an alert’s pages', () => {
  test('says what was due, what was made, and what an answer made needless; with the sealed log', async () => {
    const alert = await open(16 * MINUTE)
    await runEscalate(world.engine, alert.openedAt)
    const manager = await world.signIn('manager')
    const proof = async () => (await world.call(manager, 'GET', `/api/v1/alerts/${alert.id}/proof`)).body
    const verdicts = async () => (await proof()).lines.map(({ kind, step, verdict, why }: Record<string, unknown>) => [kind, step, verdict, why])
    expect(await verdicts()).toEqual([['step', 0, 'kept', null], ['step', 1, 'missed', null], ['step', 2, 'to_come', null], ['step', 3, 'to_come', null]])
    await runEscalate(world.engine, systemClock.now())
    expect((await world.call(manager, 'POST', `/api/v1/alerts/${alert.id}/moves`, { move: 'ack', client: 'desk' })).status).toBe(200)
    await sealLogs(world.engine, systemClock.now())
    expect((await verdicts()).filter(([kind]: string[]) => kind === 'step')).toEqual([['step', 0, 'kept', null], ['step', 1, 'late', null], ['step', 2, 'not_needed', 'acknowledged'], ['step', 3, 'not_needed', 'acknowledged']])
    const { log } = await proof()
    expect(log.filter(({ kind }: { kind: string }) => kind === 'step').length).toBeGreaterThanOrEqual(2)
    expect(log.every(({ sealNo }: { sealNo: number | null }) => sealNo !== null)).toBe(true)
    expect((await verifyAudit(world.engine, { from: 0, to: systemClock.now() + MINUTE })).broken).toEqual([])
  })

  test('is shown to nobody elsewhere, and an unknown one is unknown', async () => {
    const alert = await open(0)
    const elsewhere = await world.signIn('elsewhere')
    expect((await world.call(elsewhere, 'GET', `/api/v1/alerts/${alert.id}/proof`)).status).toBe(404)
    const manager = await world.signIn('manager')
    expect((await world.call(manager, 'GET', '/api/v1/alerts/999999/proof')).status).toBe(404)
  })
})

describe('what the engine found of itself', () => {
  test('is listed for those who see the alert, with when it last looked', async () => {
    const alert = await open(MINUTE)
    await runEscalate(world.engine, systemClock.now())
    await world.pool.query("update escalation set due_at = null, next_step = 9 where alert_id = $1", [alert.id])
    const now = systemClock.now()
    expect(await runSelfAudit(world.engine, now)).toBeGreaterThan(0)
    const { body } = await world.call(await world.signIn('manager'), 'GET', '/api/v1/self-audit')
    expect(body.lastRunAt).toBe(now)
    expect(body.findings).toContainEqual(expect.objectContaining({ alertId: alert.id, ruleId: 'MR-02', regionCode: '32', kind: 'pointer', foundAt: now }))
    expect((await world.call(await world.signIn('elsewhere'), 'GET', '/api/v1/self-audit')).body.findings).toEqual([])
  })
})
