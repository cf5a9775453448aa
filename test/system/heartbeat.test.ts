import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { runCanary } from '../../core/engine/canary.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { seal } from '../../core/platform/seal.ts'
import { insertWebhook } from '../../core/store/webhook-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { T } from '../support/alert-builders.ts'
import { SPEC } from '../support/alert-world.ts'
import { ALL_DUTIES, type CanaryScene, canaryScene, type Duty } from '../support/canary-scene.ts'
import { engineWorld } from '../support/engine-world.ts'
import { databaseGate } from '../support/gate.ts'
import { NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'
import { hangUp, status, webhookReceiver } from '../support/webhook-receiver.ts'

let clock: ManualClock
let world: ServerWorld
let scene: CanaryScene
const beat = async (of: ServerWorld = world) => {
  const { status, body, headers } = await of.call(NOBODY, 'GET', '/api/v1/heartbeat')
  return { http: status, retryAfter: headers.get('retry-after'), ...body }
}
const rows = async (text: string) => (await world.pool.query(text)).rows
const without = (...duties: Duty[]) => new Set([...ALL_DUTIES].filter((duty) => !duties.includes(duty)))

beforeEach(async () => {
  clock = new ManualClock(T)
  world = await serverWorld({ clock })
  scene = await canaryScene(world.engine, clock)
  return () => world.stop()
})

describe('a canary', () => {
  test('goes the way of every alert: raised, two steps, the second by the timer at T + 10 s, two calls, acknowledged and ended, and then the heart beats', async () => {
    expect(await beat()).toMatchObject({ http: 503, status: 'late', stuckAt: 'not_opened', stuckStep: null, lastCompletedAt: null, retryAfter: '10' })
    await scene.runUntil(T + 9 * SECOND)
    expect(await beat()).toMatchObject({ http: 503, stuckAt: 'step_not_fired', stuckStep: 2 })
    expect(await rows("select step, state from outbox where channel = 'canary'")).toEqual([{ step: 0, state: 'delivered' }])
    await scene.runUntil(T + 11 * SECOND)
    expect(await beat()).toEqual({
      http: 200, retryAfter: null, status: 'ok', lastCompletedAt: T + 10 * SECOND, ageSeconds: 1, tookMs: 10_000, stuckAt: null, stuckStep: null,
      stages: { firstFired: 0, firstReceived: 0, secondFired: 10_000, secondReceived: 10_000, acknowledged: 10_000 },
      messageZh: '通知链路正常，1 秒前走通一次', messageEn: 'the path to a page is alive; it was passed 1 s ago',
    })
    expect(await rows('select move, to_state from alert_transition order by id')).toEqual([
      { move: 'open', to_state: 'open' }, { move: 'note', to_state: 'open' }, { move: 'note', to_state: 'open' }, { move: 'ack', to_state: 'acknowledged' }, { move: 'auto_resolve', to_state: 'resolved' },
    ])
    expect(await rows('select stopped_why from escalation')).toEqual([{ stopped_why: 'acknowledged' }])
  })

  test('stays alive 90 s after the last that came through, and not longer', async () => {
    await scene.runUntil(T + 11 * SECOND)
    clock.set(T + 100 * SECOND)
    expect((await beat()).http).toBe(200)
    clock.set(T + 101 * SECOND)
    expect(await beat()).toMatchObject({ http: 503, stuckAt: 'not_opened', ageSeconds: 91 })
  })

  test('comes once a minute, whatever number of workers is at it', async () => {
    const workers = Array.from({ length: 4 }, () => ({ ...world.engine }))
    for (let at = T; at < T + 5 * MINUTE; at += 20 * SECOND) await Promise.all(workers.map((engine) => runCanary(engine, at)))
    expect(await rows('select opened_at from alert order by opened_at')).toEqual([0, 1, 2, 3, 4].map((minute) => ({ opened_at: T + minute * MINUTE })))
  })
})

describe('whatever stands still is named within 90 s, and the heart beats again by itself', () => {
  const stops: readonly [what: string, running: ReadonlySet<Duty>, stage: string, step: number | null][] = [
    ['nothing raises any', without('sweep'), 'not_opened', null],
    ['no step fires', without('escalate'), 'step_not_fired', 1],
    ['nobody sends', without('notify'), 'not_called', 1],
    ['neither fires nor sends', without('escalate', 'notify'), 'step_not_fired', 1],
  ]
  test.each(stops)('%s', async (_what, running, stage, step) => {
    await scene.runUntil(T + 10 * SECOND)
    scene.running = running
    await scene.runUntil(T + 100 * SECOND)
    expect((await beat()).http).toBe(200)
    await scene.runUntil(T + 101 * SECOND)
    expect(await beat()).toMatchObject({ http: 503, status: 'late', stuckAt: stage, stuckStep: step })
    await scene.runUntil(T + 10 * MINUTE, 10 * SECOND)
    expect(await beat()).toMatchObject({ http: 503, stuckAt: stage, stuckStep: step })
    scene.running = ALL_DUTIES
    await scene.runUntil(T + 11 * MINUTE + 11 * SECOND)
    expect(await beat()).toMatchObject({ http: 200, stuckAt: null, tookMs: 10_000 })
  })

  test('nobody is there to receive: the call was begun and came to nothing', async () => {
    const gone = await webhookReceiver()
    gone.answer = hangUp
    await scene.runUntil(T + 10 * SECOND)
    scene.url = gone.urlOf('/canary')
    await scene.runUntil(T + 101 * SECOND)
    expect(await beat()).toMatchObject({ http: 503, stuckAt: 'not_received', stuckStep: 1 })
    scene.url = scene.farSide
    await scene.runUntil(T + 3 * MINUTE + 11 * SECOND)
    expect(await beat()).toMatchObject({ http: 200 })
  })

  test('pages are received and nobody acknowledges', async () => {
    const silent = await webhookReceiver()
    await scene.runUntil(T + 10 * SECOND)
    scene.url = silent.urlOf('/canary')
    await scene.runUntil(T + 101 * SECOND)
    expect(await beat()).toMatchObject({ http: 503, stuckAt: 'not_acknowledged', stuckStep: null, messageEn: expect.stringContaining('the acknowledgement was not written') })
    expect(silent.received.map(({ body }) => (JSON.parse(body) as { step: number }).step)).toEqual([0, 1])
  })

  test('two hours of it leave no pile: what was late is taken back, and the first minute after is like any other', async () => {
    scene.running = without('notify')
    for (let at = T; at < T + 120 * MINUTE; at += MINUTE) {
      clock.set(at)
      await scene.runUntil(at)
    }
    expect((await rows("select count(*)::int as n from outbox where state in ('queued', 'ambiguous', 'sending')"))[0].n).toBeLessThanOrEqual(3)
    expect((await rows('select count(*)::int as n from alert where ended_at is null'))[0].n).toBeLessThanOrEqual(2)
    expect(await rows("select code, cleared_at from configuration_alert where code = 'canary_late:pages'")).toEqual([{ code: 'canary_late:pages', cleared_at: null }])
    scene.running = ALL_DUTIES
    clock.set(T + 120 * MINUTE)
    await scene.runUntil(T + 120 * MINUTE + 11 * SECOND)
    expect(await beat()).toMatchObject({ http: 200 })
    expect(await rows("select code from configuration_alert where code = 'canary_late:pages' and cleared_at is null")).toEqual([])
  })
})

describe('an endpoint that waits for canaries', () => {
  const register = async (purpose: 'alerts' | 'canary') => {
    const receiver = await webhookReceiver()
    const id = randomUUID()
    const secret = 'sixteen letters!'
    await insertWebhook(world.pool, { id, regionCode: '00', url: receiver.urlOf('/hook'), secretSealed: seal(world.engine.secret, id, secret), createdBy: null, purpose }, T)
    scene.webhookAllow = ['127.0.0.0/8']
    return { receiver, bodies: () => receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>) }
  }

  test('hears of one each minute while they come through, signed; of none while they do not, and again by itself', async () => {
    const { bodies, receiver } = await register('canary')
    await scene.runUntil(T + 2 * MINUTE + 10 * SECOND, 10 * SECOND)
    expect(bodies(), 'the first had nothing behind it').toEqual([1, 2].map((minute) => (
      { kind: 'canary', step: 0, alertId: expect.any(String), deliveryId: expect.any(String), lastCompletedAt: T + (minute - 1) * MINUTE + 10 * SECOND }
    )))
    expect(receiver.received[0]?.headers).toMatchObject({ 'x-tocsin-signature': expect.stringContaining('sha256='), 'x-tocsin-delivery': expect.any(String) })
    scene.running = without('sweep')
    await scene.runUntil(T + 5 * MINUTE, 10 * SECOND)
    const silent = await webhookReceiver()
    scene.running = ALL_DUTIES
    scene.url = silent.urlOf('/canary')
    await scene.runUntil(T + 9 * MINUTE, 10 * SECOND)
    expect(bodies()).toHaveLength(2)
    scene.url = scene.farSide
    await scene.runUntil(T + 11 * MINUTE + 10 * SECOND, 10 * SECOND)
    expect(bodies().length).toBeGreaterThan(2)
  })

  test('hears of no alert, and one for alerts of no canary', async () => {
    const [forCanaries, forAlerts] = [await register('canary'), await register('alerts')]
    await inEngineTransaction(world.engine, T, (etx) => openAlert(etx, { ...SPEC, openedAt: T }))
    await scene.runUntil(T + MINUTE + 10 * SECOND, 10 * SECOND)
    expect(forCanaries.bodies().map(({ kind }) => kind)).toEqual(['canary'])
    expect(forAlerts.bodies().map(({ kind }) => kind)).toEqual(['risk'])
  })

  test('that hangs keeps no canary', async () => {
    const { receiver } = await register('canary')
    receiver.answer = status(500)
    await scene.runUntil(T + 3 * MINUTE + 10 * SECOND, 10 * SECOND)
    expect(await beat()).toMatchObject({ http: 200, tookMs: 10_000 })
    expect(await rows("select distinct state from outbox where channel = 'webhook'")).toEqual([{ state: 'cancelled' }])
  })
})

describe('the address', () => {
  test('answers 503 and never 500 while the database is away, and is well again by itself', async () => {
    const base = await engineWorld(clock)
    const gate = await databaseGate(base.database.url)
    const own = await serverWorld({ clock, world: base, pool: gate.pool })
    const canaries = await canaryScene(base.engine, clock)
    await canaries.runUntil(T + 11 * SECOND)
    expect((await beat(own)).http).toBe(200)
    await gate.shut()
    clock.advance(2 * SECOND)
    expect(await beat(own)).toMatchObject({ http: 503, status: 'late', stuckAt: 'database', messageZh: '数据库没有应答', lastCompletedAt: null })
    await gate.open()
    await expect.poll(async () => { clock.advance(SECOND); return (await beat(own)).http }, { timeout: 10_000 }).toBe(200)
    await own.stop()
    await gate.end()
  })

  test('looks at the database once a second, however often it is asked', async () => {
    await scene.runUntil(T + 11 * SECOND)
    const answers = await Promise.all(Array.from({ length: 200 }, () => beat()))
    expect(new Set(answers.map(({ http }) => http))).toEqual(new Set([200]))
    // What it says is of one look: it changes only when a second has passed.
    await world.pool.query("update alert set acked_at = null where kind = 'canary'")
    expect((await beat()).http).toBe(200)
    clock.advance(SECOND)
    expect((await beat()).http).toBe(503)
  })

  test('says nothing of a person, a place or an alert', async () => {
    await scene.runUntil(T + 11 * SECOND)
    const { text } = await world.call(NOBODY, 'GET', '/api/v1/heartbeat')
    expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['ageSeconds', 'lastCompletedAt', 'messageEn', 'messageZh', 'stages', 'status', 'stuckAt', 'stuckStep', 'tookMs'])
    expect(text.length).toBeLessThan(500)
  })
})

test('a worker without a far side sends none and says so: it is tried again, and by another worker received', async () => {
  await runCanary(world.engine, T)
  await runEscalate(world.engine, T)
  await runNotify(world.engine, T, { channels: { webhookAllow: [] }, clock })
  expect(await rows('select state, outcome from outbox')).toEqual([{ state: 'queued', outcome: expect.stringContaining('本进程没有演练的对端') }])
  await scene.runUntil(T + 11 * SECOND)
  expect((await beat()).http).toBe(200)
})
