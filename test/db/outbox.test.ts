import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { markReceived } from '../../core/store/notification-store.ts'
import { claimDelivery, finishDelivery, beginCall, lockDueDelivery } from '../../core/store/outbox-store.ts'
import { disableWebhook, insertWebhook, loadWebhooks, loadWebhookTarget } from '../../core/store/webhook-store.ts'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld } from '../support/alert-world.ts'

const channels = { webhookAllow: [] }
interface Row {
  id: number
  state: string
  attempts: number
  unconfirmed_calls: number
  outcome: string | null
  sent_at: number | null
  delivered_at: number | null
  claim_token: string | null
  target: string
}
const outbox = (world: AlertWorld) => world.rows<Row>('select * from outbox order by id')
const RESULT = { state: 'sent', dueAt: null, sentAt: T, unconfirmedCalls: 0, outcome: { zh: '好', en: 'ok' } } as const

/** A yellow case of which one manager has been told: one row waits. */
async function oneWaiting() {
  const world = await alertWorld(T)
  const manager = await world.user('duty_manager', '32')
  const alert = await world.raise()
  await runEscalate(world.engine, T)
  return { world, manager, alert }
}

async function claim(world: AlertWorld, at: number, until: number) {
  const token = randomUUID()
  const row = await inTransaction(world.pool, async (tx) => {
    const due = await lockDueDelivery(tx, at, 2)
    if (due) await claimDelivery(tx, due.id, { token, until, isRepeat: false, unconfirmedCalls: due.unconfirmedCalls })
    return due
  })
  return { row, token }
}

describe('a claim', () => {
  test('is had by one worker only, and by another after it has run out', async () => {
    const { world } = await oneWaiting()
    const both = await Promise.all([claim(world, T, T + SECOND), claim(world, T, T + SECOND)])
    expect(both.filter(({ row }) => row !== undefined)).toHaveLength(1)
    expect((await claim(world, T + SECOND - 1, T + MINUTE)).row).toBeUndefined()
    expect((await claim(world, T + SECOND, T + MINUTE)).row).toMatchObject({ state: 'sending', attempts: 1 })
  })

  test('that was lost writes nothing: a worker that wakes up late finds its token void (invariant 7)', async () => {
    const { world } = await oneWaiting()
    const slow = await claim(world, T, T + SECOND)
    const quick = await claim(world, T + 2 * SECOND, T + MINUTE)
    const id = String(slow.row?.id)
    expect(await beginCall(world.pool, id, slow.token)).toBeUndefined()
    expect(await finishDelivery(world.pool, id, slow.token, { ...RESULT, outcome: { zh: '太晚', en: 'too late' } })).toBe(false)
    expect((await outbox(world))[0]).toMatchObject({ state: 'sending', claim_token: quick.token, outcome: null })
    expect(await finishDelivery(world.pool, id, quick.token, RESULT)).toBe(true)
    expect(await finishDelivery(world.pool, id, quick.token, { ...RESULT, state: 'failed' })).toBe(false)
    expect((await outbox(world))[0]).toMatchObject({ state: 'sent', outcome: '好 / ok', claim_token: null })
  })

  test('is not to be had while somebody is acknowledging, and sees the acknowledgement once it is there (invariant 9)', async () => {
    const { world, manager, alert } = await oneWaiting()
    let during: unknown = 'not looked'
    await inEngineTransaction(world.engine, T, async (etx) => {
      await etx.tx.query('select from alert where id = $1 for no key update', [alert.id])
      during = (await claim(world, T, T + MINUTE)).row
      await moveAlert(etx, alert.id, { move: 'ack', reason: '' }, manager, 'test')
    })
    expect(during).toBeUndefined()
    expect((await outbox(world))[0]).toMatchObject({ state: 'cancelled', outcome: '已撤回；已确认 / cancelled; acknowledged', attempts: 0 })
    expect((await claim(world, T + MINUTE, T + 2 * MINUTE)).row).toBeUndefined()
  })

  test('makes an acknowledgement wait for its commit: what was claimed first was claimed while people were asked', async () => {
    const { world, manager, alert } = await oneWaiting()
    const order: string[] = []
    const acked = await inTransaction(world.pool, async (tx) => {
      await lockDueDelivery(tx, T, 2)
      const ack = world.move(alert.id, { move: 'ack' }, manager).then((result) => {
        order.push('acknowledged')
        return result
      })
      await sleep(150)
      order.push('claimed')
      return { ack }
    })
    expect((await acked.ack).ok).toBe(true)
    expect(order).toEqual(['claimed', 'acknowledged'])
  })

  test('of a target that has its number of calls in flight waits for one of them', async () => {
    const { world } = await oneWaiting()
    await world.raise({ ruleId: 'MR-02' })
    await world.raise({ ruleId: 'MR-03' })
    await runEscalate(world.engine, T)
    await claim(world, T, T + MINUTE)
    await claim(world, T, T + MINUTE)
    expect((await claim(world, T, T + MINUTE)).row).toBeUndefined()
    expect((await claim(world, T + MINUTE, T + 2 * MINUTE)).row).toBeDefined()
  })
})

describe('the in-app channel', () => {
  test('puts one notification before the person alone, confirmed when the client shows it', async () => {
    const { world, manager, alert } = await oneWaiting()
    expect(await runNotify(world.engine, T, { channels })).toBe(1)
    expect(await outbox(world)).toMatchObject([{ state: 'sent', attempts: 1, sent_at: T, outcome: '已推送到本人界面 / put before the person' }])
    const [row] = await world.rows<{ user_id: string; payload: { notificationId: string } }>("select * from feed where topic = 'notification'")
    const [stored] = await world.rows<{ id: number; payload: object }>('select * from notification')
    const notificationId = String(stored?.id)
    expect(row).toMatchObject({ user_id: manager.userId, payload: { notificationId, alertId: alert.id, severity: 2, step: 0 } })
    expect(stored?.payload).toMatchObject({ textZh: expect.stringContaining('【黄色】MR-01') })
    const stranger = await world.user('duty_manager', '32')
    expect(await markReceived(world.pool, notificationId, stranger.userId, T + 1)).toBe(false)
    expect(await markReceived(world.pool, 'x', manager.userId, T + 1)).toBe(false)
    expect(await markReceived(world.pool, notificationId, manager.userId, T + SECOND)).toBe(true)
    expect(await markReceived(world.pool, notificationId, manager.userId, T + MINUTE)).toBe(true)
    expect(await outbox(world)).toMatchObject([{ state: 'delivered', delivered_at: T + SECOND }])
  })

  test('shows nothing twice when its worker died between the notification and the receipt', async () => {
    const { world } = await oneWaiting()
    await runNotify(world.engine, T, { channels })
    await world.pool.query("update outbox set state = 'sending', claim_token = gen_random_uuid(), claimed_until = due_at")
    await runNotify(world.engine, T + 30 * SECOND, { channels })
    expect(await outbox(world)).toMatchObject([{ state: 'sent', attempts: 2, unconfirmed_calls: 0 }])
    expect(await world.rows('select from notification')).toHaveLength(1)
    expect(await world.rows("select from feed where topic = 'notification'")).toHaveLength(1)
  })

  test('counts as delivered also when the client confirmed before the receipt was written', async () => {
    const { world, manager } = await oneWaiting()
    await runNotify(world.engine, T, { channels })
    const token = randomUUID()
    await world.pool.query("update outbox set state = 'sending', claim_token = $1", [token])
    const [stored] = await world.rows<{ id: number }>('select id from notification')
    await markReceived(world.pool, String(stored?.id), manager.userId, T + 1)
    await finishDelivery(world.pool, String((await outbox(world))[0]?.id), token, RESULT)
    expect(await outbox(world)).toMatchObject([{ state: 'delivered', delivered_at: T + 1 }])
  })

  test('tells nobody after the acknowledgement, the end, or a new start', async () => {
    const { world, manager, alert } = await oneWaiting()
    await world.move(alert.id, { move: 'ack' }, manager)
    expect(await runNotify(world.engine, T + MINUTE, { channels })).toBe(0)
    const mitigated = await world.raise({ ruleId: 'MR-02' })
    await runEscalate(world.engine, T)
    await world.move(mitigated.id, { move: 'mitigate' })
    expect(await runNotify(world.engine, T + MINUTE, { channels })).toBe(0)
    expect(await world.rows('select from notification')).toEqual([])
    expect((await outbox(world)).map((row) => row.outcome)).toEqual([
      '已撤回；已确认 / cancelled; acknowledged',
      '已撤回；预警已缓解 / cancelled; the alert is mitigated',
    ])
  })
})

describe('a queue', () => {
  test('of hundreds is worked off by several workers at once, each row once', async () => {
    const world = await alertWorld(T)
    for (let index = 0; index < 5; index += 1) await world.user('duty_manager', '32', `经理 ${index}`)
    await Promise.all(Array.from({ length: 20 }, (_, index) => world.raise({ ruleId: `MR-${index}` })))
    await runEscalate(world.engine, T)
    const taken = await Promise.all(Array.from({ length: 3 }, () => runNotify(world.engine, T, { channels })))
    expect(taken.reduce((sum, n) => sum + n, 0)).toBe(100)
    expect(new Set((await outbox(world)).map((row) => `${row.state} ${row.attempts}`))).toEqual(new Set(['sent 1']))
    expect(await world.rows('select from notification')).toHaveLength(100)
  })

  test('of which one receipt cannot be written lets the others end, and then says so: nothing falls that nobody waits for', async () => {
    const world = await alertWorld(T)
    await world.user('duty_manager', '32')
    for (let index = 0; index < 6; index += 1) await world.raise({ ruleId: `MR-${index}` })
    await runEscalate(world.engine, T)
    await world.pool.query(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'the database restarts'; end $$`)
    await world.pool.query("create trigger broken before update on outbox for each row when (new.state = 'sent' and new.id = 6) execute function fail()")
    // The first lane is still at its call when the last one fails.
    const slow = new Proxy(world.pool, {
      get: (pool, name) => {
        if (name !== 'query') return Reflect.get(pool, name)
        return async (text: string, values: unknown[]) => {
          if (values?.[0] === '1') await new Promise((resolve) => setTimeout(resolve, 300))
          return pool.query(text, values)
        }
      },
    })
    await expect(runNotify({ ...world.engine, pool: slow }, T, { channels: { webhookAllow: [], publicUrl: null } })).rejects.toThrow('the database restarts')
    expect((await world.rows<{ state: string }>('select state from outbox order by id')).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent', 'sending'])
  })

  test('with a channel that no longer exists ends that row and goes on', async () => {
    const { world } = await oneWaiting()
    await world.pool.query("update outbox set channel = 'pager'")
    await runNotify(world.engine, T, { channels })
    expect(await outbox(world)).toMatchObject([{ state: 'failed', outcome: '没有渠道 pager / there is no channel pager' }])
  })
})

describe('webhook endpoints', () => {
  test('are listed and disabled within the scope only; a disabled one is never called', async () => {
    const world = await alertWorld(T)
    const [mine, theirs] = [randomUUID(), randomUUID()]
    for (const [id, regionCode] of [
      [mine, '32'],
      [theirs, '33'],
    ] as const)
      await insertWebhook(world.pool, { id, regionCode, url: `https://${regionCode}.example.com/`, secretSealed: 's', createdBy: null }, T)
    const at32 = scopeOf(world.engine.tree.get('32')!)
    expect((await loadWebhooks(world.pool, at32)).map((row) => row.id)).toEqual([mine])
    expect((await loadWebhooks(world.pool, ENGINE_SCOPE)).map((row) => row.url)).toEqual(
      expect.arrayContaining(['https://32.example.com/', 'https://33.example.com/']),
    )
    expect(await disableWebhook(world.pool, at32, theirs, T)).toBeNull()
    expect(await disableWebhook(world.pool, at32, mine, T)).toMatchObject({ id: mine, disabledAt: T })
    expect(await disableWebhook(world.pool, at32, mine, T)).toBeNull()
    expect([await loadWebhookTarget(world.pool, mine), await loadWebhookTarget(world.pool, theirs)]).toEqual([
      undefined,
      { url: 'https://33.example.com/', secretSealed: 's' },
    ])
  })
})
