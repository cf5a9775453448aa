import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { pushPublicKey, subscribePush, takePushReceipt } from '../../core/engine/web-push.ts'
import { ackToken } from '../../core/platform/ack-token.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { isPushEndpoint, PUSH_HOSTS } from '../../core/platform/push-endpoint.ts'
import type { ChannelContext } from '../../workers/channels/channel.ts'
import { T } from '../support/alert-builders.ts'
import { channelWorld, pages } from '../support/channel-scene.ts'
import { browserAt, vapidOf } from '../support/push-service.ts'
import { type Answer, hangUp, status, webhookReceiver } from '../support/webhook-receiver.ts'
import { pass } from '../support/webhook-scene.ts'

/** A case whose steps are told in the application alone, to a manager with this many browsers. */
async function scene({ browsers = 1, answer = status(201), severity = 2 }: { browsers?: number; answer?: Answer; severity?: 2 | 3 } = {}) {
  const service = await webhookReceiver()
  service.answer = answer
  const world = await channelWorld(['in_app'], severity)
  const manager = await world.user('duty_manager', '32')
  const publicKey = await pushPublicKey(world.engine, world.pool, T)
  const made = Array.from({ length: browsers }, (_, index) => browserAt(service.urlOf(`/push/${index}`)))
  const ids: string[] = []
  for (const { subscription } of made) ids.push((await inTransaction(world.pool, (tx) => subscribePush(world.engine, tx, manager.userId, subscription, T)))?.id ?? '')
  const alert = await world.raise({ severity })
  const context: ChannelContext = { webhookAllow: ['127.0.0.0/8'], publicUrl: 'https://tocsin.example', pushHosts: [`http://127.0.0.1:${service.port}`] }
  const run = (at: number, changed: Partial<ChannelContext> = {}) => pass(world, at, { ...context, ...changed })
  const page = async () => (await pages(world)).find(({ channel }) => channel === 'web_push')
  const subscriptions = () => world.rows<{ id: string; removed_at: number | null; removed_why: string | null; sealed: string }>('select * from push_subscription order by endpoint_hash')
  return { service, world, manager, alert, browsers: made, ids, publicKey, run, page, subscriptions }
}

describe('a page in the application', () => {
  test('is shown by the person’s browser too: encrypted for it alone, signed as this deployment, with its limits, and nothing of a customer', async () => {
    const { service, world, alert, browsers, publicKey, run, page } = await scene()
    await run(T)
    const [request] = service.received
    const row = await page()
    expect(row).toMatchObject({ channel: 'web_push', state: 'sent', delivered_at: null, fallback_at: null })
    expect(request).toMatchObject({ method: 'POST', path: '/push/0', headers: { ttl: '3600', urgency: 'normal', 'content-encoding': 'aes128gcm' } })
    expect(request?.headers['topic']).toMatch(/^[\w-]{22}$/)
    expect(request?.raw.toString('latin1')).not.toContain('MR-01')
    const token = ackToken(world.engine.secret, row?.delivery_id ?? '')
    expect(request === undefined ? null : browsers[0]?.open(request.raw)).toEqual({
      zh: expect.stringContaining(`【黄色】MR-01 #${alert.id}`), en: expect.stringContaining(`[yellow] MR-01 #${alert.id}`), tag: row?.delivery_id, token, link: `/ack/${token}`,
    })
    const vapid = request === undefined ? null : vapidOf(request)
    expect(vapid).toMatchObject({ publicKey, claims: { aud: `http://127.0.0.1:${service.port}`, sub: 'https://tocsin.example' } })
  })

  test('of orange is urgent; every browser of the person gets it, each its own', async () => {
    const { service, browsers, run } = await scene({ browsers: 2, severity: 3 })
    await run(T)
    expect(service.received.map(({ path, headers }) => [path, headers['urgency']]).sort()).toEqual([['/push/0', 'high'], ['/push/1', 'high']])
    const ofSecond = service.received.find(({ path }) => path === '/push/1')
    expect(browsers[1]?.open(ofSecond?.raw as Buffer)).toMatchObject({ zh: expect.stringContaining('【橙色】') })
    expect(() => browsers[0]?.open(ofSecond?.raw as Buffer)).toThrow()
  })

  test('is not pushed to who has no browser', async () => {
    const { run, page } = await scene({ browsers: 0 })
    await run(T)
    expect(await page()).toBeUndefined()
  })
})

describe('a push service', () => {
  test.each([404, 410])('that says %i is never called again: the browser is taken out with the reason, and its address forgotten', async (code) => {
    const { service, world, run, page, subscriptions } = await scene({ answer: status(code) })
    await run(T)
    expect(await page()).toMatchObject({ state: 'failed', outcome: expect.stringContaining('gone') })
    expect(await subscriptions()).toMatchObject([{ removed_at: T, removed_why: 'gone', sealed: '' }])
    await world.raise({ ruleId: 'MR-02' })
    await run(T + SECOND)
    expect(service.received).toHaveLength(1)
  })

  test('that takes one of two has taken the page; the other browser alone goes', async () => {
    const { run, page, ids, subscriptions } = await scene({ browsers: 2, answer: (request, response) => void response.writeHead(request.path === '/push/0' ? 410 : 201).end() })
    await run(T)
    expect(await page()).toMatchObject({ state: 'sent' })
    expect((await subscriptions()).filter(({ removed_at: at }) => at !== null).map(({ id }) => id)).toEqual([ids[0]])
  })

  test('that has too much is asked later, refuses for good once, and a lost answer is repeated under the same topic and tag', async () => {
    for (const [answer, expected] of [
      [status(429, { 'retry-after': '30' }), { state: 'queued', due_at: T + 30 * SECOND }],
      [status(403), { state: 'failed', outcome: 'HTTP 403' }],
      [status(413), { state: 'failed', outcome: 'HTTP 413' }],
      [status(301, { location: 'http://169.254.169.254/' }), { state: 'failed' }],
    ] as const) {
      const { run, page, subscriptions } = await scene({ answer })
      await run(T)
      expect(await page()).toMatchObject(expected)
      expect(await subscriptions()).toMatchObject([{ removed_at: null }])
    }
    const { service, run, page, browsers } = await scene({ answer: hangUp })
    await run(T)
    service.answer = status(201)
    await run(T + 5 * SECOND)
    expect(await page()).toMatchObject({ state: 'sent' })
    expect(new Set(service.received.map(({ headers }) => headers['topic'])).size).toBe(1)
    const tags = service.received.map(({ raw }) => (browsers[0]?.open(raw) as { tag: string } | undefined)?.tag)
    expect([tags.length, new Set(tags).size]).toEqual([2, 1])
  })

  test('that is not in the list is not called, nor an address inside although its name is', async () => {
    const { service, run, page } = await scene()
    await run(T, { pushHosts: PUSH_HOSTS })
    expect(await page()).toMatchObject({ state: 'failed', outcome: expect.stringContaining('TOCSIN_PUSH_HOSTS') })
    const inside = await scene()
    await inside.run(T, { webhookAllow: [] })
    expect(await inside.page()).toMatchObject({ state: 'failed', outcome: expect.stringContaining('TOCSIN_WEBHOOK_ALLOW') })
    expect([...service.received, ...inside.service.received]).toEqual([])
  })

  test('is one of the browsers’ unless the deployment names another', () => {
    const allowed = ['https://fcm.googleapis.com/fcm/send/x', 'https://updates.push.services.mozilla.com/wpush/v2/x', 'https://wns2-par02p.notify.windows.com/w/?token=x', 'https://web.push.apple.com/x']
    expect(allowed.filter((endpoint) => !isPushEndpoint(endpoint, PUSH_HOSTS))).toEqual([])
    const refused = [
      'http://fcm.googleapis.com/x', 'https://fcm.googleapis.com:8443/x', 'https://fcm.googleapis.com.evil.example/x', 'https://evilnotify.windows.com/x', 'https://user:pw@fcm.googleapis.com/x', 'https://127.0.0.1/x', 'https://push.apple.com/x', 'x', 'file:///etc/passwd',
    ]
    expect(refused.filter((endpoint) => isPushEndpoint(endpoint, PUSH_HOSTS))).toEqual([])
    expect(isPushEndpoint('http://push.intranet:8080/x', ['http://push.intranet:8080'])).toBe(true)
    expect(isPushEndpoint('http://push.intranet/x', ['http://push.intranet:8080'])).toBe(false)
  })
})

describe('what the browser says', () => {
  test('shown delivers the push alone; opened delivers the page in the application too, so that no chat follows; twice is once', async () => {
    const { world, run, page } = await scene()
    await run(T)
    const token = ackToken(world.engine.secret, (await page())?.delivery_id ?? '')
    const inApp = async () => (await pages(world)).find(({ channel }) => channel === 'in_app')
    expect(await takePushReceipt(world.engine, T + SECOND, { token, status: 'shown' })).toEqual({ known: true })
    expect(await page()).toMatchObject({ state: 'delivered', delivered_at: T + SECOND, read_at: null })
    expect(await inApp()).toMatchObject({ state: 'sent', fallback_at: T + MINUTE })
    await takePushReceipt(world.engine, T + 2 * SECOND, { token, status: 'opened' })
    await takePushReceipt(world.engine, T + 3 * SECOND, { token, status: 'opened' })
    await takePushReceipt(world.engine, T + 4 * SECOND, { token, status: 'shown' })
    expect(await page()).toMatchObject({ state: 'delivered', delivered_at: T + SECOND, read_at: T + 2 * SECOND })
    expect(await inApp()).toMatchObject({ state: 'delivered', read_at: T + 2 * SECOND, fallback_at: null })
  })

  test('of a page that is not its, or with a token that we did not write, changes nothing', async () => {
    const { world, run, page } = await scene()
    await run(T)
    const inApp = (await pages(world)).find(({ channel }) => channel === 'in_app')
    for (const token of ['x', `${ackToken(world.engine.secret, (await page())?.delivery_id ?? '').slice(0, -1)}`, ackToken('another secret', (await page())?.delivery_id ?? ''), ackToken(world.engine.secret, inApp?.delivery_id ?? '')])
      expect(await takePushReceipt(world.engine, T, { token, status: 'opened' })).toEqual({ known: false })
    expect(await pages(world)).toMatchObject([{ state: 'sent', delivered_at: null }, { state: 'sent', delivered_at: null }])
  })
})

test('an acknowledgement takes back a push that has not left (invariant 9)', async () => {
  const { service, world, manager, alert, run, page } = await scene({ answer: status(503) })
  await run(T)
  await world.move(alert.id, { move: 'ack' }, manager)
  await run(T + MINUTE)
  expect(service.received).toHaveLength(1)
  expect(await page()).toMatchObject({ state: 'cancelled' })
})

test('the keys are made once, the private one sealed; addresses of browsers are in the clear nowhere', async () => {
  const { world, publicKey, service } = await scene()
  expect(await Promise.all([1, 2, 3].map(() => pushPublicKey(world.engine, world.pool, T + MINUTE)))).toEqual([publicKey, publicKey, publicKey])
  const stored = JSON.stringify([await world.rows('select * from web_push_key'), await world.rows('select * from push_subscription')])
  expect(stored).not.toContain(`${service.port}/push/0`)
  expect(await world.rows('select private_sealed from web_push_key')).toEqual([{ private_sealed: expect.stringMatching(/^v1\./) }])
})
