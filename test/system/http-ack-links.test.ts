import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ackToken, deliveryOfToken } from '../../core/platform/ack-token.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { at } from '../support/builders.ts'
import { type ServerWorld, serverWorld } from '../support/server.ts'

const T = at('2026-06-11 12:00')
const clock = new ManualClock(T)
let world: ServerWorld
beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role] of [['manager', 'duty_manager'], ['leader', 'duty_leader'], ['chief', 'exec']] as const) await world.addUser(login, role, '32')
})
afterAll(async () => { await world?.stop() })
beforeEach(() => clock.set(T))

/** A yellow case that has called its people, and the links that each of them got. */
async function paged(): Promise<{ id: string; links: Record<string, string> }> {
  const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, {
    kind: 'risk', ruleId: 'MR-01', severity: 2, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt: clock.now(), suppressedBy: null,
  }))
  await runEscalate(world.engine, clock.now())
  const { rows } = await world.pool.query<{ login: string; id: string }>('select u.login, o.delivery_id as id from outbox o join app_user u on u.id::text = o.target where o.alert_id = $1', [alert.id])
  return { id: alert.id, links: Object.fromEntries(rows.map(({ login, id }) => [login, ackToken(world.engine.secret, id)])) }
}
const ask = async (method: 'GET' | 'POST' | 'HEAD', token: string | undefined, body?: unknown) => {
  const answer = await world.app.inject({ method, url: `/api/v1/ack/${token ?? ''}`, ...(body === undefined ? {} : { payload: body as object }) })
  return { status: answer.statusCode, body: answer.body === '' ? null : JSON.parse(answer.body) }
}
const upgrade = (id: string, toSeverity: 3 | 4) => inEngineTransaction(world.engine, clock.now(), (etx) => moveAlert(etx, id, { move: 'upgrade', toSeverity, reason: 'rule' }, { kind: 'engine' }, 'engine'))

describe('a link that came with a page', () => {
  test('shows what it is about without a login and, however often it is opened, acknowledges nothing', async () => {
    const { id, links } = await paged()
    for (const method of ['GET', 'HEAD', 'GET'] as const) expect((await ask(method, links['manager'])).status).toBe(200)
    expect((await ask('GET', links['manager'])).body).toMatchObject({ state: 'asks', alertId: id, ruleId: 'MR-01', severity: 2, pagedSeverity: 2, ackDueAt: T + 15 * MINUTE, answeredBy: null })
    expect((await world.pool.query("select state from alert where id = $1", [id])).rows).toEqual([{ state: 'open' }])
  })

  test('acknowledges as the person to whom it was sent; who comes second is told who was first; nothing waits any more', async () => {
    const { id, links } = await paged()
    const mine = await ask('POST', links['manager'], { severity: 2 })
    expect(mine).toMatchObject({ status: 200, body: { state: 'answered', answeredBy: expect.stringContaining('manager') } })
    expect(await ask('POST', links['leader'], { severity: 2 })).toMatchObject({ status: 409, body: { error: { code: 'already_acknowledged', by: expect.stringContaining('manager') } } })
    expect((await ask('GET', links['leader'])).body).toMatchObject({ state: 'answered' })
    const { rows } = await world.pool.query("select t.client, u.login from alert_transition t join app_user u on u.id = t.actor_id where t.alert_id = $1 and t.move = 'ack'", [id])
    expect(rows).toEqual([{ client: 'link', login: 'manager' }])
    expect((await world.pool.query("select from outbox where alert_id = $1 and state = 'queued'", [id])).rowCount).toBe(0)
  })

  test('of yellow does not take an orange unseen, and takes it once it was shown', async () => {
    const { id, links } = await paged()
    await upgrade(id, 3)
    expect(await ask('POST', links['manager'], { severity: 2 })).toMatchObject({ status: 409, body: { error: { code: 'severity_changed' } } })
    expect((await ask('GET', links['manager'])).body).toMatchObject({ state: 'asks', severity: 3, pagedSeverity: 2 })
    expect((await ask('POST', links['manager'], { severity: 3 })).status).toBe(200)
    // Used: when it asks again after a rise, this link no longer answers.
    await upgrade(id, 4)
    expect((await ask('GET', links['manager'])).body).toMatchObject({ state: 'used' })
    expect(await ask('POST', links['manager'], { severity: 4 })).toMatchObject({ status: 409, body: { error: { code: 'link_used' } } })
    expect((await world.pool.query('select acked_severity from alert where id = $1', [id])).rows).toEqual([{ acked_severity: 3 }])
  })

  test('expires after a day, gives no right that the person does not have, and dies with the account', async () => {
    const { links } = await paged()
    expect(await ask('POST', links['leader'], { severity: 9 })).toMatchObject({ status: 400 })
    const { id, links: later } = await paged()
    await upgrade(id, 4)
    expect(await ask('POST', later['leader'], { severity: 4 })).toMatchObject({ status: 403, body: { error: { code: 'role_may_not' } } })
    clock.set(T + 24 * HOUR)
    expect((await ask('GET', links['leader'])).body).toMatchObject({ state: 'expired' })
    expect(await ask('POST', links['leader'], { severity: 2 })).toMatchObject({ status: 410 })
    clock.set(T)
    await world.pool.query("update app_user set disabled_at = now() where login = 'leader'")
    expect((await ask('GET', later['leader'])).status).toBe(404)
    await world.pool.query("update app_user set disabled_at = null where login = 'leader'")
  })

  test('is of no use when it was forged, cut, of another deployment, or is a webhook’s', async () => {
    const { id, links } = await paged()
    const token = links['manager'] as string
    const [page = '', mac = ''] = token.split('.')
    const flipped = `${page}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`
    const { rows } = await world.pool.query<{ id: string }>('select delivery_id as id from outbox where alert_id = $1', [id])
    const other = ackToken('another secret, thirty-two characters', rows[0]?.id ?? '')
    for (const bad of [flipped, page, `${page}.`, other, 'x'.repeat(60), '%00', token.toUpperCase()]) {
      const { status } = await ask('POST', bad, { severity: 2 })
      expect([404, 400], bad).toContain(status)
    }
    expect(deliveryOfToken(world.engine.secret, token)).toBe(rows.find((row) => ackToken(world.engine.secret, row.id) === token)?.id)
    await world.pool.query("update outbox set channel = 'webhook' where delivery_id = $1", [deliveryOfToken(world.engine.secret, token)])
    expect((await ask('GET', token)).status).toBe(404)
  })
})
